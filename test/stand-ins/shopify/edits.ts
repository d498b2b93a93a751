import { newLine } from './orders.ts'
import { type Line, newId, type Order, type Refund, type ShopState } from './state.ts'
import { received, refunded, totalsOf } from './totals.ts'

/** What a merchant does to an order. Totals and payment status follow from the state. */

function lineAt(order: Order, index: number): Line {
  const line = order.lines[index]
  if (line === undefined) throw new Error(`${order.name} has no line ${index}.`)
  return line
}

/** An order edit takes a line away: it stays in the list with nothing left of it. */
export function removeLine(order: Order, index: number): void {
  lineAt(order, index).currentQuantity = 0
  order.edited = true
}

/** One more unit of a variant, at its price now; discounts of the order do not reach it. */
export function addLine(state: ShopState, order: Order, sku: string): void {
  const variant = [...state.variants.values()].find((candidate) => candidate.sku === sku)
  if (variant === undefined) throw new Error(`There is no variant ${sku}.`)
  order.lines.push(newLine(state, variant, 1, Math.max(50, Math.round(variant.price / order.rate)), true))
  order.edited = true
}

/** A larger quantity raises what was ordered; a smaller one only what is left of it. */
export function setQuantity(order: Order, index: number, quantity: number): void {
  const line = lineAt(order, index)
  if (quantity > line.quantity) line.quantity = quantity
  line.currentQuantity = quantity
  order.edited = true
}

/** What is owed gets paid. */
export function markPaid(state: ShopState, order: Order, at: number): void {
  const owed = totalsOf(order, 'presentment', 'current').total - received(order) + refunded(order)
  order.transactions = order.transactions.filter(({ status }) => status !== 'PENDING')
  if (owed > 0)
    order.transactions.push({ id: newId(state), kind: 'SALE', status: 'SUCCESS', at, amount: owed })
}

/** Units go back, with what was paid for them. */
export function refund(
  state: ShopState,
  order: Order,
  lines: readonly { readonly line: number; readonly quantity: number }[],
  at: number,
  how: { restock?: Refund['lines'][number]['restock']; shipping?: boolean; note?: string } = {},
): void {
  const before = totalsOf(order, 'presentment', 'current').total
  const taken: Refund['lines'] = []
  for (const { line: index, quantity } of lines) {
    const line = lineAt(order, index)
    if (quantity > line.currentQuantity)
      throw new Error(`${order.name} has ${line.currentQuantity} of line ${index} left.`)
    line.currentQuantity -= quantity
    taken.push({ id: newId(state), line: line.id, quantity, restock: how.restock ?? 'RETURN' })
  }
  if (how.shipping === true) {
    for (const shipping of order.shipping) {
      const discount = shipping.allocations.reduce((sum, { amount }) => sum + amount, 0)
      shipping.refunded = shipping.price - discount
    }
  }
  const difference = before - totalsOf(order, 'presentment', 'current').total
  const paid = Math.min(difference, received(order) - refunded(order))
  order.refunds.push({ id: newId(state), at, note: how.note ?? null, lines: taken, paid })
  if (paid > 0)
    order.transactions.push({ id: newId(state), kind: 'REFUND', status: 'SUCCESS', at, amount: paid })
}

/** Cancelling takes everything back, shipping, tip and duties included: nothing is ordered any more and the total is nil. */
export function cancel(state: ShopState, order: Order, at: number): void {
  const left = order.lines
    .map((line, index) => ({ line: index, quantity: line.currentQuantity }))
    .filter(({ quantity }) => quantity > 0)
  refund(state, order, left, at, { restock: 'CANCEL', shipping: true })
  order.tip = 0
  order.duties = 0
  const rest = received(order) - refunded(order)
  if (rest > 0) {
    order.refunds.at(-1)!.paid += rest
    const given = order.transactions.find((one) => one.kind === 'REFUND' && one.at === at)
    if (given === undefined)
      order.transactions.push({ id: newId(state), kind: 'REFUND', status: 'SUCCESS', at, amount: rest })
    else given.amount += rest
  }
  order.cancelledAt = at
  order.closedAt = at
}
