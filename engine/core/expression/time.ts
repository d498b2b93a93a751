/**
 * Calendar dates and instants by hand: instants are milliseconds since 1970-01-01T00:00:00Z, written `YYYY-MM-DDTHH:MM:SSZ`;
 * dates are `YYYY-MM-DD`. Zones are IANA names, answered by Intl.
 */
const DAY_MS = 86_400_000
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?$/

export function isDate(text: string): boolean {
  return dayOf(text) !== null
}

/** Days since 1970-01-01 of a `YYYY-MM-DD` that exists; null otherwise. */
export function dayOf(text: string): number | null {
  const parts = DATE.exec(text)
  if (parts === null) return null
  return validDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))
}

function validDay(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return daysFromCivil(year, month, day)
}

/** The Gregorian calendar, months counted from March so that leap days come last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  )
}

/** The date of a day counted from 1970-01-01. */
export function dateText(day: number): string {
  const z = day + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1)}`
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/**
 * What an ISO date and time means: an instant when it carries an offset, else the wall clock (milliseconds as if it were UTC).
 * Fractions of a second are cut. Null when it is no such text, or a moment that does not exist.
 */
export function readMoment(text: string): { readonly ms: number; readonly zoned: boolean } | null {
  const parts = MOMENT.exec(text)
  if (parts === null) return null
  const day = validDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))
  const [hour, minute, second] = [Number(parts[4]), Number(parts[5]), Number(parts[6] ?? 0)]
  if (day === null || hour > 23 || minute > 59 || second > 59) return null
  const wall = day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000
  const offset = parts[7]
  if (offset === undefined) return { ms: wall, zoned: false }
  return { ms: wall - offsetMs(offset), zoned: true }
}

function offsetMs(offset: string): number {
  if (offset === 'Z' || offset === 'z') return 0
  const digits = offset.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0')
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}

/** `YYYY-MM-DDTHH:MM:SSZ`, fractions cut. */
export function instantText(ms: number): string {
  const day = Math.floor(ms / DAY_MS)
  const seconds = Math.floor((ms - day * DAY_MS) / 1000)
  return `${dateText(day)}T${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}Z`
}

/** `2026-11-24 01:06`: the same as people read it, to the minute. Whoever shows it says that it is UTC. */
export function minuteText(ms: number): string {
  return instantText(ms).slice(0, 16).replace('T', ' ')
}

/** A date and time (no offset: UTC) in canonical form; null when the text is none, or falls out of the years of four digits. The canonical form itself comes back as it is. */
export function canonicalInstant(text: string): string | null {
  if (CANONICAL.test(text) && isMoment(text)) return text
  const moment = readMoment(text)
  const canonical = moment === null ? '' : instantText(moment.ms)
  return CANONICAL.test(canonical) ? canonical : null
}

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** Whether a text of the canonical form names a moment that exists. */
function isMoment(text: string): boolean {
  const digit = (at: number) => text.charCodeAt(at) - 48
  const two = (at: number) => 10 * digit(at) + digit(at + 1)
  const year = two(0) * 100 + two(2)
  return validDay(year, two(5), two(8)) !== null && two(11) < 24 && two(14) < 60 && two(17) < 60
}

const formats = new Map<string, Intl.DateTimeFormat | null>()

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = openFormat(zone)
  formats.set(zone, format)
  return format
}

function openFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  } catch {
    return null
  }
}

/** Whether this is a zone we know, such as `Europe/Brussels`. */
export function isZone(zone: string): boolean {
  return zone !== '' && formatOf(zone) !== null
}

/** The wall clock of a zone at an instant, as milliseconds as if it were UTC. The zone is known. */
export function wallClock(ms: number, zone: string): number {
  const parts: Record<string, number> = {}
  for (const part of formatOf(zone)!.formatToParts(ms)) parts[part.type] = Number(part.value)
  const day = daysFromCivil(parts.year!, parts.month!, parts.day!)
  return day * DAY_MS + ((parts.hour! * 60 + parts.minute!) * 60 + parts.second!) * 1000
}

/**
 * The instant at which clocks of a zone show a time. A time shown twice means the first; a time skipped means as much later
 * (02:30 in a gap of an hour is 03:30), as calendars do.
 */
export function instantOf(wall: number, zone: string): number {
  const before = wallClock(wall - DAY_MS, zone) - (wall - DAY_MS)
  const after = wallClock(wall + DAY_MS, zone) - (wall + DAY_MS)
  if (before === after) return wall - before
  const early = wall - before
  if (wallClock(early, zone) === wall) return early
  const late = wall - after
  return wallClock(late, zone) === wall ? late : early
}

export function dateIn(ms: number, zone: string): string {
  return dateText(Math.floor(wallClock(ms, zone) / DAY_MS))
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
