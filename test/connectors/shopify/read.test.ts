import { afterEach, expect, test } from 'vitest'
import { shopify } from '../../../engine/connectors/shopify/index.ts'
import type { Connection, Cursor, SourceRecord } from '../../../engine/core/model/connector.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'
import { createHost } from '../../../engine/transfer/host/host.ts'
import { type ShopifyOptions, type ShopifyStandIn, startShopify } from '../../stand-ins/shopify/server.ts'

let shop: ShopifyStandIn
let host: ReturnType<typeof createHost>
const signal = new AbortController().signal

afterEach(async () => {
  await host.close()
  await shop.close()
})

const SMALL: Selection = {
  name: { type: 'text' },
  lineItems: {
    type: 'object',
    list: 'connection',
    fields: {
      sku: { type: 'text' },
      currentQuantity: { type: 'integer' },
      currentDiscount: { type: 'decimal', computed: true },
    },
  },
}

async function open(
  options: ShopifyOptions = {},
  auth?: object,
  apiVersion = '2026-07',
): Promise<Connection> {
  shop = await startShopify({ seed: { customers: 20, products: 20, orders: 900 }, ...options })
  const values: Record<string, string> = {
    token: shop.accessToken,
    id: shop.clientId,
    key: shop.clientSecret,
    wrong: 'shpat_wrong',
  }
  host = createHost({
    connection: 'shopify',
    limits: null,
    secrets: { value: async (name) => values[name]!, hosts: () => [new URL(shop.url).host] },
    now: Date.now,
    log() {},
  })
  return shopify.open(
    {
      name: 'shopify',
      connector: 'shopify',
      settings: { shop: 'acme', url: shop.url, apiVersion },
      auth: (auth ?? { accessToken: { secret: 'token' } }) as never,
    },
    host,
  )
}

async function readAll(
  connection: Connection,
  resource: string,
  options: {
    selection?: Selection
    cursor?: Cursor | null
    limit?: number
    between?: () => Promise<unknown>
  } = {},
): Promise<{ records: SourceRecord[]; cursor: Cursor }> {
  const records: SourceRecord[] = []
  let cursor = options.cursor ?? null
  for (;;) {
    const page = await connection.readPage({
      resource,
      selection: options.selection ?? { name: { type: 'text' } },
      cursor,
      since: null,
      limit: options.limit ?? 250,
      lookbackMs: 120_000,
      signal,
    })
    records.push(...page.records)
    cursor = page.next
    if (page.caughtUp) return { records, cursor: page.next }
    await options.between?.()
  }
}

test('every order once, and an order of 120 lines whole', async () => {
  const connection = await open()
  const { records } = await readAll(connection, 'orders', { selection: SMALL })
  expect(new Set(records.map((record) => record.key)).size).toBe(900)
  expect(records).toHaveLength(900)
  const counts = records.map((record) => (record.data['lineItems'] as unknown[]).length)
  expect(Math.max(...counts)).toBe(120)
  const all = await shop.control.orders()
  for (const record of records)
    expect(record.data['lineItems']).toHaveLength(
      all.find((order) => order.id === record.key)!.lineItems.length,
    )
})

test('pages grow to what a query may cost', async () => {
  const connection = await open()
  await readAll(connection, 'orders', { selection: SMALL })
  expect(host.usage.calls).toBeLessThan(15)
})

test('an order that changes while the list is read is seen again, and none is lost', async () => {
  const connection = await open()
  let edits = 0
  const { records } = await readAll(connection, 'orders', {
    limit: 50,
    between: async () => {
      if (edits++ < 5) await shop.control.editOrder({ order: `#${1001 + edits}`, note: `edit ${edits}` })
    },
  })
  expect(new Set(records.map((record) => record.key)).size).toBe(900)
})

test('the next run begins a little before the last change, and sees what changed since', async () => {
  const connection = await open()
  const first = await readAll(connection, 'orders')
  await shop.control.editOrder({ order: '#1500', note: 'later' })
  const second = await readAll(connection, 'orders', { cursor: first.cursor })
  expect(second.records.map((record) => record.data['name'])).toContain('#1500')
  expect(second.records.length).toBeLessThan(20)
})

test('variants are read in closed windows: what changes in between comes with the next run', async () => {
  const connection = await open()
  const selection: Selection = { sku: { type: 'text' } }
  const first = await readAll(connection, 'variants', { selection, limit: 20 })
  expect(new Set(first.records.map((record) => record.key)).size).toBe((await shop.control.counts()).variants)
  await shop.control.updateVariant({ sku: 'SKU-3-1', price: 999 })
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const second = await readAll(connection, 'variants', { selection, cursor: first.cursor })
  expect(second.records.map((record) => record.data['sku'])).toContain('SKU-3-1')
})

test.each([['throttled', { throttled: 2 }]] as const)('%s: waits and goes on', async (_name, faults) => {
  const connection = await open({ bucket: { capacity: 1_000, perSecond: 5_000 } })
  await shop.control.faults(faults)
  expect((await readAll(connection, 'orders', { selection: SMALL })).records).toHaveLength(900)
  expect((await shop.control.stats()).throttled).toBeGreaterThan(0)
})

test.each([
  ['a 503', { serverErrors: 1 }, 'unavailable'],
  ['an internal error at 200', { internalErrors: 1 }, 'unavailable'],
  ['HTML', { htmlPages: 1 }, 'unavailable'],
  ['a cut connection', { cut: 1 }, 'unavailable'],
  ['half an answer', { halfBodies: 1 }, 'unavailable'],
] as const)('%s is said to be %s, and no record is given', async (_name, faults, kind) => {
  const connection = await open()
  await shop.control.faults(faults)
  await expect(readAll(connection, 'orders')).rejects.toMatchObject({ kind })
})

test('client credentials are renewed when the token ends early', async () => {
  const connection = await open(
    {},
    { clientCredentials: { id: { secret: 'id' }, secret: { secret: 'key' } } },
  )
  await shop.control.faults({ expiredTokens: 1 })
  const { records } = await readAll(connection, 'customers', { selection: { displayName: { type: 'text' } } })
  expect(records).toHaveLength(20)
  expect((await shop.control.stats()).tokens).toBe(2)
})

test('a refused token stops with a sentence that has no secret in it', async () => {
  const connection = await open({}, { accessToken: { secret: 'wrong' } })
  const error = (await readAll(connection, 'orders').catch((caught: unknown) => caught)) as {
    kind: string
    message: string
  }
  expect(error.kind).toBe('auth-expired')
  expect(error.message).not.toContain('shpat_')
})

test('a version that is no longer served is drift, not a silent change', async () => {
  const connection = await open({ apiVersions: ['2026-10'] })
  await expect(readAll(connection, 'orders')).rejects.toMatchObject({
    kind: 'schema-drift',
    message: expect.stringContaining('2026-10'),
  })
})

test('a read that begins more than 60 days back is refused without read_all_orders', async () => {
  const connection = await open({ scopes: ['read_orders', 'read_customers'] })
  const needs = { direction: 'source', resource: 'orders', scopes: ['read_orders'] } as const
  expect((await connection.preflight({ ...needs, since: null }, signal)).map(({ code }) => code)).toEqual([
    'sixty-day-window',
  ])
  expect(
    await connection.preflight(
      { ...needs, since: new Date(Date.now() - 5 * 86_400_000).toISOString() },
      signal,
    ),
  ).toEqual([])
})

test('a missing scope is named', async () => {
  const connection = await open({ scopes: ['read_orders', 'read_all_orders'] })
  const problems = await connection.preflight(
    { direction: 'source', resource: 'orders', scopes: ['read_orders', 'read_customers'], since: null },
    signal,
  )
  expect(problems).toMatchObject([
    { code: 'missing-scope', message: expect.stringContaining('read_customers') },
  ])
})

test('the discount on what is still ordered follows the quantity', async () => {
  const connection = await open({ seed: false })
  await shop.control.createOrder({
    name: '#1',
    lines: [{ sku: null, quantity: 3, unit: 1_000, discount: 100 }],
  })
  await shop.control.editOrder({ order: '#1', setQuantity: { line: 0, quantity: 2 } })
  const { records } = await readAll(connection, 'orders', { selection: SMALL })
  expect(records[0]!.data['lineItems']).toEqual([{ sku: null, currentQuantity: 2, currentDiscount: '0.67' }])
})
