import {
  type Answered,
  type Bucket,
  type Budget,
  freePoints,
  type Open,
  openCalls,
  upToDate,
} from './budget.ts'
import type { Limits, Window } from './limits.ts'
import { aheadOf, PRIORITIES, type Priority, type Waiting } from './queue.ts'

/** A call that wants to go out. */
export interface Ask {
  /** What the calls let through are known by. */
  readonly id: string
  readonly mapping: string
  readonly priority: Priority
  /** What it will probably cost of the remote's bucket. */
  readonly cost: number
}

export type Answer =
  | { readonly granted: Open }
  /** To be asked again then; `why` as in "the calls of this minute are used". */
  | { readonly waitMs: number; readonly why: string }

/** What has to end somewhere else (an answer on its way, a turn of another mapping) is looked at again so soon. */
const SOON_MS = 50
/** Calls of a process at a time, where only days, months or a bucket are counted: it need not ask for each. */
const BLOCK = 20
/** So long they may be begun. */
const BLOCK_MS = 10_000
/** Longer than any answer takes. */
const LONGEST_CALL_MS = 170_000
/** A mapping that waits looks again at least so often; one that did not is taken for gone. */
export const LOOKS_EVERY_MS = 1_000
const MISSED_MS = 4_000
/** One that went away because the wait was long comes back within this time of what it was told. */
const LATE_MS = 10_000
/** A wait longer than this is not worth staying for. */
export const LONGEST_WAIT_MS = 20_000
/** Of a day or month, mappings of low and of normal priority leave these shares to higher ones, where there are any. */
const LEFT_TO_HIGHER = { high: 0, normal: 0.1, low: 0.2 } as const satisfies Record<Priority, number>
const THERE_MS = 86_400_000

/**
 * Lets a call out, or says how long it has to wait. Whoever waits is noted, and nobody behind it is let out in its place: higher
 * priorities first, then who waits longest.
 */
export function take(before: Budget, limits: Limits, ask: Ask, now: number): readonly [Budget, Answer] {
  const present = upToDate(before, limits, now)
  const budget = { ...present, asked: { ...present.asked, [ask.priority]: now } }
  const ahead = aheadOf(budget.waiting, ask.mapping, ask.priority, now)
  const [longest] = [...waitsOf(budget, limits, ask, ahead, now)].sort((a, b) => b.waitMs - a.waitMs)
  if (longest !== undefined && longest.waitMs > 0)
    return [withWaiting(budget, ask, longest.waitMs, now), longest]
  const granted = grantOf(budget, limits, ask, ahead, now)
  const { calls } = granted
  return [
    {
      ...budget,
      open: [...budget.open, granted],
      day: budget.day === null ? null : { ...budget.day, calls: budget.day.calls + calls },
      month: budget.month === null ? null : { ...budget.month, calls: budget.month.calls + calls },
      waiting: budget.waiting.filter(({ mapping }) => mapping !== ask.mapping),
      lastAt: now,
    },
    { granted },
  ]
}

function withWaiting(budget: Budget, ask: Ask, waitMs: number, now: number): Budget {
  const goes = waitMs > LONGEST_WAIT_MS
  const entry: Waiting = {
    mapping: ask.mapping,
    priority: ask.priority,
    since: budget.waiting.find(({ mapping }) => mapping === ask.mapping)?.since ?? now,
    points: ask.cost,
    from: goes ? now + waitMs : now,
    until: goes ? now + waitMs + LATE_MS : now + LOOKS_EVERY_MS + MISSED_MS,
  }
  return { ...budget, waiting: [...budget.waiting.filter(({ mapping }) => mapping !== ask.mapping), entry] }
}

type Wait = Extract<Answer, { waitMs: number }>

/** Everything that could be in the way; the longest counts. */
function* waitsOf(
  budget: Budget,
  limits: Limits,
  ask: Ask,
  ahead: readonly Waiting[],
  now: number,
): Iterable<Wait> {
  const before = ahead.length
  yield { waitMs: budget.closedUntil - now, why: 'it asked not to be called before' }
  if (limits.concurrency !== null && openCalls(budget) + before >= limits.concurrency)
    yield { waitMs: SOON_MS, why: `${limits.concurrency} calls at the same time are on their way` }
  yield* windowWait(budget, budget.second, limits.second, before, now)
  yield* windowWait(budget, budget.minute, limits.minute, before, now)
  for (const { left, until, why } of countersOf(budget, limits, ask.priority, now)) {
    if (left < 1) yield { waitMs: until - now, why }
    else if (left < before + 1) yield { waitMs: SOON_MS, why: 'others come first' }
  }
  yield* bucketWait(budget, limits, ask, ahead, now)
}

/** Days, months and counters of the remote: what a mapping of this priority may use of them now. */
function* countersOf(
  budget: Budget,
  limits: Limits,
  priority: Priority,
  now: number,
): Iterable<{ readonly left: number; readonly until: number; readonly why: string }> {
  const higher = leftToHigher(budget, priority, now)
  for (const kind of ['day', 'month'] as const) {
    const [most, count] = [limits[kind], budget[kind]]
    if (most === null || count === null) continue
    const why =
      count.calls >= most
        ? `the calls of this ${kind} are used`
        : `the rest of this ${kind}'s calls is for mappings of higher priority`
    yield { left: most * (1 - higher) - count.calls, until: count.until, why }
  }
  for (const told of Object.values(budget.told)) {
    const kept = (told.most ?? 0) * Math.min(1, limits.reserve + higher)
    yield { left: told.remaining - openCalls(budget) - kept, until: told.until, why: 'it has no calls left' }
  }
}

/** Nothing is left to priorities that no mapping has. */
function leftToHigher({ asked }: Budget, priority: Priority, now: number): number {
  const higher = PRIORITIES.slice(0, PRIORITIES.indexOf(priority))
  const isThere = higher.some((name) => now - (asked[name] ?? -THERE_MS) < THERE_MS)
  return isThere ? LEFT_TO_HIGHER[priority] : 0
}

/**
 * The first half of a window may go out at once. The rest is spread over the time until the first of them no longer counts, so that
 * nobody has to wait for the whole window to pass.
 */
function* windowWait(
  budget: Budget,
  answered: readonly Answered[],
  window: Window | null,
  before: number,
  now: number,
): Iterable<Wait> {
  if (window === null) return
  const { most, ms } = window
  const why = `${most} calls in ${ms / 1_000} s are used`
  const left = most - openCalls(budget) - answered.reduce((sum, [, calls]) => sum + calls, 0)
  if (left > before) {
    const [first] = answered
    if (first === undefined || left > most - Math.ceil(most / 2)) return
    const pause = ((first[0] + ms - budget.lastAt) / (left + 1)) * (before + 1)
    yield { waitMs: Math.ceil(budget.lastAt + pause - now), why }
    return
  }
  let over = before + 1 - left
  let waitMs = 0
  for (const [at, calls] of answered) {
    waitMs = at + ms - now
    over -= calls
    if (over <= 0) break
  }
  // Where that is not enough, the answers of calls on their way have to come first.
  yield { waitMs: Math.max(SOON_MS, waitMs), why }
}

function* bucketWait(
  budget: Budget,
  limits: Limits,
  ask: Ask,
  ahead: readonly Waiting[],
  now: number,
): Iterable<Wait> {
  const { bucket } = budget
  if (bucket === null) return
  const usable = bucket.capacity * (1 - limits.reserve)
  const wanted = ahead.reduce((sum, { points }) => sum + Math.min(points, usable), Math.min(ask.cost, usable))
  const missing = wanted - sparePoints(budget, bucket, limits, now)
  if (missing <= 0) return
  const waitMs = bucket.perSecond > 0 ? Math.ceil((missing / bucket.perSecond) * 1_000) : 60_000
  yield { waitMs, why: 'its bucket is empty' }
}

/** Without what stays free for people. */
function sparePoints(budget: Budget, bucket: Bucket, limits: Limits, now: number): number {
  return freePoints(budget, bucket, now) - bucket.capacity * limits.reserve
}

/** One call where windows are counted; else several, few where little is left. */
function grantOf(budget: Budget, limits: Limits, ask: Ask, ahead: readonly Waiting[], now: number): Open {
  const { id, cost } = ask
  const { bucket } = budget
  const one = { id, calls: 1, points: bucket === null ? 0 : cost, from: now }
  if ((limits.second ?? limits.minute ?? limits.concurrency) !== null)
    return { ...one, until: now + LONGEST_CALL_MS }
  const left = [...countersOf(budget, limits, ask.priority, now)].map((counter) => counter.left)
  const calls = Math.max(1, Math.floor(Math.min(BLOCK, Math.min(...left) / 50)))
  const several =
    bucket === null || ahead.length > 0
      ? 0
      : Math.min(sparePoints(budget, bucket, limits, now) / 4, bucket.capacity / 8)
  return { ...one, calls, points: Math.max(one.points, several), until: now + BLOCK_MS }
}
