import { expect, test } from 'vitest'
import { type Json, openShop } from './asking.ts'

const QUERY =
  'query Found($query: String!) { orders(first: 250, query: $query, sortKey: ID) { nodes { name } pageInfo { hasNextPage endCursor } } }'
const HOUR = 3_600_000
const noon = Date.parse('2026-11-20T12:00:00Z')

/** #1 to #5, an hour apart. */
async function fiveOrders() {
  let now = noon
  const shop = await openShop({ seed: false, now: () => now })
  for (let n = 1; n <= 5; n++) {
    now = noon + n * HOUR
    await shop.control.createVariant({ sku: `SKU-${n}` })
    await shop.control.createOrder({
      name: `#${n}`,
      financial: n === 2 ? 'PENDING' : 'PAID',
      test: n === 3,
      email: `person.${n}@example.com`,
      lines: [{ sku: `SKU-${n}`, quantity: 1, unit: 100 }],
    })
  }
  await shop.control.cancel({ order: '#4' })
  now += HOUR
  await shop.control.editOrder({ order: '#1', note: 'touched' })
  const names = async (query: string): Promise<readonly string[]> =>
    (await shop.data(QUERY, { query })).orders.nodes.map(({ name }: Json) => name)
  return { shop, names }
}

test.each([
  ["updated_at:>='2026-11-20T17:00:00Z'", ['#1', '#4', '#5']],
  ["updated_at:>'2026-11-20T17:00:00Z'", ['#1']],
  ["updated_at:<'2026-11-20T15:00:00Z'", ['#2']],
  ["updated_at:>='2026-11-20T14:00:00Z' updated_at:<'2026-11-20T16:00:00Z'", ['#2', '#3']],
  ["created_at:>='2026-11-20T16:00:00Z'", ['#4', '#5']],
  ['created_at:>="2026-11-20T16:00:00Z" AND name:#5', ['#5']],
  ['name:3', ['#3']],
  ['sku:SKU-2', ['#2']],
  ['email:person.5@example.com', ['#5']],
  ['financial_status:pending', ['#2']],
  ['status:any', ['#1', '#2', '#3', '#4', '#5']],
  ['status:open', ['#1', '#2', '#3', '#5']],
  ['status:cancelled', ['#4']],
  ['-status:cancelled test:false', ['#1', '#2', '#5']],
  ['test:true', ['#3']],
  ['touched', ['#1']],
  ['sku:none', []],
])('%s', async (query, expected) => {
  const { shop, names } = await fiveOrders()
  expect(await names(query)).toEqual(expected)
  expect((await shop.ask(QUERY, { query })).body.extensions.search).toBeUndefined()
})

test('ids compare as numbers', async () => {
  const { shop, names } = await fiveOrders()
  const { nodes } = (await shop.data('{ orders(first: 5, sortKey: ID) { nodes { legacyResourceId } } }'))
    .orders
  expect(await names(`id:>${nodes[2].legacyResourceId}`)).toEqual(['#4', '#5'])
  expect(await names(`id:>=${nodes[1].legacyResourceId} id:<${nodes[3].legacyResourceId}`)).toEqual([
    '#2',
    '#3',
  ])
})

test('without a condition cancelled and closed orders come too', async () => {
  const { shop } = await fiveOrders()
  expect((await shop.data('{ ordersCount { count precision } }')).ordersCount).toEqual({
    count: 5,
    precision: 'EXACT',
  })
})

test('a time without quotes loses everything, and only a warning tells', async () => {
  const { shop } = await fiveOrders()
  const { body } = await shop.ask(QUERY, { query: 'updated_at:>=2026-01-01T00:00:00Z' })
  expect(body.errors).toBeUndefined()
  expect(body.data.orders).toEqual({ pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] })
  expect(body.extensions.search).toEqual([
    {
      path: ['orders'],
      query: 'updated_at:>=2026-01-01T00:00:00Z',
      parsed: {
        and: [
          // The hour in the shop's own time zone, not in UTC.
          { field: 'updated_at', range_gte: '2026-01-01T00:00:00-08:00' },
          { field: '00', match_all: '00Z' },
        ],
      },
      warnings: [{ field: '00', message: 'Invalid search field for this query.', code: 'invalid_field' }],
    },
  ])
})

test('variants have no order by change, but a filter by it; their count ignores the filter', async () => {
  const { shop } = await fiveOrders()
  await shop.control.updateVariant({ sku: 'SKU-2', price: 9_900 })
  const { productVariants, productVariantsCount } = await shop.data(
    'query V($query: String!) { productVariants(first: 9, query: $query) { nodes { sku price } } productVariantsCount(query: $query) { count } }',
    { query: "updated_at:>='2026-11-20T18:00:00Z'" },
  )
  expect(productVariants.nodes).toEqual([{ sku: 'SKU-2', price: '99.00' }])
  expect(productVariantsCount.count).toBe(5)
})
