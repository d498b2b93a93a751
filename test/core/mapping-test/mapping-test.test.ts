import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { changeRecord } from '../../../engine/core/mapping-test/change.ts'
import { rewriteExpectations } from '../../../engine/core/mapping-test/rewrite.ts'
import { type MappingTest, runMappingTests } from '../../../engine/core/mapping-test/run.ts'
import type { JsonValue } from '../../../engine/core/model/json.ts'
import { compileFiles, filesOf, ROOT } from '../compile/repository.ts'

const read = (name: string) =>
  JSON.parse(readFileSync(join(ROOT, 'schemas/recorded/shopify/2026-07/samples', `${name}.json`), 'utf8'))
const samples = {
  sample: (name: string) => (['orders/1042', 'orders/1043'].includes(name) ? read(name) : null),
  names: ['orders/1042', 'orders/1043'],
}
const files = filesOf('.')
const { plan } = compileFiles(files).plans.find((compiled) => compiled.plan.mapping === 'shopify-orders')!

/** One test of the shipped order mapping on its first sample. */
function result(
  expected: MappingTest['expect'],
  more: Partial<MappingTest['given']> & { exact?: boolean } = {},
) {
  const { exact, ...given } = more
  const [only] = runMappingTests(
    plan,
    [
      {
        name: 'it',
        given: { sample: 'orders/1042', ...given },
        expect: expected,
        ...(exact === undefined ? {} : { exact }),
      },
    ],
    samples,
  )
  return only!
}
const differences = (...args: Parameters<typeof result>) =>
  result(...args).differences.map(({ at, expected, found }) => `${at}: ${expected} / ${found}`)

describe('what fits', () => {
  test.each<[string, MappingTest['expect'], Partial<MappingTest['given']>?]>([
    ['a text', { client_order_ref: '#1042' }],
    [
      'a reference, by what is looked up',
      { partner_id: 'link("shopify-customers", "gid://shopify/Customer/9120001000201")' },
    ],
    ['the same with other spaces', { pricelist_id: 'match("product.pricelist","name","Web USD")' }],
    ['numbers by value', { order_line: [{ price_unit: 28 }, { price_unit: 18.5 }, {}, {}, {}] }],
    ['steps', parse('{ then: [action_confirm] }')],
    [
      'a parked one by place, class and a part of its message',
      { parked: { at: 'order_line.0.product_id', class: 'missing-value', message: 'sku' } },
      { change: { 'lineItems.0.sku': null } },
    ],
    ['a filtered one', { filtered: 'test order' }, { change: { test: true } }],
    [
      'a look-up that finds nothing',
      { parked: { at: 'order_line.0.product_id', class: 'missing-reference' } },
      { missing: ['match("product.product", "default_code", "MUG-WHT")'] },
    ],
    ['what is written the first time only', { note: null }, { change: { note: null } }],
  ])('%s', (_what, expected, given) => {
    expect(result(expected, given)).toMatchObject({ passed: true, fault: null, differences: [] })
  })
})

describe('what does not fit is shown value by value', () => {
  test.each<[string, MappingTest['expect'], Parameters<typeof result>[1], string | RegExp]>([
    ['a text', { client_order_ref: '#1' }, {}, 'client_order_ref: "#1" / "#1042"'],
    [
      'a number in a line',
      { order_line: [{ price_unit: 1 }, {}, {}, {}, {}] },
      {},
      'order_line.0.price_unit: 1 / "28"',
    ],
    [
      'a number in quotation marks',
      { order_line: [{ price_unit: '28.00' }, {}, {}, {}, {}] },
      {},
      'order_line.0.price_unit: "28.00" (write a number without quotation marks) / "28"',
    ],
    ['the number of lines', { order_line: [{}] }, {}, /^order_line: 1 lines \/ 5: /],
    [
      'a field that the mapping does not fill',
      { origin: 'web' },
      {},
      'origin: "web" / the mapping does not fill it',
    ],
    ['steps', parse('{ then: [] }'), {}, 'then: [] / ["action_confirm"]'],
    [
      'parked instead of a record',
      { client_order_ref: '#1042' },
      { change: { 'lineItems.0.sku': null } },
      /^: a record \/ parked \(missing-value\) at order_line\.0\.product_id: /,
    ],
    ['a record instead of parked', { parked: { at: 'note' } }, {}, 'parked: {"at":"note"} / a record'],
    [
      'another reason',
      { filtered: 'test' },
      { change: { test: true } },
      'filtered: "test" / left out: test order',
    ],
    [
      'what an exact test does not name',
      { client_order_ref: '#1042' },
      { exact: true },
      /^then: nothing \/ /,
    ],
    [
      'first-time fields of a record delivered before',
      { note: 'x' },
      { delivered: true },
      'note: "x" / the mapping does not fill it',
    ],
  ])('%s', (_what, expected, given, told) => {
    expect(differences(expected, given)).toContainEqual(
      typeof told === 'string' ? told : expect.stringMatching(told),
    )
  })
})

test.each<[string, Partial<MappingTest['given']>, string]>([
  ['a sample that is not there', { sample: 'orders/1024' }, 'Did you mean "orders/1042"?'],
  ['a change of nothing', { change: { 'lineItems.9.sku': 'X' } }, 'nothing at "lineItems.9.sku"'],
  [
    'a missing look-up that nobody asks for',
    { missing: ['match("product.product", "default_code", "NO")'] },
    'Nothing was looked up by',
  ],
])('%s is a fault of the test', (_what, given, told) => {
  expect(result({ client_order_ref: '#1042' }, given)).toMatchObject({
    passed: false,
    fault: expect.stringContaining(told),
  })
})

test('a change leaves the sample as it is', () => {
  const record = { lines: [{ sku: 'A' }] }
  expect(changeRecord(record, { 'lines.0.sku': 'B', note: 'new' })).toEqual({
    record: { lines: [{ sku: 'B' }], note: 'new' },
  })
  expect(record).toEqual({ lines: [{ sku: 'A' }] })
})

describe('an update', () => {
  const text = files['mappings/shopify-orders.yaml']!
  const written = (expected: string, exact = false) => {
    const broken = text.replace(
      /(a paid order[\s\S]*?expect: ).*$/m,
      (_all, before) => `${before}${expected}`,
    )
    const tests = parse(broken).tests as MappingTest[]
    const [first] = runMappingTests(plan, [{ ...tests[0]!, exact }], samples)
    const after = rewriteExpectations(
      broken,
      plan.target.shape,
      new Map([[0, { outcome: first!.outcome!, expected: tests[0]!.expect, exact }]]),
    )
    const again = parse(after).tests as MappingTest[]
    return {
      after,
      first: { ...again[0]!, exact },
      isElsewhereEqual:
        after.replace(/(a paid order[\s\S]*?expect: ).*$/m, '') ===
        broken.replace(/(a paid order[\s\S]*?expect: ).*$/m, ''),
    }
  }

  test.each<[string, string, boolean]>([
    ['a partial one', '{ client_order_ref: "#1", order_line: [ { price_unit: 1 } ], then: [] }', false],
    ['an exact one', '{ client_order_ref: "#1" }', true],
    ['one that was to be parked', '{ parked: { at: note } }', false],
  ])('of %s passes afterwards, and changes nothing else', (_what, expected, exact) => {
    const { first, isElsewhereEqual } = written(expected, exact)
    expect(runMappingTests(plan, [first], samples)[0]).toMatchObject({ passed: true })
    expect(isElsewhereEqual).toBe(true)
  })

  test('names no more than the test did, and keeps digits as digits', () => {
    const { first, after } = written('{ client_order_ref: "#1", order_line: [ { price_unit: 1 } ] }')
    expect(Object.keys(first.expect)).toEqual(['client_order_ref', 'order_line', 'then'])
    expect((first.expect['order_line'] as JsonValue[])[1]).toEqual({ price_unit: 18.5 })
    expect(after).toContain('price_unit: 18.5 }')
  })
})

const shipped = ['.', 'test/fixtures/language'].flatMap((folder) => {
  const own = filesOf(folder)
  return compileFiles(own).plans.flatMap((compiled) => {
    const tests = (parse(own[`mappings/${compiled.plan.mapping}.yaml`]!).tests ?? []) as MappingTest[]
    return runMappingTests(compiled.plan, tests, { sample: read, names: [] }).map((outcome) => ({
      title: `${folder} ${compiled.plan.mapping}: ${outcome.name}`,
      outcome,
    }))
  })
})

test.each(shipped)('$title', ({ outcome }) => {
  expect(outcome).toMatchObject({ passed: true })
})
