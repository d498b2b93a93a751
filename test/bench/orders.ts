/**
 * What the bench moves: orders of two lines each, by a number from 0 on. Customers and products take turns, so that all of
 * them are met in the first pages: 2,000 customers in the first 2,000 orders, 500 products in the first 250.
 */
export const CUSTOMERS = 2_000
export const PRODUCTS = 500

const FIRST_ORDER = 5_400_000_000_000
const FIRST_LINE = 13_200_000_000_000
const FIRST_CUSTOMER = 7_100_000_000_000
const FIRST_CHANGE = Date.parse('2026-01-05T08:00:00Z')

/** One second apart, so that a list can begin anew at any of them. */
export function stampOf(order: number): string {
  return `${new Date(FIRST_CHANGE + order * 1_000).toISOString().slice(0, 19)}Z`
}

/** The first order that changed at this time or later. */
export function firstSince(stamp: string): number {
  return Math.max(0, Math.ceil((Date.parse(stamp) - FIRST_CHANGE) / 1_000))
}

/** As GraphQL gives it: just the fields that the mapping reads, in the order of its query. */
export function orderNode(order: number): object {
  const lines = [0, 1].map((line) => ({
    id: `gid://shopify/LineItem/${FIRST_LINE + 2 * order + line}`,
    sku: skuOf((2 * order + line) % PRODUCTS),
    currentQuantity: 1 + ((order + line) % 4),
    originalUnitPriceSet: {
      presentmentMoney: { amount: `${5 + ((7 * order + line) % 90)}.${order % 10}${line}` },
    },
  }))
  return {
    __typename: 'Order',
    id: `gid://shopify/Order/${FIRST_ORDER + order}`,
    updatedAt: stampOf(order),
    createdAt: stampOf(order),
    customer: { id: customerOf(order % CUSTOMERS) },
    lineItems: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: lines },
    name: `#${1_001 + order}`,
    test: false,
  }
}

export function skuOf(product: number): string {
  return `BENCH-${String(product).padStart(4, '0')}`
}

export function customerOf(customer: number): string {
  return `gid://shopify/Customer/${FIRST_CUSTOMER + customer}`
}
