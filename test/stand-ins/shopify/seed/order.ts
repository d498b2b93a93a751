import { cancel, refund, removeLine } from '../edits.ts'
import { blankOrder, newLine, place } from '../orders.ts'
import type { Random } from '../random.ts'
import { type Address, type Customer, newId, type Order, type ShopState, type Variant } from '../state.ts'
import { discountOrder } from './discounts.ts'
import { NOTES } from './words.ts'

/** What orders are made from. */
export interface Ground {
  readonly state: ShopState
  readonly random: Random
  readonly customers: readonly Customer[]
  readonly variants: readonly Variant[]
  readonly now: number
  readonly stranger: () => Address
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Two tax rates: 8.25 % on top of dollar prices, 20 % inside pound and euro prices. Rates to dollars differ by currency. */
const CURRENCIES = [
  { currency: 'USD', rate: 1, taxRate: 0.0825, taxTitle: 'California State Tax', taxesIncluded: false },
  { currency: 'GBP', rate: 1.25, taxRate: 0.2, taxTitle: 'GB VAT', taxesIncluded: true },
  { currency: 'EUR', rate: 1.1, taxRate: 0.2, taxTitle: 'FR TVA', taxesIncluded: true },
] as const

export function addOrder(ground: Ground, n: number, of: number): void {
  const { state, random, now } = ground
  const createdAt = now - 50 * DAY + Math.floor((n / of) * 49 * DAY)
  const many = n % 700 === 350
  const order: Order = {
    ...blankOrder(newId(state), `#${1001 + n}`, createdAt),
    ...random.pick(CURRENCIES),
    test: n % 250 === 11,
    updatedAt: createdAt + random.between(60, 80_000) * 1_000,
  }
  for (let line = 0; line < (many ? 120 : random.between(1, 5)); line++) {
    const variant = random.pick(ground.variants)
    const unit = random.chance(0.03) ? 0 : Math.max(50, Math.round(variant.price / order.rate))
    order.lines.push(newLine(state, variant, random.between(1, 3), unit, !random.chance(0.08)))
  }
  addPeople(ground, order, n)
  addShipping(ground, order)
  // 120 roundings of a discount beside 120 of a tax differ by more than the cents that are booked on a line of their own.
  if (!many) discountOrder(order, random)
  // What no mapping books, so that totals cannot agree: a tip, duties; and a line of a variant that is gone, without a SKU.
  if (n % 400 === 123) order.tip = 500
  if (n % 800 === 523) order.duties = 1_250
  if (n % 300 === 222) Object.assign(order.lines[0]!, { sku: null, variantId: null, productId: null })
  place(state, order, random.chance(0.72))
  addHistory(ground, order, n)
  const happened = [...order.refunds, ...order.fulfillments].map(({ at }) => at)
  order.updatedAt = Math.max(order.updatedAt, ...happened, order.closedAt ?? 0)
}

function addPeople({ random, customers, stranger }: Ground, order: Order, n: number): void {
  const customer = customers.length === 0 || random.chance(0.1) ? null : random.pick(customers)
  const address = customer?.address ?? stranger()
  order.customerId = customer?.id ?? null
  order.taxExempt = customer?.taxExempt ?? false
  order.email = customer === null ? `guest.${n}@example.com` : customer.email
  order.phone = random.chance(0.2) ? '+15105550142' : null
  order.billing = random.chance(0.05) ? null : random.chance(0.1) ? stranger() : address
  order.shippingTo = random.chance(0.2) ? stranger() : address
  order.note = random.chance(0.1) ? random.pick(NOTES) : null
  order.tags = random.chance(0.1) ? ['newsletter', 'trade'] : []
  order.poNumber = random.chance(0.05) ? `PO-${7_000 + n}` : null
  order.attributes = random.chance(0.05) ? [{ key: 'Gift wrap', value: 'yes' }] : []
}

function addShipping({ state, random }: Ground, order: Order): void {
  if (random.chance(0.15)) return
  order.shipping.push({
    id: newId(state),
    title: random.pick(['Standard', 'Tracked 48', 'Envío exprés']),
    price: random.chance(0.2) ? 0 : random.between(300, 2_000),
    allocations: [],
    refunded: 0,
    taxed: order.taxesIncluded || random.chance(0.3),
  })
}

/** What happened to some of them since: an edit, a refund, a cancellation; older paid ones were sent, oldest were archived. */
function addHistory({ state, random, now }: Ground, order: Order, n: number): void {
  const later = order.createdAt + HOUR
  const paid = order.transactions.some(({ status }) => status === 'SUCCESS')
  if (n % 97 === 40 && order.lines.length > 1) removeLine(order, 0)
  if (paid && n % 45 === 8 && order.lines[0]!.quantity > 1)
    refund(state, order, [{ line: 0, quantity: 1 }], later, { note: 'Wrong size' })
  if (n % 130 === 17) {
    cancel(state, order, later)
    return
  }
  if (!paid || order.createdAt > now - 10 * DAY || !random.chance(0.6)) return
  order.fulfillments.push({
    id: newId(state),
    at: order.createdAt + 2 * HOUR,
    company: 'Royal Mail',
    number: `RM${String(n).padStart(9, '0')}GB`,
  })
  if (order.createdAt < now - 40 * DAY) order.closedAt = order.createdAt + 3 * DAY
}
