import { isTimeZone } from './time-zone.ts'

const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN']

/** Hours of a week in a time zone. */
export interface Hours {
  /** 1 is Monday, 7 Sunday; in order. */
  readonly weekdays: readonly number[]
  /** Minutes of the day; `until` is not part of it. */
  readonly from: number
  readonly until: number
  readonly zone: string
}

/** `MON-FRI 08:00-18:00 Europe/Brussels` or `SAT,SUN 00:00-24:00 UTC`; null when it is not of that form. */
export function parseHours(text: string): Hours | null {
  const match = /^(\S+) (\d\d):(\d\d)-(\d\d):(\d\d) (\S+)$/.exec(text.trim())
  if (match === null) return null
  const weekdays = daysOf(match[1]!)
  const from = minutesOf(match[2]!, match[3]!)
  const until = minutesOf(match[4]!, match[5]!)
  const zone = match[6]!
  if (weekdays === null || from === null || until === null || from >= until || !isTimeZone(zone)) return null
  return { weekdays, from, until, zone }
}

function minutesOf(hours: string, minutes: string): number | null {
  const all = Number(hours) * 60 + Number(minutes)
  return Number(minutes) < 60 && all <= 24 * 60 ? all : null
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
