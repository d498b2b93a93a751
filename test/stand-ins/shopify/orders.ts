import { type Line, newId, type Order, type ShopState, type Variant } from './state.ts'
import { totalsOf } from './totals.ts'

export function newLine(
  state: ShopState,
  variant: Variant,
  quantity: number,
  unit: number,
  taxed: boolean,
): Line {
  const product = state.products.get(variant.productId)!
  return {
    id: newId(state),
    title: product.title,
    variantTitle: variant.title === 'Default Title' ? null : variant.title,
    sku: variant.sku,
    variantId: variant.id,
    productId: variant.productId,
    vendor: product.vendor,
    quantity,
    currentQuantity: quantity,
    unit,
    allocations: [],
    taxed,
  }
}

/** An order with nothing in it, for seeds and small literals alike. */
export function blankOrder(id: number, name: string, at: number): Order {
  return {
    id,
    name,
    currency: 'USD',
    rate: 1,
    taxRate: 0.0825,
    taxTitle: 'California State Tax',
    taxesIncluded: false,
    discounts: [],
    lines: [],
    shipping: [],
    tip: 0,
    duties: 0,
    refunds: [],
    transactions: [],
    fulfillments: [],
    placed: { presentment: 0, shop: 0 },
    customerId: null,
    taxExempt: false,
    email: null,
    phone: null,
    billing: null,
    shippingTo: null,
    note: null,
    tags: [],
    poNumber: null,
    attributes: [],
    test: false,
    cancelledAt: null,
    closedAt: null,
    edited: false,
    createdAt: at,
    updatedAt: at,
  }
}

/** The order stands: what it comes to is kept, and is paid at once, or waits for money by hand. */
export function place(state: ShopState, order: Order, paid: boolean): void {
  const { total } = totalsOf(order, 'presentment', 'ordered')
  order.placed = { presentment: total, shop: totalsOf(order, 'shop', 'ordered').total }
  if (total > 0)
    order.transactions.push({
      id: newId(state),
      kind: 'SALE',
      status: paid ? 'SUCCESS' : 'PENDING',
      at: order.createdAt,
      amount: total,
    })
  state.orders.set(order.id, order)
}
