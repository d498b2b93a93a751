import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { SyncError } from '../../core/model/failure.ts'
import { BEGIN, BEGIN_READING, COMMIT, isBusy, ROLLBACK, sqliteConnection } from './connection.ts'

/** How long a write transaction waits for one of another process. */
const PATIENCE_MS = 20_000

/** Kysely on one open file: whoever wants the connection waits for the one before, so transactions never mix. */
export function sqliteDialect(file: DatabaseSync): Dialect {
  return {
    createDriver: () => createDriver(file),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

function createDriver(file: DatabaseSync): Driver {
  const connection = sqliteConnection(file)
  const waiting: (() => void)[] = []
  let taken = false
  return {
    async init() {},
    async acquireConnection(): Promise<DatabaseConnection> {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve))
      taken = true
      return connection
    },
    async releaseConnection() {
      const next = waiting.shift()
      // Handed over while `taken`, so that nobody slips in between.
      if (next === undefined) taken = false
      else next()
    },
    async beginTransaction(_, { accessMode }) {
      if (accessMode === 'read only') await connection.executeQuery(BEGIN_READING)
      else await begin(connection)
    },
    async commitTransaction() {
      await connection.executeQuery(COMMIT)
    },
    async rollbackTransaction() {
      // SQLite has rolled back by itself after some errors (a full disk).
      if (file.isTransaction) await connection.executeQuery(ROLLBACK)
    },
    async destroy() {
      if (file.isOpen) file.close()
    },
  }
}

/** The write lock is taken at once: a transaction that reads first and locks later could not go on (SQLITE_BUSY_SNAPSHOT). */
async function begin(connection: DatabaseConnection): Promise<void> {
  // SQLite waits on the thread; short waits with pauses between them leave the process alive meanwhile.
  const deadline = performance.now() + PATIENCE_MS
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      await connection.executeQuery(BEGIN)
      return
    } catch (error) {
      if (!isBusy(error)) throw error
      if (performance.now() > deadline) {
        throw new SyncError(
          'unavailable',
          `The store was locked by another process for ${PATIENCE_MS / 1000} seconds.`,
          {
            maybeSent: false,
            cause: error,
          },
        )
      }
    }
    await sleep(pauseMs)
  }
}
