import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../transfer/world.ts'
import { findViolations, idsOf, type Told } from './check.ts'
import { controlOf } from './control-of.ts'
import { SHIPPED } from './flows.ts'
import { tellings } from './tellings.ts'

let world: World

afterEach(async () => {
  await world.close()
})

test('what is lost, doubled or not as it should be is found', async () => {
  world = await createWorld({ shop: { seed: { customers: 10, products: 10, orders: 30 } } })
  const control = controlOf(world)
  const before = await idsOf(control)
  await world.apply()
  await world.runAll()
  const { write, unlink, create, read } = world.odoo.control
  const nobody: Told = { letters: [], remarks: new Map(), deleted: new Set() }
  const look = (told = nobody) => findViolations(control, SHIPPED, before, told)
  expect(await look()).toEqual({ lost: [], doubled: [] })

  const orders = await read({ model: 'sale.order', fields: ['client_order_ref', 'state', 'order_line'] })
  const [draft, other] = orders.filter(({ state }) => state === 'draft')
  const sold = orders.find(({ state }) => state === 'sale')!
  await unlink({ model: 'sale.order', ids: [Number(draft!.id)] })
  const missing = `shopify-orders ${String(draft!.client_order_ref)} is missing`
  expect((await look()).lost).toEqual([missing])

  // Deleted by a person and parked for it is as it should be; without a letter, or for another reason, it is not.
  const shop = (await world.shop.control.orders()).find(({ name }) => name === draft!.client_order_ref)!
  const letter = { mapping: 'shopify-orders', id: shop.id, class: 'deleted-at-target', message: 'gone' }
  const deleted = new Set([`acme|shopify-orders|${shop.id}`])
  expect((await look({ ...nobody, deleted })).lost).toEqual([missing])
  expect((await look({ ...nobody, deleted, letters: [letter] })).lost).toEqual([])
  expect((await look({ ...nobody, letters: [letter] })).lost).toHaveLength(1)
  expect((await look({ ...nobody, deleted, letters: [{ ...letter, class: 'rejected' }] })).lost).toHaveLength(
    1,
  )

  await create({ model: 'res.partner', values: { name: 'Twice' } })
  expect((await look()).doubled).toEqual([expect.stringMatching(/^res\.partner \d+ has no key$/)])
  await write({
    model: 'sale.order',
    ids: [Number(other!.id)],
    values: { client_order_ref: sold.client_order_ref! },
  })
  expect((await look()).doubled).toContain(`${String(sold.client_order_ref)} is there 2 times`)
  const [line] = sold.order_line as readonly number[]
  await write({ model: 'sale.order.line', ids: [line!], values: { product_uom_qty: 77 } })
  expect((await look()).lost).toContainEqual(expect.stringMatching(/line .* is 77 × /))
  expect((await look()).lost).toContainEqual(expect.stringMatching(/adds up to /))

  const named = async (model: string) => {
    const keys = await read({
      model: 'ir.model.data',
      domain: [
        ['model', '=', model],
        ['module', '=', 'tidelock'],
      ],
    })
    return [Number(keys.find(({ name }) => String(name).startsWith('acme/'))!.res_id)]
  }
  await write({ model: 'res.partner', ids: await named('res.partner'), values: { city: 'Elsewhere' } })
  await write({ model: 'product.product', ids: await named('product.product'), values: { list_price: 0.5 } })
  const { lost } = await look()
  expect(lost).toContainEqual(expect.stringMatching(/^shopify-customers .*: city is Elsewhere, expected /))
  expect(lost).toContainEqual(expect.stringMatching(/^shopify-products .*: list_price is 0\.5, expected /))
  const remarks = new Map([[(await named('res.partner'))[0]!, 'call back']])
  expect((await look({ ...nobody, remarks })).lost).toContainEqual(
    expect.stringMatching(/lost what a person wrote/),
  )
})

test('a write that was never settled is told, and so is every dead letter', async () => {
  world = await createWorld({ shop: { seed: { customers: 4, products: 2, orders: 4 } } })
  await world.shop.control.createOrder({ name: '#odd', lines: [{ sku: null, quantity: 1, unit: 100 }] })
  await world.apply()
  await world.odoo.control.faults({ faults: [{ kind: 'cut-after', method: 'load', times: 20 }] })
  await expect(world.run('shopify-customers')).rejects.toThrow('did not confirm')
  await world.odoo.control.faults({ faults: [] })
  const mappings = SHIPPED.map(({ mapping }) => mapping)
  const { lost } = await tellings(world.store, mappings, Date.now() + 1)
  expect(lost).toHaveLength(4)
  expect(lost[0]).toMatch(/its write was never settled$/)
  await world.runAll()
  const told = await tellings(world.store, mappings, Date.now() + 1)
  expect(told.lost).toEqual([])
  expect(told.letters.map(({ mapping, class: why }) => [mapping, why])).toEqual([
    ['shopify-orders', 'missing-value'],
  ])
})
