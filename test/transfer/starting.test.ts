import { afterEach, beforeEach, expect, test } from 'vitest'
import { balances } from '../../engine/core/model/tally.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { createWorld, type World } from './world.ts'

/** A company that starts: half of what the shop has is in Odoo already, typed in by people. The shipped mappings as they are. */
let world: World

beforeEach(async () => {
  world = await createWorld({ shop: { seed: { customers: 12, products: 8, orders: 30 } } })
})

afterEach(async () => {
  await world.close()
})

const read = async <Row>(model: string, fields: readonly string[], domain: readonly unknown[] = []) =>
  (await world.odoo.control.read({ model, fields, domain: domain as never })) as unknown as readonly Row[]

const create = (model: string, values: object) =>
  world.odoo.control.create({ model, values: values as never })

type ShopOrder = Awaited<ReturnType<World['shop']['control']['orders']>>[number]

/** Orders of the shop that end as one in Odoo which adds up. */
const ordinary = async () =>
  (await world.shop.control.orders()).filter(
    (order) =>
      order.cancelledAt === null &&
      !order.test &&
      Number(order.totalTipReceivedSet.presentmentMoney.amount) === 0 &&
      order.lineItems.every(({ sku, currentQuantity }) => sku !== null && currentQuantity > 0),
  )

const emailsOfShop = async () =>
  (await world.shop.control.customers()).flatMap(
    ({ defaultEmailAddress }) => (defaultEmailAddress as { emailAddress: string } | null)?.emailAddress ?? [],
  )

const parked = (mapping: string) => deadLetters(world.store, 'acme', { mapping, open: true, limit: 100 })

/** How often each stands there, by what people know it by. */
const times = (values: readonly unknown[]) =>
  [...Map.groupBy(values, (value) => value)].filter(([, same]) => same.length > 1).map(([value]) => value)

/** Half of the orders, with all their products: a line for each line of the shop, with a text of its own. */
async function typeIn(orders: readonly ShopOrder[]): Promise<void> {
  const skus = [...new Set(orders.flatMap(({ lineItems }) => lineItems.map(({ sku }) => sku!)))]
  const productBySku = new Map<string, number>()
  for (const sku of skus)
    productBySku.set(
      sku,
      await create('product.product', {
        name: `Typed ${sku}`,
        default_code: sku,
        list_price: 1,
        description_sale: 'by hand',
      }),
    )
  const named = async (code: string) =>
    (await read<{ id: number }>('product.product', ['id'], [['default_code', '=', code]]))[0]!.id
  const [discount, shipping] = [await named('DISCOUNT'), await named('SHIPPING')]
  const partner = await create('res.partner', { name: 'Somebody' })
  for (const order of orders) {
    const lines = [
      ...order.lineItems.map(({ sku }) => productBySku.get(sku!)!),
      // Whoever typed it in put one discount on the order.
      ...(order.lineItems.some(({ discountAllocations }) => discountAllocations.length > 0)
        ? [discount]
        : []),
      ...order.shippingLines.map(() => shipping),
    ]
    await create('sale.order', {
      partner_id: partner,
      client_order_ref: order.name,
      origin: 'typed in',
      order_line: lines.map((product) => [
        0,
        0,
        { product_id: product, product_uom_qty: 7, price_unit: 1, name: 'typed line' },
      ]),
    })
  }
}

test('a target that holds half of everything ends with nothing doubled, and what people wrote elsewhere still there', async () => {
  const emails = await emailsOfShop()
  const typed = emails.filter((_, index) => index % 2 === 0)
  for (const [index, email] of typed.entries())
    await create('res.partner', {
      name: 'By hand',
      // People write addresses as they like; they are the same addresses.
      email: index === 0 ? ` ${email.toUpperCase()}` : email,
      comment: 'likes blue',
    })
  const orders = await ordinary()
  const half = orders.filter((_, index) => index % 2 === 0)
  expect(half.length).toBeGreaterThan(8)
  await typeIn(half)
  const products = await read<{ id: number }>('product.product', ['id'])

  await world.apply()
  const tallies = await world.runAll()
  for (const tally of Object.values(tallies)) expect(balances(tally)).toBe(true)
  expect(tallies['shopify-customers']).toMatchObject({
    created: 12 - typed.length,
    updated: typed.length,
    parked: 0,
  })

  const partners = await read<{ name: string; email: string | false; comment: string | false }>(
    'res.partner',
    ['name', 'email', 'comment'],
    [['type', '=', 'contact']],
  )
  const ofShop = partners.filter(
    ({ email }) => email !== false && emails.includes(email.trim().toLowerCase()),
  )
  expect(times(ofShop.map(({ email }) => email))).toEqual([])
  expect(ofShop).toHaveLength(emails.length)
  expect(ofShop.filter(({ comment }) => String(comment).includes('likes blue'))).toHaveLength(typed.length)
  expect(ofShop.map(({ name }) => name)).not.toContain('By hand')

  const variants = (await world.shop.control.variants()).flatMap(({ sku }) => sku ?? [])
  const codes = await read<{
    default_code: string | false
    description_sale: string | false
    list_price: number
  }>('product.product', ['default_code', 'description_sale', 'list_price'])
  const sold = codes.filter(({ default_code }) => variants.includes(String(default_code)))
  expect(times(sold.map(({ default_code }) => default_code))).toEqual([])
  expect(sold).toHaveLength(variants.length)
  const typedProducts = sold.filter(({ description_sale }) => description_sale === 'by hand')
  expect(typedProducts.length).toBe(products.length - 3)
  expect(typedProducts.filter(({ list_price }) => list_price === 1)).toEqual([])

  const found = await read<{
    id: number
    client_order_ref: string
    origin: string | false
    amount_total: number
    order_line: readonly number[]
  }>('sale.order', ['client_order_ref', 'origin', 'amount_total', 'order_line'])
  expect(times(found.map(({ client_order_ref }) => client_order_ref))).toEqual([])
  expect(found.filter(({ origin }) => origin === 'typed in')).toHaveLength(half.length)
  const lines = await read<{ id: number; name: string; price_unit: number; product_id: number }>(
    'sale.order.line',
    ['name', 'price_unit', 'product_id'],
  )
  const rounding = (
    await read<{ id: number }>('product.product', ['id'], [['default_code', '=', 'ROUNDING']])
  )[0]!.id
  for (const order of orders) {
    const target = found.find(({ client_order_ref }) => client_order_ref === order.name)!
    const own = lines.filter(
      ({ id, product_id }) => target.order_line.includes(id) && product_id !== rounding,
    )
    const discounts = order.lineItems.filter(
      ({ discountAllocations }) => discountAllocations.length > 0,
    ).length
    expect([order.name, own.length]).toEqual([
      order.name,
      order.lineItems.length + discounts + order.shippingLines.length,
    ])
    expect(target.amount_total).toBeCloseTo(Number(order.currentTotalPriceSet.presentmentMoney.amount), 2)
    const kept = own.filter(({ name }) => name === 'typed line').length
    if (half.includes(order))
      expect([order.name, kept]).toEqual([
        order.name,
        order.lineItems.length + Math.min(discounts, 1) + order.shippingLines.length,
      ])
  }

  const counts = await world.odoo.control.counts()
  for (const [mapping, tally] of Object.entries(await world.runAll('backfill')))
    expect([mapping, tally.created, tally.updated, tally.writeCalls]).toEqual([mapping, 0, 0, 0])
  expect(await world.odoo.control.counts()).toEqual(counts)
})

test('what cannot be told apart waits for a person, and what waits for it comes when one has decided', async () => {
  const { shop, odoo } = world
  const email = 'ann@example.com'
  const { id: customer } = await shop.control.createCustomer({ firstName: 'Ann', email })
  await shop.control.createVariant({ sku: 'MUG' })
  await shop.control.createOrder({
    name: '#twice',
    customer: String(customer),
    lines: [{ sku: 'MUG', quantity: 2, unit: 500 }],
  })
  const contacts = [
    await create('res.partner', { name: 'One', email }),
    await create('res.partner', { name: 'Two', email: 'Ann@example.com' }),
  ]
  const mugs = [
    await create('product.product', { name: 'Mug', default_code: 'MUG' }),
    await create('product.product', { name: 'Cup', default_code: 'MUG' }),
  ]
  await world.apply()
  await world.runAll()
  for (const [mapping, ids] of [
    ['shopify-customers', contacts],
    ['shopify-products', mugs],
  ] as const)
    expect(await parked(mapping)).toMatchObject([
      { class: 'ambiguous', message: expect.stringContaining(ids.join(', ')) },
    ])
  const waiting = (await parked('shopify-orders')).find(({ label }) => label === '#twice')
  expect(waiting).toMatchObject({
    class: 'missing-reference',
    message: expect.stringContaining('shopify-customers'),
  })

  await odoo.control.unlink({ model: 'res.partner', ids: [contacts[1]!] })
  await odoo.control.write({ model: 'product.product', ids: [mugs[0]!], values: { active: false } })
  world.wait(16 * 60_000)
  const tallies = await world.runAll()
  expect(tallies['shopify-customers']).toMatchObject({ due: 1, delivered: 1 })
  expect(tallies['shopify-products']).toMatchObject({ due: 1, delivered: 1 })
  for (const mapping of ['shopify-customers', 'shopify-products', 'shopify-orders'])
    expect((await parked(mapping)).filter(({ label }) => label === '#twice')).toEqual([])
  expect(await read('sale.order', ['partner_id'], [['client_order_ref', '=', '#twice']])).toMatchObject([
    { partner_id: contacts[0] },
  ])
  expect(await read('res.partner', ['name'], [['email_normalized', '=', email]])).toMatchObject([
    { name: expect.stringMatching(/^Ann/) },
  ])
})

test('what was archived stays so, and a new one is made', async () => {
  const email = 'bob@example.com'
  await world.shop.control.createCustomer({ firstName: 'Bob', email })
  const archived = await create('res.partner', { name: 'By hand', email, active: false })
  await world.apply()
  await world.run('shopify-customers')
  const found = await read<{ id: number; name: string; active: boolean }>(
    'res.partner',
    ['name', 'active'],
    [
      ['email', '=', email],
      ['active', 'in', [true, false]],
    ],
  )
  expect(found).toHaveLength(2)
  expect(found.find(({ id }) => id === archived)).toMatchObject({ name: 'By hand', active: false })
})

test('an order that a person sold a discount into by hand is not confirmed before it adds up', async () => {
  const [order] = await ordinary()
  await typeIn([order!])
  const [line] = await read<{ id: number }>('sale.order.line', ['id'], [['name', '=', 'typed line']])
  await world.odoo.control.write({ model: 'sale.order.line', ids: [line!.id], values: { discount: 10 } })
  await world.apply()
  await world.runAll()
  const letter = (await parked('shopify-orders')).find(({ label }) => label === order!.name)
  expect(letter).toMatchObject({ class: 'disagrees' })
  expect(await read('sale.order', ['state'], [['client_order_ref', '=', order!.name]])).toMatchObject([
    { state: 'draft' },
  ])
})
