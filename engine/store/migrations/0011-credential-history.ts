import type { Kysely } from 'kysely'
import type { Database } from '../tables.ts'

/** When credentials were refused, and which ends of keys and consents were known when; what else a look at a connection finds. */
export async function credentialHistory({ schema }: Kysely<Database>): Promise<void> {
  await schema
    .createTable('credential_history')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('what', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('until', 'bigint')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('ends_at', 'bigint')
    .addColumn('changes_at', 'bigint')
    .addPrimaryKeyConstraint('credential_history_key', ['project', 'connection', 'what', 'since'])
    .execute()
  for (const [column, type] of [
    ['clock_skew', 'bigint'],
    ['scopes_unneeded', 'text'],
  ] as const)
    await schema.alterTable('connection_watch').addColumn(column, type).execute()
  await schema.alterTable('alert_state').addColumn('stage', 'bigint').execute()
}
