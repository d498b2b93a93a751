import { type Kysely, sql } from 'kysely'
import type { Database } from '../tables.ts'

/** Runs that wait: since when, until when, for which connection; and who decided what of them. */
export async function runStates({ schema }: Kysely<Database>): Promise<void> {
  for (const [column, type] of [
    ['state_since', 'bigint'],
    ['state_until', 'bigint'],
    ['waits_for', 'text'],
    ['decision', 'text'],
    ['decided_by', 'text'],
    ['decided_reason', 'text'],
    ['decided_at', 'bigint'],
  ] as const)
    await schema.alterTable('run').addColumn(column, type).execute()
  await schema
    .createIndex('run_open')
    .on('run')
    .columns(['project', 'mapping'])
    .where(sql.ref('finished_at'), 'is', null)
    .execute()
}
