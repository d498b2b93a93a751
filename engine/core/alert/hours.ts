import { wallClock } from '../expression/time.ts'
import type { Hours } from '../parse/hours.ts'

/** From an instant (epoch ms) until another one, which is not part of it. */
export interface Span {
  readonly from: number
  readonly until: number
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** How far ahead hours are looked for at a time. */
const STRETCH_MS = 28 * DAY_MS

/** Whether the clocks of the zone show one of the hours. */
export function isWithin(hours: Hours, at: number): boolean {
  return countedMs(hours, at, at + 1) === 1
}

/** How much of the time between two instants falls into the hours. Null: all of it does. */
export function countedMs(hours: Hours | null, from: number, until: number): number {
  if (hours === null) return Math.max(0, until - from)
  return spansOf(hours, from, until).reduce((sum, span) => sum + span.until - span.from, 0)
}

/** The instant at which so much time within the hours has passed since another one; null when that is later than `latest`. */
export function reachedAt(hours: Hours | null, from: number, ms: number, latest: number): number | null {
  if (hours === null) return from + ms <= latest ? from + ms : null
  let left = ms
  for (let start = from; start <= latest; start += STRETCH_MS) {
    for (const span of spansOf(hours, start, Math.min(start + STRETCH_MS, latest + 1))) {
      if (span.until - span.from >= left) return span.from + left <= latest ? span.from + left : null
      left -= span.until - span.from
    }
  }
  return null
}

/**
 * The stretches of time between two instants that fall into the hours: those at which the clocks of the zone show them. An hour
 * that the clocks show twice counts twice, one that they skip does not count.
 */
export function spansOf(hours: Hours, from: number, until: number): readonly Span[] {
  const spans: Span[] = []
  for (const { offset, ...stretch } of steadyStretches(hours.zone, from, until)) {
    // A day before: its hours may run over midnight.
    const first = Math.floor((stretch.from + offset) / DAY_MS) - 1
    const last = Math.floor((stretch.until - 1 + offset) / DAY_MS)
    for (let day = first; day <= last; day++) {
      if (!hours.weekdays.includes(weekdayOf(day))) continue
      const start = Math.max(stretch.from, day * DAY_MS + hours.from * MINUTE_MS - offset)
      const end = Math.min(stretch.until, day * DAY_MS + hours.until * MINUTE_MS - offset)
      if (start < end) spans.push({ from: start, until: end })
    }
  }
  return spans
}

/** 1 is Monday; 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** Between two changes of the zone's clocks their distance from UTC (`offset`) stays. Clocks change at most once in twelve hours. */
function steadyStretches(
  zone: string,
  from: number,
  until: number,
): readonly (Span & { readonly offset: number })[] {
  const stretches: (Span & { readonly offset: number })[] = []
  let start = from
  let offset = offsetAt(zone, from)
  for (let at = from; at < until; ) {
    const next = Math.min(until, at + DAY_MS / 2)
    const later = offsetAt(zone, next)
    if (later !== offset) {
      const change = changeBetween(zone, at, next, offset)
      stretches.push({ from: start, until: change, offset })
      start = change
      offset = later
    }
    at = next
  }
  if (start < until) stretches.push({ from: start, until, offset })
  return stretches
}

/** The first instant after `from` at which the offset is another one. */
function changeBetween(zone: string, from: number, until: number, offset: number): number {
  let before = from
  let after = until
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(zone, middle) === offset) before = middle
    else after = middle
  }
  return after
}

function offsetAt(zone: string, at: number): number {
  const second = Math.floor(at / 1000) * 1000
  return wallClock(second, zone) - second
}
