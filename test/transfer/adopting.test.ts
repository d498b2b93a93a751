import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { balances } from '../../engine/core/model/tally.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { createWorld, type World } from './world.ts'

let world: World

beforeEach(async () => {
  world = await createWorld({ shop: { seed: { customers: 12, products: 6, orders: 20 } } })
})

afterEach(async () => {
  await world.close()
})

const ORDERS = 'mappings/shopify-orders.yaml'

interface Partner {
  readonly id: number
  readonly name: string
  readonly email: string | false
  readonly comment: string | false
}

const partners = async () =>
  (await world.odoo.control.read({
    model: 'res.partner',
    domain: [['email', '!=', false]],
    fields: ['name', 'email', 'comment'],
  })) as unknown as readonly Partner[]

const parked = (mapping: string) => deadLetters(world.store, 'acme', { mapping, open: true, limit: 100 })

/** As if its file had been deleted: plans are applied again, all else is new. */
async function loseStore(): Promise<void> {
  await world.store.transaction(async ({ db }) => {
    for (const table of ['ledger', 'cursor', 'dead_letter'] as const) await db.deleteFrom(table).execute()
  })
}

/** The customers as they will arrive, read off a target of their own. */
async function emails(): Promise<readonly string[]> {
  const all = (await world.shop.control.orders()).flatMap(({ customer }) => {
    const email = (customer as { defaultEmailAddress?: { emailAddress?: string } } | null)
      ?.defaultEmailAddress
    return email?.emailAddress ?? []
  })
  return [...new Set(all)].sort()
}

test('contacts typed in by hand are taken over, not doubled; what people wrote elsewhere stays', async () => {
  const typed = (await emails()).slice(0, 5)
  expect(typed).toHaveLength(5)
  const before = (await partners()).length
  for (const email of typed)
    await world.odoo.control.create({
      model: 'res.partner',
      values: { name: 'By hand', email, comment: 'likes blue' },
    })
  await world.apply()
  const first = await world.run('shopify-customers')
  expect(first).toMatchObject({ read: 12, created: 7, updated: 5, parked: 0 })
  const after = await partners()
  expect(after.length).toBeLessThanOrEqual(before + 12)
  for (const email of typed) {
    const same = after.filter((partner) => partner.email === email)
    expect(same).toHaveLength(1)
    expect(same[0]!.name).not.toBe('By hand')
    expect(String(same[0]!.comment)).toContain('likes blue')
  }
  expect(await world.run('shopify-customers', { lane: 'backfill' })).toMatchObject({
    created: 0,
    updated: 0,
    writeCalls: 0,
  })
})

test('two contacts with the address of one customer are not told apart by guessing', async () => {
  const [email] = await emails()
  for (const name of ['One', 'Two'])
    await world.odoo.control.create({ model: 'res.partner', values: { name, email: email! } })
  await world.apply()
  expect(await world.run('shopify-customers')).toMatchObject({ created: 11, parked: 1 })
  const [letter] = await parked('shopify-customers')
  expect(letter).toMatchObject({ class: 'ambiguous', message: expect.stringContaining('2 records') })
  // Whose address it is stands in the sealed payload alone.
  expect(letter!.message).not.toContain(email)
  expect(letter!.message).toContain('•••')
  expect(JSON.stringify(letter!.payload)).toContain(email)
})

test('one contact belongs to one customer: the second that would have it is parked, in the same page and later', async () => {
  const email = 'shared@example.com'
  await world.odoo.control.create({ model: 'res.partner', values: { name: 'By hand', email } })
  for (const firstName of ['Ann', 'Bob']) await world.shop.control.createCustomer({ firstName, email })
  await world.apply()
  expect(await world.run('shopify-customers')).toMatchObject({ created: 12, updated: 1, parked: 1 })
  const [second] = await parked('shopify-customers')
  expect(second).toMatchObject({ class: 'ambiguous', message: expect.stringContaining('taken over for') })
  expect((await partners()).find((partner) => partner.email === email)!.name).toMatch(/^Ann/)
  await world.shop.control.createCustomer({ firstName: 'Cem', email })
  expect(await world.run('shopify-customers')).toMatchObject({ created: 0 })
  expect((await parked('shopify-customers')).map((letter) => letter.class)).toEqual([
    'ambiguous',
    'ambiguous',
  ])
  const [third] = await parked('shopify-customers')
  expect(third).toMatchObject({ label: 'Cem', message: expect.stringMatching(/^Record .* belongs to/) })
  const shared = (await partners()).filter((partner) => partner.email === email)
  expect(shared.map(({ name }) => name)).toEqual([expect.stringMatching(/^Ann/)])
})

test('a contact that another customer made is no contact of a new one with the same address', async () => {
  const email = 'shared@example.com'
  await world.shop.control.createCustomer({ firstName: 'Ann', email })
  await world.apply()
  await world.run('shopify-customers')
  await world.shop.control.createCustomer({ firstName: 'Bob', email })
  expect(await world.run('shopify-customers')).toMatchObject({ created: 1, parked: 0 })
  expect((await partners()).filter((partner) => partner.email === email)).toHaveLength(2)
})

test('contacts that people merged in Odoo are not overwritten in turn', async () => {
  await world.apply()
  await world.run('shopify-customers')
  const names = (await world.odoo.control.read({
    model: 'ir.model.data',
    domain: [
      ['module', '=', 'tidelock'],
      ['model', '=', 'res.partner'],
    ],
    fields: ['name', 'res_id'],
  })) as unknown as readonly { id: number; name: string; res_id: number }[]
  const customers = names.filter(({ name }) => name.startsWith('acme/shopify-customers/'))
  const emailOf = new Map((await partners()).map(({ id, email }) => [id, email]))
  const [kept, merged] = customers.filter(({ res_id }) => emailOf.has(res_id))
  const email = String(emailOf.get(merged!.res_id))
  await world.odoo.control.write({
    model: 'ir.model.data',
    ids: [merged!.id],
    values: { res_id: kept!.res_id },
  })
  await world.odoo.control.unlink({ model: 'res.partner', ids: [merged!.res_id] })
  await world.shop.control.updateCustomer({ email, firstName: 'Another' })
  const tally = await world.run('shopify-customers')
  expect(balances(tally)).toBe(true)
  expect(tally.parked).toBe(1)
  expect((await parked('shopify-customers'))[0]).toMatchObject({
    class: 'ambiguous',
    message: expect.stringContaining('merged'),
  })
})

test('after the loss of the store everything is found again, what was taken over and what was made', async () => {
  const typed = (await emails()).slice(0, 3)
  for (const email of typed)
    await world.odoo.control.create({ model: 'res.partner', values: { name: 'By hand', email } })
  await world.apply()
  await world.runAll()
  const counts = await world.odoo.control.counts()
  await loseStore()
  const again = await world.runAll()
  for (const tally of Object.values(again)) {
    expect(balances(tally)).toBe(true)
    expect(tally.created).toBe(0)
  }
  expect(await world.odoo.control.counts()).toEqual(counts)
})

test('lines that left the shop after the store was lost are gone lines all the same', async () => {
  await world.apply()
  await world.runAll()
  const letters = new Set((await parked('shopify-orders')).map(({ label }) => label))
  const edited = (await world.shop.control.orders()).filter(
    ({ name, cancelledAt, test: trial, lineItems }) =>
      cancelledAt === null && !trial && !letters.has(name) && lineItems.length > 1,
  )
  expect(new Set(edited.map(({ displayFinancialStatus }) => displayFinancialStatus)).size).toBeGreaterThan(1)
  await loseStore()
  for (const { name } of edited) await world.shop.control.editOrder({ order: name, removeLine: 0 })
  const counts = await world.odoo.control.counts()
  const { 'shopify-orders': tally } = await world.runAll()
  expect(tally).toMatchObject({ created: 0, parked: letters.size })
  expect(await world.odoo.control.counts()).toEqual(counts)
  const shop = new Map((await world.shop.control.orders()).map((order) => [order.name, order]))
  const found = (await world.odoo.control.read({
    model: 'sale.order',
    domain: [['client_order_ref', 'in', edited.map(({ name }) => name)]],
    fields: ['client_order_ref', 'amount_total'],
  })) as unknown as readonly { client_order_ref: string; amount_total: number }[]
  expect(found).toHaveLength(edited.length)
  for (const { client_order_ref: name, amount_total } of found)
    expect([name, amount_total]).toEqual([
      name,
      expect.closeTo(Number(shop.get(name)!.currentTotalPriceSet.presentmentMoney.amount), 2),
    ])
  expect((await world.runAll('backfill'))['shopify-orders']).toMatchObject({ updated: 0, writeCalls: 0 })
})

test('an order typed in by hand with lines is left to a person', async () => {
  await world.apply([[ORDERS, '      adopt: { by: product_id }\n', '']])
  await world.run('shopify-customers')
  await world.run('shopify-products')
  const order = (await world.shop.control.orders()).find(
    ({ cancelledAt, test: trial }) => cancelledAt === null && !trial,
  )!
  const [partner] = await partners()
  const [product] = (await world.odoo.control.read({
    model: 'product.product',
    domain: [['default_code', '=', 'SKU-1-1']],
    fields: ['id'],
  })) as unknown as readonly { id: number }[]
  await world.odoo.control.create({
    model: 'sale.order',
    values: {
      partner_id: partner!.id,
      client_order_ref: order.name,
      order_line: [[0, 0, { product_id: product!.id, product_uom_qty: 1 }]],
    },
  })
  await world.run('shopify-orders')
  const letter = (await parked('shopify-orders')).find(({ label }) => label === order.name)
  expect(letter).toMatchObject({ class: 'ambiguous', message: expect.stringContaining('1 lines') })
})

describe('an order typed in by hand, where the mapping says how its lines are recognised', () => {
  /** Types an order of the shop in, `times` lines for each of its own; its name, and how it stands in Odoo. */
  async function typed(times: number) {
    await world.apply()
    await world.run('shopify-customers')
    await world.run('shopify-products')
    const order = (await world.shop.control.orders()).find(
      ({ cancelledAt, test: trial, lineItems, totalTipReceivedSet }) =>
        cancelledAt === null &&
        !trial &&
        lineItems.length > 1 &&
        new Set(lineItems.map((line) => line.sku)).size === lineItems.length &&
        lineItems.every((line) => line.sku !== null) &&
        Number(totalTipReceivedSet.presentmentMoney.amount) === 0,
    )!
    const [partner] = await partners()
    const products = (await world.odoo.control.read({
      model: 'product.product',
      fields: ['default_code'],
    })) as unknown as readonly { id: number; default_code: string }[]
    const productOf = (sku: string | null) => products.find((product) => product.default_code === sku)!.id
    const lines = order.lineItems.flatMap((line) => Array(times).fill(productOf(line.sku)))
    await world.odoo.control.create({
      model: 'sale.order',
      values: {
        partner_id: partner!.id,
        client_order_ref: order.name,
        order_line: lines.map((product) => [0, 0, { product_id: product, product_uom_qty: 9 }]),
      },
    })
    return { order, lines: lines.length }
  }

  const standing = async (name: string) =>
    (await world.odoo.control.read({
      model: 'sale.order',
      domain: [['client_order_ref', '=', name]],
      fields: ['amount_total', 'order_line'],
    })) as unknown as readonly { amount_total: number; order_line: readonly number[] }[]

  const totalOf = async (name: string) =>
    Number(
      (await world.shop.control.orders()).find((order) => order.name === name)!.currentTotalPriceSet
        .presentmentMoney.amount,
    )

  test('is taken over with its lines, and adds up', async () => {
    const { order } = await typed(1)
    await world.run('shopify-orders')
    const found = await standing(order.name)
    expect(found).toHaveLength(1)
    expect(found[0]!.amount_total).toBeCloseTo(await totalOf(order.name), 2)
    const again = await world.run('shopify-orders', { lane: 'backfill' })
    expect(again).toMatchObject({ created: 0, updated: 0, writeCalls: 0 })
  })

  test('loses a line that leaves the shop, on the line that was typed in', async () => {
    const { order } = await typed(1)
    await world.run('shopify-orders')
    const before = (await standing(order.name))[0]!.order_line.length
    await world.shop.control.editOrder({ order: order.name, removeLine: 0 })
    await world.run('shopify-orders')
    const [found] = await standing(order.name)
    expect(found!.order_line.length).toBe(before)
    expect(found!.amount_total).toBeCloseTo(await totalOf(order.name), 2)
  })

  test('is parked when it has more lines alike than the shop', async () => {
    const { order } = await typed(2)
    await world.run('shopify-orders')
    const letter = (await parked('shopify-orders')).find(({ label }) => label === order.name)
    expect(letter).toMatchObject({ class: 'ambiguous', message: expect.stringContaining('alike') })
  })
})

test.each([
  ['park', 1],
  ['recreate', 0],
] as const)('a record that a person deleted in Odoo: %s', async (choice, letters) => {
  await world.apply([[ORDERS, '  changed: new', `  changed: new\n  deletedAtTarget: ${choice}`]])
  await world.runAll()
  const sold = (await world.odoo.control.read({
    model: 'sale.order',
    domain: [['state', '=', 'draft']],
    fields: ['client_order_ref'],
  })) as unknown as readonly { id: number; client_order_ref: string }[]
  const known = new Set((await parked('shopify-orders')).map(({ label }) => label))
  const { id, client_order_ref: name } = sold.find((order) => !known.has(order.client_order_ref))!
  await world.odoo.control.unlink({ model: 'sale.order', ids: [id] })
  await world.shop.control.editOrder({ order: name, addLine: 'SKU-1-1' })
  const tally = await world.run('shopify-orders')
  expect(balances(tally)).toBe(true)
  const open = (await parked('shopify-orders')).filter(({ label }) => label === name)
  expect(open.map((letter) => letter.class)).toEqual(letters === 1 ? ['deleted-at-target'] : [])
  const there = await world.odoo.control.read({
    model: 'sale.order',
    domain: [['client_order_ref', '=', name]],
    fields: ['id'],
  })
  expect(there).toHaveLength(1 - letters)
})

test('an order that is made anew has its own invoice address again', async () => {
  await world.apply([[ORDERS, '  changed: new', '  changed: new\n  deletedAtTarget: recreate']])
  await world.shop.control.createOrder({
    name: '#own',
    financial: 'PENDING',
    billing: { firstName: 'Ada', address1: '1 Mill Lane', city: 'York', countryCodeV2: 'GB' },
    lines: [{ sku: 'SKU-1-1', quantity: 1, unit: 500 }],
  })
  await world.runAll()
  const find = async () =>
    (await world.odoo.control.read({
      model: 'sale.order',
      domain: [['client_order_ref', '=', '#own']],
      fields: ['partner_id', 'partner_invoice_id'],
    })) as unknown as readonly { id: number; partner_id: number; partner_invoice_id: number }[]
  const [before] = await find()
  expect(before!.partner_invoice_id).not.toBe(before!.partner_id)
  await world.odoo.control.unlink({ model: 'sale.order', ids: [before!.id] })
  await world.shop.control.editOrder({ order: '#own', addLine: 'SKU-1-1' })
  await world.run('shopify-orders')
  const [after, ...others] = await find()
  expect(others).toEqual([])
  expect(after).toMatchObject({ partner_invoice_id: before!.partner_invoice_id })
  expect(after!.id).not.toBe(before!.id)
})
