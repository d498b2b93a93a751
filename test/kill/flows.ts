/** What the shop has, as far as it is looked at. */
export interface ShopCustomer {
  readonly id: string
  readonly displayName: string
  readonly defaultEmailAddress: { readonly emailAddress: string } | null
  readonly defaultPhoneNumber: { readonly phoneNumber: string } | null
  readonly defaultAddress: {
    readonly address1: string | null
    readonly city: string | null
    readonly zip: string | null
    readonly phone: string | null
  } | null
}
export interface ShopVariant {
  readonly id: string
  readonly title: string
  readonly sku: string | null
  readonly barcode: string | null
  readonly price: string
  readonly product: { readonly title: string }
}
interface Money {
  readonly presentmentMoney: { readonly amount: string }
}
export interface ShopOrder {
  readonly id: string
  readonly name: string
  readonly test: boolean
  readonly createdAt: string
  readonly cancelledAt: string | null
  readonly displayFinancialStatus: string
  readonly presentmentCurrencyCode: string
  readonly currentTotalPriceSet: Money
  readonly totalTipReceivedSet: Money | null
  readonly customer: { readonly id: string } | null
  readonly lineItems: readonly {
    readonly id: string
    readonly sku: string | null
    readonly currentQuantity: number
    readonly originalUnitPriceSet: Money
  }[]
}

/** One mapping, and what it has to bring about in Odoo. */
export interface Flow {
  readonly mapping: string
  readonly resource: 'customers' | 'variants' | 'orders'
  /** What stands before the names, codes and references it writes. */
  readonly mark: string
  /** The mapping that its orders' customers come from. */
  readonly customers?: string
  /** The currencies of the orders it takes. (Default: all) */
  readonly currencies?: readonly string[]
}

/** The mappings that come with Tidelock, in `link` order. */
export const SHIPPED: readonly Flow[] = [
  { mapping: 'shopify-customers', resource: 'customers', mark: '' },
  { mapping: 'shopify-products', resource: 'variants', mark: '' },
  { mapping: 'shopify-orders', resource: 'orders', mark: '', customers: 'shopify-customers' },
]

/** Beside them: the same resources once more under names of their own, orders in two halves. */
export const COPIES: readonly Flow[] = [
  { mapping: 'customers-b', resource: 'customers', mark: 'B-' },
  { mapping: 'orders-b-usd', resource: 'orders', mark: 'B-', customers: 'customers-b', currencies: ['USD'] },
  {
    mapping: 'orders-b-other',
    resource: 'orders',
    mark: 'B-',
    customers: 'customers-b',
    currencies: ['EUR', 'GBP'],
  },
  { mapping: 'products-c', resource: 'variants', mark: 'C-' },
  { mapping: 'customers-c', resource: 'customers', mark: 'C-' },
]

const ORIGINALS = { customers: 'shopify-customers', variants: 'shopify-products', orders: 'shopify-orders' }
export const originalOf = (flow: Flow): string => ORIGINALS[flow.resource]

/** The mapping of a copy, made of the text of the shipped one. */
export function copyText(flow: Flow, shipped: string): string {
  const { mapping, resource, mark, customers, currencies } = flow
  const replaced = (from: string | RegExp, to: string) => (text: string) => {
    const changed = text.replaceAll(from, to)
    if (changed === text) throw new Error(`The mapping ${originalOf(flow)} does not hold ${from}.`)
    return changed
  }
  const isOne = currencies?.map((code) => `order.presentmentCurrencyCode == "${code}"`).join(' || ')
  const changes = {
    customers: [replaced(/^ {2}name: (coalesce\(.*\))$/gm, `  name: '"${mark}" + $1'`)],
    variants: [
      replaced(/^ {2}name: 'when\((.*)\)'$/gm, `  name: '"${mark}" + when($1)'`),
      replaced(/^ {2}default_code: variant.sku$/gm, `  default_code: '"${mark}" + variant.sku'`),
      // No two products may have one.
      replaced(/^ {2}barcode: .*\n/gm, ''),
    ],
    orders: [
      replaced('link("shopify-customers"', `link("${customers}"`),
      replaced(/^ {2}client_order_ref: order.name$/gm, `  client_order_ref: '"${mark}" + order.name'`),
      replaced(/^ {2}keep:.*$/gm, `  keep:\n    - { when: '${isOne}', otherwise: another currency }`),
    ],
  }[resource]
  const withoutTests = shipped.replace(/^tests:[\s\S]*/m, '')
  return [replaced(`mapping: ${originalOf(flow)}`, `mapping: ${mapping}`), ...changes].reduce(
    (text, change) => change(text),
    withoutTests,
  )
}
