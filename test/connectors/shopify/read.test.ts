import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { selectionOf } from '../../../engine/core/compile/selection.ts'
import type { RecordedSchema } from '../../../engine/core/model/recorded.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'
import { credentialOf, keepCredential } from '../../../engine/store/credentials.ts'
import { ROOT } from '../../core/compile/repository.ts'
import { type OpenOptions, type OpenShop, openShop, readAll } from './open-shop.ts'

let opened: OpenShop
const open = async (options?: OpenOptions) => {
  opened = await openShop(options)
  return opened
}
afterEach(() => opened.close())

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
const SKU: Selection = { sku: { type: 'text' } }
const keysOf = (records: readonly { readonly key: string }[]) => records.map((record) => record.key)

/** What an author would read of an order, as the compiler makes it of recorded fields. */
function recorded(resource: string, paths: readonly string[]): Selection {
  const file = join(ROOT, 'schemas/recorded/shopify/2026-07', `${resource}.schema.json`)
  return selectionOf(JSON.parse(readFileSync(file, 'utf8')) as RecordedSchema, paths)
}

test('2,000 orders, every one once, those of 120 lines whole', async () => {
  const { shop, host, connection } = await open({ seed: { customers: 50, products: 40, orders: 2_000 } })
  const { records } = await readAll(connection, 'orders', { selection: SMALL })
  const orders = new Map((await shop.control.orders()).map((order) => [order.id, order.lineItems.length]))
  expect(orders.size).toBe(2_000)
  expect(keysOf(records).sort()).toEqual([...orders.keys()].sort())
  const lines = records.map(({ key, data }) => [key, (data['lineItems'] as unknown[]).length])
  expect(new Map(lines as [string, number][])).toEqual(orders)
  expect(Math.max(...orders.values())).toBe(120)
  // Pages grew to the most that may be asked for: eight of them, a small first one, and the long orders' rest.
  expect(host.usage.calls).toBeLessThan(20)
})

test('stamps ascend over pages', async () => {
  const { connection } = await open()
  const { records } = await readAll(connection, 'orders', { limit: 50 })
  const stamps = records.map((record) => record.stamp)
  expect(stamps).toEqual([...stamps].sort())
})

test('all that is recorded of an order can be read at once', async () => {
  const { connection } = await open({ seed: { customers: 10, products: 10, orders: 60 } })
  const paths = ['name', 'taxesIncluded', 'currentTotalPriceSet.presentmentMoney.amount', 'customer.id']
  const selection = recorded('orders', [
    ...paths,
    'lineItems.taxLines.rate',
    'lineItems.currentDiscount',
    'shippingLines.currentDiscountedPriceSet.presentmentMoney.amount',
    'shippingAddress.countryCodeV2',
    'refunds.refundLineItems.quantity',
  ])
  const { records } = await readAll(connection, 'orders', { selection })
  expect(records).toHaveLength(60)
  const rates = records.flatMap(({ data }) =>
    (data['lineItems'] as { taxLines: { rate: string }[] }[]).flatMap((line) =>
      line.taxLines.map((tax) => tax.rate),
    ),
  )
  expect(new Set(rates.map((rate) => typeof rate))).toEqual(new Set(['string']))
  expect(rates).toContain('0.0825')
})

test('orders that change while the list is read are seen again, changed, and none is lost', async () => {
  const { shop, connection } = await open()
  const edited: string[] = []
  const { records } = await readAll(connection, 'orders', {
    selection: { name: { type: 'text' }, note: { type: 'text' } },
    limit: 40,
    between: async () => {
      const order = `#${1002 + edited.length}`
      await shop.control.editOrder({ order, note: `edit of ${order}` })
      edited.push(order)
    },
  })
  expect(new Set(keysOf(records)).size).toBe(300)
  const last = new Map(records.map(({ data }) => [data['name'], data['note']]))
  for (const order of edited) expect(last.get(order)).toBe(`edit of ${order}`)
  expect(edited.length).toBeGreaterThan(6)
})

test('the next run begins a little before the last change, and sees what changed since', async () => {
  const { shop, connection } = await open()
  const first = await readAll(connection, 'orders')
  await shop.control.editOrder({ order: '#1200', note: 'later' })
  const second = await readAll(connection, 'orders', { cursor: first.cursor })
  expect(second.records.map((record) => record.data['name'])).toContain('#1200')
  expect(second.records.length).toBeLessThan(20)
})

test('more records of one second than a page holds are all read', async () => {
  const { shop, connection } = await open({ seed: false, now: () => Date.parse('2026-11-20T08:00:00.400Z') })
  for (let n = 0; n < 60; n++) await shop.control.createOrder({ name: `#${n}`, lines: [] })
  const { records, cursor } = await readAll(connection, 'orders', { limit: 7 })
  expect(new Set(keysOf(records)).size).toBe(60)
  expect(cursor['watermark']).toBe('2026-11-20T08:00:00Z')
})

test('a variant that changes after its page was read comes with the next run, however long the read took', async () => {
  let now = Date.now()
  const { shop, connection } = await open({ seed: false, now: () => now })
  for (let n = 0; n < 30; n++) await shop.control.createVariant({ sku: `V${n}`, price: 100 })
  const selection: Selection = { ...SKU, price: { type: 'decimal' } }
  let pages = 0
  const first = await readAll(connection, 'variants', {
    selection,
    limit: 10,
    between: async () => {
      // An hour a page; the first variant changes behind the reader's back, the last ahead of it.
      now += 3_600_000
      if (++pages === 1) await shop.control.updateVariant({ sku: 'V0', price: 999 })
      if (pages === 2) await shop.control.updateVariant({ sku: 'V29', price: 999 })
    },
  })
  expect(new Set(first.records.map(({ data }) => data['sku'])).size).toBe(30)
  expect(first.records.find(({ data }) => data['sku'] === 'V0')?.data['price']).toBe('1.00')
  const second = await readAll(connection, 'variants', { selection, cursor: first.cursor })
  expect(second.records.find(({ data }) => data['sku'] === 'V0')?.data['price']).toBe('9.99')
})

test('every time in every filter that was sent stands in quotes', async () => {
  const { host, connection } = await open()
  for (const resource of ['orders', 'customers', 'variants']) {
    const selection: Selection = { updatedAt: { type: 'datetime' } }
    const { cursor } = await readAll(connection, resource, {
      selection,
      since: '2026-01-01T00:00:00Z',
      limit: 50,
    })
    await readAll(connection, resource, { selection, cursor })
  }
  const filters = host.sent.map(
    ({ body }) => (JSON.parse(body!) as { variables: { query?: string } }).variables.query,
  )
  expect(filters.length).toBeGreaterThan(8)
  for (const filter of filters) expect(filter).toMatch(/^updated_at:>='\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ'$/)
})

test('a throttled read waits for the bucket and goes on', async () => {
  const { shop, host, connection } = await open({ bucket: { capacity: 1_000, perSecond: 5_000 } })
  await shop.control.faults({ faults: [{ kind: 'throttled', times: 2 }] })
  expect((await readAll(connection, 'orders', { selection: SMALL })).records).toHaveLength(300)
  expect((await shop.control.stats()).throttled).toBe(2)
  expect(host.rates).toContainEqual(
    expect.objectContaining({ kind: 'bucket', capacity: 1_000, perSecond: 5_000 }),
  )
})

test('a read that knows its bucket is not throttled by itself', async () => {
  const { shop, connection } = await open({ bucket: { capacity: 1_000, perSecond: 5_000 } })
  await readAll(connection, 'orders', { selection: SMALL })
  await readAll(connection, 'orders', { selection: SMALL })
  expect((await shop.control.stats()).throttled).toBe(0)
})

test.each([
  ['a 503', { kind: 'status' }, 'unavailable'],
  ['an internal error at 200', { kind: 'internal-error' }, 'unavailable'],
  ['HTML', { kind: 'html' }, 'unavailable'],
  ['a cut connection', { kind: 'cut-read' }, 'unavailable'],
  ['half an answer', { kind: 'half' }, 'unavailable'],
] as const)('%s is said to be %s, and the page can be read again', async (_name, fault, kind) => {
  const { shop, connection } = await open()
  await shop.control.faults({ faults: [fault] })
  await expect(readAll(connection, 'orders')).rejects.toMatchObject({ kind })
  expect((await readAll(connection, 'orders')).records).toHaveLength(300)
})

test('client credentials are renewed when the token ends early, in the middle of a read', async () => {
  const { shop, connection } = await open({
    auth: { clientCredentials: { id: { secret: 'id' }, secret: { secret: 'key' } } },
  })
  let pages = 0
  const { records } = await readAll(connection, 'orders', {
    limit: 100,
    between: async () => {
      if (++pages === 1) await shop.control.faults({ faults: [{ kind: 'expired-token' }] })
    },
  })
  expect(records).toHaveLength(300)
  expect((await shop.control.stats()).tokens).toBe(2)
})

test('a token that is refused again after its renewal stops the read', async () => {
  const { shop, connection } = await open({
    auth: { clientCredentials: { id: { secret: 'id' }, secret: { secret: 'key' } } },
  })
  await shop.control.faults({ faults: [{ kind: 'expired-token', times: 2 }] })
  await expect(readAll(connection, 'orders')).rejects.toMatchObject({ kind: 'auth-expired' })
  expect((await shop.control.stats()).tokens).toBe(2)
})

test('a version that is no longer served is drift, not a silent change', async () => {
  const { connection } = await open({ apiVersions: ['2026-10'] })
  await expect(readAll(connection, 'orders')).rejects.toMatchObject({
    kind: 'schema-drift',
    message: expect.stringContaining('2026-10'),
  })
})

test('the discount on what is still ordered follows the quantity', async () => {
  const { shop, connection } = await open({ seed: false })
  await shop.control.createOrder({
    name: '#1',
    lines: [{ sku: null, quantity: 3, unit: 1_000, discount: 100 }],
  })
  await shop.control.editOrder({ order: '#1', setQuantity: { line: 0, quantity: 2 } })
  const { records } = await readAll(connection, 'orders', { selection: SMALL })
  expect(records[0]!.data['lineItems']).toEqual([{ sku: null, currentQuantity: 2, currentDiscount: '0.67' }])
})

test('an installed app reads on when its token has ended, and its refresh token changes', async () => {
  const { shop, connection, store } = await open({
    auth: { oauth: { clientId: { secret: 'id' }, clientSecret: { secret: 'key' }, scopes: ['read_orders'] } },
  })
  const place = { project: 'acme', connection: 'shopify' }
  await expect(readAll(connection, 'orders')).rejects.toMatchObject({
    kind: 'auth-expired',
    message: expect.stringContaining('tidelock connect shopify'),
  })
  const { accessToken, refreshToken } = await shop.control.install()
  const of = JSON.stringify(['authorization-code', `${shop.url}/admin/oauth/access_token`, shop.clientId])
  await store.transaction((trx) =>
    keepCredential(trx, place, null, {
      secret: { of, accessToken, refreshToken },
      graceMs: 0,
      expiresAt: Date.now() + 3_600_000,
      refreshExpiresAt: null,
    }),
  )
  await shop.control.advanceClock({ ms: 3_600_000 })
  expect((await readAll(connection, 'orders')).records.length).toBeGreaterThan(0)
  const kept = await credentialOf(store, place)
  expect(kept).toMatchObject({ generation: 2, previous: { refreshToken } })
  await shop.control.uninstall()
  await expect(readAll(connection, 'orders')).rejects.toMatchObject({
    kind: 'auth-expired',
    fields: { connection: 'shopify', refused: 'grant' },
  })
})
