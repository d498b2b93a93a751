import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ExplainedLine, explainRecord } from '../../../engine/core/explain/record.ts'
import { namedReferences } from '../../../engine/core/mapping-test/references.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import { createTransformer } from '../../../engine/core/transform/transformer.ts'
import { compileFiles, filesOf, ROOT } from '../compile/repository.ts'

const { plan } = compileFiles(filesOf('.')).plans.find(
  (compiled) => compiled.plan.mapping === 'shopify-orders',
)!
const transformer = createTransformer(plan)
const sample = (name: string): JsonObject =>
  JSON.parse(readFileSync(join(ROOT, 'schemas/recorded/shopify/2026-07/samples', `${name}.json`), 'utf8'))
const explained = (record: JsonObject, missing: readonly string[] = []) =>
  explainRecord(plan, transformer.decode(record), namedReferences(missing))
const lineOf = (lines: readonly ExplainedLine[], target: string) =>
  lines.find((line) => line.target === target)!

describe('each line of a mapping', () => {
  const { fields, keep, agree, steps, identity } = explained(sample('orders/1042'))

  test.each<[string, ExplainedLine, unknown, readonly (readonly [string, unknown])[]]>([
    [
      'identity',
      identity[0]!,
      'gid://shopify/Order/7450001000101',
      [['order.id', 'gid://shopify/Order/7450001000101']],
    ],
    ['a condition', keep[0]!, true, [['order.test', false]]],
    [
      'a look-up',
      lineOf(fields, 'pricelist_id'),
      'match("product.pricelist", "name", "Web USD")',
      [['order.presentmentCurrencyCode', 'USD']],
    ],
    [
      'a cell of a line',
      lineOf(fields, 'order_line discount 1: price_unit'),
      '-5.6',
      [['discount.currentDiscount', '5.6']],
    ],
    ['a constant', lineOf(fields, 'order_line ship 1: product_uom_qty'), '1', []],
    [
      'a total',
      agree[0]!,
      '84.58',
      [
        ['order.cancelledAt', null],
        ['order.currentTotalPriceSet.presentmentMoney.amount', '84.58'],
      ],
    ],
    ['a step', steps[1]!, false, [['order.cancelledAt', null]]],
  ])('%s says what it read and what it gives', (_what, line, value, reads) => {
    expect(line.result).toEqual({ status: 'value', value })
    expect(line.reads.map((read) => [read.path, read.value])).toEqual(reads)
  })

  test('gives what a delivery would send', () => {
    const transformed = transformer.transform(transformer.decode(sample('orders/1042')), namedReferences([]))
    if (transformed.status !== 'mapped') throw new Error(transformed.status)
    for (const [field, value] of Object.entries({
      ...transformed.mapped.fields,
      ...transformed.mapped.firstTimeFields,
    }))
      expect([field, lineOf(fields, field).result]).toEqual([field, { status: 'value', value }])
    const cells = fields.filter(({ line }) => line !== null)
    expect(cells).toHaveLength(transformed.mapped.lines.flatMap((line) => Object.keys(line.fields)).length)
    for (const line of transformed.mapped.lines)
      for (const [name, value] of Object.entries(line.fields)) {
        const cell = cells.find(
          ({ line: of, target }) => of === `${line.as}/${line.key}` && target.endsWith(`: ${name}`),
        )
        expect([line.key, name, cell!.result]).toEqual([line.key, name, { status: 'value', value }])
      }
  })
})

test('a line that parks hides no other one', () => {
  const record = structuredClone(sample('orders/1042')) as { lineItems: { sku: string | null }[] }
  record.lineItems[0]!.sku = null
  const { fields } = explained(record as unknown as JsonObject, ['match("account.tax", "name", "CA 8.25%")'])
  expect(lineOf(fields, 'order_line line 1: product_id').result).toMatchObject({
    status: 'parked',
    class: 'missing-value',
  })
  expect(lineOf(fields, 'order_line line 2: product_id').result).toMatchObject({ status: 'value' })
  expect(lineOf(fields, 'order_line line 2: tax_ids').result).toMatchObject({
    status: 'parked',
    class: 'missing-reference',
  })
})
