import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fromWithoutFormula,
  isUnchanged,
  leavesOf,
  textOfLeaf,
  valueOfText,
  withoutFormula,
} from '../../../engine/cli/dead-letters/sheet/cells.ts'
import type { SelectedField, Selection } from '../../../engine/core/model/selection.ts'

const TEXT: SelectedField = { type: 'text' }
const SELECTION: Selection = {
  name: TEXT,
  tags: { type: 'text', list: 'plain' },
  customer: { type: 'object', personal: true, fields: { email: TEXT, zip: TEXT } },
  lineItems: { type: 'object', list: 'connection', fields: { sku: TEXT, quantity: { type: 'integer' } } },
}

describe('the values of a record that can be corrected', () => {
  test('are those the mapping reads, entry by entry; what is absent is there as nothing', () => {
    const data = {
      name: '#1',
      unread: 'x',
      tags: ['a', 'b'],
      customer: null,
      lineItems: [{ sku: 'A', quantity: 2 }, { sku: null }],
    }
    const leaves = leavesOf(SELECTION, data).map(({ path, value }) => [path, textOfLeaf(value)])
    expect(Object.fromEntries(leaves)).toEqual({
      name: '#1',
      tags: '["a","b"]',
      'customer.email': '',
      'customer.zip': '',
      'lineItems.0.sku': 'A',
      'lineItems.0.quantity': '2',
      'lineItems.1.sku': '',
      'lineItems.1.quantity': '',
    })
  })

  test('are personal below whatever is', () => {
    const personal = leavesOf(SELECTION, {}).filter(({ field }) => field.personal === true)
    expect(personal.map(({ path }) => path)).toEqual(['customer.email', 'customer.zip'])
  })

  test('have no entries where a list is not there', () => {
    expect(leavesOf(SELECTION, { lineItems: null }).map(({ path }) => path)).not.toContain('lineItems.0.sku')
  })
})

test.each<[string, SelectedField, string, unknown]>([
  ['nothing', TEXT, '', { value: null }],
  ['a text', TEXT, 'a', { value: 'a' }],
  ['a number in a text', TEXT, '0012', { value: '0012' }],
  ['money', { type: 'decimal' }, '28.50', { value: '28.50' }],
  ['a whole number', { type: 'integer' }, '-3', { value: -3 }],
  ['a half where a whole number belongs', { type: 'integer' }, '1.5', { fault: 'expected a whole number' }],
  [
    'a number beyond what is exact',
    { type: 'integer' },
    '9'.repeat(20),
    { fault: 'expected a whole number' },
  ],
  ['a yes of a spreadsheet', { type: 'boolean' }, 'TRUE', { value: true }],
  ['neither yes nor no', { type: 'boolean' }, 'ja', { fault: 'expected true or false' }],
  ['a list', { type: 'text', list: 'plain' }, '["a"]', { value: ['a'] }],
  ['no list', { type: 'text', list: 'plain' }, 'a, b', { fault: expect.stringContaining('["a", "b"]') }],
  ['no JSON', { type: 'json' }, '{', { fault: 'expected JSON' }],
])('%s is read as what its field takes', (_, field, text, read) => {
  expect(valueOfText(field, text)).toEqual(read)
})

test.each<[string, SelectedField, string, string, boolean]>([
  ['the same text', TEXT, 'a', 'a', true],
  ['another text', TEXT, 'a', 'b', false],
  ['a text without its zeros', TEXT, '0012', '12', false],
  ['money written anew', { type: 'decimal' }, '28.00', '28', true],
  ['other money', { type: 'decimal' }, '28.00', '28.5', false],
  ['nothing in place of zero', { type: 'decimal' }, '0', '', false],
  ['a yes in capitals', { type: 'boolean' }, 'true', 'TRUE', true],
])('%s counts as unchanged: %s', (_, field, before, after, unchanged) => {
  expect(isUnchanged(field, before, after)).toBe(unchanged)
})

describe('what a spreadsheet would run', () => {
  test.each([
    ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
    ['+32 2 555', "'+32 2 555"],
    ['-2+3', "'-2+3"],
    ['@SUM(1)', "'@SUM(1)"],
    ['\t=1', "'\t=1"],
    ['＝1', "'＝1"],
    ["'=1", "''=1"],
    ['-5.60', '-5.60'],
    ["'tis", "'tis"],
    ['a=b', 'a=b'],
  ])('%j stands there as %j', (text, cell) => {
    expect(withoutFormula(text)).toBe(cell)
    expect(fromWithoutFormula(cell)).toBe(text)
  })

  test('comes back as it was, whatever it is', () => {
    const text = fc.stringMatching(/^['=+\-@\t\r\n\d.a]*$/)
    fc.assert(
      fc.property(text, (value) => {
        const cell = withoutFormula(value)
        expect(fromWithoutFormula(cell)).toBe(value)
        expect(cell).toMatch(/^(-?\d+(\.\d+)?$|[^=+\-@\t\r\n]|$)/)
      }),
    )
  })
})
