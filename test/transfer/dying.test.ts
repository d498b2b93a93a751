import { afterEach, expect, test } from 'vitest'
import { balances } from '../../engine/core/model/tally.ts'
import { dieAt } from './die-at.ts'
import { createWorld, type World } from './world.ts'

let world: World

afterEach(async () => {
  await world.close()
})

async function totals(): Promise<readonly (readonly [string, number, number, string])[]> {
  const shop = new Map((await world.shop.control.orders()).map((order) => [order.name, order]))
  const held = (await world.odoo.control.read({
    model: 'sale.order',
    fields: ['client_order_ref', 'amount_total', 'state'],
  })) as unknown as readonly {
    client_order_ref: string
    amount_total: number
    state: string
  }[]
  return held.map(
    (order) =>
      [
        order.client_order_ref,
        order.amount_total,
        Number(shop.get(order.client_order_ref)!.currentTotalPriceSet.presentmentMoney.amount),
        order.state,
      ] as const,
  )
}

test.each([1, 2, 3, 4, 5, 6, 7])(
  'dying before transaction %i of a run, then an edit: all adds up, nothing is doubled',
  async (n) => {
    world = await createWorld({ shop: { seed: { customers: 10, products: 10, orders: 60 } } })
    await world.apply()
    await world.run('shopify-customers')
    await world.run('shopify-products')
    const live = dieAt(world.store, n)
    await world.run('shopify-orders').catch(() => {})
    live()
    // The lease of the dead run has to end before another may write.
    world.wait(10 * 60_000)
    await world.shop.control.editOrder({ order: '#1003', removeLine: 0 })
    await world.shop.control.editOrder({ order: '#1005', addLine: 'SKU-2-1' })
    const tally = await world.run('shopify-orders')
    expect(balances(tally)).toBe(true)
    const dying = dieAt(world.store, n)
    await world.shop.control.editOrder({ order: '#1007', addLine: 'SKU-3-1' })
    await world.run('shopify-orders').catch(() => {})
    dying()
    world.wait(10 * 60_000)
    await world.shop.control.editOrder({ order: '#1007', removeLine: 0 })
    expect(balances(await world.run('shopify-orders'))).toBe(true)
    const all = await totals()
    expect(new Set(all.map(([name]) => name)).size).toBe(all.length)
    expect(all.length).toBeGreaterThan(50)
    for (const [name, found, wanted, state] of all) {
      if (state !== 'cancel') expect([name, found]).toEqual([name, expect.closeTo(wanted, 2)])
    }
  },
)
