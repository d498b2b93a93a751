import { expect, test } from 'vitest'
import { overlaid, overlayFaults } from '../../../engine/core/dead-letter/overlay.ts'
import type { JsonValue } from '../../../engine/core/model/json.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'

const SELECTION: Selection = {
  email: { type: 'text' },
  total: { type: 'decimal' },
  count: { type: 'integer' },
  paid: { type: 'boolean' },
  day: { type: 'date' },
  at: { type: 'datetime' },
  tags: { type: 'list', list: 'plain' },
  'Unit.Price': { type: 'decimal' },
  address: { type: 'object', fields: { city: { type: 'text' } } },
  lines: { type: 'list', list: 'connection', fields: { sku: { type: 'text' } } },
}
/** Nothing says which record it is. */
const none = () => false
const DATA = {
  email: 'a@b.example',
  total: '1.00',
  address: null,
  'Unit.Price': '3',
  lines: [{ sku: 'A' }, { sku: 'B' }],
}

test.each<[string, JsonValue, object]>([
  ['email', 'c@d.example', { email: 'c@d.example' }],
  ['email', null, { email: null }],
  ['lines.1.sku', 'C', { lines: [{ sku: 'A' }, { sku: 'C' }] }],
  ['address.city', 'Gent', { address: { city: 'Gent' } }],
  ['Unit.Price', '4', { 'Unit.Price': '4' }],
  ['tags', ['x'], { tags: ['x'] }],
])('%s becomes %j', (path, value, changed) => {
  expect(overlayFaults({ [path]: value }, SELECTION, DATA, none)).toEqual([])
  expect(overlaid(DATA, { [path]: value }, SELECTION)).toEqual({ ...DATA, ...changed })
})

test.each<[string, JsonValue, string]>([
  ['emial', 'x', 'The mapping reads no field "emial"; it reads Unit.Price, address, at, count,'],
  ['address.town', 'x', 'no field "town" in address; it reads city'],
  ['address', { city: 'Gent' }, 'address is a record: name a field in it, one of city'],
  ['email.host', 'x', 'email is a single value; there is no "host" in it'],
  ['lines', [], 'lines is a list: name one of it by its number'],
  ['lines.2.sku', 'C', 'lines has 2 entries; there is no number 2'],
  ['lines.0', 'C', 'lines.0 is a record'],
  ['email', 7, 'a number; expected a text, or null'],
  ['total', 'much', 'expected a number, or null'],
  ['total', true, 'expected a number, or null'],
  ['count', '1.5', 'expected a whole number, or null'],
  ['paid', 'yes', 'expected true or false, or null'],
  ['day', '24.11.2026', 'expected a date (YYYY-MM-DD), or null'],
  ['at', 'noon', 'expected an instant (ISO 8601), or null'],
  ['tags', 'x', 'expected a list'],
])('%s cannot become %j', (path, value, message) => {
  const faults = overlayFaults({ [path]: value }, SELECTION, DATA, none)
  expect(faults).toEqual([{ path, message: expect.stringContaining(message) }])
  expect(faults[0]!.message).not.toContain('24.11.2026')
})

test('all faults are told at once; nothing at all is one', () => {
  expect(overlayFaults({ a: 1, b: 2 }, SELECTION, DATA, none)).toHaveLength(2)
  expect(overlayFaults({}, SELECTION, DATA, none)).toEqual([
    { path: '', message: 'It changes nothing: name at least one field.' },
  ])
})
