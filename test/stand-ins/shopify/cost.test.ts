import { expect, test } from 'vitest'
import { type Json, openShop } from './asking.ts'

const cost = ({ extensions }: Json) => extensions.cost

/** Points that real shops asked for. */
test.each([
  [13, '{ orders(first: 250) { nodes { id name updatedAt } } }'],
  [156, '{ orders(first: 250) { nodes { id lineItems(first: 250) { nodes { id } } } } }'],
  [
    167,
    '{ products(first: 250) { nodes { id featured: options { id } variants(first: 250) { pageInfo { hasNextPage } nodes { id sku price } } } } }',
  ],
])('%i points: %s', async (points, query) => {
  const { body } = await (await openShop({ seed: false })).ask(query)
  expect(cost(body).requestedQueryCost).toBe(points)
})

test('nothing found costs the two points of the list', async () => {
  const { body } = await (await openShop({ seed: false })).ask('{ orders(first: 250) { nodes { id } } }')
  expect(cost(body)).toMatchObject({ requestedQueryCost: 13, actualQueryCost: 2 })
})

test('250 orders of mostly one line cost what was measured: 35 of 156, and 79 with two objects more a line and three an order', async () => {
  const shop = await openShop({ seed: false })
  await shop.control.createVariant({ sku: 'MUG' })
  for (let n = 0; n < 250; n++) {
    const line = { sku: 'MUG', quantity: 1, unit: 500 }
    await shop.control.createOrder({
      name: `#${n}`,
      lines: n % 5 === 0 ? [line, line] : [line],
      shippingTo: {},
      billing: {},
    })
  }
  const bare = await shop.ask(
    '{ orders(first: 250) { nodes { id lineItems(first: 250) { nodes { id } } } } }',
  )
  expect(cost(bare.body)).toMatchObject({ requestedQueryCost: 156, actualQueryCost: 35 })
  const full = await shop.ask(
    '{ orders(first: 250) { nodes { id shippingAddress { id } billingAddress { id } transactions(first: 5) { id } lineItems(first: 250) { nodes { id variant { id } product { id } } } } } }',
  )
  expect(cost(full.body).requestedQueryCost).toBeGreaterThanOrEqual(431)
  expect(cost(full.body).requestedQueryCost).toBeLessThanOrEqual(433)
  expect(cost(full.body).actualQueryCost).toBe(79)
})

test('a fragment costs what it selects; of several types the dearest counts', async () => {
  const shop = await openShop({ seed: false })
  const one = await shop.ask('{ orders(first: 50) { nodes { customer { id } } } }')
  const two = await shop.ask(
    'query { orders(first: 50) { nodes { ...C } } } fragment C on Order { customer { id } }',
  )
  expect(cost(two.body).requestedQueryCost).toBe(cost(one.body).requestedQueryCost)
  const node = await shop.ask(
    '{ node(id: "gid://shopify/Order/1") { ... on Order { customer { id } } ... on Customer { id } } }',
  )
  expect(cost(node.body).requestedQueryCost).toBe(2)
})

test('the bucket admits what is asked for, is charged what was used, and fills by the clock', async () => {
  let now = Date.parse('2026-11-01T00:00:00Z')
  const shop = await openShop({ seed: false, now: () => now, bucket: { capacity: 200, perSecond: 10 } })
  const query = '{ orders(first: 250) { nodes { id lineItems(first: 250) { nodes { id } } } } }'
  const first = await shop.ask(query)
  expect(cost(first.body)).toEqual({
    requestedQueryCost: 156,
    actualQueryCost: 2,
    throttleStatus: { maximumAvailable: 200, currentlyAvailable: 198, restoreRate: 10 },
  })
  await shop.control.faults({ faults: [{ kind: 'throttled' }] })
  const refused = await shop.ask(query)
  expect([refused.status, refused.headers.get('retry-after'), refused.body]).toEqual([
    200,
    null,
    {
      errors: [
        {
          message: 'Throttled',
          extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
        },
      ],
      extensions: {
        cost: {
          requestedQueryCost: 156,
          actualQueryCost: null,
          throttleStatus: { maximumAvailable: 200, currentlyAvailable: 0, restoreRate: 10 },
        },
      },
    },
  ])
  now += 15_500
  expect((await shop.ask(query)).body.errors?.[0].message).toBe('Throttled')
  now += 200
  expect((await shop.ask(query)).body.errors).toBeUndefined()
})
