import { randomUUID } from 'node:crypto'
import type { Rate } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { type Budget, closeFor, type Heard, type Open, type Settled, settle } from '../../core/pace/budget.ts'
import type { Limits } from '../../core/pace/limits.ts'
import type { Priority } from '../../core/pace/queue.ts'
import { LONGEST_WAIT_MS, LOOKS_EVERY_MS, take } from '../../core/pace/take.ts'

/** Where all who call a connection keep its one budget. */
export interface BudgetBook {
  now(): number
  /** As it stands, read alone. */
  read(): Promise<Budget>
  /** One change at a time, of all processes. `change` may be called again. */
  change<T>(change: (budget: Budget, now: number) => readonly [Budget, T]): Promise<T>
}

export interface GateOptions {
  readonly connection: string
  readonly limits: Limits
  readonly book: BudgetBook
  /** On whose behalf it is called. */
  readonly mapping: string
  readonly priority: Priority
  pause(ms: number, signal: AbortSignal): Promise<void>
}

/** What every request goes through. */
export interface Gate {
  /**
   * Waits until the budget has room for the call; true when it had to wait. Throws `throttled` when it would take longer than
   * a leg may wait.
   */
  enter(cost: number, signal: AbortSignal): Promise<{ readonly waited: boolean; readonly pass: Pass }>
  /** What the remote said of its budget. */
  hear(rate: Rate): void
  /** Gives back what was not used. */
  close(): Promise<void>
}

/** One call that was let out. */
export interface Pass {
  /** It was answered, or given up. `sent` false: certainly not sent. `closed`: the remote asks not to be called for so long. */
  end(how: { readonly sent: boolean; readonly closed: number | 'later' | null }): Promise<void>
}

/** What another process was told (not to call before) is known here at the latest after so long. */
const LOOK_MS = 50
/** Turns that others are given first may add up to this. */
const PATIENCE_MS = 60_000

/** Calls let through that need not be asked for one by one. */
interface Purse {
  readonly open: Open
  calls: number
  points: number
  begun: number
  spent: number
  /** The remote said that there is less. */
  isStale: boolean
}

export function createGate({ connection, limits, book, mapping, priority, pause }: GateOptions): Gate {
  // Windows and slots are the same for all only when each call is asked for and told of.
  const isCounted = limits.second !== null || limits.minute !== null || limits.concurrency !== null
  const isLimited = isCounted || limits.day !== null || limits.month !== null
  let purse: Purse | null = null
  let heard: Heard[] = []
  let lookedAt = Number.NEGATIVE_INFINITY
  let closedUntil = 0
  let isMetered = isLimited
  let turn: Promise<unknown> = Promise.resolve()

  /** What was let through and is over, to be told with the next change. */
  const takeOut = (): { done: readonly Settled[]; news: readonly Heard[] } => {
    const done: Settled[] =
      purse === null
        ? []
        : [{ id: purse.open.id, answered: purse.begun, unused: purse.calls, points: purse.spent }]
    const news = heard
    purse = null
    heard = []
    return { done, news }
  }

  const look = async (): Promise<void> => {
    const now = book.now()
    if (now - lookedAt < LOOK_MS && now >= lookedAt) return
    const budget = await book.read()
    lookedAt = now
    closedUntil = budget.closedUntil
    isMetered ||= budget.bucket !== null || Object.keys(budget.told).length > 0
  }

  /** Spends what is in the purse; null where it does not do. */
  const spend = (cost: number, now: number): Pass | null => {
    if (purse === null || purse.isStale || purse.open.until <= now) return null
    if (purse.calls < 1 || purse.points < cost) return null
    purse.calls--
    purse.points -= cost
    purse.begun++
    purse.spent += cost
    return passOf(null)
  }

  const passOf = (open: Open | null): Pass => ({
    async end({ sent, closed }) {
      if (open === null && closed === null) return
      const { done, news } = open === null ? takeOut() : { done: [settledOne(open, sent)], news: heard }
      if (open !== null) heard = []
      await book
        .change((budget, now) => {
          const settled = settle(budget, limits, done, news, now)
          const next = closed === null ? settled : closeFor(settled, closed, now)
          return [next, next.closedUntil]
        })
        .then((until) => {
          closedUntil = until
        })
        // The answer is there, whatever becomes of the book: what was let through runs out by itself.
        .catch(() => {})
    },
  })

  const ask = async (cost: number, signal: AbortSignal): Promise<{ waited: boolean; pass: Pass }> => {
    for (let waitedMs = 0; ; ) {
      signal.throwIfAborted()
      if (!isCounted) await look()
      const now = book.now()
      let waitMs = closedUntil - now
      let why = 'it asked not to be called before'
      if (waitMs <= 0) {
        if (!isMetered) return { waited: waitedMs > 0, pass: passOf(null) }
        const spent = spend(cost, now)
        if (spent !== null) return { waited: waitedMs > 0, pass: spent }
        const { done, news } = takeOut()
        const id = randomUUID()
        const answer = await book.change((budget, at) =>
          take(settle(budget, limits, done, news, at), limits, { id, mapping, priority, cost }, at),
        )
        if ('granted' in answer) {
          const { granted } = answer
          if (isCounted) return { waited: waitedMs > 0, pass: passOf(granted) }
          // Without a bucket nothing is paid.
          const points = granted.points === 0 ? Number.POSITIVE_INFINITY : granted.points
          purse = { open: granted, calls: granted.calls, points, begun: 0, spent: 0, isStale: false }
          return { waited: waitedMs > 0, pass: spend(cost, granted.from)! }
        }
        ;({ waitMs, why } = answer)
      }
      if (waitMs > LONGEST_WAIT_MS) throw throttled(connection, why, waitMs)
      if (waitedMs > PATIENCE_MS) throw throttled(connection, why, Math.max(waitMs, LONGEST_WAIT_MS))
      const stepMs = Math.min(waitMs, LOOKS_EVERY_MS)
      await pause(stepMs, signal)
      waitedMs += stepMs
    }
  }

  return {
    enter(cost, signal) {
      const mine = turn.then(() => ask(cost, signal))
      turn = mine.catch(() => {})
      return mine
    },
    hear(rate) {
      isMetered = true
      heard.push({ rate, at: book.now() })
      if (purse === null) return
      const isLess = rate.kind === 'bucket' ? rate.available < purse.points : rate.remaining < purse.calls
      purse.isStale ||= isLess
    },
    async close() {
      const { done, news } = takeOut()
      if (done.length === 0 && news.length === 0) return
      await book.change((budget, now) => [settle(budget, limits, done, news, now), null]).catch(() => {})
    },
  }
}

function settledOne(open: Open, sent: boolean): Settled {
  return { id: open.id, answered: sent ? 1 : 0, unused: sent ? 0 : 1, points: sent ? open.points : 0 }
}

function throttled(connection: string, why: string, waitMs: number): SyncError {
  return new SyncError(
    'throttled',
    `${connection} has no budget left for now: ${why}. The run goes on in ${Math.ceil(waitMs / 1_000)} s.`,
    { retryAfterMs: Math.ceil(waitMs), maybeSent: false, fields: { connection } },
  )
}
