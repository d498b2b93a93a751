import { sql } from 'kysely'
import { SyncError } from '../../core/model/failure.ts'
import type { Queryable, Store, Transaction } from '../open.ts'
import { MIGRATIONS, type Migration } from './list.ts'

/** Of several processes that open a PostgreSQL store at once one migrates; any number, the same for all of them. */
const MIGRATION_LOCK = sql.lit(7_451_906)

/** Brings a store to the newest version; gives the names of the steps this took. A store that has them all is only read. */
export async function bringUp(store: Store): Promise<readonly string[]> {
  if ((await missingSteps(store)).length === 0) return []
  return store.transaction((trx) => migrate(trx), { patient: true })
}

/**
 * The steps that the store does not have yet. One with a step that this version does not know is refused with `invalid-plan`.
 */
export async function missingSteps(
  store: Queryable,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly Migration[]> {
  const applied = new Set(await appliedSteps(store))
  const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name))
  if (unknown.length > 0) {
    throw new SyncError(
      'invalid-plan',
      `The store has steps that this Tidelock does not know (${unknown.join(', ')}): another version wrote it. Use that version, or another store.`,
    )
  }
  return migrations.filter((migration) => !applied.has(migration.name))
}

/** Takes the steps that are missing, in one transaction: whoever else opens the store meanwhile waits and finds it done. */
export async function migrate(
  trx: Transaction,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly string[]> {
  if (trx.dialect === 'postgres') await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx.db)
  await trx.db.schema
    .createTable('migration')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute()
  const missing = await missingSteps(trx, migrations)
  for (const { name, up } of missing) {
    await up(trx.db)
    await trx.db.insertInto('migration').values({ name, applied_at: trx.now() }).execute()
  }
  return missing.map(({ name }) => name)
}

async function appliedSteps({ db, dialect }: Queryable): Promise<readonly string[]> {
  const { rows } = await {
    sqlite: sql<{ name: string }>`select name from sqlite_master where type = 'table' and name = 'migration'`,
    postgres: sql<{ name: string | null }>`select to_regclass('migration')::text as name`,
  }[dialect].execute(db)
  if ((rows[0]?.name ?? null) === null) return []
  const steps = await db.selectFrom('migration').select('name').orderBy('name').execute()
  return steps.map(({ name }) => name)
}
