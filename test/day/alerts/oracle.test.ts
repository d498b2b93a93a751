import { expect, test } from 'vitest'
import { byWhomever, createOracle, difference, silences, type Telling, withoutDead } from './oracle.ts'

test.each([
  ['runs come often enough', [10, 20, 30, 40], 45, []],
  ['a gap as long as it may be at most is one', [10, 30], 35, [{ from: 10, over: true }]],
  ['a gap that lasts', [10], 31, [{ from: 10, over: false }]],
  ['nothing ever came', [], 25, [{ from: 0, over: false }]],
  [
    'two gaps, and what came after the look does not count',
    [25, 60, 90],
    70,
    [
      { from: 0, over: true },
      { from: 25, over: true },
    ],
  ],
])('silence: %s', (_name, completed, until, expected) => {
  expect(silences(completed, { begin: 0, until, longerThanMs: 20 })).toEqual(expected)
})

test('everybody is told when it begins and when it is over, and some are told alone', () => {
  const oracle = createOracle()
  oracle.raised('CRITICAL', 'credentials of odoo are refused', ['ops', 'audit'])
  oracle.recovered('a: silence', ['finance'])
  oracle.told('audit', 'TEST')
  expect(oracle.expected()).toEqual([
    { channel: 'ops', title: 'CRITICAL credentials of odoo are refused' },
    { channel: 'audit', title: 'CRITICAL credentials of odoo are refused' },
    { channel: 'finance', title: 'RECOVERED a: silence' },
    { channel: 'audit', title: 'TEST' },
  ])
})

test('what is missing, what is too much, what came twice and what came elsewhere is told', () => {
  const telling = (channel: Telling['channel'], title: string): Telling => ({ channel, title })
  const expected = [telling('ops', 'A'), telling('finance', 'A'), telling('ops', 'B')]
  expect(difference(expected, [...expected].reverse())).toEqual([])
  expect(difference(expected, [telling('ops', 'A'), telling('ops', 'A'), telling('audit', 'B')])).toEqual([
    'was not told: finance: A',
    'was not told: ops: B',
    'should not have been told: ops: A',
    'should not have been told: audit: B',
  ])
})

test('what a dead channel should have told is told by others; that it is dead, by any of them', () => {
  const expected: Telling[] = [
    { channel: 'ops', title: 'WARNING a' },
    { channel: 'audit', title: 'WARNING a' },
    { channel: 'ops', title: 'WARNING b' },
    { channel: 'audit', title: 'WARNING b' },
  ]
  const arrivals = [
    { channel: 'audit' as const, title: 'WARNING a', at: 5 },
    { channel: 'audit' as const, title: 'WARNING b', at: 15 },
  ]
  expect(withoutDead(expected, arrivals, [{ from: 10, until: 20 }])).toEqual([
    expected[0],
    expected[1],
    expected[3],
  ])
  expect(byWhomever({ channel: 'finance', title: 'CRITICAL channel ops' }).channel).toBe('audit')
  expect(byWhomever({ channel: 'ops', title: 'INFO test of the channel ops' }).channel).toBe('ops')
})
