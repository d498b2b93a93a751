import { expect, test } from 'vitest'
import { type Json, openShop, type Shop } from './asking.ts'
import type { ShopifyFault } from './faults.ts'

const SHOP = '{ shop { name } }'
const NAMES =
  'query Page($after: String) { orders(first: 2, after: $after, sortKey: UPDATED_AT) { pageInfo { endCursor } nodes { id name } } }'
const NOON = Date.parse('2026-11-20T12:00:00Z')

/** What a client sees of a request: the status and beginning of an answer, or the code of what broke it. */
async function seen(shop: Shop, signal?: AbortSignal): Promise<string> {
  try {
    const response = await fetch(`${shop.url}/admin/api/2026-07/graphql.json`, {
      method: 'POST',
      headers: { 'x-shopify-access-token': shop.accessToken },
      body: JSON.stringify({ query: SHOP }),
      ...(signal === undefined ? {} : { signal }),
    })
    const text = await response.text()
    const headers = ['content-type', 'retry-after'].map((name) => response.headers.get(name))
    return [response.status, ...headers.filter((value) => value !== null), text.slice(0, 60)].join(' ')
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return cause?.code ?? name
  }
}

test.each<[fault: ShopifyFault, seen: RegExp]>([
  [{ kind: 'latency', ms: 1 }, /^200 application\/json; charset=utf-8 {"data":{"shop"/],
  [{ kind: 'cut-before' }, /^ECONNRESET$/],
  [{ kind: 'cut-read' }, /^UND_ERR_SOCKET$/],
  [{ kind: 'cut-after' }, /^UND_ERR_SOCKET$/],
  [{ kind: 'stall', ms: 1 }, /^UND_ERR_SOCKET$/],
  [{ kind: 'half' }, /^UND_ERR_SOCKET$/],
  [{ kind: 'garbled' }, /^200 application\/json; charset=utf-8 {"data":{"shop"/],
  [{ kind: 'garbled', body: 'other' }, /^200 application\/json; charset=utf-8 {"status":"ok"}$/],
  [{ kind: 'garbled', body: 'type' }, /^200 text\/plain; charset=utf-8 {"data":{"shop"/],
  [{ kind: 'html' }, /^200 text\/html <html>/],
  [{ kind: 'status' }, /^503 application\/json; charset=utf-8 {"errors":"Service Unavailable"}$/],
  [{ kind: 'status', status: 502 }, /^502 application\/json; charset=utf-8 {"errors":"Bad Gateway"}$/],
  [
    { kind: 'status', status: 429, retryAfter: '4.0' },
    /^429 application\/json; charset=utf-8 4\.0 {"errors":"Exceeded 4 calls per second/,
  ],
  [{ kind: 'expired-token' }, /^401 application\/json; charset=utf-8 {"errors":"\[API\] Invalid API key/],
  [
    { kind: 'internal-error' },
    /^200 application\/json; charset=utf-8 {"errors":\[{"message":"Internal error\./,
  ],
  [{ kind: 'throttled' }, /^200 application\/json; charset=utf-8 {"errors":\[{"message":"Throttled"/],
  [
    { kind: 'max-cost' },
    /^200 application\/json; charset=utf-8 {"errors":\[{"message":"Query cost is 1001, which exceeds/,
  ],
])('%j', async (fault, expected) => {
  const shop = await openShop({ seed: false, bucket: { capacity: 100, perSecond: 1_000 } })
  await shop.control.faults({ faults: [fault] })
  expect(await seen(shop)).toMatch(expected)
  expect((await shop.control.stats()).faultsHit).toEqual({ [fault.kind]: 1 })
  expect(await shop.control.faults()).toEqual([])
  await expect.poll(() => seen(shop)).toMatch(/^200 application\/json; charset=utf-8 {"data":{"shop"/)
})

test('a text that ends too early has its full length and is no JSON', async () => {
  const shop = await openShop({ seed: false })
  await shop.control.faults({ faults: [{ kind: 'garbled' }] })
  await expect(shop.ask(SHOP)).rejects.toThrow(SyntaxError)
})

test('an app without its scopes is denied what it asks for, once', async () => {
  const shop = await openShop({ seed: false })
  await shop.control.faults({ faults: [{ kind: 'no-scopes' }] })
  const [denied, given] = [await shop.ask(NAMES), await shop.ask(NAMES)]
  expect([denied.body.data, denied.body.errors[0].extensions.code]).toEqual([
    { orders: null },
    'ACCESS_DENIED',
  ])
  expect(given.body.errors).toBeUndefined()
})

test('only a header tells that another version answered', async () => {
  const shop = await openShop({ seed: false })
  await shop.control.faults({ faults: [{ kind: 'fall-forward' }] })
  const versions = []
  for (let n = 0; n < 2; n++) {
    const response = await fetch(`${shop.url}/admin/api/2026-07/graphql.json`, {
      method: 'POST',
      headers: { 'x-shopify-access-token': shop.accessToken },
      body: JSON.stringify({ query: SHOP }),
    })
    expect(await response.json()).toHaveProperty('data.shop')
    versions.push(response.headers.get('x-shopify-api-version'))
  }
  expect(versions).toEqual(['2026-04', '2026-07'])
})

test('a stalled request ends when its client gives up', async () => {
  const shop = await openShop({ seed: false })
  await shop.control.faults({ faults: [{ kind: 'stall' }] })
  const patience = new AbortController()
  const stalled = seen(shop, patience.signal)
  await expect.poll(async () => (await shop.control.stats()).faultsHit['stall']).toBe(1)
  patience.abort()
  expect(await stalled).toBe('AbortError')
})

test('only what is meant is hit: an operation, a list, the token endpoint', async () => {
  const shop = await openShop({ seed: false })
  await shop.control.faults({
    faults: [
      { kind: 'internal-error', operation: 'Page', field: 'orders', after: 1 },
      { kind: 'status', operation: 'token' },
    ],
  })
  const hits = []
  for (const query of [NAMES, '{ orders(first: 1) { nodes { id } } }', SHOP, NAMES, NAMES])
    hits.push((await shop.ask(query)).body.errors !== undefined)
  expect(hits).toEqual([false, false, false, true, false])
  const token = () => fetch(`${shop.url}/admin/oauth/access_token`, { method: 'POST', body: '' })
  expect([(await token()).status, (await token()).status]).toEqual([503, 400])
})

/** Three orders, a minute apart. */
async function threeOrders(): Promise<Shop> {
  const shop = await openShop({ seed: false, now: () => NOON })
  await shop.control.createVariant({ sku: 'MUG' })
  for (const name of ['#1', '#2', '#3']) {
    await shop.control.createOrder({ name, lines: [{ sku: 'MUG', quantity: 1, unit: 500 }] })
    await shop.control.advanceClock({ ms: 60_000 })
  }
  return shop
}

async function pages(shop: Shop): Promise<readonly (readonly string[])[]> {
  const read: string[][] = []
  for (let after: string | null = null; ; ) {
    const { orders } = await shop.data(NAMES, { after })
    if (orders.nodes.length === 0) return read
    read.push(orders.nodes.map(({ name }: Json) => name))
    after = orders.pageInfo.endCursor
  }
}

test('a page begins with the last record of the one before', async () => {
  const shop = await threeOrders()
  await shop.control.faults({ faults: [{ kind: 'duplicate' }] })
  expect(await pages(shop)).toEqual([
    ['#1', '#2'],
    ['#2', '#3'],
  ])
  expect(await pages(shop)).toEqual([['#1', '#2'], ['#3']])
})

test('an order that is edited right after its page was read is seen again at the end', async () => {
  const shop = await threeOrders()
  await shop.control.faults({ faults: [{ kind: 'edited', edit: { addLine: 'MUG' } }] })
  expect(await pages(shop)).toEqual([
    ['#1', '#2'],
    ['#3', '#2'],
  ])
  const [, edited] = await shop.control.orders()
  expect(edited!.lineItems).toHaveLength(2)
})

test('an order that is edited between its own pages gives the rest as it is now', async () => {
  const shop = await threeOrders()
  await shop.control.editOrder({ order: '#1', addLine: 'MUG' })
  await shop.control.faults({
    faults: [{ kind: 'edited', operation: 'Page', edit: { setQuantity: { line: 1, quantity: 9 } } }],
  })
  const lines = 'lineItems(first: 1, after: $after) { pageInfo { endCursor } nodes { currentQuantity } }'
  const { orders } = await shop.data(
    `query Page($after: String) { orders(first: 9, query: "name:1") { nodes { id ${lines} } } }`,
  )
  const [{ id, lineItems }] = orders.nodes
  const { node } = await shop.data(
    `query More($id: ID!, $after: String) { node(id: $id) { ... on Order { ${lines} } } }`,
    { id, after: lineItems.pageInfo.endCursor },
  )
  expect([lineItems, node.lineItems].map(({ nodes }) => nodes[0].currentQuantity)).toEqual([1, 9])
})

test.each(['markPaid', 'cancel'] as const)('an order can be edited by a button: %s', async (edit) => {
  const shop = await openShop({ seed: false })
  await shop.control.createVariant({ sku: 'MUG' })
  const lines = [{ sku: 'MUG', quantity: 1, unit: 500 }]
  await shop.control.createOrder({ name: '#1', financial: 'PENDING', lines })
  await shop.control.faults({ faults: [{ kind: 'edited', edit }] })
  await shop.data(NAMES)
  const [order] = await shop.control.orders()
  expect(order!.displayFinancialStatus).toBe(edit === 'cancel' ? 'VOIDED' : 'PAID')
})

test('a late change has a stamp that lies behind those already seen', async () => {
  const shop = await threeOrders()
  expect(await pages(shop)).toEqual([['#1', '#2'], ['#3']])
  await shop.control.faults({ faults: [{ kind: 'late-commit', ms: 600_000 }] })
  await shop.control.markPaid({ order: '#3' })
  expect(await pages(shop)).toEqual([['#3', '#1'], ['#2']])
  expect((await shop.control.stats()).faultsHit).toEqual({ 'late-commit': 1 })
})

test('the date goes with the clock of the shop, which can be moved; a fault moves the date alone', async () => {
  const shop = await openShop({ seed: false, now: () => NOON })
  const date = async () => Date.parse((await shop.ask(SHOP)).headers.get('date')!) - NOON
  expect(await date()).toBe(0)
  await shop.control.advanceClock({ ms: -90_000 })
  await shop.control.faults({ faults: [{ kind: 'date', ms: 30_000 }] })
  expect([await date(), await date()]).toEqual([-60_000, -90_000])
})

test.each([
  [null, 'undefinedField'],
  [{ name: 'title' }, 'undefinedField'],
  [{ type: 'MoneyBag!' }, 'selectionMismatch'],
] as const)('the name of an order becomes %j', async (to, code) => {
  const shop = await threeOrders()
  await shop.control.changeField({ type: 'Order', field: 'name', to })
  const { body } = await shop.ask(NAMES)
  expect(body.errors[0].extensions.code).toBe(code)
  expect(await shop.data(SHOP)).toEqual({ shop: { name: 'acme' } })
  await expect(shop.control.changeField({ type: 'Order', field: 'nope', to })).rejects.toThrow(
    'no field nope',
  )
  await shop.control.changeField({ type: 'Order', field: 'name', to: 'recorded' })
  expect((await shop.data(NAMES)).orders.nodes[0].name).toBe('#1')
})
