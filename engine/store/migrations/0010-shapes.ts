import type { Kysely } from 'kysely'
import type { Database } from '../tables.ts'

/** What systems say their resources look like: at the last look, and when a mapping looked first under its plan. */
export async function shapes({ schema }: Kysely<Database>): Promise<void> {
  await schema
    .createTable('live_shape')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('shape', 'text', (column) => column.notNull())
    .addColumn('looked_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('live_shape_key', ['project', 'connection', 'resource'])
    .execute()
  await schema
    .createTable('known_shape')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('plan_hash', 'text', (column) => column.notNull())
    .addColumn('shape', 'text', (column) => column.notNull())
    .addColumn('compared_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('known_shape_key', ['project', 'mapping', 'connection', 'resource'])
    .execute()
}
