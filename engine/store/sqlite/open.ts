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
  makeFolder(path)
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

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw notOpened(path, error)
  }
}

/** Primary codes of SQLite for a file that holds something else than a database, in whole or in part (sqlite.org/rescode.html). */
const DAMAGED = [11, 26]

function notOpened(path: string, error: unknown): SyncError {
  const { errcode, message } = error as { errcode?: number; message: string }
  const hint =
    errcode !== undefined && DAMAGED.includes(errcode & 0xff)
      ? 'It is damaged: move it away and restore a backup (tidelock store restore FILE). Without one, apply again: an empty store finds again by their keys what was delivered.'
      : 'Is it a file, in a folder that may be written to? Correct "store" in temporal.yaml, or the rights.'
  return new SyncError('unavailable', `The store ${path} cannot be opened: ${message}. ${hint}`, {
    cause: error,
    maybeSent: false,
  })
}

/** Several processes turning a new file into a write-ahead log at once refuse one another without waiting. */
async function openPatiently(path: string, timeoutMs: number): Promise<DatabaseSync> {
  for (let attempt = 1; ; attempt++) {
    try {
      return openFile(path, timeoutMs)
    } catch (error) {
      if (!isBusy(error)) throw notOpened(path, error)
      if (attempt === 200)
        throw new SyncError('unavailable', `The store ${path} is locked.`, { cause: error, maybeSent: false })
    }
    await sleep(10)
  }
}
