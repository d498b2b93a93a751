import { dateIn, dateText, dayOf, instantOf } from '../expression/time.ts'

/** A day or a month of a time zone. */
export interface Period {
  /** `2026-11-26` or `2026-11`. */
  readonly name: string
  /** Epoch ms; `until` is not part of it. */
  readonly from: number
  readonly until: number
}

const DAY_MS = 86_400_000

/** The day or month that an instant lies in. */
export function periodAt(kind: 'day' | 'month', now: number, zone: string): Period {
  const date = dateIn(now, zone)
  const first = dayOf(kind === 'day' ? date : `${date.slice(0, 7)}-01`)!
  // Any day of the next month is at most 31 days after the first of this one.
  const next = kind === 'day' ? first + 1 : dayOf(`${dateText(first + 31).slice(0, 7)}-01`)!
  return {
    name: kind === 'day' ? date : date.slice(0, 7),
    from: instantOf(first * DAY_MS, zone),
    until: instantOf(next * DAY_MS, zone),
  }
}
