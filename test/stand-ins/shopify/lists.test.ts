import { expect, test } from 'vitest'
import { type Json, openShop, type Shop } from './asking.ts'

const DAY = 86_400_000

async function pages(shop: Shop, field: string, args: string, pick: string) {
  const found: Json[] = []
  for (let after: string | null = null; ; ) {
    const data: Json = await shop.data(
      `query Pages($after: String) { ${field}(after: $after, ${args}) { pageInfo { hasNextPage endCursor } nodes { ${pick} } } }`,
      { after },
    )
    found.push(...data[field].nodes)
    if (data[field].pageInfo.hasNextPage !== true) return found
    after = data[field].pageInfo.endCursor
  }
}

test.each([
  ['orders', 'sortKey: UPDATED_AT', 'updatedAt', 1],
  ['orders', 'sortKey: ID', 'legacyResourceId', 1],
  ['orders', 'sortKey: CREATED_AT, reverse: true', 'createdAt', -1],
  ['orders', 'reverse: false', 'processedAt', 1],
  ['customers', 'sortKey: UPDATED_AT', 'updatedAt', 1],
  ['customers', 'reverse: true', 'legacyResourceId', -1],
  ['products', 'sortKey: UPDATED_AT', 'updatedAt', 1],
  ['productVariants', 'reverse: false', 'legacyResourceId', 1],
  ['inventoryItems', 'reverse: false', 'legacyResourceId', 1],
])('%s (%s) come whole, once, in the order of %s', async (field, sorting, by, direction) => {
  const shop = await openShop()
  const found = await pages(shop, field, `first: 17, ${sorting}`, `id ${by}`)
  const { control } = shop
  const { orders, customers, products, variants } = await control.counts()
  expect(found.length).toBe({ orders, customers, products }[field] ?? variants)
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
  const values = found.map((node) => node[by])
  expect(values).toEqual([...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0) * direction))
})

test('a cursor is the last id and value as JSON in base64', async () => {
  const shop = await openShop()
  const { orders } = await shop.data(
    '{ orders(first: 3, sortKey: UPDATED_AT) { edges { cursor node { legacyResourceId updatedAt } } pageInfo { endCursor startCursor hasPreviousPage } } }',
  )
  const { cursor, node } = orders.edges[2]
  expect(cursor).toBe(orders.pageInfo.endCursor)
  expect(JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'))).toEqual({
    last_id: Number(node.legacyResourceId),
    last_value: `${node.updatedAt.replace('T', ' ').replace('Z', '')}.000000`,
  })
})

test('an order changed while paging is seen again at the end, none is lost', async () => {
  const shop = await openShop()
  const first = await shop.data(
    '{ orders(first: 100, sortKey: UPDATED_AT) { nodes { name } pageInfo { endCursor } } }',
  )
  const { name } = first.orders.nodes[0]
  await shop.control.editOrder({ order: name, note: 'changed' })
  const rest = await shop.data(
    'query($after: String) { orders(first: 100, after: $after, sortKey: UPDATED_AT) { nodes { name } } }',
    { after: first.orders.pageInfo.endCursor },
  )
  expect(rest.orders.nodes.at(-1).name).toBe(name)
  const names = [...first.orders.nodes, ...rest.orders.nodes].map((order: Json) => order.name)
  expect([names.length, new Set(names).size]).toEqual([151, 150])
})

test('a nested list stops at what was asked for and goes on by its cursor', async () => {
  const shop = await openShop({ seed: false })
  const lines = Array.from({ length: 120 }, (_, n) => ({ sku: null, quantity: 1, unit: 100 + n }))
  const { id } = await shop.control.createOrder({ name: '#1', lines })
  const query =
    'query More($id: ID!, $after: String) { node(id: $id) { ... on Order { lineItems(first: 50, after: $after) { pageInfo { hasNextPage endCursor } nodes { id } } } } }'
  const seen: string[] = []
  for (let after: string | null = null; ; ) {
    const { lineItems }: Json = (await shop.data(query, { id, after })).node
    seen.push(...lineItems.nodes.map((line: Json) => line.id))
    if (!lineItems.pageInfo.hasNextPage) break
    after = lineItems.pageInfo.endCursor
  }
  expect([seen.length, new Set(seen).size]).toEqual([120, 120])
})

test('orders of more than sixty days are missing without a word unless all may be read', async () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  for (const [scopes, expected] of [
    [['read_orders'], ['#new']],
    [
      ['read_orders', 'read_all_orders'],
      ['#old', '#new'],
    ],
  ] as const) {
    const shop = await openShop({ seed: false, now: () => now, scopes })
    const lines = [{ sku: null, quantity: 1, unit: 100 }]
    const old = await shop.control.createOrder({ name: '#old', lines, createdAt: now - 61 * DAY })
    await shop.control.createOrder({ name: '#new', lines, createdAt: now - 59 * DAY })
    const { orders, node } = await shop.data(
      'query($id: ID!) { orders(first: 9) { nodes { name } } node(id: $id) { id } }',
      { id: old.id },
    )
    expect(orders.nodes.map(({ name }: Json) => name)).toEqual(expected)
    expect(node === null).toBe(expected.length === 1)
  }
})

test('records come by id in the order asked for, null where there is none', async () => {
  const shop = await openShop()
  const { orders } = await shop.data('{ orders(first: 2) { nodes { id } } }')
  const [a, b] = orders.nodes.map(({ id }: Json) => id)
  const { nodes } = await shop.data('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    ids: [b, 'gid://shopify/Order/1', a],
  })
  expect(nodes).toEqual([{ id: b }, null, { id: a }])
})

test('a list stops at 25,000 without a word', { timeout: 60_000 }, async () => {
  const shop = await openShop({ seed: { customers: 25_100, products: 1, orders: 0 } })
  const last = await shop.data(
    '{ customers(first: 1, reverse: true) { nodes { legacyResourceId } } customersCount(limit: 30000) { count } }',
  )
  expect(last.customersCount.count).toBe(25_100)
  const from = Buffer.from(
    JSON.stringify({
      last_id: Number(last.customers.nodes[0].legacyResourceId) - 120,
      last_value: String(Number(last.customers.nodes[0].legacyResourceId) - 120),
    }),
  ).toString('base64')
  const { customers } = await shop.data(
    'query($after: String) { customers(first: 250, after: $after) { nodes { id } pageInfo { hasNextPage } } }',
    { after: from },
  )
  expect([customers.nodes.length, customers.pageInfo.hasNextPage]).toEqual([20, false])
})
