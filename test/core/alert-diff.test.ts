import { expect, test } from 'vitest'
import { alertDifferences } from '../../engine/core/diff/alert-diff.ts'
import type { AlertPlan } from '../../engine/core/model/alert.ts'

const FIVE: AlertPlan = {
  when: { kind: 'failures', atLeast: 5, within: '1h', of: null },
  notify: ['ops'],
  severity: 'warning',
  quiet: null,
  escalate: null,
}
const SILENCE: AlertPlan = {
  ...FIVE,
  when: { kind: 'silence', of: 'records', longerThan: '3h', during: null },
}

test.each<[string, readonly AlertPlan[], readonly AlertPlan[], readonly string[]]>([
  ['nothing, in another order', [FIVE, SILENCE], [SILENCE, FIVE], []],
  [
    'a rule more',
    [FIVE],
    [SILENCE, FIVE],
    ['alert added: silence of records: longer than 3h (warning to ops)'],
  ],
  ['a rule less', [FIVE, SILENCE], [SILENCE], ['alert removed: failures: 5 within 1h']],
  [
    'another limit',
    [FIVE],
    [{ ...FIVE, when: { kind: 'failures', atLeast: 9, within: '1h', of: null } }],
    ['alert failures: 5 within 1h → failures: 9 within 1h'],
  ],
  [
    'others are told, louder, and later still others',
    [FIVE],
    [
      {
        ...FIVE,
        severity: 'critical',
        notify: ['ops', 'finance'],
        quiet: 'SAT,SUN 00:00-24:00 UTC',
        escalate: { after: '1h', notify: ['boss'] },
      },
    ],
    [
      'alert failures: 5 within 1h: warning to ops → critical to ops, finance, quiet SAT,SUN 00:00-24:00 UTC, after 1h to boss too',
    ],
  ],
  [
    'rules of a plan of before they were judged',
    [{ failures: { atLeast: 5, within: '1h' }, notify: ['ops'] } as never],
    [FIVE],
    ['alert added: failures: 5 within 1h (warning to ops)'],
  ],
])('%s', (_what, before, after, told) => {
  expect(alertDifferences(before, after)).toEqual(told)
})
