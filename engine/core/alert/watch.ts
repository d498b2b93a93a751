import type { Hours } from '../parse/hours.ts'
import { reachedAt } from './hours.ts'
import type { AlertExample } from './message.ts'

/** What a fact is about: a row of the store that can be looked up, or all there is to say. */
export type Subject = { readonly letter: string } | { readonly run: string } | AlertExample

/** Something that happened at an instant. */
export interface Happening {
  readonly at: number
  readonly subject: Subject
}

/** Something that lasts; `until` null: it still does. */
export interface Lasting {
  readonly from: number
  readonly until: number | null
  readonly subject: Subject
}

/** What a page added: how many records were judged, how many of them could not be delivered. */
export interface JudgedPage {
  readonly at: number
  readonly judged: number
  readonly rejected: number
}

/** A rule together with the facts it is judged by: says at any instant that the facts cover how it stands. */
export interface Watch {
  /** Between two of these the state does not change. In order. */
  readonly moments: readonly number[]
  isFiring(at: number): boolean
  /** Where it holds in steps: which one. People are told when it rises. */
  stage?(at: number): number
  /** How many, where the rule counts something. */
  count(at: number): number | null
  /** The first three of what it is about. */
  subjects(at: number): readonly Subject[]
}

const FIRST = 3
const DAY_MS = 86_400_000

/**
 * So many happenings within a time: those after `at - withinMs`, up to and with `at`. Five over exactly an hour are not five
 * within the hour, so the first one leaves at the instant at which the hour is over.
 */
export function watchHappenings(
  happenings: readonly Happening[],
  { atLeast, withinMs }: { readonly atLeast: number; readonly withinMs: number },
): Watch {
  const all = [...happenings].sort((a, b) => a.at - b.at)
  const times = all.map(({ at }) => at)
  const window = (at: number) => all.slice(after(times, at - withinMs), after(times, at))
  return {
    moments: inOrder(times.flatMap((at) => [at, at + withinMs])),
    isFiring: (at) => after(times, at) - after(times, at - withinMs) >= atLeast,
    count: (at) => window(at).length,
    subjects: (at) =>
      window(at)
        .slice(0, FIRST)
        .map(({ subject }) => subject),
  }
}

/**
 * The share of the records judged within a time that could not be delivered, as it is when a page comes: good ones that merely
 * grow old raise nothing. Over when a page brings it down, or none of the rejected ones is left within the time.
 */
export function watchShare(
  pages: readonly JudgedPage[],
  rejected: readonly Happening[],
  { share, withinMs }: { readonly share: number; readonly withinMs: number },
): Watch {
  const all = [...pages].sort((a, b) => a.at - b.at)
  const times = all.map(({ at }) => at)
  const judged = sumsOf(all.map((page) => page.judged))
  const parked = sumsOf(all.map((page) => page.rejected))
  const within = (sums: readonly number[], at: number) =>
    sums[after(times, at)]! - sums[after(times, at - withinMs)]!
  return {
    moments: inOrder(times.flatMap((at) => [at, at + withinMs])),
    isFiring: (at) => {
      const last = times[after(times, at) - 1]
      if (last === undefined || within(parked, at) === 0) return false
      return within(parked, last) >= share * within(judged, last)
    },
    count: (at) => within(parked, at),
    subjects: (at) =>
      rejected
        .filter((happening) => happening.at > at - withinMs && happening.at <= at)
        .sort((a, b) => a.at - b.at)
        .slice(0, FIRST)
        .map(({ subject }) => subject),
  }
}

/**
 * Nothing came for so long, counted within the hours only. `begin`: from when on something could have come. `latest`: how far
 * the facts go.
 */
export function watchSilence(
  arrivals: readonly number[],
  { begin, latest }: { readonly begin: number | null; readonly latest: number },
  { longerThanMs, during }: { readonly longerThanMs: number; readonly during: Hours | null },
): Watch {
  const times = inOrder(begin === null ? arrivals : [begin, ...arrivals])
  const silences = times.map((at, index) => {
    const next = times[index + 1] ?? latest + 1
    return { from: reachedAt(during, at, longerThanMs, next - 1), until: next }
  })
  const lasts = silences.flatMap(({ from, until }) => (from === null ? [] : [{ from, until }]))
  return {
    moments: inOrder([...times, ...lasts.map(({ from }) => from)]),
    isFiring: (at) => lasts.some(({ from, until }) => from <= at && at < until),
    count: () => null,
    subjects: () => [],
  }
}

/** At least one thing lasts, and has for `afterMs`. */
export function watchLasting(lasting: readonly Lasting[], { afterMs }: { readonly afterMs: number }): Watch {
  const all = [...lasting]
    .filter(({ from, until }) => until === null || until > from + afterMs)
    .sort((a, b) => a.from - b.from)
  const at = (instant: number) =>
    all.filter(({ from, until }) => from + afterMs <= instant && (until === null || instant < until))
  return {
    moments: inOrder(all.flatMap(({ from, until }) => [from + afterMs, ...(until === null ? [] : [until])])),
    isFiring: (instant) =>
      all.some(({ from, until }) => from + afterMs <= instant && (until === null || instant < until)),
    count: (instant) => at(instant).length,
    subjects: (instant) =>
      at(instant)
        .slice(0, FIRST)
        .map(({ subject }) => subject),
  }
}

/** Something that comes to an end, from when on people count the days. */
export interface Ending extends Lasting {
  readonly endsAt: number
  /** Since when this one is there: what takes its place has steps of its own. */
  readonly since: number
}

/** Days are counted down to an end: it holds until something else takes its place, in steps of so many days left. */
export function watchCountdown(endings: readonly Ending[], days: readonly number[]): Watch {
  const all = [...endings].sort((a, b) => a.from - b.from)
  const at = (instant: number) =>
    all.findLast(({ from, until }) => from <= instant && (until === null || instant < until))
  return {
    moments: inOrder(
      all.flatMap(({ from, until, endsAt }) => [
        from,
        ...days.map((left) => endsAt - left * DAY_MS).filter((step) => step > from),
        ...(until === null ? [] : [until]),
      ]),
    ),
    isFiring: (instant) => at(instant) !== undefined,
    stage(instant) {
      const ending = at(instant)
      if (ending === undefined) return 0
      const { since, endsAt } = ending
      return since * 10 + days.filter((left) => instant >= endsAt - left * DAY_MS).length
    },
    count(instant) {
      const ending = at(instant)
      return ending === undefined ? null : Math.max(0, Math.floor((ending.endsAt - instant) / DAY_MS))
    },
    subjects: (instant) => [at(instant)].flatMap((ending) => ending?.subject ?? []),
  }
}

/** How many of the times, which are in order, are not later than an instant. */
function after(times: readonly number[], at: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low
}

function sumsOf(numbers: readonly number[]): readonly number[] {
  const sums = [0]
  for (const number of numbers) sums.push(sums.at(-1)! + number)
  return sums
}

function inOrder(times: readonly number[]): readonly number[] {
  return [...new Set(times)].sort((a, b) => a - b)
}
