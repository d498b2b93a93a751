import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely } from 'kysely'
import { SyncError } from '../core/model/failure.ts'
import { migrate } from './migrations/migrate.ts'
import { isBusy, openFile } from './sqlite/connection.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import type { Database } from './tables.ts'

export type Dialect = 'sqlite'

/** What questions are asked of: the store (what is committed), or a transaction (what it wrote too). */
export interface Queryable {
  readonly db: Kysely<Database>
  readonly dialect: Dialect
  /** Epoch milliseconds. */
  now(): number
}

/** An open write transaction. Functions that write take one: the caller knows the unit of work. */
export interface Transaction extends Queryable {
  readonly writes: true
}

/** An open store. `db` reads only; writing goes through {@link Store.transaction}. */
export interface Store extends Queryable {
  /**
   * One write transaction: one at a time in the process and in the file. Throws what `work` throws, with nothing
   * written; `unavailable` when another process holds the store for too long. Not to be nested, nor held over a network call.
   */
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** How long a reader waits for the file. Readers of a write-ahead log hardly ever do. */
const READER_TIMEOUT_MS = 5_000
const WRITER_TIMEOUT_MS = 100

/**
 * Opens the store, makes it when it is not there and brings it to the newest version. `url`: `sqlite:` and a path
 * relative to `folder`. Many processes may have it open. Throws `invalid-plan` for another url or a store of a newer version.
 */
export async function openStore(
  url: string,
  options: { readonly folder: string; readonly now: () => number },
): Promise<Store> {
  if (!url.startsWith('sqlite:') || url === 'sqlite:') {
    throw new SyncError(
      'invalid-plan',
      `The store is "${schemeOf(url)}…", expected "sqlite:" and a path, such as sqlite:.tidelock/store.db.`,
    )
  }
  const path = resolve(options.folder, url.slice('sqlite:'.length))
  mkdirSync(dirname(path), { recursive: true })
  const writer = new Kysely<Database>({
    dialect: sqliteDialect(await openPatiently(path, WRITER_TIMEOUT_MS)),
  })
  try {
    await writer.transaction().execute((trx) => migrate(trx, options.now()))
  } catch (error) {
    await writer.destroy()
    throw error
  }
  const readerFile = await openPatiently(path, READER_TIMEOUT_MS)
  readerFile.exec('PRAGMA query_only = ON')
  return storeOf(new Kysely<Database>({ dialect: sqliteDialect(readerFile) }), writer, options.now)
}

function storeOf(reader: Kysely<Database>, writer: Kysely<Database>, now: () => number): Store {
  const inside = new AsyncLocalStorage<true>()
  return {
    db: reader,
    dialect: 'sqlite',
    now,
    transaction(work) {
      // Would wait for itself for ever.
      if (inside.getStore() === true)
        return Promise.reject(new SyncError('bug', 'A transaction was opened inside another one.'))
      return inside.run(true, () =>
        writer.transaction().execute((db) => work({ db, dialect: 'sqlite', now, writes: true })),
      )
    },
    async close() {
      await reader.destroy()
      await writer.destroy()
    },
  }
}

/** Several processes turning a new file into a write-ahead log at once refuse one another without waiting. */
async function openPatiently(path: string, timeoutMs: number) {
  for (let attempt = 1; ; attempt++) {
    try {
      return openFile(path, timeoutMs)
    } catch (error) {
      if (!isBusy(error))
        throw new SyncError('unavailable', `The store ${path} cannot be opened.`, {
          cause: error,
          maybeSent: false,
        })
      if (attempt === 200)
        throw new SyncError('unavailable', `The store ${path} is locked.`, { cause: error, maybeSent: false })
    }
    await sleep(10)
  }
}

/** Without what follows: a url may hold a password. */
function schemeOf(url: string): string {
  return /^[a-z]+:/.exec(url)?.[0] ?? ''
}
