import { expect, test } from 'vitest'
import { expectToAddUp, ordersWithMoney } from './adding-up.ts'
import { type Json, openShop, type Shop } from './asking.ts'

const NOON = '2026-11-20T12:00:00Z'
const LATER = '2026-11-20T13:00:00Z'

/** #1: 2 × 50.00 less 10.00, 1 × 30.00, shipping 5.00 untaxed; 8.25 % on top: 7.43 + 2.48. */
async function oneOrder(financial: 'PAID' | 'PENDING' = 'PAID') {
  let now = Date.parse(NOON)
  const shop = await openShop({ seed: false, now: () => now })
  await shop.control.createVariant({ sku: 'MUG' })
  await shop.control.createVariant({ sku: 'TEE', price: 2_000 })
  await shop.control.createOrder({
    name: '#1',
    financial,
    lines: [
      { sku: 'MUG', quantity: 2, unit: 5_000, discount: 1_000 },
      { sku: 'TEE', quantity: 1, unit: 3_000 },
    ],
    shipping: 500,
  })
  now = Date.parse(LATER)
  return shop
}

async function state(shop: Shop) {
  const { orders } = await shop.data(
    '{ orders(first: 1) { nodes { updatedAt edited cancelledAt displayFinancialStatus currentTotalPriceSet { presentmentMoney { amount } } totalPriceSet { presentmentMoney { amount } } lineItems(first: 9) { nodes { sku quantity currentQuantity } } } } }',
  )
  const [order] = orders.nodes
  for (const one of await ordersWithMoney(shop)) expectToAddUp(one)
  return {
    total: order.currentTotalPriceSet.presentmentMoney.amount,
    ordered: order.totalPriceSet.presentmentMoney.amount,
    status: order.displayFinancialStatus,
    lines: order.lineItems.nodes.map((l: Json) => `${l.sku} ${l.currentQuantity}/${l.quantity}`),
    updatedAt: order.updatedAt,
  }
}

test('an order of a literal', async () => {
  expect(await state(await oneOrder())).toEqual({
    total: '134.91',
    ordered: '134.91',
    status: 'PAID',
    lines: ['MUG 2/2', 'TEE 1/1'],
    updatedAt: NOON,
  })
})

test.each<[string, 'PAID' | 'PENDING', (shop: Shop) => Promise<unknown>, object]>([
  [
    'a removed line stays with nothing left of it',
    'PAID',
    ({ control }) => control.editOrder({ order: '#1', removeLine: 0 }),
    { total: '37.48', ordered: '134.91', status: 'PAID', lines: ['MUG 0/2', 'TEE 1/1'] },
  ],
  [
    'an added line makes a paid order partially paid',
    'PAID',
    ({ control }) => control.editOrder({ order: '#1', addLine: 'TEE' }),
    {
      total: '156.56',
      ordered: '156.56',
      status: 'PARTIALLY_PAID',
      lines: ['MUG 2/2', 'TEE 1/1', 'TEE 1/1'],
    },
  ],
  [
    'a larger quantity is ordered, its discount stays',
    'PENDING',
    ({ control }) => control.editOrder({ order: '#1', setQuantity: { line: 0, quantity: 3 } }),
    { total: '189.03', ordered: '189.03', status: 'PENDING', lines: ['MUG 3/3', 'TEE 1/1'] },
  ],
  [
    'a smaller quantity takes its share of the discount with it',
    'PENDING',
    ({ control }) => control.editOrder({ order: '#1', setQuantity: { line: 0, quantity: 1 } }),
    { total: '86.19', ordered: '134.91', status: 'PENDING', lines: ['MUG 1/2', 'TEE 1/1'] },
  ],
  [
    'a note changes nothing but the stamp',
    'PAID',
    ({ control }) => control.editOrder({ order: '#1', note: 'hello' }),
    { total: '134.91', ordered: '134.91', status: 'PAID', lines: ['MUG 2/2', 'TEE 1/1'] },
  ],
  [
    'what is owed gets paid',
    'PENDING',
    ({ control }) => control.markPaid({ order: '#1' }),
    { total: '134.91', ordered: '134.91', status: 'PAID', lines: ['MUG 2/2', 'TEE 1/1'] },
  ],
  [
    'a unit goes back with its money',
    'PAID',
    ({ control }) => control.refund({ order: '#1', line: 0, quantity: 1 }),
    { total: '86.19', ordered: '134.91', status: 'PARTIALLY_REFUNDED', lines: ['MUG 1/2', 'TEE 1/1'] },
  ],
  [
    'units of several lines and shipping go back: nothing is left',
    'PAID',
    ({ control }) =>
      control.refund({
        order: '#1',
        lines: [
          { line: 0, quantity: 2 },
          { line: 1, quantity: 1 },
        ],
        shipping: true,
      }),
    { total: '0.0', ordered: '134.91', status: 'REFUNDED', lines: ['MUG 0/2', 'TEE 0/1'] },
  ],
  [
    'a paid order is cancelled and paid back',
    'PAID',
    ({ control }) => control.cancel({ order: '#1' }),
    { total: '0.0', ordered: '134.91', status: 'REFUNDED', lines: ['MUG 0/2', 'TEE 0/1'] },
  ],
  [
    'a pending order is cancelled and void',
    'PENDING',
    ({ control }) => control.cancel({ order: '#1' }),
    { total: '0.0', ordered: '134.91', status: 'VOIDED', lines: ['MUG 0/2', 'TEE 0/1'] },
  ],
])('%s (%s)', async (_name, financial, edit, expected) => {
  const shop = await oneOrder(financial)
  await edit(shop)
  expect(await state(shop)).toEqual({ ...expected, updatedAt: LATER })
})

test('what is added to a paid order can be paid too', async () => {
  const shop = await oneOrder()
  await shop.control.editOrder({ order: '#1', addLine: 'TEE' })
  await shop.control.markPaid({ order: '#1' })
  expect(await state(shop)).toMatchObject({ status: 'PAID', total: '156.56' })
})

test.each([
  ['There is no order #9.', (shop: Shop) => shop.control.cancel({ order: '#9' })],
  ['#1 has no line 7.', (shop: Shop) => shop.control.editOrder({ order: '#1', removeLine: 7 })],
  ['There is no variant NO.', (shop: Shop) => shop.control.editOrder({ order: '#1', addLine: 'NO' })],
  ['#1 has 2 of line 0 left.', (shop: Shop) => shop.control.refund({ order: '#1', line: 0, quantity: 3 })],
])('%s', async (message, act) => {
  await expect(act(await oneOrder())).rejects.toThrow(message)
})

test('a deleted variant leaves its SKU on what was sold', async () => {
  const shop = await oneOrder()
  await shop.control.deleteVariant({ sku: 'MUG' })
  const { orders, productVariants } = await shop.data(
    '{ orders(first: 1) { nodes { lineItems(first: 1) { nodes { sku variant { id } product { title } } } } } productVariants(first: 9) { nodes { sku } } }',
  )
  expect(orders.nodes[0].lineItems.nodes[0]).toEqual({ sku: 'MUG', variant: null, product: { title: 'MUG' } })
  expect(productVariants.nodes).toEqual([{ sku: 'TEE' }])
})

test('customers, variants and products change with their stamps', async () => {
  const shop = await oneOrder()
  const { control } = shop
  await control.createCustomer({ email: 'ada@example.com', firstName: 'Ada', address: { city: 'Leeds' } })
  await control.updateCustomer({ email: 'ada@example.com', lastName: "O'Neill", address: { zip: 'LS1' } })
  await control.updateVariant({ sku: 'MUG', price: 1_250 })
  await control.updateProduct({ sku: 'TEE', title: 'Tea' })
  const data = await shop.data(
    '{ customers(first: 1) { nodes { displayName defaultAddress { city zip } } } productVariants(first: 2) { nodes { displayName price updatedAt product { updatedAt } } } }',
  )
  expect(data).toEqual({
    customers: { nodes: [{ displayName: "Ada O'Neill", defaultAddress: { city: 'Leeds', zip: 'LS1' } }] },
    productVariants: {
      nodes: [
        {
          displayName: 'MUG - Default Title',
          price: '12.50',
          updatedAt: LATER,
          product: { updatedAt: LATER },
        },
        {
          displayName: 'Tea - Default Title',
          price: '20.00',
          updatedAt: NOON,
          product: { updatedAt: LATER },
        },
      ],
    },
  })
})

test('what customers spent is what they paid', async () => {
  const shop = await openShop({ seed: false })
  const { id } = await shop.control.createCustomer({ firstName: 'Ada' })
  await shop.control.createOrder({
    name: '#1',
    customer: id,
    lines: [{ sku: null, quantity: 1, unit: 1_000, taxed: false }],
  })
  const { customer } = await shop.data(
    'query($id: ID!) { customer(id: $id) { numberOfOrders amountSpent { amount } lastOrder { name } } }',
    { id },
  )
  expect(customer).toEqual({
    numberOfOrders: '1',
    amountSpent: { amount: '10.0' },
    lastOrder: { name: '#1' },
  })
})

test('fifty orders change, each in one way, of paid and of pending ones, and all still add up', async () => {
  let now = Date.parse(NOON)
  const shop = await openShop({ seed: { orders: 600 }, now: () => now })
  const before = new Map((await ordersWithMoney(shop)).map((order) => [order.name, order]))
  now = Date.parse(LATER)
  const changed = await shop.control.changeFifty()
  expect(new Set(changed.map(({ name }) => name)).size).toBe(50)
  const { orders } = await shop.data(
    'query($q: String) { orders(first: 100, query: $q) { nodes { id name test } } }',
    { q: `updated_at:>='${LATER}'` },
  )
  expect(orders.nodes.map(({ id }: Json) => id).sort()).toEqual(changed.map(({ id }) => id).sort())
  const after = new Map((await ordersWithMoney(shop)).map((order) => [order.name, order]))
  for (const order of after.values()) expectToAddUp(order)
  const seen = new Set<string>()
  for (const { name, kind } of changed) {
    const was = before.get(name)!
    const is = after.get(name)!
    seen.add(`${kind} ${was.displayFinancialStatus}`)
    const left = (order: Json): number[] => order.lineItems.nodes.map((line: Json) => line.currentQuantity)
    switch (kind) {
      case 'line removed':
        expect(left(is)).toEqual([0, ...left(was).slice(1)])
        break
      case 'line added':
        expect(left(is)).toEqual([...left(was), 1])
        break
      case 'quantity changed':
        expect(left(is)[0]).toBe(left(was)[0]! + 1)
        break
      case 'paid':
        expect([was.displayFinancialStatus, is.displayFinancialStatus]).toEqual(['PENDING', 'PAID'])
        break
      case 'cancelled':
        expect([was.cancelledAt, is.cancelledAt]).toEqual([null, LATER])
        break
      case 'refunded':
        expect(is.displayFinancialStatus).toBe('PARTIALLY_REFUNDED')
    }
  }
  expect([...seen].sort()).toEqual([
    'cancelled PAID',
    'cancelled PENDING',
    'line added PAID',
    'line added PENDING',
    'line removed PAID',
    'line removed PENDING',
    'paid PENDING',
    'quantity changed PAID',
    'quantity changed PENDING',
    'refunded PAID',
  ])
})

test('the shop can be made anew', async () => {
  const shop = await openShop({ seed: false })
  await shop.control.seed({ customers: 5, products: 3, orders: 7 })
  expect(await shop.control.counts()).toMatchObject({ customers: 5, products: 3, orders: 7 })
  expect((await shop.data('{ orders(first: 9) { nodes { id } } }')).orders.nodes.length).toBe(7)
})
