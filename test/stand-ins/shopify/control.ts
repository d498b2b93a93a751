import { addLine, cancel, markPaid, refund, removeLine, setQuantity } from './edits.ts'
import { type Faults, NO_FAULTS } from './faults.ts'
import { changeFifty } from './fifty.ts'
import { orderNode } from './nodes.ts'
import { newId } from './seed.ts'
import type { Stats } from './server.ts'
import { type Order, roundHalfUp, type ShopState } from './state.ts'

/** What a merchant, or a test, does to the shop. Every function takes one JSON object and gives JSON. */
export type ShopifyControl = ReturnType<typeof createControl>

interface ByOrder {
  /** `#1042`, or the number of the id. */
  readonly order: string
}

export function createControl(state: ShopState, faults: Faults, stats: Stats, now: () => number) {
  const find = ({ order }: ByOrder): Order => {
    const found = [...state.orders.values()].find(
      (candidate) => candidate.name === order || String(candidate.id) === order.replace(/^.*\//, ''),
    )
    if (found === undefined) throw new Error(`There is no order ${order}.`)
    return found
  }
  const touch = (order: Order) => {
    order.updatedAt = now()
    return { id: order.id, name: order.name }
  }
  return {
    counts: async () => ({
      customers: state.customers.size,
      variants: state.variants.size,
      orders: state.orders.size,
    }),
    /** All orders as GraphQL would give them. */
    orders: async () => [...state.orders.values()].map((order) => orderNode(state, order)),
    editOrder: async (
      edit: ByOrder & {
        removeLine?: number
        addLine?: string
        setQuantity?: { line: number; quantity: number }
        note?: string
      },
    ) => {
      const order = find(edit)
      if (edit.removeLine !== undefined) removeLine(order, edit.removeLine)
      if (edit.addLine !== undefined) addLine(state, order, edit.addLine)
      if (edit.setQuantity !== undefined) setQuantity(order, edit.setQuantity.line, edit.setQuantity.quantity)
      if (edit.note !== undefined) order.note = edit.note
      return touch(order)
    },
    markPaid: async (by: ByOrder) => {
      const order = find(by)
      markPaid(order)
      return touch(order)
    },
    cancel: async (by: ByOrder) => {
      const order = find(by)
      cancel(order, now())
      return touch(order)
    },
    refund: async (by: ByOrder & { line: number; quantity: number }) => {
      const order = find(by)
      refund(order, by.line, by.quantity)
      return touch(order)
    },
    changeFifty: async () => changeFifty(state, now()),
    updateCustomer: async ({
      email,
      ...values
    }: {
      email: string
      firstName?: string
      phone?: string
      note?: string
    }) => {
      const customer = [...state.customers.values()].find((candidate) => candidate.email === email)
      if (customer === undefined) throw new Error(`There is no customer ${email}.`)
      Object.assign(customer, values, { updatedAt: now() })
      return { id: customer.id }
    },
    updateVariant: async ({
      sku,
      ...values
    }: {
      sku: string
      price?: number
      barcode?: string
      title?: string
    }) => {
      const variant = [...state.variants.values()].find((candidate) => candidate.sku === sku)
      if (variant === undefined) throw new Error(`There is no variant ${sku}.`)
      Object.assign(variant, values, { updatedAt: now() })
      return { id: variant.id }
    },
    deleteVariant: async ({ sku }: { sku: string }) => {
      for (const variant of state.variants.values())
        if (variant.sku === sku) state.variants.delete(variant.id)
      return {}
    },
    createCustomer: async (values: { firstName?: string; lastName?: string; email?: string }) => {
      const id = newId(state)
      state.customers.set(id, {
        id,
        firstName: null,
        lastName: null,
        email: null,
        phone: null,
        note: null,
        tags: [],
        address: null,
        createdAt: now(),
        updatedAt: now(),
        ...values,
      })
      return { id: `gid://shopify/Customer/${id}` }
    },
    createVariant: async (values: { sku: string; title?: string; price?: number; barcode?: string }) => {
      const id = newId(state)
      const { title = 'Default Title', price = 1_000, barcode = null, sku } = values
      state.variants.set(id, {
        id,
        productId: newId(state),
        productTitle: sku,
        title,
        sku,
        barcode,
        price,
        createdAt: now(),
        updatedAt: now(),
      })
      return { id: `gid://shopify/ProductVariant/${id}` }
    },
    /** A dollar order from a small literal; lines by SKU with quantity and unit price in cents. */
    createOrder: async (values: {
      name: string
      currency?: Order['currency']
      taxesIncluded?: boolean
      taxRate?: number
      financial?: Order['financial']
      customer?: string
      note?: string
      tip?: number
      lines: readonly {
        sku: string | null
        quantity: number
        unit: number
        discount?: number
        taxed?: boolean
        title?: string
      }[]
      shipping?: number
    }) => {
      const id = newId(state)
      const variantOf = (sku: string | null) =>
        [...state.variants.values()].find((variant) => sku !== null && variant.sku === sku)
      const order: Order = {
        id,
        name: values.name,
        currency: values.currency ?? 'USD',
        rate: 1,
        taxRate: values.taxRate ?? 0.0825,
        taxTitle: 'Tax',
        taxesIncluded: values.taxesIncluded ?? false,
        lines: values.lines.map((line) => ({
          id: newId(state),
          title: line.title ?? line.sku ?? 'Something',
          variantTitle: null,
          sku: line.sku,
          variantId: variantOf(line.sku)?.id ?? null,
          productId: variantOf(line.sku)?.productId ?? null,
          quantity: line.quantity,
          currentQuantity: line.quantity,
          unit: line.unit,
          allocations: line.discount === undefined ? [] : [roundHalfUp(line.discount)],
          taxed: line.taxed ?? true,
        })),
        shipping:
          values.shipping === undefined
            ? []
            : [{ id: newId(state), title: 'Standard', price: values.shipping, taxed: false }],
        tip: values.tip ?? 0,
        financial: values.financial ?? 'PAID',
        customerId: values.customer === undefined ? null : Number(values.customer.replace(/^.*\//, '')),
        email: 'somebody@example.com',
        billing: null,
        shippingTo: null,
        note: values.note ?? null,
        test: false,
        cancelledAt: null,
        edited: false,
        createdAt: now(),
        updatedAt: now(),
      }
      state.orders.set(id, order)
      return { id: `gid://shopify/Order/${id}`, name: order.name }
    },
    faults: async (wanted: Partial<Faults>) => Object.assign(faults, NO_FAULTS, wanted),
    stats: async () => structuredClone(stats),
    resetStats: async () =>
      Object.assign(stats, { calls: 0, throttled: 0, tokens: 0, cost: 0, faultsHit: {} }),
  }
}
