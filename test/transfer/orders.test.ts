import { afterEach, describe, expect, test } from 'vitest'
import { balances } from '../../engine/core/model/tally.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { acquireLease, leaseOf, releaseLease } from '../../engine/store/lease.ts'
import { createWorld, type World } from './world.ts'

let world: World

afterEach(async () => {
  await world.close()
})

interface SaleOrder {
  readonly id: number
  readonly client_order_ref: string
  readonly amount_total: number
  readonly state: string
  readonly date_order: string
  readonly order_line: readonly number[]
  readonly note: string | false
}

async function orders(): Promise<readonly SaleOrder[]> {
  return (await world.odoo.control.read({
    model: 'sale.order',
    fields: ['client_order_ref', 'amount_total', 'state', 'date_order', 'order_line', 'note'],
  })) as unknown as SaleOrder[]
}

async function lines(
  order: SaleOrder,
): Promise<readonly { name: string; product_uom_qty: number; price_unit: number }[]> {
  return (await world.odoo.control.read({
    model: 'sale.order.line',
    ids: [...order.order_line],
    fields: ['name', 'product_uom_qty', 'price_unit'],
  })) as never
}

const parked = () => deadLetters(world.store, 'acme', { open: true, limit: 1_000 })

describe.each(['19.0', '18.0'] as const)('Odoo %s', (version) => {
  test('a whole shop arrives, adds up, and a second pass writes nothing', { timeout: 120_000 }, async () => {
    world = await createWorld({ version })
    await world.apply()
    const first = await world.runAll()
    for (const tally of Object.values(first)) expect(balances(tally)).toBe(true)
    expect(first['shopify-customers']).toMatchObject({ read: 40, created: 40, parked: 0 })
    expect(first['shopify-orders']!.read).toBe(120)
    const shop = new Map((await world.shop.control.orders()).map((order) => [order.name, order]))
    const names = new Map((await parked()).map((letter) => [letter.label, letter]))
    const arrived = await orders()
    expect(arrived.length).toBe(
      first['shopify-orders']!.created +
        [...names.values()].filter((letter) => letter.targetId !== null).length,
    )
    for (const order of arrived) {
      const source = shop.get(order.client_order_ref)!
      const equal =
        Math.abs(order.amount_total - Number(source.currentTotalPriceSet.presentmentMoney.amount)) < 0.001
      if (names.has(order.client_order_ref))
        expect([order.client_order_ref, equal, order.state]).toEqual([order.client_order_ref, false, 'draft'])
      else expect([order.client_order_ref, equal]).toEqual([order.client_order_ref, true])
      const paid = ['PAID', 'PARTIALLY_REFUNDED'].includes(source.displayFinancialStatus)
      expect(order.state).toBe(paid && !names.has(order.client_order_ref) ? 'sale' : 'draft')
      if (order.state === 'sale')
        expect(order.date_order).toBe(String(source.createdAt).replace('T', ' ').replace('Z', ''))
    }
    const again = await world.runAll('backfill')
    for (const [mapping, tally] of Object.entries(again)) {
      expect(tally).toMatchObject({
        read: first[mapping]!.read,
        created: 0,
        updated: 0,
        writeCalls: 0,
        parked: first[mapping]!.parked,
      })
      expect(balances(tally)).toBe(true)
    }
  })
})

test('exactly fifty changed orders are updated, lines and states right', { timeout: 120_000 }, async () => {
  world = await createWorld({ shop: { seed: { customers: 40, products: 40, orders: 500 } } })
  await world.apply()
  await world.runAll()
  const before = new Map((await orders()).map((order) => [order.client_order_ref, order]))
  const changed = await world.shop.control.changeFifty()
  const tally = await world.run('shopify-orders')
  expect(tally).toMatchObject({ created: 0, updated: 50, parked: 0 })
  const after = new Map((await orders()).map((order) => [order.client_order_ref, order]))
  const shop = new Map((await world.shop.control.orders()).map((order) => [order.name, order]))
  for (const { name, kind } of changed) {
    const order = after.get(name)!
    const was = before.get(name)!
    expect([name, kind, order.state]).toEqual([
      name,
      kind,
      kind === 'cancelled' ? 'cancel' : kind === 'paid' ? 'sale' : was.state,
    ])
    if (kind !== 'cancelled')
      expect(order.amount_total).toBeCloseTo(
        Number(shop.get(name)!.currentTotalPriceSet.presentmentMoney.amount),
        2,
      )
    if (kind === 'line added') expect(order.order_line.length).toBeGreaterThan(was.order_line.length)
  }
})

test('what people edit in other fields stays', async () => {
  world = await createWorld({ shop: { seed: false } })
  await world.shop.control.createVariant({ sku: 'MUG' })
  await world.shop.control.createOrder({
    name: '#1',
    financial: 'PENDING',
    note: 'from the shop',
    lines: [{ sku: 'MUG', quantity: 2, unit: 500 }],
  })
  await world.apply()
  await world.runAll()
  const [order] = await orders()
  await world.odoo.control.write({
    model: 'sale.order',
    ids: [order!.id],
    values: { note: '<p>typed in Odoo</p>', origin: 'phone' },
  })
  await world.shop.control.editOrder({
    order: '#1',
    setQuantity: { line: 0, quantity: 3 },
    note: 'changed in the shop',
  })
  expect(await world.run('shopify-orders')).toMatchObject({ updated: 1 })
  const [now] = (await world.odoo.control.read({
    model: 'sale.order',
    fields: ['note', 'origin', 'order_line'],
  })) as unknown as (SaleOrder & { origin: string })[]
  expect(now!.note).toContain('typed in Odoo')
  expect(now!.origin).toBe('phone')
  expect((await lines(now!)).map((line) => line.product_uom_qty)).toEqual([3])
})

test('records that cannot be delivered say why, and at which line of the mapping', async () => {
  world = await createWorld({ shop: { seed: false } })
  await world.shop.control.createVariant({ sku: 'MUG' })
  await world.shop.control.createOrder({ name: '#no-sku', lines: [{ sku: null, quantity: 1, unit: 500 }] })
  await world.shop.control.createOrder({
    name: '#unknown-sku',
    lines: [{ sku: 'GONE', quantity: 1, unit: 500 }],
  })
  await world.shop.control.createOrder({
    name: '#tip',
    tip: 500,
    lines: [{ sku: 'MUG', quantity: 1, unit: 500 }],
  })
  await world.shop.control.createOrder({
    name: '#odd-tax',
    taxRate: 0.07,
    lines: [{ sku: 'MUG', quantity: 1, unit: 500 }],
  })
  await world.shop.control.createOrder({ name: '#fine', lines: [{ sku: 'MUG', quantity: 1, unit: 500 }] })
  await world.apply()
  const tallies = await world.runAll()
  expect(tallies['shopify-orders']).toMatchObject({ read: 5, created: 1, parked: 4 })
  const letters = new Map((await parked()).map((letter) => [letter.label, letter]))
  expect(Object.fromEntries([...letters].map(([label, letter]) => [label, letter.class]))).toEqual({
    '#no-sku': 'missing-value',
    '#unknown-sku': 'missing-reference',
    '#tip': 'disagrees',
    '#odd-tax': 'value',
  })
  for (const letter of letters.values())
    expect([letter.file, letter.line !== null && letter.line > 1]).toEqual([
      'mappings/shopify-orders.yaml',
      true,
    ])
  expect(letters.get('#tip')!.message).toContain('5.00')
  expect(letters.get('#odd-tax')!.message).toContain('0.07')
  expect((await orders()).map(({ client_order_ref, state }) => [client_order_ref, state]).sort()).toEqual([
    ['#fine', 'sale'],
    ['#tip', 'draft'],
  ])
})

test('an order waits for its customer and follows by itself', async () => {
  world = await createWorld({ shop: { seed: false } })
  await world.shop.control.createVariant({ sku: 'MUG' })
  const customer = await world.shop.control.createCustomer({ firstName: 'Ada', email: 'ada@example.com' })
  await world.shop.control.createOrder({
    name: '#1',
    customer: customer.id,
    lines: [{ sku: 'MUG', quantity: 1, unit: 500 }],
  })
  await world.apply()
  await world.run('shopify-products')
  // Customers are being moved elsewhere, so that they cannot be asked for.
  const lease = { project: 'acme', mapping: 'shopify-customers', holder: 'another run', lane: 'live' }
  const taken = await acquireLease(world.store, { ...lease, ttlMs: 60_000 })
  expect(await world.run('shopify-orders')).toMatchObject({ read: 1, parked: 1 })
  expect((await parked()).map(({ state, waitsFor }) => [state, waitsFor?.mapping])).toEqual([
    ['waiting', 'shopify-customers'],
  ])
  await releaseLease(world.store, { ...lease, epoch: 'epoch' in taken ? taken.epoch : 0 })
  await world.run('shopify-customers')
  const tally = await world.run('shopify-orders')
  expect(tally).toMatchObject({ due: 1, delivered: 1 })
  expect(balances(tally)).toBe(true)
  expect(await parked()).toEqual([])
  expect(await orders()).toHaveLength(1)
})

test('a missing product is tried again when its time comes', async () => {
  world = await createWorld({ shop: { seed: false } })
  await world.shop.control.createOrder({ name: '#1', lines: [{ sku: 'LATE', quantity: 1, unit: 500 }] })
  await world.apply()
  expect((await world.runAll())['shopify-orders']).toMatchObject({ parked: 1 })
  await world.shop.control.createVariant({ sku: 'LATE' })
  await world.run('shopify-products')
  expect(await world.run('shopify-orders')).toMatchObject({ due: 0, parked: 1 })
  world.wait(16 * 60_000)
  expect(await world.run('shopify-orders')).toMatchObject({ due: 1, delivered: 1 })
  expect(await orders()).toHaveLength(1)
})

test('one record by its key, and nothing else', async () => {
  world = await createWorld({ shop: { seed: false } })
  await world.shop.control.createVariant({ sku: 'MUG' })
  const one = await world.shop.control.createOrder({
    name: '#1',
    lines: [{ sku: 'MUG', quantity: 1, unit: 500 }],
  })
  await world.shop.control.createOrder({ name: '#2', lines: [{ sku: 'MUG', quantity: 1, unit: 500 }] })
  await world.apply()
  await world.run('shopify-products')
  expect(await world.run('shopify-orders', { only: [one.id] })).toMatchObject({ read: 1, created: 1 })
  expect((await orders()).map((order) => order.client_order_ref)).toEqual(['#1'])
})

test('a run that dies after Odoo has committed doubles nothing', async () => {
  world = await createWorld({ shop: { seed: { customers: 10, products: 10, orders: 30 } } })
  await world.apply()
  await world.run('shopify-customers')
  await world.run('shopify-products')
  await world.odoo.control.faults({
    faults: [{ kind: 'cut-after', method: 'load', model: 'sale.order', times: 1 }],
  } as never)
  await world.run('shopify-orders').catch(() => {})
  const tally = await world.run('shopify-orders').catch(() => null)
  const all = await orders()
  expect(new Set(all.map((order) => order.client_order_ref)).size).toBe(all.length)
  expect(tally === null || balances(tally)).toBe(true)
})

test('without an email address at Odoo the run does not begin, and says whose it is', async () => {
  world = await createWorld({ shop: { seed: false } })
  await world.shop.control.createVariant({ sku: 'MUG' })
  await world.shop.control.createOrder({ name: '#1', lines: [{ sku: 'MUG', quantity: 1, unit: 500 }] })
  await world.apply()
  const users = (await world.odoo.control.read({
    model: 'res.users',
    fields: ['login', 'partner_id'],
  })) as unknown as { login: string; partner_id: number | [number, string] }[]
  const partner = [users.find((user) => user.login === world.odoo.login)!.partner_id].flat()[0]!
  await world.odoo.control.write({ model: 'res.partner', ids: [Number(partner)], values: { email: false } })
  await expect(world.run('shopify-orders')).rejects.toMatchObject({
    kind: 'scope-violation',
    message: expect.stringContaining('email'),
  })
  expect(await orders()).toEqual([])
})

test('runs of a mapping at once take turns, lane by lane, and nothing is doubled', async () => {
  world = await createWorld({ shop: { seed: { customers: 10, products: 10, orders: 60 } } })
  await world.apply()
  await world.run('shopify-customers')
  await world.run('shopify-products')
  const tallies = await Promise.all([
    world.run('shopify-orders'),
    world.run('shopify-orders'),
    world.run('shopify-orders', { lane: 'backfill' }),
  ])
  for (const tally of tallies) expect(balances(tally)).toBe(true)
  const names = (await orders()).map((order) => order.client_order_ref)
  expect(new Set(names).size).toBe(names.length)
  const again = await world.run('shopify-orders', { lane: 'backfill' })
  expect(again).toMatchObject({ created: 0, writeCalls: 0 })
})

test('a backfill of several pages lets the live lane in at the end of a page', async () => {
  world = await createWorld({ shop: { seed: { customers: 10, products: 10, orders: 600 } } })
  await world.apply()
  await world.run('shopify-customers')
  await world.run('shopify-products')
  await Promise.all([
    world.run('shopify-orders', { lane: 'backfill' }),
    world.run('shopify-orders', { lane: 'live' }),
  ])
  // One after the other would have taken the lease twice.
  expect((await leaseOf(world.store, 'acme', 'shopify-orders'))!.epoch).toBeGreaterThan(2)
  const names = (await orders()).map((order) => order.client_order_ref)
  expect(new Set(names).size).toBe(names.length)
})

test('the order mapping of the language’s own examples runs', async () => {
  world = await createWorld({ folder: 'test/fixtures/language' })
  const plans = await world.apply()
  expect(plans.find(({ plan }) => plan.mapping === 'shopify-orders')!.plan.target.adopt).not.toBeNull()
  const tallies = await world.runAll()
  expect(tallies['shopify-orders']).toMatchObject({ read: 120, parked: 0 })
  expect(tallies['shopify-orders']!.created).toBeGreaterThan(100)
  expect(await world.runAll('backfill')).toMatchObject({ 'shopify-orders': { created: 0, writeCalls: 0 } })
})
