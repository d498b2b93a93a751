import type { Kysely } from 'kysely'
import { SyncError } from '../../core/model/failure.ts'
import type { Database } from '../tables.ts'
import { MIGRATIONS, type Migration } from './list.ts'

/**
 * Brings the store to the newest version. Called inside one write transaction, so that of several processes opening a
 * store at once one migrates and the others find it done. A store with a step that this version does not know is refused
 * with `invalid-plan`.
 */
export async function migrate(
  db: Kysely<Database>,
  now: number,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await db.schema
    .createTable('migration')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute()
  const rows = await db.selectFrom('migration').select('name').orderBy('name').execute()
  const applied = new Set(rows.map((row) => row.name))
  const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name))
  if (unknown.length > 0) {
    throw new SyncError(
      'invalid-plan',
      `The store has steps that this Tidelock does not know (${unknown.join(', ')}): another version wrote it. Use that version, or another store.`,
    )
  }
  for (const migration of migrations) {
    if (applied.has(migration.name)) continue
    await migration.up(db)
    await db.insertInto('migration').values({ name: migration.name, applied_at: now }).execute()
  }
}
