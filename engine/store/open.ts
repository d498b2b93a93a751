import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Kysely, type Transaction as KyselyTransaction } from 'kysely'
import { SyncError } from '../core/model/failure.ts'
import { migrate } from './migrations.ts'
import type { Database } from './schema.ts'
import { sqliteDialect } from './sqlite/dialect.ts'

/** A write transaction. Opened by whoever knows the unit of work. */
export type Transaction = KyselyTransaction<Database>

export interface Store {
  readonly db: Kysely<Database>
  /** Epoch ms. */
  now(): number
  /** Runs `work` in one write transaction; what throws leaves nothing behind. */
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Opens the store at `sqlite:<path>` (relative to `folder`) and brings its tables to this version. Several processes may have it open. */
export async function openStore(url: string, options: { readonly folder: string; readonly now: () => number }): Promise<Store> {
  const path = pathOf(url, options.folder)
  mkdirSync(dirname(path), { recursive: true })
  const db = new Kysely<Database>({ dialect: sqliteDialect(path) })
  const store: Store = {
    db,
    now: options.now,
    transaction: (work) => db.transaction().execute(work),
    close: () => db.destroy(),
  }
  await migrate(db, store.transaction, options.now())
  return store
}

function pathOf(url: string, folder: string): string {
  if (url.startsWith('sqlite:')) return resolve(folder, url.slice('sqlite:'.length))
  throw new SyncError('invalid-plan', `The store "${url.split(':')[0]}:…" is not known; this version knows sqlite:PATH.`)
}
