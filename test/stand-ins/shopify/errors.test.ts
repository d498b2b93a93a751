import { expect, test } from 'vitest'
import { openShop } from './asking.ts'

const DOCUMENTATION = 'https://shopify.dev/api/usage/access-scopes'

/** What is asked, and the whole of `errors` as a real shop gave it (codes only where its words were not recorded). */
test.each([
  [
    'a field that is not there',
    'query OrdersDelta($first: Int!) {\n  orders(first: $first) {\n    nodes {\n      id\n      nope\n    }\n  }\n}',
    { first: 1 },
    {
      message: "Field 'nope' doesn't exist on type 'Order'",
      locations: [{ line: 5, column: 7 }],
      path: ['query OrdersDelta', 'orders', 'nodes', 'nope'],
      extensions: { code: 'undefinedField', typeName: 'Order', fieldName: 'nope' },
    },
  ],
  [
    'an object without selections',
    'query Missing {\n  shop\n}\n',
    {},
    {
      message:
        "Field must have selections (field 'shop' returns Shop but has no selections. Did you mean 'shop { ... }'?)",
      locations: [{ line: 2, column: 3 }],
      path: ['query Missing', 'shop'],
      extensions: { code: 'selectionMismatch', nodeName: "field 'shop'", typeName: 'Shop' },
    },
  ],
  [
    'a text that ends too early',
    'query Invalid {\n  shop {\n    id\n',
    {},
    {
      message: 'syntax error, unexpected end of file at [3, 5]',
      locations: [{ line: 3, column: 5 }],
      extensions: { code: 'PARSE_ERROR' },
    },
  ],
  [
    'a required variable left out',
    'query Page($first: Int!) { orders(first: $first) { nodes { id } } }',
    {},
    {
      message: 'Variable $first of type Int! was provided invalid value',
      locations: [{ line: 1, column: 12 }],
      extensions: {
        code: 'INVALID_VARIABLE',
        value: null,
        problems: [{ path: [], explanation: 'Expected value to not be null' }],
      },
    },
  ],
  [
    'a page larger than 250',
    '{ orders(first: 251) { nodes { id } } }',
    {},
    {
      message:
        'first cannot exceed 250. To query larger amounts of data with fewer limits, bulk operations should be used instead.',
      extensions: { code: 'BAD_REQUEST' },
    },
  ],
  [
    'a nested page larger than 250, by variable',
    'query P($n: Int!) { orders(first: 1) { nodes { lineItems(first: $n) { nodes { id } } } } }',
    { n: 251 },
    { message: expect.stringMatching(/^first cannot exceed 250/), extensions: { code: 'BAD_REQUEST' } },
  ],
])('%s', async (_name, query, variables, error) => {
  const shop = await openShop({ seed: false })
  const { status, body } = await shop.ask(query, variables)
  expect(status).toBe(200)
  expect(body).toEqual({ errors: [error] })
})

test.each([
  ['argumentNotAccepted', '{ orders(first: 1, colour: "red") { nodes { id } } }'],
  ['missingRequiredArguments', '{ nodes { id } }'],
  ['selectionMismatch', '{ shop { id { more } } }'],
  ['undefinedType', '{ node(id: "gid://shopify/Order/1") { ... on Ordre { id } } }'],
  ['undefinedDirective', '{ shop @loud { id } }'],
  ['variableNotUsed', 'query Q($first: Int) { shop { id } }'],
  ['variableNotDefined', 'query Q { orders(first: $first) { nodes { id } } }'],
  ['variableMismatch', 'query Q($first: String) { orders(first: $first) { nodes { id } } }'],
  ['argumentLiteralsIncompatible', '{ orders(first: "ten") { nodes { id } } }'],
  ['argumentLiteralsIncompatible', '{ productVariants(first: 1, sortKey: UPDATED_AT) { nodes { id } } }'],
])('%s: %s', async (code, query) => {
  const { status, body } = await (await openShop({ seed: false })).ask(query)
  expect([status, body.errors[0].extensions.code, body.data]).toEqual([200, code, undefined])
  expect(body.extensions).toBeUndefined()
})

test('a query that costs too much is refused without any extensions', async () => {
  const shop = await openShop({ seed: false })
  const { status, body } = await shop.ask(
    '{ orders(first: 250) { nodes { lineItems(first: 250) { nodes { product { id } variant { id inventoryItem { id } } } } shippingLines(first: 250) { nodes { id } } addresses: customer { addressesV2(first: 250) { nodes { id } } } refunds(first: 250) { refundLineItems(first: 250) { nodes { lineItem { id } } } } } } }',
  )
  const { cost } = body.errors[0].extensions
  expect(cost).toBeGreaterThan(1_000)
  expect([status, body]).toEqual([
    200,
    {
      errors: [
        {
          message: `Query cost is ${cost}, which exceeds the single query max cost limit (1000).\n\nSee https://shopify.dev/docs/api/usage/rate-limits for more information on how the\ncost of a query is calculated.\n\nTo query larger amounts of data with fewer limits, bulk operations should be used instead.\nSee https://shopify.dev/docs/api/usage/bulk-operations/queries for usage details.\n`,
          extensions: {
            code: 'MAX_COST_EXCEEDED',
            cost,
            maxCost: 1_000,
            documentation: 'https://shopify.dev/api/usage/rate-limits',
          },
        },
      ],
    },
  ])
})

test('what a token may not read is null, with the scope it lacks; the rest is answered', async () => {
  const shop = await openShop({ scopes: ['read_orders'] })
  const { status, body } = await shop.ask(
    '{\n  inventoryItems(first: 1) { nodes { id } }\n  shop { name }\n  orders(first: 1) { nodes { name customer { id } } }\n}',
  )
  expect(status).toBe(200)
  expect(body.data).toEqual({
    inventoryItems: null,
    shop: { name: 'acme' },
    orders: { nodes: [{ name: '#1001', customer: null }] },
  })
  expect(body.errors[0]).toEqual({
    message: 'Access denied for inventoryItems field. Required access: `read_inventory` access scope.',
    locations: [{ line: 2, column: 3 }],
    extensions: {
      code: 'ACCESS_DENIED',
      documentation: DOCUMENTATION,
      requiredAccess: '`read_inventory` access scope.',
    },
    path: ['inventoryItems'],
  })
  expect(body.errors[1].path).toEqual(['orders', 'nodes', 0, 'customer'])
})

test('by id nothing is read that the scopes do not hold', async () => {
  const all = await openShop()
  const { nodes } = (await all.data('{ products(first: 1) { nodes { id } } }')).products
  const shop = await openShop({ scopes: ['read_orders'] })
  const { body } = await shop.ask('query($id: ID!) { node(id: $id) { id } }', { id: nodes[0].id })
  expect([body.data, body.errors[0].extensions.code]).toEqual([{ node: null }, 'ACCESS_DENIED'])
})

test.each(['12', 'gid://other/Order/1', 'gid://shopify/Order/x'])('an id like %s is invalid', async (id) => {
  const { body } = await (await openShop({ seed: false })).ask('query($id: ID!) { order(id: $id) { id } }', {
    id,
  })
  expect([body.data, body.errors[0].message, body.errors[0].extensions]).toEqual([
    { order: null },
    'invalid id',
    { code: 'RESOURCE_NOT_FOUND' },
  ])
})

test('an id of nothing, or of another type, is null without an error', async () => {
  const shop = await openShop()
  const { order, customer } = await shop.data(
    '{ order(id: "gid://shopify/Order/1") { id } customer(id: "gid://shopify/Order/7000001000100") { id } }',
  )
  expect([order, customer]).toEqual([null, null])
})

test('a list that is asked for without a size is refused', async () => {
  const { body } = await (await openShop()).ask('{ orders { nodes { id } } }')
  expect([body.data, body.errors[0].message]).toEqual([
    { orders: null },
    'you must provide one of first or last',
  ])
})
