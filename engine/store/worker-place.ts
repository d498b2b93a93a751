import { DatabaseSync } from 'node:sqlite'
import { SyncError } from '../core/model/failure.ts'
import { isBusy } from './sqlite/connection.ts'
import { sqlitePath } from './sqlite/open.ts'

/** Held by a worker process as long as it works. */
export interface WorkerPlace {
  release(): void
}

/**
 * Takes the one place for a worker process that a SQLite store has. It is a lock in a file beside the store, which ends with
 * its process however that ends. PostgreSQL has room for any number. Throws `unavailable` when another process has it.
 */
export function takeWorkerPlace(url: string, folder: string): WorkerPlace {
  if (!url.startsWith('sqlite:')) return { release() {} }
  const path = sqlitePath(url, folder)
  const file = new DatabaseSync(`${path}-worker`, { timeout: 100 })
  try {
    file.exec('create table if not exists worker (pid integer not null)')
    file.exec('begin immediate')
    file.exec('delete from worker')
    file.prepare('insert into worker values (?)').run(process.pid)
    // Said to whoever is refused; the lock itself is the transaction that never ends.
    file.exec('commit')
    file.exec('begin immediate')
    return { release: () => file.close() }
  } catch (error) {
    const pid = isBusy(error) ? holderOf(file) : null
    file.close()
    if (!isBusy(error))
      throw new SyncError('unavailable', `${path}-worker cannot be locked.`, {
        maybeSent: false,
        cause: error,
      })
    throw new SyncError(
      'unavailable',
      `A worker${pid === null ? '' : ` (process ${pid})`} works with ${path} already, and a SQLite store has one worker process. Stop that one first, or move to PostgreSQL for several (docs/store.md).`,
      { maybeSent: false, cause: error },
    )
  }
}

function holderOf(file: DatabaseSync): number | null {
  try {
    const [row] = file.prepare('select pid from worker').all()
    return row === undefined ? null : Number(row['pid'])
  } catch {
    return null
  }
}
