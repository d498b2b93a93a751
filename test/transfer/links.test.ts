import { afterEach, expect, test } from 'vitest'
import { balances } from '../../engine/core/model/tally.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { acquireLease, leaseOf } from '../../engine/store/lease.ts'
import { runs } from '../../engine/store/runs.ts'
import { createWorld, type World } from './world.ts'

let world: World

afterEach(async () => {
  await world.close()
})

const ORDERS = 'shopify-orders'
const CUSTOMERS = 'shopify-customers'

async function prepared(changes: Parameters<World['apply']>[0] = []): Promise<void> {
  world = await createWorld({ shop: { seed: { customers: 20, products: 10, orders: 40 } } })
  await world.apply(changes)
  await world.run('shopify-products')
}

const parked = (mapping: string) => deadLetters(world.store, 'acme', { mapping, open: true, limit: 1_000 })

/** Customers at the target that we wrote. */
async function partners(): Promise<number> {
  const names = (await world.odoo.control.read({
    model: 'ir.model.data',
    fields: ['module', 'name'],
  })) as unknown as {
    module: string
    name: string
  }[]
  return names.filter(
    ({ module, name }) => module === 'tidelock' && name.split('/').length === 3 && name.includes(CUSTOMERS),
  ).length
}

test('orders that come before their customers have just these customers delivered, in one go', async () => {
  await prepared()
  const tally = await world.run(ORDERS)
  expect(balances(tally)).toBe(true)
  expect(
    (await parked(ORDERS)).filter(
      (letter) => letter.class === 'missing-reference' && letter.waitsFor !== null,
    ),
  ).toEqual([])
  const wanted = new Set(
    (await world.shop.control.orders()).flatMap(({ test: trial, cancelledAt, customer }) =>
      trial || cancelledAt !== null || customer === null ? [] : [customer.id],
    ),
  )
  expect(await partners()).toBe(wanted.size)
  const [asked, ...more] = await runs(world.store, 'acme', { mapping: CUSTOMERS, limit: 10 })
  expect(more).toEqual([])
  expect(asked).toMatchObject({ lane: 'retry', state: 'done', balanced: true, pages: 1 })
  expect(asked!.tally).toMatchObject({ read: wanted.size, created: wanted.size })
  // The customers' own run finds them done, and its cursor untouched.
  const own = await world.run(CUSTOMERS)
  expect(own).toMatchObject({ read: 20, created: 20 - wanted.size, unchanged: wanted.size })
})

test('while the linked mapping is at work itself the orders wait, and nobody gives a turn away for it', async () => {
  await prepared()
  const lease = { project: 'acme', mapping: CUSTOMERS, holder: 'another run', lane: 'live', ttlMs: 60_000 }
  await acquireLease(world.store, lease)
  const tally = await world.run(ORDERS)
  expect(balances(tally)).toBe(true)
  const waiting = (await parked(ORDERS)).filter((letter) => letter.state === 'waiting')
  expect(waiting.length).toBeGreaterThan(10)
  expect(await leaseOf(world.store, 'acme', CUSTOMERS)).toMatchObject({
    holder: 'another run',
    wantedBy: null,
  })
  expect(await runs(world.store, 'acme', { mapping: CUSTOMERS, limit: 10 })).toEqual([])
})

test('what the linked mapping leaves out is named, and asked for once', async () => {
  await prepared([
    [
      'mappings/shopify-customers.yaml',
      '  as: customer\n',
      '  as: customer\n  keep:\n    - { when: "customer.id == null", otherwise: nobody at all }\n',
    ],
  ])
  await world.run(ORDERS)
  const letters = (await parked(ORDERS)).filter((letter) => letter.class === 'missing-reference')
  expect(letters.length).toBeGreaterThan(10)
  for (const letter of letters) expect(letter.message).toContain('left out its record')
  const [asked] = await runs(world.store, 'acme', { mapping: CUSTOMERS, limit: 1 })
  expect(asked!.tally.filteredBy).toEqual({ 'nobody at all': asked!.tally.read })
  await world.run(ORDERS, { lane: 'backfill' })
  expect(await runs(world.store, 'acme', { mapping: CUSTOMERS, limit: 10 })).toHaveLength(1)
})

test('a mapping whose keys are not those of its source is not asked: the orders wait until it delivers', async () => {
  await prepared([
    [
      'mappings/shopify-customers.yaml',
      'identity: customer.id',
      'identity: [customer.id, customer.displayName]',
    ],
  ])
  await world.run(ORDERS)
  expect(await runs(world.store, 'acme', { mapping: CUSTOMERS, limit: 10 })).toEqual([])
  expect((await parked(ORDERS)).filter((letter) => letter.state === 'waiting').length).toBeGreaterThan(10)
})
