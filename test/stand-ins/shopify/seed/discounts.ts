import type { Random } from '../random.ts'
import type { Order } from '../state.ts'

/** Discounts on a line, on the whole order, on shipping. Parts always add up to the cent. */
export function discountOrder(order: Order, random: Random): void {
  if (random.chance(0.15)) discountLine(order, random.between(5, 30), random.chance(0.5))
  if (random.chance(0.15)) spread(order, random.chance(0.5) ? { percentage: 10 } : { cents: 500 })
  if (random.chance(0.05)) freeShipping(order)
}

function discountLine(order: Order, percentage: number, byHand: boolean): void {
  const line = order.lines[0]!
  order.discounts.push({
    kind: byHand ? 'manual' : 'automatic',
    title: byHand ? 'Loyal customer' : 'Summer sale',
    target: 'LINE_ITEM',
    selection: 'EXPLICIT',
    value: { percentage },
  })
  const amount = Math.round((line.unit * line.quantity * percentage) / 100)
  if (amount > 0) line.allocations.push({ discount: order.discounts.length - 1, amount })
}

/** A code on the whole order: in proportion to what lines cost after their own discounts, the last one takes what rounding left. */
function spread(order: Order, value: { percentage: number } | { cents: number }): void {
  const left = order.lines.map(
    (line) => line.unit * line.quantity - line.allocations.reduce((all, { amount }) => all + amount, 0),
  )
  const sum = left.reduce((all, cents) => all + cents, 0)
  const whole = 'cents' in value ? Math.min(value.cents, sum) : Math.round((sum * value.percentage) / 100)
  if (whole === 0) return
  order.discounts.push({
    kind: 'code',
    title: 'cents' in value ? 'FIVEOFF' : 'WELCOME10',
    target: 'LINE_ITEM',
    selection: 'ALL',
    value,
  })
  const lastWithPrice = left.findLastIndex((cents) => cents > 0)
  let spent = 0
  for (const [index, line] of order.lines.entries()) {
    const amount = index === lastWithPrice ? whole - spent : Math.floor((whole * left[index]!) / sum)
    spent += amount
    if (amount > 0) line.allocations.push({ discount: order.discounts.length - 1, amount })
  }
}

function freeShipping(order: Order): void {
  const [shipping] = order.shipping
  if (shipping === undefined || shipping.price === 0) return
  order.discounts.push({
    kind: 'code',
    title: 'FREESHIP',
    target: 'SHIPPING_LINE',
    selection: 'ALL',
    value: { percentage: 100 },
  })
  shipping.allocations.push({ discount: order.discounts.length - 1, amount: shipping.price })
}
