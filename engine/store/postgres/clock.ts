/** The database's clock, as far as this process knows it. */
export interface DatabaseClock {
  /** Epoch milliseconds: what the database said last and the time since then. Never ahead of the database. */
  now(): number
  /** The database has just said what time it is. */
  set(ms: number): void
}

/**
 * Workers on several machines whose clocks differ must agree when a lease ends, so none of them asks its own clock. Every
 * transaction asks the database's as it begins; in between the time that passed is added, which every machine measures alike.
 */
export function createDatabaseClock(elapsedMs: () => number): DatabaseClock {
  let said = 0
  let at = 0
  return {
    now: () => Math.floor(said + elapsedMs() - at),
    set(ms) {
      said = ms
      at = elapsedMs()
    },
  }
}
