import { expect } from 'vitest'
import type { Json, Shop } from './asking.ts'

const QUERY = `query Totals($after: String) { orders(first: 20, after: $after, sortKey: ID) { pageInfo { hasNextPage endCursor } nodes {
  name taxesIncluded taxExempt displayFinancialStatus cancelledAt
  subtotalPriceSet { ...M } totalDiscountsSet { ...M } totalShippingPriceSet { ...M } totalTaxSet { ...M } totalPriceSet { ...M }
  currentSubtotalPriceSet { ...M } currentTotalDiscountsSet { ...M } currentShippingPriceSet { ...M } currentTotalTaxSet { ...M }
  currentTotalPriceSet { ...M } originalTotalPriceSet { ...M } totalTipReceivedSet { ...M } currentTotalDutiesSet { ...M }
  totalReceivedSet { ...M } totalRefundedSet { ...M } netPaymentSet { ...M } totalOutstandingSet { ...M }
  taxLines { rate priceSet { ...M } } currentTaxLines { rate priceSet { ...M } }
  lineItems(first: 250) { nodes { quantity currentQuantity taxable originalUnitPriceSet { ...M } discountAllocations { allocatedAmountSet { ...M } discountApplication { index targetSelection } } taxLines { rate priceSet { ...M } } } }
  shippingLines(first: 5) { nodes { originalPriceSet { ...M } discountedPriceSet { ...M } currentDiscountedPriceSet { ...M } taxLines { rate priceSet { ...M } } discountAllocations { allocatedAmountSet { ...M } } } }
  transactions(first: 20) { kind status amountSet { ...M } }
  refunds(first: 9) { totalRefundedSet { ...M } refundLineItems(first: 200) { nodes { quantity subtotalSet { ...M } totalTaxSet { ...M } } } }
} } } fragment M on MoneyBag { shopMoney { amount } presentmentMoney { amount } }`

export async function ordersWithMoney(shop: Shop): Promise<readonly Json[]> {
  const found: Json[] = []
  for (let after: string | null = null; ; ) {
    const { orders }: Json = await shop.data(QUERY, { after })
    found.push(...orders.nodes)
    if (!orders.pageInfo.hasNextPage) return found
    after = orders.pageInfo.endCursor
  }
}

/** Checks from what GraphQL gave alone, in whole cents, that an order adds up: as ordered, and as it is now. */
export function expectToAddUp(order: Json): void {
  for (const side of ['presentmentMoney', 'shopMoney']) {
    const cents = (bag: Json): number => (bag === null ? 0 : Math.round(Number(bag[side].amount) * 100))
    const all = (bags: readonly Json[]): number => bags.reduce((sum, bag) => sum + cents(bag), 0)
    const lines: Json[] = order.lineItems.nodes
    const shipping: Json[] = order.shippingLines.nodes
    const allocated = (item: Json) => all(item.discountAllocations.map((one: Json) => one.allocatedAmountSet))
    const share = (line: Json) =>
      line.quantity === 0 ? 0 : Math.round((allocated(line) * line.currentQuantity) / line.quantity + 1e-9)
    const rate = order.taxesIncluded ? 0.2 : 0.0825
    const tax = (net: number) =>
      order.taxesIncluded ? net - Math.round(net / 1.2 + 1e-9) : Math.round(net * rate + 1e-9)
    const taxed = (item: Json) => item.taxLines.length > 0

    const orderedNet = lines.map((line) => cents(line.originalUnitPriceSet) * line.quantity - allocated(line))
    const currentNet = lines.map(
      (line) => cents(line.originalUnitPriceSet) * line.currentQuantity - share(line),
    )
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
    const carried = (key: string) => shipping.map((one) => cents(one[key]))
    const taxes = (nets: readonly number[], fares: readonly number[]) =>
      sum(nets.map((net, index) => (taxed(lines[index]!) ? tax(net) : 0))) +
      sum(fares.map((fare, index) => (taxed(shipping[index]!) ? tax(fare) : 0)))
    const onTop = (amount: number) => (order.taxesIncluded ? 0 : amount)
    const extra = cents(order.totalTipReceivedSet) + cents(order.currentTotalDutiesSet)
    const before = { fares: carried('discountedPriceSet'), nets: orderedNet }
    const now = { fares: carried('currentDiscountedPriceSet'), nets: currentNet }
    const taxBefore = taxes(before.nets, before.fares)
    const taxNow = taxes(now.nets, now.fares)

    expect([
      order.name,
      side,
      cents(order.subtotalPriceSet),
      cents(order.totalShippingPriceSet),
      cents(order.totalTaxSet),
      cents(order.totalPriceSet),
      cents(order.totalDiscountsSet),
    ]).toEqual([
      order.name,
      side,
      sum(before.nets),
      sum(before.fares),
      taxBefore,
      sum(before.nets) + sum(before.fares) + onTop(taxBefore) + extra,
      sum(lines.map(allocated)) + sum(shipping.map(allocated)),
    ])
    expect([
      order.name,
      side,
      cents(order.currentSubtotalPriceSet),
      cents(order.currentShippingPriceSet),
      cents(order.currentTotalTaxSet),
      cents(order.currentTotalPriceSet),
    ]).toEqual([
      order.name,
      side,
      sum(now.nets),
      sum(now.fares),
      taxNow,
      sum(now.nets) + sum(now.fares) + onTop(taxNow) + extra,
    ])
    expect(all(order.taxLines.map((line: Json) => line.priceSet))).toBe(taxBefore)
    expect(all(order.currentTaxLines.map((line: Json) => line.priceSet))).toBe(taxNow)
    if (side === 'presentmentMoney') expectMoneyToFlow(order, cents, all)
  }
}

/** Payments against totals, in the currency that was paid. */
function expectMoneyToFlow(
  order: Json,
  cents: (bag: Json) => number,
  all: (bags: readonly Json[]) => number,
) {
  const of = (kind: string) =>
    all(
      order.transactions
        .filter((one: Json) => one.kind === kind && one.status === 'SUCCESS')
        .map((one: Json) => one.amountSet),
    )
  const received = of('SALE')
  const refunded = of('REFUND')
  expect([cents(order.totalReceivedSet), cents(order.totalRefundedSet), cents(order.netPaymentSet)]).toEqual([
    received,
    refunded,
    received - refunded,
  ])
  expect(all(order.refunds.map((one: Json) => one.totalRefundedSet))).toBe(refunded)
  const total = cents(order.currentTotalPriceSet)
  switch (order.displayFinancialStatus) {
    case 'PAID':
      return expect(received).toBeGreaterThanOrEqual(total)
    case 'PENDING':
      return expect([received, cents(order.totalOutstandingSet)]).toEqual([0, total])
    case 'PARTIALLY_PAID':
      return expect(received > 0 && received < total).toBe(true)
    case 'PARTIALLY_REFUNDED':
      return expect(refunded > 0 && refunded < received).toBe(true)
    case 'REFUNDED':
      return expect([received > 0, refunded]).toEqual([true, received])
    default:
      return expect([order.displayFinancialStatus, received]).toEqual(['VOIDED', 0])
  }
}
