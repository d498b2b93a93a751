import { expect, test } from 'vitest'
import { causeOf } from '../../../engine/core/dead-letter/cause.ts'
import type { Parking } from '../../../engine/core/model/dead-letter.ts'

const WORDS = new Set(['default_code', 'taxes', 'sale.order'])

const parking = (message: string, particular: Partial<Parking> = {}): Parking => ({
  class: 'rejected',
  message,
  at: 'fields.note',
  ...particular,
})
const of = (message: string, record = {}, particular = {}) =>
  causeOf(parking(message, particular), record, WORDS)

test.each<[string, object, string]>([
  ['No product.product has default_code "A-1".', {}, 'No product.product has default_code "…".'],
  ['"default_code" is required.', {}, '"default_code" is required.'],
  ['customers has not delivered its record 4711 yet.', {}, 'customers has not delivered its record … yet.'],
  ['No partner for Ida Brandt here', { customer: { name: 'Ida Brandt' } }, 'No partner for … here'],
  ['The mail ida@brandt.example is wrong', {}, 'The mail … is wrong'],
  ['amount_total is 12.00 at the target (12.05)', {}, 'amount_total is … at the target (…)'],
  // A value that is also a word of the plan is the record's own here.
  ['The table "taxes" has no row "taxes"', { tax: 'taxes' }, 'The table "…" has no row "…"'],
  // Short values and plain words stand in too many sentences by chance.
  ['The order is open', { state: 'open', id: 'is' }, 'The order is open'],
])('%s', (message, record, text) => {
  expect(of(message, record).text).toBe(text)
})

test('the same cause of two records is one cluster', () => {
  const a = of('No tax "VAT 21" for order #1001', { tax: 'VAT 21' })
  const b = of('No tax "VAT 6" for order #1002', { tax: 'VAT 6' })
  expect(a).toEqual(b)
  expect(a.cluster).toMatch(/^c-[0-9a-zA-Z]{12}$/)
})

test.each<[string, Partial<Parking>]>([
  ['class', { class: 'value' }],
  ['place', { at: 'fields.name' }],
  ['message', { message: 'something else' }],
])('another %s is another cluster', (_, particular) => {
  expect(of('will not do').cluster).not.toBe(of('will not do', {}, particular).cluster)
})
