import { addLine, cancel, markPaid, refund, removeLine, setQuantity } from './edits.ts'
import type { Endpoint } from './endpoint.ts'
import { own, type ShopifyFault } from './faults.ts'
import { changeFifty } from './fifty.ts'
import { changedSchemas, type FieldChange } from './graphql.ts'
import {
  type CustomerLiteral,
  createCustomer,
  createOrder,
  createVariant,
  type OrderLiteral,
  type VariantLiteral,
} from './literals.ts'
import { customerNode } from './nodes/customer.ts'
import { orderNode } from './nodes/order.ts'
import { variantNode } from './nodes/product.ts'
import { type SeedOptions, seedShop } from './seed/shop.ts'
import type { Address, Customer, Order, Product, Variant } from './state.ts'
import { noStats } from './stats.ts'

/** What a merchant, or a test, does to the shop. Every function takes one JSON object and gives JSON. */
export type ShopifyControl = ReturnType<typeof createControl>

/** `#1042`, or the id as a number or in full. */
interface ByOrder {
  readonly order: string
}

interface OrderEdit extends ByOrder {
  /** Place of the line, from 0. */
  readonly removeLine?: number
  /** A SKU. */
  readonly addLine?: string
  readonly setQuantity?: { readonly line: number; readonly quantity: number }
  readonly note?: string
  readonly tags?: string[]
}

type RefundOrder = ByOrder & {
  readonly note?: string
  /** Shipping too. */
  readonly shipping?: boolean
} & (
    | { readonly line: number; readonly quantity: number }
    | { readonly lines: readonly { readonly line: number; readonly quantity: number }[] }
  )

export function createControl(endpoint: Endpoint, advance: (ms: number) => void) {
  const { state, faults, stats, now } = endpoint
  /** The moment of a change; of one that becomes visible late, an earlier one. */
  const stamp = (): number => {
    const late = own(
      faults.hitting(({ kind }) => kind === 'late-commit'),
      'late-commit',
    )
    return now() - (late?.ms ?? 0)
  }
  const find = ({ order }: ByOrder): Order => {
    const found = [...state.orders.values()].find(
      (candidate) => candidate.name === order || String(candidate.id) === order.replace(/^.*\//, ''),
    )
    if (found === undefined) throw new Error(`There is no order ${order}.`)
    return found
  }
  const touch = (order: Order) => {
    order.updatedAt = stamp()
    return { id: order.id, name: order.name }
  }
  const variantBy = (sku: string): Variant => {
    const variant = [...state.variants.values()].find((candidate) => candidate.sku === sku)
    if (variant === undefined) throw new Error(`There is no variant ${sku}.`)
    return variant
  }
  /** A change of a variant is a change of its product. */
  const touchProduct = (product: Product | undefined, at: number) => {
    if (product !== undefined) product.updatedAt = at
  }
  return {
    /** Everything anew. */
    seed: async (options: Partial<SeedOptions> = {}) => {
      const fresh = seedShop({ now: now(), ...options })
      state.customers = fresh.customers
      state.products = fresh.products
      state.variants = fresh.variants
      state.orders = fresh.orders
      state.nextId = Math.max(state.nextId, fresh.nextId)
      return { customers: fresh.customers.size, variants: fresh.variants.size, orders: fresh.orders.size }
    },
    counts: async () => ({
      customers: state.customers.size,
      products: state.products.size,
      variants: state.variants.size,
      orders: state.orders.size,
    }),
    /** All orders as GraphQL gives them, lists plain; what is computed on demand (a line's variant, totals of customers) is left out. */
    orders: async () => [...state.orders.values()].map((order) => orderNode(state, order)),
    customers: async () => [...state.customers.values()].map((customer) => customerNode(state, customer)),
    /** With the title of their product. */
    variants: async () =>
      [...state.variants.values()].map((variant) => ({
        ...variantNode(state, variant),
        product: { title: state.products.get(variant.productId)!.title },
      })),
    editOrder: async (edit: OrderEdit) => {
      const order = find(edit)
      if (edit.removeLine !== undefined) removeLine(order, edit.removeLine)
      if (edit.addLine !== undefined) addLine(state, order, edit.addLine)
      if (edit.setQuantity !== undefined) setQuantity(order, edit.setQuantity.line, edit.setQuantity.quantity)
      if (edit.note !== undefined) order.note = edit.note
      if (edit.tags !== undefined) order.tags = edit.tags
      return touch(order)
    },
    markPaid: async (by: ByOrder) => {
      const order = find(by)
      markPaid(state, order, now())
      return touch(order)
    },
    cancel: async (by: ByOrder) => {
      const order = find(by)
      cancel(state, order, now())
      return touch(order)
    },
    refund: async (asked: RefundOrder) => {
      const order = find(asked)
      const lines = 'lines' in asked ? asked.lines : [{ line: asked.line, quantity: asked.quantity }]
      const { note, shipping } = asked
      refund(state, order, lines, now(), {
        ...(note === undefined ? {} : { note }),
        ...(shipping === undefined ? {} : { shipping }),
      })
      return touch(order)
    },
    /** Exactly fifty orders, each in one way. */
    changeFifty: async () => changeFifty(state, now()),
    updateCustomer: async ({
      email,
      address,
      ...values
    }: { email: string; address?: Partial<Address> } & Partial<
      Pick<Customer, 'firstName' | 'lastName' | 'phone' | 'note' | 'tags' | 'taxExempt'>
    >) => {
      const customer = [...state.customers.values()].find((candidate) => candidate.email === email)
      if (customer === undefined) throw new Error(`There is no customer ${email}.`)
      Object.assign(customer, values, { updatedAt: stamp() })
      if (address !== undefined) customer.address = { ...(customer.address as Address), ...address }
      return { id: customer.id }
    },
    updateVariant: async ({
      sku,
      ...values
    }: { sku: string } & Partial<
      Pick<Variant, 'price' | 'compareAtPrice' | 'barcode' | 'title' | 'grams'>
    >) => {
      const variant = variantBy(sku)
      const at = stamp()
      Object.assign(variant, values, { updatedAt: at })
      touchProduct(state.products.get(variant.productId), at)
      return { id: variant.id }
    },
    /** The product of that SKU. Its variants keep their own stamp. */
    updateProduct: async ({
      sku,
      ...values
    }: { sku: string } & Partial<Pick<Product, 'title' | 'vendor' | 'productType' | 'status' | 'tags'>>) => {
      const product = state.products.get(variantBy(sku).productId)!
      Object.assign(product, values)
      touchProduct(product, stamp())
      return { id: product.id }
    },
    /** Lines keep the SKU they were sold under, and have no variant any more. */
    deleteVariant: async ({ sku }: { sku: string }) => {
      const variant = variantBy(sku)
      state.variants.delete(variant.id)
      touchProduct(state.products.get(variant.productId), stamp())
      return { id: variant.id }
    },
    createCustomer: async (values: CustomerLiteral) => ({
      id: `gid://shopify/Customer/${createCustomer(state, values, stamp()).id}`,
    }),
    createVariant: async (values: VariantLiteral) => ({
      id: `gid://shopify/ProductVariant/${createVariant(state, values, stamp()).id}`,
    }),
    createOrder: async (values: OrderLiteral) => {
      const order = createOrder(state, values, stamp())
      return { id: `gid://shopify/Order/${order.id}`, name: order.name }
    },
    /** Replaces the faults, or adds some; gives what is left of them. */
    faults: async (set?: {
      readonly faults?: readonly ShopifyFault[]
      readonly add?: readonly ShopifyFault[]
    }) => {
      if (set?.faults !== undefined) faults.set(set.faults)
      if (set?.add !== undefined) faults.add(set.add)
      return faults.left()
    },
    /** As another version of the API does: a field goes, or gets another name or type. */
    changeField: async (change: FieldChange) => {
      endpoint.schemas = changedSchemas(change)
    },
    /** Tokens that expire, as after a merchant installed the app. */
    install: async () => endpoint.tokens.install(),
    /** The merchant removes the app: all its tokens end, and nothing renews them. */
    uninstall: async () => endpoint.tokens.uninstall(),
    /** Issued access tokens end before their time. */
    endAccess: async () => endpoint.tokens.endAccess(),
    /** Moves the shop's clock. */
    advanceClock: async ({ ms }: { readonly ms: number }) => advance(ms),
    /** `faultsHit`: by their kinds. */
    stats: async () => ({ ...structuredClone(stats), faultsHit: faults.hits() }),
    resetStats: async () => {
      faults.forgetHits()
      Object.assign(stats, noStats())
    },
  }
}
