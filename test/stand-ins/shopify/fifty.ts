import { addLine, cancel, markPaid, refund, removeLine, setQuantity } from './edits.ts'
import type { Order, ShopState } from './state.ts'
import { financialStatus } from './totals.ts'

export interface Changed {
  readonly id: string
  readonly name: string
  readonly kind: 'line removed' | 'line added' | 'quantity changed' | 'paid' | 'cancelled' | 'refunded'
}

/** Kinds of change with how many of paid and of pending orders get each: fifty in all. */
const PLAN: readonly (readonly [Changed['kind'], 'PAID' | 'PENDING', number])[] = [
  ['line removed', 'PAID', 5],
  ['line removed', 'PENDING', 5],
  ['line added', 'PAID', 5],
  ['line added', 'PENDING', 5],
  ['quantity changed', 'PAID', 5],
  ['quantity changed', 'PENDING', 5],
  ['paid', 'PENDING', 8],
  ['cancelled', 'PAID', 3],
  ['cancelled', 'PENDING', 3],
  ['refunded', 'PAID', 6],
]

/** Changes exactly fifty orders that a sync would have taken, each in one way. */
export function changeFifty(state: ShopState, now: number): readonly Changed[] {
  const sku = [...state.variants.values()].find((variant) => variant.sku !== null)?.sku
  if (typeof sku !== 'string') throw new Error('The shop has no variant with a SKU.')
  const free = [...state.orders.values()].filter(isOrdinary)
  const changed: Changed[] = []
  for (const [kind, financial, count] of PLAN) {
    for (let n = 0; n < count; n++) {
      const index = free.findIndex((order) => financialStatus(order) === financial && fits(order, kind))
      if (index < 0) throw new Error(`The shop has too few orders for "${kind}".`)
      const [order] = free.splice(index, 1)
      change(state, order!, kind, sku, now)
      order!.updatedAt = now
      changed.push({ id: `gid://shopify/Order/${order!.id}`, name: order!.name, kind })
    }
  }
  return changed
}

/** None that a mapping leaves out or parks, and none that was changed before. */
function isOrdinary(order: Order): boolean {
  return (
    !order.test &&
    order.cancelledAt === null &&
    order.tip === 0 &&
    order.duties === 0 &&
    order.placed.presentment > 0 &&
    order.lines.length <= 5 &&
    order.lines.every((line) => line.sku !== null && line.currentQuantity === line.quantity && line.unit > 0)
  )
}

function fits(order: Order, kind: Changed['kind']): boolean {
  if (kind === 'line removed') return order.lines.length > 1
  if (kind === 'refunded') return order.lines[0]!.quantity > 1
  return true
}

function change(state: ShopState, order: Order, kind: Changed['kind'], sku: string, now: number): void {
  if (kind === 'line removed') removeLine(order, 0)
  else if (kind === 'line added') addLine(state, order, sku)
  else if (kind === 'quantity changed') setQuantity(order, 0, order.lines[0]!.quantity + 1)
  else if (kind === 'paid') markPaid(state, order, now)
  else if (kind === 'cancelled') cancel(state, order, now)
  else refund(state, order, [{ line: 0, quantity: 1 }], now)
}
