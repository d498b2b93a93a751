import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely } from 'kysely'
import { SyncError } from '../../core/model/failure.ts'
import type { Database } from '../tables.ts'
import { isBusy, openFile } from './connection.ts'
import { sqliteDialect } from './dialect.ts'

/** How long a reader waits for the file. Readers of a write-ahead log hardly ever do. */
const READER_TIMEOUT_MS = 5_000
const WRITER_TIMEOUT_MS = 100

/** One connection that writes and one that reads, on a file that is made with its folders when it is not there. */
export async function openSqlite(
  path: string,
): Promise<{ readonly reader: Kysely<Database>; readonly writer: Kysely<Database> }> {
  mkdirSync(dirname(path), { recursive: true })
  const writer = await openPatiently(path, WRITER_TIMEOUT_MS)
  const reader = await openPatiently(path, READER_TIMEOUT_MS)
  reader.exec('PRAGMA query_only = ON')
  return {
    reader: new Kysely({ dialect: sqliteDialect(reader) }),
    writer: new Kysely({ dialect: sqliteDialect(writer) }),
  }
}

/** The file of a `sqlite:` url. */
export function sqlitePath(url: string, folder: string): string {
  return resolve(folder, url.slice('sqlite:'.length))
}

/** Several processes turning a new file into a write-ahead log at once refuse one another without waiting. */
async function openPatiently(path: string, timeoutMs: number): Promise<DatabaseSync> {
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
