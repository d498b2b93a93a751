import { describe, expect, test } from 'vitest'
import { changeLines, correctionOf, type Edits } from '../../../engine/cli/dead-letters/correction.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import type { Plan } from '../../../engine/core/model/plan.ts'

const PLAN = {
  source: {
    as: 'order',
    selection: {
      name: { type: 'text' },
      email: { type: 'text', personal: true },
      total: { type: 'decimal' },
      paid: { type: 'boolean' },
      tags: { type: 'text', list: 'plain' },
      customer: { type: 'object', fields: { note: { type: 'text' } } },
      lines: { type: 'object', list: 'plain', fields: { sku: { type: 'text' }, count: { type: 'integer' } } },
      key: { type: 'text' },
    },
  },
  target: { identity: [{ cel: 'order.key' }] },
  fields: {},
} as unknown as Plan

const DATA: JsonObject = {
  name: '#1',
  email: 'ida@brandt.example',
  total: '28.00',
  paid: false,
  tags: ['a'],
  customer: null,
  lines: [{ sku: 'A', count: 1 }, { sku: null }],
}

const edited = (value: JsonObject): Edits => ({ set: [], edited: value })
const set = (...texts: readonly string[]): Edits => ({ set: texts, edited: null })

test.each<[string, Edits, JsonObject]>([
  ['a value', set('name=#2'), { name: '#2' }],
  ['a value as expressions name it', set('order.lines.1.sku=B'), { 'lines.1.sku': 'B' }],
  ['a value with the sign in it', set('name=a=b'), { name: 'a=b' }],
  ['nothing', set('name='), { name: null }],
  [
    'values of other types',
    set('paid=true', 'lines.0.count=3', 'tags=["b"]'),
    { paid: true, 'lines.0.count': 3, tags: ['b'] },
  ],
  ['a value of a record that is not there', set('customer.note=x'), { 'customer.note': 'x' }],
  [
    'an edited copy',
    edited({ ...DATA, name: '#2', lines: [{ sku: 'B', count: 1 }, { sku: null }] }),
    { name: '#2', 'lines.0.sku': 'B' },
  ],
  ['an edited copy with masks in it', edited({ ...DATA, email: '•••', name: '#2' }), { name: '#2' }],
  ['part of a copy', edited({ total: '29.00' }), { total: '29.00' }],
  [
    'values by their paths',
    edited({ 'lines.1.sku': 'B', 'order.name': '#2' }),
    { 'lines.1.sku': 'B', name: '#2' },
  ],
])('%s corrects that, and nothing else', (_, edits, overlay) => {
  expect(correctionOf(PLAN, DATA, edits)).toEqual({ overlay, faults: [] })
})

test.each<[string, Edits, RegExp]>([
  ['nothing said', set(), /changes nothing/],
  ['the value it has', set('name=#1'), /changes nothing/],
  ['a copy as it was', edited(DATA), /changes nothing/],
  ['no sign', set('name'), /--set path=value/],
  ['a field the mapping does not read', set('nam=x'), /reads no field "nam"/],
  ['a field that a copy has and the mapping does not read', edited({ nam: 'x' }), /reads no field "nam"/],
  ['what the record is told by', set('key=x'), /says which record or line this is/],
  ['a line that is not there', set('lines.2.sku=x'), /no number 2/],
  ['a text for a number', set('lines.0.count=x'), /whole number/],
  ['a text for money', edited({ total: 'x' }), /expected a number/],
  ['a line more', edited({ lines: [{}, {}, {}] }), /2 entries, and 3/],
  ['a whole record', set('customer=x'), /name a field in it/],
])('%s is refused with the reason', (_, edits, fault) => {
  expect(correctionOf(PLAN, DATA, edits).faults.join('\n')).toMatch(fault)
})

describe('changes', () => {
  const overlay = { email: 'x@y.example', total: null, 'lines.1.sku': 'B' }

  test('show before and after, and nothing personal', () => {
    expect(changeLines(PLAN, DATA, overlay, false)).toEqual([
      'email: ••• → •••',
      'total: "28.00" → null',
      'lines.1.sku: null → "B"',
    ])
  })

  test('show all to who opened it', () => {
    expect(changeLines(PLAN, DATA, overlay, true)[0]).toBe('email: "ida@brandt.example" → "x@y.example"')
  })
})
