import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordedSamples } from '../../../engine/cli/recorded-files.ts'
import { addHistory, compileDriftCheck, type DriftKind } from '../../../engine/core/drift/drift.ts'
import { decode } from '../../../engine/core/expression/decode.ts'
import type { JsonObject, JsonValue } from '../../../engine/core/model/json.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'
import { compileFiles, filesOf, ROOT } from '../compile/repository.ts'

const SELECTION: Selection = {
  name: { type: 'text' },
  total: { type: 'decimal' },
  count: { type: 'integer' },
  paid: { type: 'boolean' },
  day: { type: 'date' },
  createdAt: { type: 'datetime' },
  status: { type: 'selection', values: ['OPEN', 'PAID'] },
  email: { type: 'text', personal: true },
  customer: { type: 'object', fields: { id: { type: 'text' } } },
  lines: { type: 'list', list: 'plain', fields: { sku: { type: 'text' }, price: { type: 'decimal' } } },
}
const GOOD: JsonObject = {
  ...{
    name: '#1',
    total: '12.50',
    count: 3,
    paid: true,
    day: '2026-11-24',
    createdAt: '2026-11-24T09:30:00Z',
  },
  ...{ status: 'OPEN', email: 'a@b.example', customer: { id: '7' } },
  lines: [
    { sku: 'A', price: '1.00' },
    { sku: null, price: '2' },
  ],
}
const check = compileDriftCheck(SELECTION)
const page = (record: JsonObject, count = 25) => Array.from({ length: count }, () => record)

describe('one field that is not as recorded', () => {
  test.each<[string, string, JsonValue, DriftKind, string]>([
    ['a number for a text', 'name', 7, 'changed-type', '7 (a number)'],
    ['a decimal comma', 'total', '12,50', 'decimal-format', '12,50'],
    ['a currency beside it', 'total', '12.50 EUR', 'decimal-format', '12.50 EUR'],
    ['an object for a decimal', 'total', { amount: '1' }, 'changed-type', 'an object'],
    ['a fraction for a whole number', 'count', 1.5, 'changed-type', '1.5 (a number)'],
    ['a word for yes or no', 'paid', 'yes', 'changed-type', 'yes'],
    ['another order of days', 'day', '24.11.2026', 'date-format', '24.11.2026'],
    ['a date-time of another form', 'createdAt', '24/11/2026', 'date-format', '24/11/2026'],
    ['seconds since 1970', 'createdAt', 1_795_521_600, 'changed-type', '1795521600 (a number)'],
    ['a value nobody knows', 'status', 'LOST', 'unknown-value', 'LOST'],
    ['a personal field shows no value', 'email', 5, 'changed-type', 'a number'],
    ['a text for an object', 'customer', '7', 'changed-type', '7'],
    ['an object for a list', 'lines', { nodes: [] }, 'changed-type', 'an object'],
  ])('%s', (_, field, value, kind, found) => {
    const { drifts } = check([...page(GOOD, 3), { ...GOOD, [field]: value }], {})
    expect(drifts).toEqual([expect.objectContaining({ field, kind, found, count: 1 })])
  })

  test('deep in a list', () => {
    const { drifts } = check([{ ...GOOD, lines: [{ sku: 'A', price: '1,5' }] }], {})
    expect(drifts).toEqual([expect.objectContaining({ field: 'lines.price', kind: 'decimal-format' })])
  })
})

describe('fields that are suddenly empty', () => {
  const seen = (records: readonly JsonObject[]) => addHistory({}, check(records, {}).counts)
  const without = (field: string): JsonObject =>
    Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== field))

  test.each<[string, readonly JsonObject[], readonly JsonObject[], readonly DriftKind[]]>([
    ['never empty before', page(GOOD, 200), page({ ...GOOD, name: null }), ['sudden-nulls']],
    ['gone from every record', page(GOOD, 200), page(without('name')), ['missing-field']],
    ['too little known', page(GOOD, 199), page({ ...GOOD, name: null }), []],
    [
      'empty now and then before',
      [...page(GOOD, 500), { ...GOOD, name: null }],
      page({ ...GOOD, name: null }),
      [],
    ],
    ['a small page', page(GOOD, 200), page({ ...GOOD, name: null }, 19), []],
    [
      'less than half of a page',
      page(GOOD, 200),
      [...page(GOOD, 13), ...page({ ...GOOD, name: null }, 12)],
      [],
    ],
  ])('%s', (_, before, now, kinds) => {
    expect(check(now, seen(before)).drifts.map(({ kind }) => kind)).toEqual(kinds)
  })
})

describe('recorded samples', () => {
  const samples = recordedSamples(ROOT)
  const { plans } = compileFiles(filesOf('.'))
  const cases = plans.flatMap(({ plan }) => {
    const { connector, settings } = plan.source.connection
    const version = String(settings['apiVersion'] ?? settings['version'])
    return samples
      .names(connector, version, plan.source.resource)
      .map(
        (name) =>
          [
            plan.source.resource,
            name,
            plan.source.selection,
            samples.sample(connector, version, name)!,
          ] as const,
      )
  })

  test('there are some', () => {
    expect(cases.length).toBeGreaterThan(5)
  })

  test.each(cases)('%s/%s does not drift', (_resource, _name, selection, sample) => {
    expect(compileDriftCheck(selection)(page(sample, 30), {}).drifts).toEqual([])
  })
})

test('what fits is never drift, and what is drift is never read as what it should be', () => {
  const value = fc.oneof(
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.integer({ min: 0, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
  ) as fc.Arbitrary<JsonValue>
  fc.assert(
    fc.property(fc.constantFrom('total', 'createdAt'), value, (field, found) => {
      const { drifts } = check([{ ...GOOD, [field]: found }], {})
      const read = decode({ [field]: found }, { [field]: SELECTION[field]! })[field]
      const isRead =
        field === 'total' ? typeof read === 'object' : typeof read === 'string' && /^\d{4}-.*Z$/.test(read)
      expect(drifts.length === 0).toBe(isRead || found === '')
    }),
  )
})
