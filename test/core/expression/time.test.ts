import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dateText,
  dayOf,
  instantOf,
  instantText,
  isZone,
  readMoment,
  wallClock,
} from '../../../engine/core/expression/time.ts'
import { evaluate, plain } from './world.ts'

const DAY = 86_400_000
const zones = fc.constantFrom(
  'UTC',
  'Europe/Brussels',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
)
const instants = fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }).map((seconds) => seconds * 1000)

describe('the calendar', () => {
  test('agrees with the one of JavaScript', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (day) => {
        const text = new Date(day * DAY).toISOString().slice(0, 10)
        expect(dateText(day)).toBe(text)
        expect(dayOf(text)).toBe(day)
      }),
    )
  })

  test('writes and reads moments back', () => {
    fc.assert(
      fc.property(instants, (ms) => {
        expect(instantText(ms)).toBe(new Date(ms).toISOString().replace('.000Z', 'Z'))
        expect(readMoment(instantText(ms))).toEqual({ ms, zoned: true })
      }),
    )
  })

  test.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '2026-04-31', '20260101', ''])(
    '%s is no date',
    (text) => {
      expect(dayOf(text)).toBeNull()
    },
  )

  test.each(['2026-10-01', '2026-10-01T24:00:00Z', '2026-10-01T10:60Z', '2026-10-01T10:00:00+2', 'now'])(
    '%s is no moment',
    (text) => {
      expect(readMoment(text)).toBeNull()
    },
  )
})

describe('zones', () => {
  test('the wall clock leads back to a moment that shows it', () => {
    fc.assert(
      fc.property(instants, zones, (ms, zone) => {
        const wall = wallClock(ms, zone)
        expect(wallClock(instantOf(wall, zone), zone)).toBe(wall)
      }),
    )
  })

  test.each<[string, string]>([
    // clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25
    ['datetime("2026-03-29T02:30:00", "Europe/Brussels")', '2026-03-29T01:30:00Z'],
    ['datetime("2026-10-25T02:30:00", "Europe/Brussels")', '2026-10-25T00:30:00Z'],
    ['datetime("2026-10-25T03:00:00", "Europe/Brussels")', '2026-10-25T02:00:00Z'],
    ['datetime("2026-06-01", "America/New_York")', '2026-06-01T04:00:00Z'],
    ['datetime("2026-06-01T10:00:00+05:30")', '2026-06-01T04:30:00Z'],
    ['date("2026-06-01T02:00:00Z", "America/New_York")', '2026-05-31'],
    ['date("2026-06-01T02:00:00", "America/New_York")', '2026-06-01'],
    ['date("2026-06-01", "America/New_York")', '2026-06-01'],
    ['addDays("2026-12-31", 1)', '2027-01-01'],
    ['addDays("2024-03-01", -1)', '2024-02-29'],
  ])('%s', (cel, value) => {
    expect(plain(evaluate(cel))).toBe(value)
  })

  test.each(['Europe/Brusels', '', 'Mars/Olympus'])('%s is no zone', (zone) => {
    expect(isZone(zone)).toBe(false)
  })
})
