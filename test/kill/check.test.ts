import { afterEach, expect, test } from 'vitest'
import type { RunningStandIns } from '../../engine/cli/demo/stand-ins.ts'
import { createWorld, type World } from '../transfer/world.ts'
import { findViolations, idsOf } from './check.ts'

let world: World

afterEach(async () => {
  await world.close()
})

function asStandIns({ shop, odoo }: World): RunningStandIns {
  const controls = { shopify: shop.control, odoo: odoo.control } as unknown as Record<
    string,
    Record<string, (body: unknown) => Promise<unknown>>
  >
  return {
    control: async (name: string, body: unknown = {}) => {
      const [system = '', call = ''] = name.split('/')
      return (await controls[system]![call]!(body)) as never
    },
  } as unknown as RunningStandIns
}

test('what is lost or doubled is found', async () => {
  world = await createWorld({ shop: { seed: { customers: 10, products: 10, orders: 30 } } })
  const standIns = asStandIns(world)
  const before = await idsOf(standIns)
  await world.apply()
  await world.runAll()
  const look = () => findViolations(standIns, before, new Map(), new Map())
  expect(await look()).toEqual({ lost: [], doubled: [] })

  const orders = (await world.odoo.control.read({
    model: 'sale.order',
    fields: ['client_order_ref', 'state'],
  })) as unknown as { id: number; client_order_ref: string; state: string }[]
  const { write, unlink, create } = world.odoo.control
  const draft = orders.find(({ state }) => state === 'draft')!
  await unlink({ model: 'sale.order', ids: [draft.id] })
  expect((await look()).lost).toContain(`${draft.client_order_ref} is missing`)
  await create({ model: 'res.partner', values: { name: 'Twice' } })
  expect((await look()).doubled.filter((text) => text.startsWith('res.partner'))).toHaveLength(1)
  const sold = orders.find(({ state }) => state === 'sale')!
  await write({ model: 'sale.order', ids: [sold.id], values: { client_order_ref: draft.client_order_ref } })
  expect((await look()).lost).toContain(`${sold.client_order_ref} is missing`)
})
