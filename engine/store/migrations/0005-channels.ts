import { type Kysely, sql } from 'kysely'
import type { Database } from '../tables.ts'

/** Where people are told, and the messages on their way there. */
export async function channels({ schema }: Kysely<Database>): Promise<void> {
  await schema
    .createTable('channel')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('quiet', 'text')
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('failing_since', 'bigint')
    .addColumn('next_at', 'bigint', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .addColumn('last_sent_at', 'bigint')
    .addColumn('holder', 'text')
    .addColumn('held_until', 'bigint')
    .addPrimaryKeyConstraint('channel_key', ['project', 'name'])
    .execute()
  await schema
    .createTable('outbox')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('message_id', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('notify', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('moved_to', 'text')
    .addColumn('ordinal', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('sent_at', 'bigint')
    .execute()
  await schema.createIndex('outbox_order').on('outbox').columns(['project', 'channel', 'ordinal']).execute()
  await schema
    .createIndex('outbox_queued')
    .on('outbox')
    .columns(['project', 'channel', 'ordinal'])
    .where(sql.ref('state'), '=', 'queued')
    .execute()
}
