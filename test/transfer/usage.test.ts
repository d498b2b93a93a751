import { afterEach, expect, test } from 'vitest'
import { usageOf } from '../../engine/store/usage.ts'
import { createWorld, type World } from './world.ts'

let world: World

afterEach(async () => {
  await world.close()
})

test('calls are counted by connection, those of a leg that failed too', async () => {
  world = await createWorld({ shop: { seed: { customers: 10, products: 10, orders: 12 } } })
  await world.apply()
  const calls = async () => {
    const rows = await usageOf(world.store, 'acme')
    const sums: Record<string, number> = {}
    for (const { connection, calls } of rows) sums[connection] = (sums[connection] ?? 0) + calls
    return sums
  }
  const tally = await world.run('shopify-customers')
  // Odoo's stand-in counts calls of methods; its version is asked once by each connection that is opened.
  const seen = async (opened: number) => ({
    odoo: (await world.odoo.control.stats()).calls + opened,
    shopify: (await world.shop.control.stats()).calls,
  })
  const before = await calls()
  // What was asked before the first page (rights, versions, what they look like) is not the run's, and still was a call.
  expect(before).toEqual(await seen(3))
  expect(before['shopify']! + before['odoo']!).toBeGreaterThan(tally.calls)

  await world.odoo.control.faults({ faults: [{ kind: 'status', method: 'load', status: 502, times: 100 }] })
  await expect(world.run('shopify-products')).rejects.toThrow()
  const after = (await usageOf(world.store, 'acme', { mapping: 'shopify-products' })).map(
    ({ connection, calls, writeCalls }) => ({ connection, any: calls > 0, wrote: writeCalls > 0 }),
  )
  expect(after).toEqual([
    { connection: 'odoo', any: true, wrote: true },
    { connection: 'shopify', any: true, wrote: false },
  ])
  expect(await calls()).toEqual(await seen(6))
})

test('refusals are counted: an empty bucket at 200, too many calls', async () => {
  world = await createWorld({ shop: { seed: { customers: 10, products: 10, orders: 12 } } })
  await world.apply()
  const refusals = async () =>
    Object.fromEntries((await usageOf(world.store, 'acme')).map((row) => [row.connection, row.refusals]))
  await world.shop.control.faults({ faults: [{ kind: 'throttled', times: 2 }] })
  await world.run('shopify-customers')
  expect(await refusals()).toEqual({ odoo: 0, shopify: 2 })

  await world.odoo.control.faults({ faults: [{ kind: 'status', status: 429, retryAfter: '0', times: 1 }] })
  await world.run('shopify-customers')
  expect(await refusals()).toEqual({ odoo: 1, shopify: 2 })
})
