import type { FunctionEntry } from '../functions.ts'
import { kindOfValue, showValue, type Value } from '../kinds.ts'
import { badValue } from '../park.ts'
import { dateIn, dateText, dayOf, instantOf, instantText, isZone, readMoment } from '../time.ts'
import { count } from './numbers.ts'

const MOMENT = { name: 'x', takes: ['datetime', 'date', 'text'] } as const

function textOf(value: Value | undefined): string {
  if (typeof value !== 'string')
    throw badValue(`${showValue(value ?? null)} is ${kindOfValue(value ?? null)}, not a date.`)
  return value
}

function zoneOf(value: Value | undefined): string {
  const zone = textOf(value)
  if (!isZone(zone))
    throw badValue(`${showValue(zone)} is not a time zone: write one such as "Europe/Brussels".`)
  return zone
}

/** Years have four digits, here and at every target. */
function inFourDigits(text: string, from: Value): string {
  if (!/^\d{4}-/.test(text))
    throw badValue(`${showValue(from)} leads to a day beyond the years 0000 to 9999.`)
  return text
}

export const DATE_FUNCTIONS: Readonly<Record<string, FunctionEntry>> = {
  date: {
    group: 'dates',
    parameters: [MOMENT, { name: 'zone', takes: ['text'], literal: true }],
    gives: 'date',
    nulls: 'gives',
    meaning:
      'The day on which a moment falls in a zone. A date stays as it is; a time without offset is the zone’s own.',
    example: { cel: 'date("2026-03-28T23:30:00Z", "Europe/Brussels")', gives: '2026-03-29' },
    run: ([x, zone]) => {
      const [value, place] = [textOf(x), zoneOf(zone)]
      if (dayOf(value) !== null) return value
      const moment = readMoment(value)
      if (moment === null) throw badValue(`${showValue(value)} is not a date and time.`)
      return moment.zoned ? inFourDigits(dateIn(moment.ms, place), value) : value.slice(0, 10)
    },
  },
  datetime: {
    group: 'dates',
    parameters: [MOMENT, { name: 'zone', takes: ['text'], literal: true, optional: true }],
    gives: 'datetime',
    nulls: 'gives',
    meaning:
      'The moment, in UTC. A time without offset is the zone’s own (a date: its midnight), and needs the zone; what the clocks show twice means the first time, what they skip as much later.',
    example: { cel: 'datetime("2026-07-01T09:00:00", "Europe/Brussels")', gives: '2026-07-01T07:00:00Z' },
    run: ([x, zone]) => {
      const value = textOf(x)
      const moment = readMoment(dayOf(value) === null ? value : `${value}T00:00:00`)
      if (moment === null) throw badValue(`${showValue(value)} is not a date and time.`)
      if (moment.zoned) return inFourDigits(instantText(moment.ms), value)
      if (zone === undefined)
        throw badValue(`${showValue(value)} has no offset: say in which zone it is meant.`)
      return inFourDigits(instantText(instantOf(moment.ms, zoneOf(zone))), value)
    },
  },
  addDays: {
    group: 'dates',
    parameters: [
      { name: 'date', takes: ['date', 'text'] },
      { name: 'days', takes: ['integer'] },
    ],
    gives: 'date',
    nulls: 'gives',
    meaning: 'The date so many days later, or earlier for a negative number.',
    example: { cel: 'addDays(date("2028-02-28", "UTC"), 2)', gives: '2028-03-01' },
    run: ([x, days]) => {
      const day = dayOf(textOf(x))
      if (day === null) throw badValue(`${showValue(x!)} is not a date: write date(x, zone) first.`)
      return inFourDigits(dateText(day + count(days!, -100_000, 100_000, 'The number of days')), x!)
    },
  },
}
