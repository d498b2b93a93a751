/** What the shop holds. Money is whole cents of the presentment currency; the shop's own currency is US dollars. */
export interface Address {
  firstName: string | null
  lastName: string | null
  company: string | null
  address1: string | null
  address2: string | null
  city: string | null
  zip: string | null
  provinceCode: string | null
  province: string | null
  countryCodeV2: string | null
  country: string | null
  phone: string | null
}

export interface Customer {
  id: number
  firstName: string | null
  lastName: string | null
  email: string | null
  phone: string | null
  note: string | null
  tags: string[]
  address: Address | null
  createdAt: number
  updatedAt: number
}

export interface Variant {
  id: number
  productId: number
  productTitle: string
  title: string
  sku: string | null
  barcode: string | null
  /** Cents of US dollars. */
  price: number
  createdAt: number
  updatedAt: number
}

export interface Line {
  id: number
  title: string
  variantTitle: string | null
  sku: string | null
  variantId: number | null
  productId: number | null
  quantity: number
  currentQuantity: number
  unit: number
  /** Discount allocations on the whole quantity ordered, in the order of the discounts. */
  allocations: number[]
  taxed: boolean
}

export interface Shipping {
  id: number
  title: string
  price: number
  taxed: boolean
}

export interface Order {
  id: number
  name: string
  currency: 'USD' | 'EUR' | 'GBP'
  /** Presentment cents × rate = shop cents. */
  rate: number
  taxRate: number
  taxTitle: string
  taxesIncluded: boolean
  lines: Line[]
  shipping: Shipping[]
  tip: number
  financial: 'PAID' | 'PENDING' | 'PARTIALLY_REFUNDED' | 'PARTIALLY_PAID' | 'REFUNDED' | 'VOIDED'
  customerId: number | null
  email: string | null
  billing: Address | null
  shippingTo: Address | null
  note: string | null
  test: boolean
  cancelledAt: number | null
  edited: boolean
  createdAt: number
  updatedAt: number
}

export interface ShopState {
  customers: Map<number, Customer>
  variants: Map<number, Variant>
  orders: Map<number, Order>
  nextId: number
}

/** What a line costs now, before tax: quantity still ordered, less its share of the discounts. */
export function lineNet(line: Line): number {
  const gross = line.unit * line.currentQuantity
  const discount = line.allocations.reduce((sum, allocation) => sum + allocation, 0)
  return gross - (line.quantity === 0 ? 0 : roundHalfUp((discount * line.currentQuantity) / line.quantity))
}

export function roundHalfUp(amount: number): number {
  return Math.sign(amount) * Math.round(Math.abs(amount) + 1e-9)
}

/** Tax of an amount: on top of it, or inside it. Rounded to the cent line by line. */
export function taxOf(order: Order, amount: number, taxed: boolean): number {
  if (!taxed) return 0
  return order.taxesIncluded
    ? roundHalfUp(amount - amount / (1 + order.taxRate))
    : roundHalfUp(amount * order.taxRate)
}

/** What the order comes to now: lines still ordered, shipping, tax on top where prices do not include it, tip. */
export function currentTotal(order: Order): number {
  const amounts = [
    ...order.lines.map((line) => [lineNet(line), line.taxed] as const),
    ...order.shipping.map(
      (shipping) => [order.cancelledAt === null ? shipping.price : 0, shipping.taxed] as const,
    ),
  ]
  const tax = order.taxesIncluded
    ? 0
    : amounts.reduce((sum, [amount, taxed]) => sum + taxOf(order, amount, taxed), 0)
  return amounts.reduce((sum, [amount]) => sum + amount, 0) + tax + order.tip
}
