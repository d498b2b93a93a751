import { type Kysely, sql } from 'kysely'
import type { Database } from '../tables.ts'

/** Runs that wait: since when, until when, for which connection; who decided what of them; what the breaker looks at. */
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
    .createTable('judgement')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('plan_hash', 'text', (column) => column.notNull())
    .addColumn('last', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('judgement_key', ['project', 'mapping'])
    .execute()
  await schema
    .createTable('drift')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('field', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('breaking', 'integer', (column) => column.notNull())
    .addColumn('first_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('resolved_at', 'bigint')
    .addColumn('found', 'text', (column) => column.notNull())
    .addColumn('expected', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('drift_key', ['project', 'mapping', 'connection', 'resource', 'field', 'kind'])
    .execute()
  await schema
    .createTable('field_history')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('counts', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('field_history_key', ['project', 'mapping'])
    .execute()
  await schema
    .createIndex('run_open')
    .on('run')
    .columns(['project', 'mapping'])
    .where(sql.ref('finished_at'), 'is', null)
    .execute()
}
