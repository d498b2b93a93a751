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
    return Object.fromEntries(rows.map((row) => [row.connection, row.calls]))
  }
  const tally = await world.run('shopify-customers')
  const before = await calls()
  expect(before['shopify']! + before['odoo']!).toBe(tally.calls)

  await world.odoo.control.faults({ faults: [{ kind: 'status', method: 'load', status: 502, times: 100 }] })
  await expect(world.run('shopify-products')).rejects.toThrow()
  const after = (await usageOf(world.store, 'acme', { mapping: 'shopify-products' })).map(
    ({ connection, calls, writeCalls }) => ({ connection, any: calls > 0, wrote: writeCalls > 0 }),
  )
  expect(after).toEqual([
    { connection: 'odoo', any: true, wrote: true },
    { connection: 'shopify', any: true, wrote: false },
  ])
})
