import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { SyncError } from '../core/model/failure.ts'
import { bringUp } from './migrations/migrate.ts'
import { againOnConflict, openPostgres } from './postgres/open.ts'
import { createSealer, type Keyring, keysInFile, type Sealer } from './seal.ts'
import { openSqlite, sqlitePath } from './sqlite/open.ts'
import type { Database } from './tables.ts'

export type Dialect = 'sqlite' | 'postgres'

/** What questions are asked of: the store (what is committed), or a transaction (what it wrote too). */
export interface Queryable {
  readonly db: Kysely<Database>
  readonly dialect: Dialect
  /** Epoch milliseconds, by the clock that all who work on the store share: on PostgreSQL the database's. */
  now(): number
  /** Seals what nobody may read in the database's own files. */
  readonly sealer: Sealer
}

/** An open write transaction. Functions that write take one: the caller knows the unit of work. */
export interface Transaction extends Queryable {
  readonly writes: true
}

/** An open store. `db` reads only; writing goes through {@link Store.transaction}. */
export interface Store extends Queryable {
  /**
   * One write transaction. Throws what `work` throws, with nothing written; `unavailable` when others hold what it needs for
   * too long. SQLite has one at a time; PostgreSQL has many, and those that meet wait for one another where the functions of
   * this folder say so. `work` may be called again when PostgreSQL had to choose between two: it does nothing but ask and
   * write the transaction. Not to be nested, nor held over a network call. `patient`: it takes as long as it takes.
   */
  transaction<T>(work: (trx: Transaction) => Promise<T>, options?: { readonly patient?: boolean }): Promise<T>
  /** Reads as of one moment, however long it takes, while others go on writing. */
  snapshot<T>(work: (store: Queryable) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface OpenOptions {
  /** What the path of a `sqlite:` url is relative to. */
  readonly folder: string
  /** A clock in place of the store's own, for tests that turn it. */
  readonly now?: () => number
  /** Whether the store is brought to the newest version. Default: yes. */
  readonly migrate?: boolean
  /** What is sealed with. Default: `.tidelock/keys` in the folder, made when the first text is sealed. */
  readonly keys?: Keyring
}

/**
 * Opens the store, makes it when it is not there and brings it to the newest version. `url`: `sqlite:` and a path, or
 * `postgres://`. Many processes may have it open. Throws `invalid-plan` for another url or a store of a newer version, never
 * with a password in it.
 */
export async function openStore(url: string, options: OpenOptions): Promise<Store> {
  const sealer = createSealer(() => options.keys ?? keysInFile(join(options.folder, '.tidelock', 'keys')))
  const store = storeOf(await connect(url, options), sealer)
  try {
    if (options.migrate !== false) await bringUp(store)
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}

interface Connected {
  readonly dialect: Dialect
  readonly reader: Kysely<Database>
  readonly writer: Kysely<Database>
  /** Where transactions that take long are run, and where long reads. */
  readonly patient: Kysely<Database>
  readonly snapshots: Kysely<Database>
  readonly now: () => number
  /** Runs a transaction, again where that is what the database asks for. */
  run<T>(attempt: () => Promise<T>): Promise<T>
}

async function connect(url: string, { folder, now }: OpenOptions): Promise<Connected> {
  if (/^sqlite:./.test(url)) {
    const { reader, writer } = await openSqlite(sqlitePath(url, folder))
    return {
      dialect: 'sqlite',
      reader,
      writer,
      patient: writer,
      snapshots: reader,
      now: now ?? Date.now,
      run: (attempt) => attempt(),
    }
  }
  if (/^postgres(ql)?:/.test(url)) {
    const { clock, ...pools } = openPostgres(url)
    return {
      dialect: 'postgres',
      ...pools,
      snapshots: pools.patient,
      now: now ?? clock.now,
      run: againOnConflict,
    }
  }
  throw new SyncError(
    'invalid-plan',
    `The store is "${schemeOf(url)}…", expected "sqlite:" and a path, such as sqlite:.tidelock/store.db, or postgres://.`,
  )
}

function storeOf(
  { dialect, reader, writer, patient, snapshots, now, run }: Connected,
  sealer: Sealer,
): Store {
  const inside = new AsyncLocalStorage<true>()
  return {
    db: reader,
    dialect,
    now,
    sealer,
    transaction(work, options) {
      // Would wait for itself for ever.
      if (inside.getStore() === true)
        return Promise.reject(new SyncError('bug', 'A transaction was opened inside another one.'))
      const kysely = options?.patient === true ? patient : writer
      return inside.run(true, () =>
        run(() => kysely.transaction().execute((db) => work({ db, dialect, now, sealer, writes: true }))),
      )
    },
    snapshot: (work) =>
      snapshots
        .transaction()
        .setAccessMode('read only')
        .setIsolationLevel('repeatable read')
        .execute((db) => work({ db, dialect, now, sealer })),
    async close() {
      for (const kysely of new Set([reader, writer, patient])) await kysely.destroy()
    },
  }
}

/** Without what follows: a url may hold a password. */
function schemeOf(url: string): string {
  return /^[a-z]+:/.exec(url)?.[0] ?? ''
}
