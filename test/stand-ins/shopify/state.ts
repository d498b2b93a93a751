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
  taxExempt: boolean
  address: Address | null
  createdAt: number
  updatedAt: number
}

export interface Product {
  id: number
  title: string
  vendor: string
  productType: string
  tags: string[]
  descriptionHtml: string
  status: 'ACTIVE' | 'ARCHIVED' | 'DRAFT'
  createdAt: number
  updatedAt: number
}

export interface Variant {
  id: number
  productId: number
  title: string
  sku: string | null
  barcode: string | null
  /** Cents of US dollars. */
  price: number
  compareAtPrice: number | null
  cost: number | null
  grams: number
  createdAt: number
  updatedAt: number
}

/** A discount of an order: a code, one that a person gave, or one that applied by itself. */
export interface Discount {
  kind: 'code' | 'manual' | 'automatic'
  title: string
  target: 'LINE_ITEM' | 'SHIPPING_LINE'
  /** ALL: on the whole order, spread over its lines. EXPLICIT: on one line. */
  selection: 'ALL' | 'EXPLICIT'
  value: { percentage: number } | { cents: number }
}

export interface Allocation {
  /** Place in the order's discounts. */
  discount: number
  amount: number
}

export interface Line {
  id: number
  title: string
  variantTitle: string | null
  sku: string | null
  variantId: number | null
  productId: number | null
  vendor: string | null
  quantity: number
  currentQuantity: number
  unit: number
  /** On the whole quantity ordered. */
  allocations: Allocation[]
  taxed: boolean
}

export interface Shipping {
  id: number
  title: string
  price: number
  allocations: Allocation[]
  /** What of it was paid back. */
  refunded: number
  taxed: boolean
}

export interface Refund {
  id: number
  at: number
  note: string | null
  lines: { id: number; line: number; quantity: number; restock: 'RETURN' | 'CANCEL' | 'NO_RESTOCK' }[]
  paid: number
}

export interface Transaction {
  id: number
  kind: 'SALE' | 'REFUND'
  status: 'SUCCESS' | 'PENDING'
  at: number
  amount: number
}

export interface Fulfillment {
  id: number
  at: number
  company: string
  number: string
}

export type Financial = 'PAID' | 'PENDING' | 'PARTIALLY_REFUNDED' | 'PARTIALLY_PAID' | 'REFUNDED' | 'VOIDED'

export interface Order {
  id: number
  name: string
  currency: 'USD' | 'EUR' | 'GBP'
  /** Presentment cents × rate = shop cents, amount by amount. */
  rate: number
  taxRate: number
  taxTitle: string
  taxesIncluded: boolean
  discounts: Discount[]
  lines: Line[]
  shipping: Shipping[]
  tip: number
  duties: number
  refunds: Refund[]
  transactions: Transaction[]
  fulfillments: Fulfillment[]
  /** The total when the order was placed, in presentment and in shop cents; filled by `place`. */
  placed: { presentment: number; shop: number }
  customerId: number | null
  taxExempt: boolean
  email: string | null
  phone: string | null
  billing: Address | null
  shippingTo: Address | null
  note: string | null
  tags: string[]
  poNumber: string | null
  attributes: { key: string; value: string | null }[]
  test: boolean
  cancelledAt: number | null
  closedAt: number | null
  edited: boolean
  createdAt: number
  updatedAt: number
}

export interface ShopState {
  customers: Map<number, Customer>
  products: Map<number, Product>
  variants: Map<number, Variant>
  orders: Map<number, Order>
  nextId: number
}

export function emptyShop(): ShopState {
  return {
    customers: new Map(),
    products: new Map(),
    variants: new Map(),
    orders: new Map(),
    nextId: 1_000_000,
  }
}

export function newId(state: ShopState): number {
  state.nextId += 1
  return 7_000_000_000_000 + state.nextId
}
