import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changesBetween, type Standing, standingAt } from '../../../engine/core/alert/timeline.ts'
import {
  type Watch,
  watchHappenings,
  watchLasting,
  watchShare,
  watchSilence,
} from '../../../engine/core/alert/watch.ts'
import { parseHours } from '../../../engine/core/parse/hours.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 10, 24, 12)
const QUIET: Standing = { firing: false, since: START, escalated: false, stage: null }
const PLAIN = { escalate: null }
const letter = (name: string) => ({ letter: name })
const failuresAt = (...minutes: number[]) =>
  watchHappenings(
    minutes.map((minute) => ({ at: START + minute * MINUTE, subject: letter(String(minute)) })),
    { atLeast: 5, withinMs: HOUR },
  )
/** `raised 40, recovered 60`: in minutes. */
const told = (watch: Watch, until = 10_000, rule: Parameters<typeof changesBetween>[0] = PLAIN) =>
  changesBetween(rule, watch, QUIET, START - 1, START + until * MINUTE)
    .changes.map(({ change, at }) => `${change} ${(at - START) / MINUTE}`)
    .join(', ')

describe('5 failures in 1 hour', () => {
  test.each([
    [
      'fires on the fifth, and is over when the first is an hour old',
      [0, 10, 20, 30, 40],
      'raised 40, recovered 60',
    ],
    ['does not fire on five over 61 minutes', [0, 15, 30, 45, 61], ''],
    ['nor on five over exactly 60: the first has left when the fifth comes', [0, 15, 30, 45, 60], ''],
    ['fires once however many more come', [0, 1, 2, 3, 4, 5, 6, 7, 30], 'raised 4, recovered 64'],
    ['goes on while the window stays full', [0, 10, 20, 30, 40, 59, 61, 62], 'raised 40, recovered 90'],
    ['fires on the fifth of one page', [7, 7, 7, 7, 7], 'raised 7, recovered 67'],
    [
      'fires again for another five',
      [0, 1, 2, 3, 4, 200, 201, 202, 203, 204],
      'raised 4, recovered 60, raised 204, recovered 260',
    ],
  ])('%s', (_what, minutes, expected) => {
    expect(told(failuresAt(...minutes))).toBe(expected)
  })

  test('says how many and names the first three', () => {
    const watch = failuresAt(0, 10, 20, 30, 40, 45)
    expect(watch.count(START + 45 * MINUTE)).toBe(6)
    expect(watch.subjects(START + 45 * MINUTE)).toEqual([letter('0'), letter('10'), letter('20')])
  })

  test('one that was noted before the last look and committed after it counts at the next look', () => {
    const until = START + 50 * MINUTE
    const { changes } = changesBetween(
      PLAIN,
      failuresAt(0, 10, 20, 30, 40),
      QUIET,
      START + 41 * MINUTE,
      until,
    )
    expect(changes).toEqual([{ change: 'raised', at: until, since: START + 40 * MINUTE, count: 5 }])
  })
})

describe('a rule that still holds after a time is escalated', () => {
  const rule = { escalate: { afterMs: 15 * MINUTE, notify: ['boss'] } }
  test.each([
    ['once', [0, 10, 20, 30, 40], 'raised 40, escalated 55, recovered 60'],
    ['not when it is over before', [0, 50, 51, 52, 53], 'raised 53, recovered 60'],
  ])('%s', (_what, minutes, expected) => {
    expect(told(failuresAt(...minutes), 10_000, rule)).toBe(expected)
  })
})

describe('a share of rejected records', () => {
  const page = (minute: number, judged: number, rejected: number) => ({
    at: START + minute * MINUTE,
    judged,
    rejected,
  })
  test.each([
    ['from the share on', [page(0, 19, 0), page(1, 1, 1)], 'raised 1, recovered 61'],
    ['not below it, nor when the good ones grow old', [page(0, 20, 0), page(1, 1, 1)], ''],
    ['over when enough good ones follow', [page(0, 10, 1), page(5, 90, 1)], 'raised 0, recovered 5'],
    ['not of nothing', [page(0, 0, 0)], ''],
  ])('%s', (_what, pages, expected) => {
    expect(told(watchShare(pages, [], { share: 0.05, withinMs: HOUR }))).toBe(expected)
  })
})

describe('silence', () => {
  const office = parseHours('MON-FRI 08:00-18:00 Europe/Brussels')
  // 2026-11-24 12:00 UTC is Tuesday, 13:00 in Brussels.
  const silence = (arrivals: number[], during = office, latest = 10_000) =>
    watchSilence(
      arrivals.map((minute) => START + minute * MINUTE),
      { begin: START, latest: START + latest * MINUTE },
      { longerThanMs: 3 * HOUR, during },
    )
  test.each([
    ['counts from the last arrival', [0, 30], 'raised 210'],
    ['is over with the next one', [0, 30, 250], 'raised 210, recovered 250, raised 1270'],
    ['does not count the night: 3 hours are 2 in the evening and 1 in the morning', [180], 'raised 1200'],
    ['counts from the beginning where nothing ever came', [], 'raised 180'],
  ])('%s', (_what, arrivals, expected) => {
    expect(told(silence(arrivals), 2_000)).toBe(expected)
  })
  test('counts always where no hours are given', () => {
    expect(told(silence([180], null), 400)).toBe('raised 360')
  })
})

test('something that lasts is told after its time, and is over with the last of them', () => {
  const lasting = [
    { from: START, until: START + 90 * MINUTE, subject: letter('a') },
    { from: START + 10 * MINUTE, until: START + 40 * MINUTE, subject: letter('b') },
    { from: START + 80 * MINUTE, until: null, subject: letter('c') },
  ]
  const watch = watchLasting(lasting, { afterMs: HOUR })
  expect(told(watch, 200)).toBe('raised 60, recovered 90, raised 140')
  expect(watch.subjects(START + 150 * MINUTE)).toEqual([letter('c')])
})

const minutes = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 30 })
const looks = fc.array(fc.integer({ min: 1, max: 420 }), { maxLength: 20 })
const anyWatch = fc.oneof(
  minutes.map((list) => failuresAt(...list)),
  minutes.map((list) =>
    watchShare(
      list.map((minute, index) => ({
        at: START + minute * MINUTE,
        judged: index % 4,
        rejected: index % 3 === 0 ? 1 : 0,
      })),
      [],
      { share: 0.3, withinMs: 40 * MINUTE },
    ),
  ),
  minutes.map((list) =>
    watchSilence(
      list.map((minute) => START + minute * MINUTE),
      { begin: START, latest: START + 420 * MINUTE },
      { longerThanMs: 25 * MINUTE, during: parseHours('TUE 13:30-15:00 Europe/Brussels') },
    ),
  ),
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.option(fc.integer({ min: 1, max: 200 }))), {
      maxLength: 10,
    })
    .map((list) =>
      watchLasting(
        list.map(([from, length]) => ({
          from: START + from * MINUTE,
          until: length === null ? null : START + (from + length) * MINUTE,
          subject: letter('x'),
        })),
        { afterMs: 20 * MINUTE },
      ),
    ),
)

test('it makes no difference how often it is looked, nor when', () => {
  const rule = { escalate: { afterMs: 12 * MINUTE, notify: ['boss'] } }
  const end = START + 420 * MINUTE
  fc.assert(
    fc.property(anyWatch, looks, (watch, times) => {
      const once = changesBetween(rule, watch, QUIET, START - 1, end)
      let standing = QUIET
      let from = START - 1
      const changes = []
      for (const to of [...times.map((minute) => START + minute * MINUTE).sort((a, b) => a - b), end]) {
        const step = changesBetween(rule, watch, standing, from, to)
        changes.push(...step.changes)
        standing = step.standing
        from = to
      }
      expect(changes).toEqual(once.changes)
      expect(standing).toEqual(once.standing)
      expect(standingAt(rule, watch, end).firing).toBe(once.standing.firing)
    }),
    { numRuns: 300 },
  )
})

test('between two moments the state does not change', () => {
  fc.assert(
    fc.property(anyWatch, fc.integer({ min: 0, max: 420 * MINUTE }), (watch, ms) => {
      const at = START + ms
      const last = watch.moments.findLast((moment) => moment <= at)
      expect(watch.isFiring(at)).toBe(last === undefined ? watch.isFiring(START - 1) : watch.isFiring(last))
    }),
    { numRuns: 300 },
  )
})
