import { emptyOut, newLine } from './seed.ts'
import type { Line, Order, ShopState } from './state.ts'

/** What a merchant does to an order. Totals follow from the state. */

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

export function addLine(state: ShopState, order: Order, sku: string): void {
  const variant = [...state.variants.values()].find((candidate) => candidate.sku === sku)
  if (variant === undefined) throw new Error(`There is no variant ${sku}.`)
  order.lines.push(newLine(state, variant, 1, Math.max(50, Math.round(variant.price / order.rate)), true))
  order.edited = true
  owed(order)
}

/** A larger quantity raises what was ordered; a smaller one only what is left of it. */
export function setQuantity(order: Order, index: number, quantity: number): void {
  const line = lineAt(order, index)
  if (quantity > line.currentQuantity) owed(order)
  if (quantity > line.quantity) line.quantity = quantity
  line.currentQuantity = quantity
  order.edited = true
}

function owed(order: Order): void {
  if (order.financial === 'PAID') order.financial = 'PARTIALLY_PAID'
}

export function markPaid(order: Order): void {
  order.financial = 'PAID'
}

export function cancel(order: Order, now: number): void {
  order.cancelledAt = now
  emptyOut(order)
}

export function refund(order: Order, index: number, quantity: number): void {
  const line = lineAt(order, index)
  line.currentQuantity = Math.max(0, line.currentQuantity - quantity)
  order.financial = 'PARTIALLY_REFUNDED'
}
