import { isTimeZone } from './time-zone.ts'

const DAY_MINUTES = 24 * 60
const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN']

/** Hours of a week in a time zone. */
export interface Hours {
  /** 1 is Monday, 7 Sunday; in order. */
  readonly weekdays: readonly number[]
  /** Minutes of the day; `until` is not part of it, and beyond 24 hours where they run over midnight: into the day after. */
  readonly from: number
  readonly until: number
  readonly zone: string
}

/**
 * `MON-FRI 08:00-18:00 Europe/Brussels` or `SAT,SUN 00:00-24:00 UTC`; null when it is not of that form. `overMidnight`: hours
 * such as 22:00-07:00 are right too, and belong to the day they begin on.
 */
export function parseHours(text: string, options: { readonly overMidnight?: boolean } = {}): Hours | null {
  const match = /^(\S+) (\d\d):(\d\d)-(\d\d):(\d\d) (\S+)$/.exec(text.trim())
  if (match === null) return null
  const weekdays = daysOf(match[1]!)
  const from = minutesOf(match[2]!, match[3]!)
  const end = minutesOf(match[4]!, match[5]!)
  const zone = match[6]!
  if (weekdays === null || from === null || end === null || from === end || !isTimeZone(zone)) return null
  if (end < from && (options.overMidnight !== true || from >= DAY_MINUTES)) return null
  return { weekdays, from, until: end < from ? end + DAY_MINUTES : end, zone }
}

function minutesOf(hours: string, minutes: string): number | null {
  const all = Number(hours) * 60 + Number(minutes)
  return Number(minutes) < 60 && all <= DAY_MINUTES ? all : null
}

/** A range may run over the end of the week: `SAT-MON`. */
function daysOf(text: string): readonly number[] | null {
  const days = new Set<number>()
  for (const part of text.split(',')) {
    const [first, last = first, ...more] = part.split('-').map((name) => DAYS.indexOf(name) + 1)
    if (!first || !last || more.length > 0) return null
    for (let day = first; ; day = (day % 7) + 1) {
      days.add(day)
      if (day === last) break
    }
  }
  return [...days].sort((a, b) => a - b)
}
