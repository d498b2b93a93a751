import type { Rate } from '../model/connector.ts'
import type { Limits, Window } from './limits.ts'
import { periodAt } from './period.ts'
import type { Priority, Waiting } from './queue.ts'

/**
 * What is known of a connection's budget, by all who call it. Plain JSON that the store keeps; instants are epoch ms of the store's
 * clock. A call counts from when it is let through until the length of a window after its answer: it reached the remote some time
 * in between, so the remote never sees more than a window allows, however long calls and answers are on their way.
 */
export interface Budget {
  /** Calls let through whose answer was not reported yet. One whose process died runs out by itself. */
  readonly open: readonly Open[]
  /** When calls of the last second and minute were answered, and how many: oldest first. */
  readonly second: readonly Answered[]
  readonly minute: readonly Answered[]
  readonly day: Count | null
  readonly month: Count | null
  readonly bucket: Bucket | null
  /** Counters that the remote told of, by their names. */
  readonly told: { readonly [name: string]: Told }
  /** The remote asked not to be called before; and for how long that was. */
  readonly closedUntil: number
  readonly closedMs: number
  readonly waiting: readonly Waiting[]
  /** When a mapping of each priority last asked. */
  readonly asked: { readonly [priority in Priority]?: number }
  /** When a call was last let through. */
  readonly lastAt: number
}

export interface Open {
  readonly id: string
  readonly calls: number
  /** Of the remote's bucket. */
  readonly points: number
  readonly from: number
  readonly until: number
}

export type Answered = readonly [at: number, calls: number]

/** Calls let through in the present day or month. */
export interface Count {
  readonly name: string
  readonly from: number
  readonly until: number
  readonly calls: number
}

export interface Bucket {
  readonly available: number
  readonly capacity: number
  readonly perSecond: number
  readonly at: number
}

interface Told {
  readonly most: number | null
  readonly remaining: number
  readonly until: number
  readonly at: number
}

export const UNKNOWN_BUDGET: Budget = {
  open: [],
  second: [],
  minute: [],
  day: null,
  month: null,
  bucket: null,
  told: {},
  closedUntil: 0,
  closedMs: 0,
  waiting: [],
  asked: {},
  lastAt: 0,
}

/** A window of very many calls is kept in so many steps; a step's calls count until its end. */
const MOST_STEPS = 200

/** What became of calls that were let through under one number. */
export interface Settled {
  readonly id: string
  /** Sent, and answered or given up. */
  readonly answered: number
  /** Never sent: the day and the month have them again. */
  readonly unused: number
  /** What the sent ones were expected to cost of the bucket. */
  readonly points: number
}

/** The present day and month, and nothing that has run out. */
export function upToDate(budget: Budget, limits: Limits, now: number): Budget {
  return {
    ...budget,
    open: budget.open.filter(({ until }) => until > now),
    second: within(budget.second, limits.second, now),
    minute: within(budget.minute, limits.minute, now),
    day: limits.day === null ? budget.day : countAt('day', budget.day, limits, now),
    month: limits.month === null ? budget.month : countAt('month', budget.month, limits, now),
    told: Object.fromEntries(Object.entries(budget.told).filter(([, { until }]) => until > now)),
    waiting: budget.waiting.filter(({ until }) => until > now),
  }
}

/** Another mapping's limits may be older and lack a window: what is counted for the others stays. */
function within(answered: readonly Answered[], window: Window | null, now: number): readonly Answered[] {
  if (window === null) return answered
  const first = answered.findIndex(([at]) => at + window.ms > now)
  return first === 0 ? answered : first === -1 ? [] : answered.slice(first)
}

function countAt(kind: 'day' | 'month', count: Count | null, limits: Limits, now: number): Count {
  if (count !== null && now < count.until) return count
  return { ...periodAt(kind, now, limits.zone), calls: 0 }
}

/** Calls that were let through have been answered, or are not needed. `heard`: what the remote said last, and when. */
export function settle(
  before: Budget,
  limits: Limits,
  done: readonly Settled[],
  heard: readonly Heard[],
  now: number,
): Budget {
  let budget = upToDate(before, limits, now)
  for (const { id, answered, unused, points } of done) {
    const open = budget.open.find((candidate) => candidate.id === id)
    budget = {
      ...budget,
      open: budget.open.filter((candidate) => candidate.id !== id),
      second: withAnswered(budget.second, limits.second, answered, now),
      minute: withAnswered(budget.minute, limits.minute, answered, now),
      day: withUnused(budget.day, open, unused),
      month: withUnused(budget.month, open, unused),
      // Until the remote says what it really took.
      bucket:
        budget.bucket === null ? null : { ...budget.bucket, available: budget.bucket.available - points },
      told: Object.fromEntries(
        Object.entries(budget.told).map(([name, told]) => [
          name,
          { ...told, remaining: told.remaining - answered },
        ]),
      ),
    }
  }
  return heard.reduce(withHeard, budget)
}

function withAnswered(
  all: readonly Answered[],
  window: Window | null,
  calls: number,
  now: number,
): readonly Answered[] {
  if (window === null || calls === 0) return all
  const step = window.most > MOST_STEPS ? Math.ceil(window.ms / MOST_STEPS) : 1
  // Clocks cut fractions of a millisecond: an answer counts from the end of its own.
  const at = Math.ceil((now + 1) / step) * step
  const last = all.at(-1)
  return last !== undefined && last[0] >= at
    ? [...all.slice(0, -1), [last[0], last[1] + calls]]
    : [...all, [at, calls]]
}

/** What was let through on the day before is not counted in this one. */
function withUnused(count: Count | null, open: Open | undefined, unused: number): Count | null {
  if (count === null || open === undefined || open.from < count.from) return count
  return { ...count, calls: Math.max(0, count.calls - unused) }
}

/** What the remote said of its budget, and when it was heard. */
export interface Heard {
  readonly rate: Rate
  readonly at: number
}

function withHeard(budget: Budget, { rate, at }: Heard): Budget {
  if (rate.kind === 'bucket') {
    if (budget.bucket !== null && budget.bucket.at > at) return budget
    const { available, capacity, perSecond } = rate
    return { ...budget, bucket: { available, capacity, perSecond, at } }
  }
  const name = rate.of ?? 'window'
  if ((budget.told[name]?.at ?? 0) > at) return budget
  const told: Told = {
    most: rate.limit ?? null,
    remaining: rate.remaining,
    until: at + rate.resetsInMs,
    at,
  }
  return { ...budget, told: { ...budget.told, [name]: told } }
}

/** What asks to be called later and does not say when is called again after this time; twice that when it asks once more. */
const LATER_MS = 1_000
const LATEST_MS = 60_000

/** The remote asked not to be called, for so long or ("later") without a time. */
export function closeFor(budget: Budget, asked: number | 'later', now: number): Budget {
  const isAgain = now < budget.closedUntil + budget.closedMs
  const later = isAgain ? Math.min(LATEST_MS, Math.max(LATER_MS, 2 * budget.closedMs)) : LATER_MS
  const closedMs = asked === 'later' ? later : asked
  if (now + closedMs <= budget.closedUntil) return budget
  return { ...budget, closedMs, closedUntil: now + closedMs }
}

export function openCalls({ open }: Budget): number {
  return open.reduce((sum, { calls }) => sum + calls, 0)
}

/** Points of the bucket that nobody has been promised. */
export function freePoints(budget: Budget, bucket: Bucket, now: number): number {
  const refilled = bucket.available + (Math.max(0, now - bucket.at) / 1_000) * bucket.perSecond
  const promised = budget.open.reduce((sum, { points }) => sum + points, 0)
  return Math.min(bucket.capacity, refilled) - promised
}
