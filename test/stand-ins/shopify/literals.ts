import { refund } from './edits.ts'
import { blankOrder, place } from './orders.ts'
import { type Address, type Customer, newId, type Order, type ShopState, type Variant } from './state.ts'

/** Records made from as little as a test has to say. Money in cents. */
export interface CustomerLiteral {
  readonly firstName?: string
  readonly lastName?: string
  readonly email?: string
  readonly phone?: string
  readonly note?: string
  readonly taxExempt?: boolean
  readonly address?: Partial<Address>
}

export interface VariantLiteral {
  readonly sku: string | null
  /** (Default: Default Title) */
  readonly title?: string
  /** (Default: the SKU) */
  readonly productTitle?: string
  /** Cents of US dollars. (Default: 1000) */
  readonly price?: number
  readonly barcode?: string
}

export interface OrderLiteral {
  readonly name: string
  /** (Default: USD) */
  readonly currency?: Order['currency']
  /** Presentment × rate = dollars. (Default: 1) */
  readonly rate?: number
  /** (Default: false) */
  readonly taxesIncluded?: boolean
  /** (Default: 0.0825) */
  readonly taxRate?: number
  /** A partial refund takes a unit of the first line back. (Default: PAID) */
  readonly financial?: 'PAID' | 'PENDING' | 'PARTIALLY_REFUNDED'
  /** The id of a customer. (Default: a guest) */
  readonly customer?: string
  readonly email?: string
  readonly note?: string
  readonly tip?: number
  readonly test?: boolean
  readonly billing?: Partial<Address>
  readonly shippingTo?: Partial<Address>
  readonly lines: readonly {
    readonly sku: string | null
    readonly quantity: number
    readonly unit: number
    readonly discount?: number
    readonly taxed?: boolean
    readonly title?: string
  }[]
  /** An untaxed shipping line of this price. (Default: none) */
  readonly shipping?: number
  /** Epoch ms. (Default: now) */
  readonly createdAt?: number
}

function addressOf(given: Partial<Address> | undefined): Address | null {
  if (given === undefined) return null
  return {
    firstName: null,
    lastName: null,
    company: null,
    address1: null,
    address2: null,
    city: null,
    zip: null,
    provinceCode: null,
    province: null,
    countryCodeV2: null,
    country: null,
    phone: null,
    ...given,
  }
}

export function createCustomer(
  state: ShopState,
  { address, ...given }: CustomerLiteral,
  at: number,
): Customer {
  const customer: Customer = {
    id: newId(state),
    firstName: null,
    lastName: null,
    email: null,
    phone: null,
    note: null,
    tags: [],
    taxExempt: false,
    ...given,
    address: addressOf(address),
    createdAt: at,
    updatedAt: at,
  }
  state.customers.set(customer.id, customer)
  return customer
}

export function createVariant(state: ShopState, given: VariantLiteral, at: number): Variant {
  const id = newId(state)
  const productId = newId(state)
  const stamps = { createdAt: at, updatedAt: at }
  state.products.set(productId, {
    id: productId,
    title: given.productTitle ?? given.sku ?? 'Something',
    vendor: 'Northpier',
    productType: '',
    tags: [],
    descriptionHtml: '',
    status: 'ACTIVE',
    ...stamps,
  })
  const variant: Variant = {
    id,
    productId,
    title: given.title ?? 'Default Title',
    sku: given.sku,
    barcode: given.barcode ?? null,
    price: given.price ?? 1_000,
    compareAtPrice: null,
    cost: null,
    grams: 200,
    ...stamps,
  }
  state.variants.set(id, variant)
  return variant
}

export function createOrder(state: ShopState, given: OrderLiteral, now: number): Order {
  const at = given.createdAt ?? now
  const order: Order = {
    ...blankOrder(newId(state), given.name, at),
    updatedAt: now,
    currency: given.currency ?? 'USD',
    rate: given.rate ?? 1,
    taxRate: given.taxRate ?? 0.0825,
    taxTitle: 'Tax',
    taxesIncluded: given.taxesIncluded ?? false,
    tip: given.tip ?? 0,
    test: given.test ?? false,
    customerId: given.customer === undefined ? null : Number(given.customer.replace(/^.*\//, '')),
    email: given.email ?? 'somebody@example.com',
    note: given.note ?? null,
    billing: addressOf(given.billing),
    shippingTo: addressOf(given.shippingTo),
  }
  for (const { sku, quantity, unit, discount, taxed, title } of given.lines) {
    const variant = [...state.variants.values()].find((candidate) => sku !== null && candidate.sku === sku)
    if (discount !== undefined)
      order.discounts.push({
        kind: 'manual',
        title: 'Discount',
        target: 'LINE_ITEM',
        selection: 'EXPLICIT',
        value: { cents: discount },
      })
    order.lines.push({
      id: newId(state),
      title: title ?? sku ?? 'Something',
      variantTitle: null,
      sku,
      variantId: variant?.id ?? null,
      productId: variant?.productId ?? null,
      vendor: null,
      quantity,
      currentQuantity: quantity,
      unit,
      allocations:
        discount === undefined
          ? []
          : [{ discount: order.discounts.length - 1, amount: Math.round(discount) }],
      taxed: taxed ?? true,
    })
  }
  if (given.shipping !== undefined)
    order.shipping.push({
      id: newId(state),
      title: 'Standard',
      price: given.shipping,
      allocations: [],
      refunded: 0,
      taxed: false,
    })
  place(state, order, given.financial !== 'PENDING')
  if (given.financial === 'PARTIALLY_REFUNDED') refund(state, order, [{ line: 0, quantity: 1 }], now)
  return order
}
