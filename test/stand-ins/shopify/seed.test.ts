import { beforeAll, describe, expect, test } from 'vitest'
import { expectToAddUp, ordersWithMoney } from './adding-up.ts'
import { openShop } from './asking.ts'
import { seedShop } from './seed/shop.ts'
import type { Order, ShopState } from './state.ts'
import { financialStatus, totalsOf } from './totals.ts'

const now = Date.parse('2026-11-24T00:00:00Z')
const DAY = 86_400_000

describe('the shop of the demo', () => {
  let state: ShopState
  let orders: readonly Order[]
  beforeAll(() => {
    state = seedShop({ now })
    orders = [...state.orders.values()]
  })
  const share = (fits: (order: Order) => boolean) => orders.filter(fits).length / orders.length

  test('is the same for the same seed, and another for another', () => {
    expect(seedShop({ now })).toEqual(state)
    expect(seedShop({ now, seed: 2 })).not.toEqual(state)
  })

  test('is as large as it says', () => {
    expect([state.customers.size, state.products.size, state.orders.size]).toEqual([320, 120, 2_000])
    const perProduct = Map.groupBy(state.variants.values(), ({ productId }) => productId)
    expect(perProduct.size).toBe(120)
    expect(Math.max(...perProduct.values().map((variants) => variants.length))).toBe(6)
  })

  test('has every SKU once, and a few variants without', () => {
    const skus = [...state.variants.values()].map(({ sku }) => sku)
    const given = skus.filter((sku) => sku !== null)
    expect(new Set(given).size).toBe(given.length)
    expect(skus.length - given.length).toBeGreaterThan(0)
    expect(new Set(orders.map(({ name }) => name)).size).toBe(2_000)
  })

  test('has all its orders in the last fifty days', () => {
    for (const { createdAt, updatedAt } of orders) {
      expect(createdAt).toBeGreaterThanOrEqual(now - 50 * DAY)
      expect(updatedAt).toBeGreaterThanOrEqual(createdAt)
      expect(updatedAt).toBeLessThanOrEqual(now)
    }
  })

  test.each<[string, number, number, (order: Order) => boolean]>([
    ['guests, with an address of their own', 0.07, 0.13, (o) => o.customerId === null && o.email !== null],
    ['paid', 0.6, 0.75, (o) => financialStatus(o) === 'PAID'],
    ['pending', 0.2, 0.35, (o) => financialStatus(o) === 'PENDING'],
    ['refunded in part', 0.003, 0.03, (o) => financialStatus(o) === 'PARTIALLY_REFUNDED'],
    ['cancelled', 0.005, 0.02, (o) => o.cancelledAt !== null],
    ['tests', 0.002, 0.01, (o) => o.test],
    ['edited', 0.003, 0.02, (o) => o.edited],
    ['in euros', 0.28, 0.39, (o) => o.currency === 'EUR'],
    ['in pounds', 0.28, 0.39, (o) => o.currency === 'GBP'],
    ['with a free line', 0.03, 0.2, (o) => o.lines.some(({ unit }) => unit === 0)],
    ['with an untaxed line', 0.1, 0.4, (o) => o.lines.some(({ taxed }) => !taxed)],
    ['with a discount on a line', 0.1, 0.2, (o) => o.discounts.some((d) => d.selection === 'EXPLICIT')],
    [
      'with a discount on the whole order',
      0.1,
      0.2,
      (o) => o.discounts.some((d) => d.selection === 'ALL' && d.target === 'LINE_ITEM'),
    ],
    ['with free shipping by code', 0.01, 0.06, (o) => o.discounts.some((d) => d.target === 'SHIPPING_LINE')],
    ['delivered elsewhere', 0.15, 0.35, (o) => o.shippingTo?.address1 !== o.billing?.address1],
    ['with a tip or duties: booked by no mapping', 0.001, 0.005, (o) => o.tip + o.duties > 0],
    ['with a line that has no SKU any more', 0.001, 0.005, (o) => o.lines.some(({ sku }) => sku === null)],
    ['of 120 lines', 0.001, 0.002, (o) => o.lines.length === 120],
  ])('%s: %d to %d of all', (_name, low, high, fits) => {
    expect(share(fits)).toBeGreaterThanOrEqual(low)
    expect(share(fits)).toBeLessThanOrEqual(high)
  })

  test('has two tax rates: one on top of dollar prices, one inside the others', () => {
    for (const { currency, taxRate, taxesIncluded } of orders)
      expect([taxRate, taxesIncluded]).toEqual(currency === 'USD' ? [0.0825, false] : [0.2, true])
  })

  test('has names in other scripts, with apostrophes and emoji, and people without a name, mail or address', () => {
    const customers = [...state.customers.values()]
    const names = customers.map(({ firstName, lastName }) => `${firstName} ${lastName}`).join()
    for (const part of ['ï', '山田', '김', "O'Malley", '🐙', 'Ł']) expect(names).toContain(part)
    for (const key of ['firstName', 'email', 'address'] as const)
      expect(customers.filter((customer) => customer[key] === null).length).toBeGreaterThan(0)
    expect(Math.max(...customers.map(({ note }) => note?.length ?? 0))).toBeGreaterThan(5_000)
  })

  test('spreads discounts to the cent and never below nothing', () => {
    for (const order of orders) {
      for (const [index, { value, target }] of order.discounts.entries()) {
        const items = target === 'LINE_ITEM' ? order.lines : order.shipping
        const spent = items
          .flatMap(({ allocations }) => allocations)
          .filter(({ discount }) => discount === index)
        if ('cents' in value)
          expect(spent.reduce((all, { amount }) => all + amount, 0)).toBeLessThanOrEqual(value.cents)
        for (const { amount } of spent) expect(amount).toBeGreaterThan(0)
      }
      expect(totalsOf(order, 'presentment', 'current').total).toBeGreaterThanOrEqual(0)
      for (const line of order.lines)
        expect(line.allocations.reduce((all, { amount }) => all + amount, 0)).toBeLessThanOrEqual(
          line.unit * line.quantity,
        )
    }
  })
})

test('every order adds up in both currencies, by what GraphQL gives', { timeout: 60_000 }, async () => {
  const shop = await openShop({ seed: { orders: 1_000 } })
  const orders = await ordersWithMoney(shop)
  expect(orders.length).toBe(1_000)
  for (const order of orders) expectToAddUp(order)
})
