import {
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { expect, test } from 'vitest'
import { type Json, openShop } from './asking.ts'
import { SCHEMAS } from './graphql.ts'

/** Everything a type has, lists of two; an object that stands around is not entered again. */
function everything(type: GraphQLOutputType, around: readonly string[]): string | null {
  const named = getNamedType(type)
  if (isLeafType(named)) return ''
  if (around.includes(named.name)) return null
  const inside = [...around, named.name]
  if (isUnionType(named))
    return `{ __typename ${named
      .getTypes()
      .map((one) => `... on ${one.name} ${everything(one, inside)}`)
      .join(' ')} }`
  if (!isObjectType(named) && !isInterfaceType(named)) return null
  const parts = Object.values(named.getFields()).flatMap((field) => {
    const selection = everything(field.type, inside)
    if (selection === null || field.args.some(({ name }) => name === 'id' || name === 'ids')) return []
    const size = field.args.some(({ name }) => name === 'first') ? '(first: 2)' : ''
    return [`${field.name}${size} ${selection}`]
  })
  return parts.length === 0 ? null : `{ ${parts.join(' ')} }`
}

test.each(['orders', 'customers', 'productVariants', 'products', 'inventoryItems', 'shop'])(
  '%s: every field of the schema is answered, within its type',
  async (name) => {
    const shop = await openShop()
    const field = SCHEMAS.public.getQueryType()!.getFields()[name]!
    const size = field.args.some((argument) => argument.name === 'first') ? '(first: 5)' : ''
    const { body } = await shop.ask(`{ ${name}${size} ${everything(field.type, [])} }`)
    expect(body.errors).toBeUndefined()
    expect(body.data[name]).not.toBeNull()
  },
)

const MONEY =
  'fragment Money on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }'
const ADDRESS =
  'fragment Address on MailingAddress { firstName lastName company address1 address2 city zip provinceCode countryCodeV2 phone }'

test('an order reads as recorded: ids, money as trimmed decimals in two currencies, whole seconds of UTC', async () => {
  const shop = await openShop()
  const { orders } = await shop.data(
    `query OrdersDelta($first: Int!, $query: String) {
      orders(first: $first, query: $query, sortKey: UPDATED_AT, reverse: false) {
        nodes {
          id legacyResourceId name createdAt updatedAt test email tags presentmentCurrencyCode taxesIncluded displayFinancialStatus
          currentTotalPriceSet { ...Money } taxLines { title rate priceSet { ...Money } }
          customer { id displayName defaultEmailAddress { emailAddress } }
          billingAddress { ...Address } shippingAddress { ...Address }
          shippingLines(first: 5) { nodes { id title discountedPriceSet { ...Money } } }
          lineItems(first: 5) { pageInfo { hasNextPage endCursor } nodes { id sku quantity currentQuantity originalUnitPriceSet { ...Money }
            discountAllocations { allocatedAmountSet { ...Money } discountApplication { index } } } }
          transactions(first: 10) { id kind status gateway amountSet { ...Money } }
        }
      }
    } ${MONEY} ${ADDRESS}`,
    { first: 50, query: "updated_at:>='2020-01-01T00:00:00Z'" },
  )
  expect(orders.nodes.length).toBe(50)
  const text = JSON.stringify(orders)
  for (const [, amount] of text.matchAll(/"amount":"([^"]*)"/g))
    expect(amount).toMatch(/^-?\d+\.(\d|\d[1-9])$/)
  for (const [, at] of text.matchAll(/"(?:created|updated)At":"([^"]*)"/g))
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  const rates = new Set(orders.nodes.flatMap((order: Json) => order.taxLines.map(({ rate }: Json) => rate)))
  expect([...rates].sort()).toEqual([0.0825, 0.2])
  for (const order of orders.nodes) {
    expect(order.id).toBe(`gid://shopify/Order/${order.legacyResourceId}`)
    const { shopMoney, presentmentMoney } = order.currentTotalPriceSet
    expect([shopMoney.currencyCode, presentmentMoney.currencyCode]).toEqual([
      'USD',
      order.presentmentCurrencyCode,
    ])
    if (presentmentMoney.currencyCode !== 'USD' && Number(presentmentMoney.amount) > 0)
      expect(shopMoney.amount).not.toBe(presentmentMoney.amount)
  }
})

test('catalogue prices are text with two digits', async () => {
  const shop = await openShop()
  const { productVariants } = await shop.data(
    '{ productVariants(first: 50) { nodes { price compareAtPrice product { id title } inventoryItem { measurement { weight { value unit } } } } } }',
  )
  for (const { price, compareAtPrice } of productVariants.nodes) {
    expect(price).toMatch(/^\d+\.\d\d$/)
    if (compareAtPrice !== null) expect(compareAtPrice).toMatch(/^\d+\.\d\d$/)
  }
})
