import { expect, test } from 'vitest'
import { budgetUses } from '../../../engine/core/pace/budget-use.ts'
import { forecastOfMonth } from '../../../engine/core/pace/forecast.ts'
import { readLimits } from '../../../engine/core/pace/limits.ts'
import { costOf, readPrice } from '../../../engine/core/pace/price.ts'

/** `{ '2026-11-01': 10 }` as amounts by day. */
const days = (amounts: Readonly<Record<string, number>>) =>
  Object.entries(amounts).map(([day, amount]) => ({ day, amount }))

test.each([
  [
    'a month that is over is what it was',
    '2026-10',
    { '2026-10-03': 7, '2026-10-31': 5, '2026-11-01': 9 },
    12,
  ],
  [
    'the days left as the last whole ones',
    '2026-11',
    { '2026-11-25': 10, '2026-11-26': 20, '2026-11-27': 6 },
    36 + 15 * 3.5,
  ],
  ['days without a call count too', '2026-11', { '2026-11-24': 30, '2026-11-27': 0 }, 30 + 10 * 3.5],
  [
    'what lies further back than a week does not',
    '2026-11',
    { '2026-11-01': 900, '2026-11-26': 7 },
    907 + 1 * 3.5,
  ],
  ['the first day of all, by what it has so far', '2026-11', { '2026-11-27': 6 }, 6 + 12 * 3.5],
  ['a month that has not begun, as the last days', '2026-12', { '2026-11-26': 7, '2026-11-20': 0 }, 31],
  ['nothing', '2026-11', {}, 0],
])('at noon of the 27th: %s', (_, month, amounts, expected) => {
  expect(forecastOfMonth(month, days(amounts), Date.UTC(2026, 10, 27, 12))).toBeCloseTo(expected, 6)
})

test('a budget is used by the calls of its own day and month', () => {
  const limits = readLimits({ perDay: 100, perMonth: 1_000, reserve: '10%', timezone: 'Asia/Tokyo' })
  const calls = [
    { day: '2026-10-31', calls: 500 },
    { day: '2026-11-26', calls: 80 },
    { day: '2026-11-27', calls: 45 },
  ]
  // In Tokyo it is the 27th already.
  expect(budgetUses(limits, calls, Date.UTC(2026, 10, 26, 15))).toMatchObject([
    { of: 'perDay', used: 45, most: 90, share: 0.5 },
    { of: 'perMonth', used: 125, most: 900 },
  ])
  expect(budgetUses(readLimits({ perMinute: 5 }), calls, 0)).toEqual([])
})

test.each([
  [{ per1000Calls: 0.4, currency: 'EUR' }, 1],
  [{ per1000Calls: 0, perGB: 1.5, currency: 'EUR' }, 3],
  [{ per1000Calls: 2, perGB: 1, currency: 'EUR' }, 7],
])('2,500 calls and 2 GB at %o are %f', (price, expected) => {
  expect(costOf(readPrice(price)!, { calls: 2_500, bytesIn: 2e9 })).toBeCloseTo(expected, 9)
})
