import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely } from 'kysely'
import type { Database } from '../tables.ts'
import { createDatabaseClock, type DatabaseClock } from './clock.ts'
import { postgresDialect } from './dialect.ts'
import { isConflict } from './fault.ts'
import { postgresSettings } from './settings.ts'

export interface OpenedPostgres {
  readonly reader: Kysely<Database>
  readonly writer: Kysely<Database>
  readonly patient: Kysely<Database>
  readonly clock: DatabaseClock
}

/** Pools of their own, so that whoever reads while it writes never waits for itself. Nothing is contacted yet. */
export function openPostgres(url: string): OpenedPostgres {
  const settings = postgresSettings(url)
  const clock = createDatabaseClock(() => performance.now())
  return {
    reader: new Kysely({ dialect: postgresDialect({ settings, clock, readOnly: true }) }),
    writer: new Kysely({ dialect: postgresDialect({ settings, clock }) }),
    patient: new Kysely({ dialect: postgresDialect({ settings, clock, patient: true }) }),
    clock,
  }
}

/** How often a transaction that PostgreSQL ended in favour of another one is tried. */
const MOST_ATTEMPTS = 6

/** Tries a transaction again that ended in a deadlock: nothing of it was written, and the other one is through. */
export async function againOnConflict<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt()
    } catch (error) {
      if (attempts === MOST_ATTEMPTS || !isConflict(error)) throw error
    }
    await sleep(Math.random() * 20 * attempts)
  }
}
