import type { Kysely } from 'kysely'
import type { Database } from '../tables.ts'

/** One budget a connection, shared by all who call it. */
export async function budget({ schema }: Kysely<Database>): Promise<void> {
  await schema
    .createTable('budget')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('budget_key', ['project', 'connection'])
    .execute()
}
