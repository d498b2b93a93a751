import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countedMs, isWithin, reachedAt } from '../../../engine/core/alert/hours.ts'
import { wallClock } from '../../../engine/core/expression/time.ts'
import { type Hours, parseHours } from '../../../engine/core/parse/hours.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN']
const hoursOf = (text: string): Hours => parseHours(text, { overMidnight: true })!
const at = (text: string): number => Date.parse(text)

describe('time within business hours', () => {
  const office = hoursOf('MON-FRI 08:00-18:00 Europe/Brussels')
  test.each([
    ['inside one day', '2026-11-24T09:00:00Z', '2026-11-24T11:30:00Z', 150],
    ['over a night', '2026-11-24T16:00:00Z', '2026-11-25T08:00:00Z', 120],
    ['over a weekend', '2026-11-27T16:00:00Z', '2026-11-30T08:00:00Z', 120],
    ['all in the night', '2026-11-24T18:00:00Z', '2026-11-25T06:00:00Z', 0],
    ['a week in which the clocks change', '2026-03-23T00:00:00Z', '2026-03-30T00:00:00Z', 3000],
  ])('%s', (_what, from, until, minutes) => {
    expect(countedMs(office, at(from), at(until)) / MINUTE).toBe(minutes)
  })

  test.each([
    // 29 March 2026: 02:00 is 03:00; 25 October 2026: 03:00 is 02:00 again.
    ['a night that lacks an hour', '2026-03-28T21:00:00Z', '2026-03-29T12:00:00Z', 8],
    ['a night that has one twice', '2026-10-24T20:00:00Z', '2026-10-25T12:00:00Z', 10],
    ['an ordinary night', '2026-11-24T21:00:00Z', '2026-11-25T12:00:00Z', 9],
  ])('%s', (_what, from, until, hours) => {
    const night = hoursOf('MON-SUN 22:00-07:00 Europe/Brussels')
    expect(countedMs(night, at(from), at(until)) / (60 * MINUTE)).toBe(hours)
  })

  test('a night belongs to the day it begins on', () => {
    const night = hoursOf('FRI 22:00-07:00 Europe/Brussels')
    expect(isWithin(night, at('2026-11-28T05:59:00Z'))).toBe(true)
    expect(isWithin(night, at('2026-11-28T06:00:00Z'))).toBe(false)
    expect(isWithin(night, at('2026-11-27T20:59:59Z'))).toBe(false)
    expect(isWithin(night, at('2026-11-29T05:00:00Z'))).toBe(false)
  })
})

const minuteOfDay = fc.integer({ min: 0, max: 24 * 60 })
const textOf = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const anyHours = fc
  .record({
    days: fc.subarray(DAYS, { minLength: 1 }),
    from: minuteOfDay.filter((minute) => minute < 24 * 60),
    until: minuteOfDay,
    zone: fc.constantFrom(
      ...['Europe/Brussels', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'],
      ...['America/Santiago', 'Pacific/Apia', 'Africa/Casablanca'],
    ),
  })
  .filter(({ from, until }) => from !== until)
  .map(({ days, from, until, zone }) => hoursOf(`${days.join(',')} ${textOf(from)}-${textOf(until)} ${zone}`))
// A minute of the years 2026 and 2027, near a change of clocks half of the time.
const anyMinute = fc.oneof(
  fc.integer({ min: at('2026-01-01T00:00:00Z') / MINUTE, max: at('2027-12-31T00:00:00Z') / MINUTE }),
  fc
    .tuple(
      fc.constantFrom(
        '2026-03-29T01:00:00Z',
        '2026-10-25T01:00:00Z',
        '2026-04-04T15:00:00Z',
        '2026-11-01T06:30:00Z',
      ),
      fc.integer({ min: -2 * 24 * 60, max: 2 * 24 * 60 }),
    )
    .map(([change, minutes]) => at(change) / MINUTE + minutes),
)

/** What the clocks on the wall say, minute by minute. */
function shownIn({ weekdays, from, until, zone }: Hours, minute: number): boolean {
  const wall = wallClock(minute * MINUTE, zone)
  const day = Math.floor(wall / DAY)
  const ofDay = (wall - day * DAY) / MINUTE
  const isDay = (number: number) => weekdays.includes(((((number + 3) % 7) + 7) % 7) + 1)
  return (isDay(day) && ofDay >= from && ofDay < until) || (isDay(day - 1) && ofDay < until - 24 * 60)
}

test('hours are counted as the clocks on the wall show them, whatever the zone does', () => {
  fc.assert(
    fc.property(anyHours, anyMinute, fc.integer({ min: 0, max: 3 * 24 * 60 }), (hours, start, length) => {
      let minutes = 0
      for (let minute = start; minute < start + length; minute++) if (shownIn(hours, minute)) minutes++
      expect(countedMs(hours, start * MINUTE, (start + length) * MINUTE)).toBe(minutes * MINUTE)
    }),
    { numRuns: 60 },
  )
})

test('the instant at which so much has passed is the first one that has it behind it', () => {
  fc.assert(
    fc.property(
      anyHours,
      anyMinute,
      fc.integer({ min: 1, max: 5 * 24 * 60 * MINUTE }),
      (hours, start, ms) => {
        const from = start * MINUTE
        const latest = from + 400 * DAY
        const reached = reachedAt(hours, from, ms, latest)
        if (reached === null) {
          expect(countedMs(hours, from, latest)).toBeLessThan(ms)
          return
        }
        expect(countedMs(hours, from, reached)).toBe(ms)
        expect(countedMs(hours, from, reached - 1)).toBe(ms - 1)
        expect(reachedAt(hours, from, ms, reached)).toBe(reached)
        expect(reachedAt(hours, from, ms, reached - 1)).toBeNull()
      },
    ),
    { numRuns: 100 },
  )
})
