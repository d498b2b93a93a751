import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SyncError } from '../core/model/failure.ts'
import { createUpsert } from './bulk.ts'
import { type TableCounts, tableCounts } from './counts.ts'
import { everyRow } from './every-row.ts'
import { MIGRATIONS } from './migrations/list.ts'
import { migrate, missingSteps } from './migrations/migrate.ts'
import { openStore, type Queryable, type Store, type Transaction } from './open.ts'
import { presentTables } from './present-tables.ts'
import { TABLES } from './shape.ts'

/**
 * Writes all of a store, as of one moment and while others go on working, into a new SQLite file of the same version: a store
 * like any other. Throws `invalid-plan` when there is a file already.
 */
export async function backUp(store: Store, file: string): Promise<TableCounts> {
  if (existsSync(file))
    throw refused(`${file} is there already. Name a file that is not, so that no backup is overwritten.`)
  const folder = besides(file)
  try {
    const counts = await store.snapshot(async (from) => {
      const missing = new Set((await missingSteps(from)).map(({ name }) => name))
      const steps = MIGRATIONS.filter(({ name }) => !missing.has(name))
      if (steps.length === 0) throw refused('The store has no tables yet: there is nothing to back up.')
      const copy = await openStore('sqlite:backup.db', { folder, migrate: false })
      try {
        // Records of customers are in it.
        chmodSync(join(folder, 'backup.db'), 0o600)
        await copy.transaction(async (trx) => {
          await migrate(trx, steps)
          await copyRows(from, trx)
        })
        return await tableCounts(copy)
      } finally {
        await copy.close()
      }
    })
    renameSync(join(folder, 'backup.db'), file)
    return counts
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Fills an empty store with all that a SQLite file has: a backup, or another store. One of an earlier version is brought up on
 * the way; the file stays as it is. Throws `invalid-plan` unless the store is empty.
 */
export async function restore(store: Store, file: string): Promise<TableCounts> {
  if (!existsSync(file)) throw refused(`There is no file ${file}.`)
  const full = Object.entries(await tableCounts(store)).find(
    ([table, rows]) => table !== 'migration' && rows > 0,
  )
  if (full !== undefined)
    throw refused(
      `The store is not empty: ${full[0]} has ${full[1]} rows. Restore into a new one, and point temporal.yaml to it.`,
    )
  const source = await openStore(`sqlite:${file}`, { folder: '/', migrate: false })
  try {
    if ((await missingSteps(source)).length === 0) await copyAll(source, store)
    else await broughtUp(source, file, (newest) => copyAll(newest, store))
  } finally {
    await source.close()
  }
  return tableCounts(store)
}

/** A copy of an earlier version, at the newest one. */
async function broughtUp(source: Store, file: string, work: (newest: Store) => Promise<void>): Promise<void> {
  const folder = besides(file)
  try {
    await backUp(source, join(folder, 'copy.db'))
    const newest = await openStore('sqlite:copy.db', { folder })
    await work(newest).finally(newest.close)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function copyAll(source: Store, store: Store): Promise<void> {
  return source.snapshot((from) => store.transaction((trx) => copyRows(from, trx), { patient: true }))
}

async function copyRows(from: Queryable, to: Transaction): Promise<void> {
  for (const table of await presentTables(from)) {
    if (table === 'migration') continue
    for await (const rows of everyRow(from, table)) {
      const write = createUpsert({ table, columns: Object.keys(rows[0]!), key: TABLES[table].key })
      await write(to, rows)
    }
  }
}

/** On the same disk, so that what is done there can be moved into place at once. */
function besides(file: string): string {
  return mkdtempSync(join(dirname(file), `.${basename(file)}-`))
}

function refused(message: string): SyncError {
  return new SyncError('invalid-plan', message, { maybeSent: false })
}
