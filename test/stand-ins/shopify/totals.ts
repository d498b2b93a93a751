import type { Financial, Line, Order, Shipping } from './state.ts'

/**
 * What an order comes to, in either currency. Each price, allocation, tip and duty is turned into shop currency by itself and
 * rounded to the cent; sums are made of those, so both currencies add up on their own.
 *
 * What a line costs now: unit price × what is still ordered, less its discounts in proportion (sum of its allocations × current ÷
 * ordered quantity, half up). Tax is the rate on that, rounded line by line: on top, or taken out of it where prices include tax.
 * So a removed, refunded or cancelled unit takes its share of discount and tax with it. The current total is the sum of what
 * lines cost now, shipping less what of it was paid back, tax on top, tip and duties.
 */
export type Currency = 'presentment' | 'shop'

/** `current`: without what was removed or refunded. `ordered`: with it. */
export type Extent = 'current' | 'ordered'

export interface Amounts {
  /** Before discounts. */
  readonly gross: number
  readonly discount: number
  /** Gross less discount. */
  readonly net: number
  readonly tax: number
}

export interface Totals {
  readonly subtotal: number
  readonly discounts: number
  readonly shipping: number
  readonly tax: number
  readonly total: number
}

export function roundHalfUp(amount: number): number {
  return Math.sign(amount) * Math.round(Math.abs(amount) + 1e-9)
}

/** Presentment cents as cents of the currency asked for. */
export function inCurrency(order: Order, currency: Currency, cents: number): number {
  return currency === 'presentment' ? cents : roundHalfUp(cents * order.rate)
}

export function lineAmounts(order: Order, line: Line, currency: Currency, quantity: number): Amounts {
  const gross = inCurrency(order, currency, line.unit) * quantity
  const allocated = allocatedTo(order, line, currency)
  const discount = line.quantity === 0 ? 0 : roundHalfUp((allocated * quantity) / line.quantity)
  return amounts(order, gross, discount, line.taxed)
}

/** The sum of a line's allocations, on the whole quantity ordered; of the discounts that are wanted only. */
export function allocatedTo(
  order: Order,
  item: Pick<Line, 'allocations'>,
  currency: Currency,
  wanted: (discount: number) => boolean = () => true,
): number {
  return item.allocations
    .filter(({ discount }) => wanted(discount))
    .reduce((sum, { amount }) => sum + inCurrency(order, currency, amount), 0)
}

export function shippingAmounts(
  order: Order,
  shipping: Shipping,
  currency: Currency,
  extent: Extent,
): Amounts {
  const gross = inCurrency(order, currency, shipping.price)
  const paidBack = extent === 'current' ? inCurrency(order, currency, shipping.refunded) : 0
  return amounts(order, gross - paidBack, allocatedTo(order, shipping, currency), shipping.taxed)
}

function amounts(order: Order, gross: number, discount: number, taxed: boolean): Amounts {
  const net = gross - discount
  return { gross, discount, net, tax: taxed && !order.taxExempt ? taxOf(order, net) : 0 }
}

function taxOf(order: Order, net: number): number {
  return order.taxesIncluded ? net - roundHalfUp(net / (1 + order.taxRate)) : roundHalfUp(net * order.taxRate)
}

export function totalsOf(order: Order, currency: Currency, extent: Extent): Totals {
  const lines = order.lines.map((line) =>
    lineAmounts(order, line, currency, extent === 'current' ? line.currentQuantity : line.quantity),
  )
  const shipping = order.shipping.map((one) => shippingAmounts(order, one, currency, extent))
  const subtotal = sum(lines.map(({ net }) => net))
  const carried = sum(shipping.map(({ net }) => net))
  const tax = sum([...lines, ...shipping].map((one) => one.tax))
  const extra = inCurrency(order, currency, order.tip) + inCurrency(order, currency, order.duties)
  return {
    subtotal,
    discounts: sum([...lines, ...shipping].map(({ discount }) => discount)),
    shipping: carried,
    tax,
    total: subtotal + carried + (order.taxesIncluded ? 0 : tax) + extra,
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** What customers paid, and what went back to them, in presentment cents. */
export function received(order: Order): number {
  return sum(
    order.transactions.map((one) => (one.kind === 'SALE' && one.status === 'SUCCESS' ? one.amount : 0)),
  )
}

export function refunded(order: Order): number {
  return sum(order.transactions.map((one) => (one.kind === 'REFUND' ? one.amount : 0)))
}

/** An edit asks for no money by itself: what is added to a paid order makes it partially paid, what is taken away leaves it paid. */
export function financialStatus(order: Order): Financial {
  const paid = received(order)
  const back = refunded(order)
  const { total } = totalsOf(order, 'presentment', 'current')
  if (paid === 0) return order.cancelledAt !== null ? 'VOIDED' : total === 0 ? 'PAID' : 'PENDING'
  if (back >= paid) return 'REFUNDED'
  if (back > 0) return 'PARTIALLY_REFUNDED'
  return paid < total ? 'PARTIALLY_PAID' : 'PAID'
}
