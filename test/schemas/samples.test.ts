import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { Decimal } from 'decimal.js'
import { expect, test } from 'vitest'
import { decodeNode } from '../../engine/connectors/shopify/decode.ts'
import { selectionOf } from '../../engine/core/compile/selection.ts'
import type { JsonObject } from '../../engine/core/model/json.ts'
import type { RecordedSchema } from '../../engine/core/model/recorded.ts'
import { leavesOf, read, samples, text } from './recordings.ts'

const schemaOf = (path: string) => {
  const [system, version, , resource] = path.split('/')
  return read(`${system}/${version}/${resource}.schema.json`)
}
const recordOf = (path: string) => JSON.parse(text(path)) as JsonObject

test.each(samples)('%s fits its schema and has no field that is not in it', (path) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  // A sample may leave fields out; a new record may not.
  const { required: _, ...schema } = schemaOf(path)
  const validate = ajv.compile({ ...schema, additionalProperties: false })
  validate(recordOf(path))
  expect(validate.errors ?? []).toEqual([])
})

test.each(samples.filter((path) => path.startsWith('shopify/')))(
  '%s is what the connector hands over, computed fields included',
  (path) => {
    const schema = schemaOf(path)
    const selection = selectionOf(schema as unknown as RecordedSchema, leavesOf(schema))
    expect(decodeNode(recordOf(path), selection)).toEqual(recordOf(path))
  },
)

interface Bag {
  readonly presentmentMoney: { readonly amount: string }
  readonly shopMoney: { readonly amount: string }
}
interface Order {
  readonly taxesIncluded: boolean
  readonly currentTotalPriceSet: Bag
  readonly currentTaxLines: readonly { readonly priceSet: Bag }[]
  readonly lineItems: readonly {
    readonly currentQuantity: number
    readonly originalUnitPriceSet: Bag
    readonly currentDiscount: string
    readonly currentDiscountShop: string
  }[]
  readonly shippingLines: readonly { readonly currentDiscountedPriceSet: Bag }[]
}

const orders = samples.filter((path) => path.includes('/samples/orders/'))

test.each(
  orders.flatMap((path) =>
    (['presentmentMoney', 'shopMoney'] as const).map((money) => [path, money] as const),
  ),
)('what %s still holds adds up to its total in %s', (path, money) => {
  const order = recordOf(path) as unknown as Order
  const discount = money === 'shopMoney' ? 'currentDiscountShop' : 'currentDiscount'
  const parts = [
    ...order.lineItems.map((line) =>
      new Decimal(line.originalUnitPriceSet[money].amount).times(line.currentQuantity).minus(line[discount]),
    ),
    ...order.shippingLines.map((line) => line.currentDiscountedPriceSet[money].amount),
    ...(order.taxesIncluded ? [] : order.currentTaxLines.map((line) => line.priceSet[money].amount)),
  ]
  expect(Decimal.sum(0, ...parts).toFixed(2)).toBe(
    new Decimal(order.currentTotalPriceSet[money].amount).toFixed(2),
  )
})

test.each([
  ['1042', 'a line discount', ['5.6', '1.85']],
  ['1045', 'none on a line taken out again', ['5.6', '0']],
  ['1046', 'none once cancelled', ['0']],
])('order %s has %s', (name, _, discounts) => {
  const order = recordOf(`shopify/2026-07/samples/orders/${name}.json`) as unknown as Order
  expect(order.lineItems.map((line) => line.currentDiscount)).toEqual(discounts)
})
