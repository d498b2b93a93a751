import { expect, test } from 'vitest'
import type { Connection } from '../../../engine/core/model/connector.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'
import { openTinyShop, type Thing } from './tiny-shop.ts'

const signal = new AbortController().signal
const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n))

function order(parts: Thing = {}): Thing {
  return {
    __typename: 'Order',
    id: 'gid://shopify/Order/1',
    updatedAt: '2026-11-19T00:00:00Z',
    lineItems: [],
    refunds: [],
    ...parts,
  }
}
const line = (n: number): Thing => ({
  __typename: 'LineItem',
  id: `gid://shopify/LineItem/${n}`,
  sku: `S${n}`,
  taxLines: [],
})
const refund = (n: number, lines: number): Thing => ({
  __typename: 'Refund',
  id: `gid://shopify/Refund/${n}`,
  refundLineItems: times(lines, (m) => ({ quantity: m })),
})

const LINES: Selection = {
  lineItems: { type: 'object', list: 'connection', fields: { sku: { type: 'text' } } },
}
const REFUNDS: Selection = {
  refunds: {
    type: 'object',
    list: 'first',
    fields: {
      refundLineItems: { type: 'object', list: 'connection', fields: { quantity: { type: 'integer' } } },
    },
  },
}

async function readOne(connection: Connection, selection: Selection) {
  const { records } = await connection.readPage({
    resource: 'orders',
    selection,
    cursor: null,
    since: null,
    limit: 250,
    lookbackMs: 0,
    signal,
  })
  return records[0]!.data
}

test.each([0, 1, 29, 30, 31, 130, 131, 400])(
  'an order of %i lines comes whole and in order',
  async (count) => {
    const { connection } = await openTinyShop({
      things: { orders: [order({ lineItems: times(count, line) })] },
    })
    expect(await readOne(connection, LINES)).toEqual({ lineItems: times(count, (n) => ({ sku: `S${n}` })) })
  },
)

test('a list in the elements of a list is read to its end, each by the id of its own holder', async () => {
  const { connection, asked } = await openTinyShop({
    things: { orders: [order({ refunds: [refund(1, 70), refund(2, 3), refund(3, 31)] })] },
  })
  expect(await readOne(connection, REFUNDS)).toEqual({
    refunds: [70, 3, 31].map((lines) => ({ refundLineItems: times(lines, (quantity) => ({ quantity })) })),
  })
  expect(asked.slice(1).map(({ variables }) => variables['id'])).toEqual([
    'gid://shopify/Refund/1',
    'gid://shopify/Refund/3',
  ])
})

test('records by key have whole lists, too', async () => {
  const { connection } = await openTinyShop({ things: { orders: [order({ lineItems: times(70, line) })] } })
  const [record] = await connection.readKeys({
    resource: 'orders',
    selection: LINES,
    keys: ['gid://shopify/Order/1'],
    signal,
  })
  expect(record?.data['lineItems']).toHaveLength(70)
})

test.each([
  [49, 1],
  [50, 2],
  [180, 2],
])('a list without pages of %i elements comes whole, in %i queries', async (count, queries) => {
  const { connection, asked } = await openTinyShop({
    things: { orders: [order({ refunds: times(count, (n) => refund(n, 1)) })] },
  })
  expect((await readOne(connection, REFUNDS))['refunds']).toHaveLength(count)
  expect(asked).toHaveLength(queries)
})

test('a list without pages that is longer than can be asked for is said, not cut', async () => {
  const { connection } = await openTinyShop({
    things: { orders: [order({ refunds: times(300, (n) => refund(n, 1)) })] },
  })
  await expect(readOne(connection, REFUNDS)).rejects.toMatchObject({
    kind: 'bug',
    message: expect.stringContaining('gid://shopify/Order/1'),
  })
})

test('a record that is deleted while its lists are read is not handed over in part', async () => {
  const { connection } = await openTinyShop({
    things: { orders: [order({ lineItems: times(70, line) })] },
    instead: ({ text }) => (text.includes('node(id:') ? { body: '{"data":{"node":null}}' } : null),
  })
  await expect(readOne(connection, LINES)).rejects.toMatchObject({ kind: 'unavailable' })
})

test('nested lists are asked for in smaller pieces when one record alone is too costly', async () => {
  const { connection, asked } = await openTinyShop({
    things: { orders: [order({ lineItems: times(40, line) })] },
    // 60 points a line asked for; the pages of the rest are cheap.
    cost: ({ text, variables }) =>
      text.includes('query Page')
        ? Number(variables['first']) * 60 * Number(/lineItems\(first: (\d+)\)/.exec(text)![1])
        : 20,
  })
  expect((await readOne(connection, LINES))['lineItems']).toHaveLength(40)
  const pieces = asked.flatMap(({ text }) => /lineItems\(first: (\d+)\)/.exec(text)?.[1] ?? [])
  expect(pieces.at(-1)).toBe('15')
})

test('a record that is too costly in the smallest pieces is an error of the mapping', async () => {
  const { connection } = await openTinyShop({ things: { orders: [order()] }, cost: () => 1_500 })
  await expect(readOne(connection, LINES)).rejects.toMatchObject({
    kind: 'invalid-plan',
    message: expect.stringContaining('1500'),
  })
})
