import { afterEach, expect, test } from 'vitest'
import { balances } from '../../engine/core/model/tally.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { openIntents } from '../../engine/store/ledger.ts'
import { dieAt } from './die-at.ts'
import { createWorld, type World } from './world.ts'

let world: World

afterEach(async () => {
  await world.close()
})

const MAPPING = 'shopify-orders'
const LEASE_MS = 1_000
const small = { shop: { seed: { customers: 10, products: 10, orders: 12 } }, leaseMs: LEASE_MS }

/** Dead before the n-th transaction while `work` goes on; alive again afterwards, when the lease of the dead has ended. */
async function dying(n: number, work: () => Promise<unknown>): Promise<void> {
  const live = dieAt(world.store, n)
  await work().catch(() => {})
  live()
  world.wait(LEASE_MS)
}

async function prepared(): Promise<void> {
  world = await createWorld(small)
  await world.apply()
  await world.run('shopify-customers')
  await world.run('shopify-products')
  // What both sides look like is asked by this one, so that all others take the same transactions.
  await world.run(MAPPING, { only: [] })
}

const intents = () => openIntents(world.store, 'acme', MAPPING, { limit: 100 })

async function held(name: string): Promise<{ readonly state: string; readonly amount_total: number }[]> {
  const all = (await world.odoo.control.read({
    model: 'sale.order',
    fields: ['client_order_ref', 'state', 'amount_total'],
  })) as unknown as { client_order_ref: string; state: string; amount_total: number }[]
  return all.filter((order) => order.client_order_ref === name)
}

/** A run that writes to the target and dies before it can say so. Gives the transaction it died at. */
async function dieAfterWriting(): Promise<void> {
  for (let n = 3; n < 10; n++) {
    await dying(n, () => world.run(MAPPING))
    if ((await intents()).length > 0 && (await held('#1003')).length > 0) return
  }
  throw new Error('no transaction falls between the writes and the commit')
}

test('the same payload is sent again at once, and nothing is doubled', async () => {
  await prepared()
  await dieAfterWriting()
  const tally = await world.run(MAPPING)
  expect(balances(tally)).toBe(true)
  expect(tally.parked).toBe(0)
  expect(await held('#1003')).toHaveLength(1)
  expect(await intents()).toEqual([])
})

test('a record that changed meanwhile waits until nothing can be on its way, then is looked up and written', async () => {
  await prepared()
  await dieAfterWriting()
  await world.shop.control.editOrder({ order: '#1003', removeLine: 0 })
  const waiting = await world.run(MAPPING)
  expect(balances(waiting)).toBe(true)
  expect(waiting.parked).toBe(1)
  const [letter] = await deadLetters(world.store, 'acme', { mapping: MAPPING, open: true, limit: 10 })
  expect(letter).toMatchObject({ label: '#1003', class: 'unknown-outcome' })
  expect((await intents()).map((row) => row.label)).toEqual(['#1003'])

  world.wait(141_000)
  const settled = await world.run(MAPPING)
  expect(settled).toMatchObject({ due: 1, delivered: 1, parked: 0 })
  expect(await intents()).toEqual([])
  expect(await deadLetters(world.store, 'acme', { mapping: MAPPING, open: true, limit: 10 })).toEqual([])
  const order = (await world.shop.control.orders()).find(({ name }) => name === '#1003')!
  const [found, ...others] = await held('#1003')
  expect(others).toEqual([])
  expect(found!.amount_total).toBeCloseTo(Number(order.currentTotalPriceSet.presentmentMoney.amount), 2)
})

test.each([
  ['ahead', 3_600_000],
  ['behind', -3_600_000],
])(
  'a worker whose clock is an hour %s neither hurries nor delays what another one settles',
  async (_way, ms) => {
    await prepared()
    world.skew(ms)
    await dieAfterWriting()
    world.skew(0)
    await world.shop.control.editOrder({ order: '#1003', removeLine: 0 })
    expect((await world.run(MAPPING)).parked).toBe(1)
    world.wait(141_000)
    expect(await world.run(MAPPING)).toMatchObject({ due: 1, delivered: 1, parked: 0 })
    expect(await held('#1003')).toHaveLength(1)
  },
)

test('an intent that only a run of chosen records left is settled by the next run, which reads the record by key', async () => {
  await prepared()
  const key = (await world.shop.control.orders()).find(({ name }) => name === '#1003')!.id
  for (let n = 3; (await intents()).length === 0; n++) {
    await dying(n, () => world.run(MAPPING, { only: [key] }))
    if (n > 20) throw new Error('no transaction falls between the intent and the commit')
  }
  world.wait(141_000)
  // Nothing changed at the source since the beginning, so only the settling brings it back.
  const tally = await world.run(MAPPING, { only: [] })
  expect(tally).toMatchObject({ due: 1, delivered: 1 })
  expect(await intents()).toEqual([])
  expect(await held('#1003')).toHaveLength(1)
})

test('a write that got no answer, was sent again and still comes late undoes nothing that came after it', async () => {
  await prepared()
  await world.odoo.control.faults({
    faults: [{ kind: 'cut-queued', method: 'load', model: 'sale.order', ms: 60_000 }],
  })
  expect(await world.run(MAPPING)).toMatchObject({ parked: 0 })
  await world.shop.control.editOrder({ order: '#1003', removeLine: 0 })
  expect(await world.run(MAPPING)).toMatchObject({ updated: 0, parked: 1 })
  expect(await world.odoo.control.finish()).toBe(1)
  world.wait(141_000)
  expect(await world.run(MAPPING)).toMatchObject({ due: 1, delivered: 1, parked: 0 })
  const order = (await world.shop.control.orders()).find(({ name }) => name === '#1003')!
  const [found] = await held('#1003')
  expect(found!.amount_total).toBeCloseTo(Number(order.currentTotalPriceSet.presentmentMoney.amount), 2)
  // Long after, the row says nothing of it any more: a change goes out at once.
  await world.shop.control.editOrder({ order: '#1003', addLine: 'SKU-2-1' })
  expect(await world.run(MAPPING)).toMatchObject({ updated: 1, parked: 0 })
})

test.each(['cut-after', 'cut-queued'] as const)(
  'a step that got no answer has overwritten a field, or will: it is written again (%s)',
  async (kind) => {
    await prepared()
    await world.shop.control.createVariant({ sku: 'MUG' })
    const lines = [{ sku: 'MUG', quantity: 1, unit: 500 }]
    await world.shop.control.createOrder({
      name: '#1',
      financial: 'PENDING',
      createdAt: Date.UTC(2026, 10, 2),
      lines,
    })
    await world.runAll()
    await world.shop.control.markPaid({ order: '#1' })
    await world.odoo.control.faults({ faults: [{ kind, method: 'action_confirm', ms: 60_000 }] })
    expect(await world.run(MAPPING)).toMatchObject({ parked: 1 })
    await world.odoo.control.finish()
    world.wait(141_000)
    expect(await world.run(MAPPING)).toMatchObject({ delivered: 1 })
    const [order] = await world.odoo.control.read({
      model: 'sale.order',
      domain: [['client_order_ref', '=', '#1']],
    })
    expect(order).toMatchObject({ state: 'sale', date_order: '2026-11-02 00:00:00' })
  },
)

test.each([
  ['is made again at once', 1, false],
  ['is made again by another leg', 20, false],
  ['is settled, since the order changed meanwhile', 20, true],
])(
  'what is written the first time only is not lost with the write that brings it, which %s',
  async (_how, times, changes) => {
    await prepared()
    await world.shop.control.createOrder({
      name: '#noted',
      note: 'ring twice',
      lines: [{ sku: 'SKU-1-1', quantity: 1, unit: 500 }],
    })
    // The user has no Settings rights, so fields of that kind go in a load of their own, after that of the record.
    await world.odoo.control.faults({
      faults: [{ kind: 'cut-before', method: 'load', model: 'sale.order', after: 1, times }],
    })
    await world.run(MAPPING).catch(() => {})
    expect(await held('#noted')).toHaveLength(1)
    await world.odoo.control.faults({ faults: [] })
    if (changes) await world.shop.control.editOrder({ order: '#noted', addLine: 'SKU-1-1' })
    await world.run(MAPPING)
    world.wait(141_000)
    await world.run(MAPPING)
    const [found, ...others] = (await world.odoo.control.read({
      model: 'sale.order',
      domain: [['client_order_ref', '=', '#noted']],
      fields: ['note'],
    })) as unknown as readonly { note: string }[]
    expect(others).toEqual([])
    expect(found!.note).toContain('ring twice')
  },
)

test('a page that takes longer than a write may wait is stamped anew between its batches', async () => {
  world = await createWorld({ shop: { seed: { customers: 160, products: 2, orders: 1 } } })
  await world.apply([['mappings/connections/odoo.yaml', 'auth:', 'limits: { settleAfter: 400ms }\nauth:']])
  await world.odoo.control.faults({ faults: [{ kind: 'latency', method: 'load', ms: 150, times: 100 }] })
  expect(await world.run('shopify-customers')).toMatchObject({ created: 160, parked: 0 })
})
