import { expect, test } from 'vitest'
import type { Connection, Cursor } from '../../../engine/core/model/connector.ts'
import { type Asked, openTinyShop, type Thing, type TinyOptions } from './tiny-shop.ts'

const signal = new AbortController().signal

const orders: readonly Thing[] = Array.from({ length: 700 }, (_, n) => ({
  __typename: 'Order',
  id: `gid://shopify/Order/${n + 1}`,
  name: `#${n + 1}`,
  updatedAt: new Date(Date.parse('2026-11-01T00:00:00Z') + n * 1_000).toISOString().replace('.000', ''),
}))
const perRecord = (points: number) => ({
  things: { orders },
  cost: ({ variables }: Asked) => Number(variables['first'] ?? 1) * points,
})
const sizes = (asked: readonly Asked[]) => asked.map(({ variables }) => variables['first'])

async function readAll(connection: Connection, from: Cursor | null = null, limit = 250) {
  const names: unknown[] = []
  for (let cursor = from; ; ) {
    const page = await connection.readPage({
      resource: 'orders',
      selection: { name: { type: 'text' } },
      cursor,
      since: null,
      limit,
      lookbackMs: 0,
      signal,
    })
    names.push(...page.records.map((record) => record.data['name']))
    cursor = page.next
    if (page.caughtUp) return { names, cursor }
  }
}
const every = orders.map((order) => order['name'])

test.each([
  ['cheap ones grow to the most that may be asked for', 0.5, [40, 250, 250, 250]],
  ['dearer ones to what a query may cost', 9, [40, 100, 100, 100, 100, 100, 100, 100]],
  ['too dear ones are halved first', 30, [40, 20, ...Array.from({ length: 23 }, () => 30)]],
])('pages: %s', async (_name, points, expected) => {
  const { connection, asked } = await openTinyShop(perRecord(points))
  expect((await readAll(connection)).names).toEqual(every)
  expect(sizes(asked)).toEqual(expected)
})

test('a page is never larger than was asked for', async () => {
  const { connection, asked } = await openTinyShop(perRecord(1))
  await readAll(connection, null, 60)
  expect(Math.max(...sizes(asked).map(Number))).toBe(60)
})

test('what was learned goes with the cursor to another process', async () => {
  const shop = await openTinyShop(perRecord(9))
  const first = await shop.connection.readPage({
    resource: 'orders',
    selection: { name: { type: 'text' } },
    cursor: null,
    since: null,
    limit: 250,
    lookbackMs: 0,
    signal,
  })
  await readAll(await shop.again(), JSON.parse(JSON.stringify(first.next)) as Cursor)
  expect(sizes(shop.asked).slice(0, 2)).toEqual([40, 100])
})

test('requests are announced with what they will cost', async () => {
  const { connection, requests } = await openTinyShop(perRecord(9))
  await readAll(connection)
  expect(requests.slice(1).map(({ cost }) => cost)).toEqual([900, 900, 900, 900, 900, 900, 900])
})

test('records by key come in pieces that fit', async () => {
  const options: TinyOptions = {
    things: { orders },
    cost: ({ variables }) => (variables['ids'] as unknown[]).length * 60,
  }
  const { connection, asked } = await openTinyShop(options)
  const keys = orders.slice(0, 50).map((order) => String(order['id']))
  const records = await connection.readKeys({
    resource: 'orders',
    selection: { name: { type: 'text' } },
    keys: [...keys, keys[0]!, 'gid://shopify/Customer/1', 'gid://shopify/Order/x', '#1001'],
    signal,
  })
  expect(records.map((record) => record.key)).toEqual(keys)
  expect(asked.map(({ variables }) => (variables['ids'] as unknown[]).length)).toEqual([20, 10, 15, 15, 10])
})

test('a place in a list that is not known any more leads to a new list from the last record on', async () => {
  const { connection, asked } = await openTinyShop({
    ...perRecord(9),
    instead: ({ variables }, count) =>
      variables['after'] !== null && count === 3
        ? {
            body: JSON.stringify({
              errors: [{ message: 'Invalid cursor', extensions: { code: 'BAD_REQUEST' } }],
            }),
          }
        : null,
  })
  expect(new Set((await readAll(connection)).names)).toEqual(new Set(every))
  // The third was refused; the fourth begins again at the stamp of the 140th order.
  expect(asked[3]!.variables).toMatchObject({ after: null, query: `updated_at:>='2026-11-01T00:02:19Z'` })
})
