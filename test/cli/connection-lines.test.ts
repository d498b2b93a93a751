import { expect, test } from 'vitest'
import { connectionLines, stateOf } from '../../engine/cli/connection-lines.ts'
import type { ConnectionWatch } from '../../engine/store/connection-watch.ts'

const GOOD: ConnectionWatch = {
  ...{ connection: 'shopify', refusal: null, checkedAt: 1, trouble: null, account: 'acme' },
  ...{ expiresAt: null, expiresOf: null, todo: null, scopesMissing: [], scopesUnneeded: [], clockSkewMs: 0 },
}
const linesOf = (changed: Partial<ConnectionWatch>) =>
  connectionLines([{ ...GOOD, ...changed }], { style: (_, text) => text })

test.each([
  [0, null],
  [60_000, null],
  [-60_000, null],
  [null, null],
  [61_000, /^shopify: its clock is 1 min 1 s ahead of ours: .*timedatectl set-ntp true/],
  [-3_700_000, /^shopify: its clock is 1 h 1 min behind ours/],
])('a clock that is %s ms ahead', (clockSkewMs, line) => {
  const lines = linesOf({ clockSkewMs })
  expect(lines).toEqual(line === null ? [] : [expect.stringMatching(line)])
})

test('scopes that nothing needs are named; the connection is good all the same', () => {
  const watch = { ...GOOD, scopesUnneeded: ['write_orders', 'read_discounts'] }
  expect(linesOf(watch)).toEqual([expect.stringContaining('(write_orders, read_discounts)')])
  expect(stateOf(watch)).toBe('good')
})

test('what a look could not tell is told with the time of the look', () => {
  const watch = { trouble: 'Odoo gave no answer.', checkedAt: Date.UTC(2026, 10, 26, 8, 12) }
  expect(linesOf(watch)).toEqual(['shopify: Odoo gave no answer. (looked at 2026-11-26 08:12Z)'])
})
