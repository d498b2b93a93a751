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
