import type { Kysely } from 'kysely'
import type { Database } from '../tables.ts'

/** Credentials that are renewed, and what is known of how connections stand with theirs. */
export async function credentials({ schema }: Kysely<Database>): Promise<void> {
  await schema
    .createTable('credential')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull())
    .addColumn('sealed', 'text')
    .addColumn('previous', 'text')
    .addColumn('previous_until', 'bigint')
    .addColumn('made', 'text')
    .addColumn('obtained_at', 'bigint')
    .addColumn('expires_at', 'bigint')
    .addColumn('refresh_expires_at', 'bigint')
    .addColumn('held_by', 'text')
    .addColumn('held_until', 'bigint')
    .addPrimaryKeyConstraint('credential_key', ['project', 'connection'])
    .execute()
  await schema
    .createTable('connection_watch')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('app', 'text')
    .addColumn('refused_since', 'bigint')
    .addColumn('refused_kind', 'text')
    .addColumn('refused_message', 'text')
    .addColumn('refused_with', 'text')
    .addColumn('checked_at', 'bigint')
    .addColumn('trouble', 'text')
    .addColumn('account', 'text')
    .addColumn('expires_at', 'bigint')
    .addColumn('expires_of', 'text')
    .addColumn('todo', 'text')
    .addColumn('scopes_missing', 'text')
    .addPrimaryKeyConstraint('connection_watch_key', ['project', 'connection'])
    .execute()
}
