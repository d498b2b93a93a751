import { GraphQLError } from 'graphql'
import { customerNode } from './nodes/customer.ts'
import { orderNode } from './nodes/order.ts'
import { inventoryItemNode, productNode, variantNode } from './nodes/product.ts'
import { matches, parseSearch, type Search, type Values } from './search.ts'
import type { Customer, Order, Product, ShopState, Variant } from './state.ts'
import { financialStatus } from './totals.ts'

/** Objects older than that are not given without read_all_orders, and nothing says so. */
const SIXTY_DAYS = 60 * 86_400_000
/** A list stops there without a word (shopify.dev/docs/api/usage/limits). */
export const MOST_IN_A_LIST = 25_000
export const TIMEZONE = 'America/Los_Angeles'

export function isVisible(
  { createdAt }: Order,
  { scopes, now }: { readonly scopes: readonly string[]; readonly now: number },
): boolean {
  return scopes.includes('read_all_orders') || createdAt >= now - SIXTY_DAYS
}

interface Kind<T> {
  readonly items: (state: ShopState, scopes: readonly string[], now: number) => Iterable<T>
  readonly node: (state: ShopState, item: T) => object
  readonly values: (item: T, state: ShopState) => Values
  readonly known: ReadonlySet<string>
}

const TIMES = ['id', 'created_at', 'updated_at']

/**
 * Without a condition on `status` orders of every status come: the documentation of the filter names no default. `any` is
 * taken as no condition.
 */
const ORDERS: Kind<Order> = {
  items: ({ orders }, scopes, now) => orders.values().filter((order) => isVisible(order, { scopes, now })),
  node: orderNode,
  known: new Set([
    ...TIMES,
    'processed_at',
    'name',
    'sku',
    'email',
    'status',
    'financial_status',
    'fulfillment_status',
    'test',
    'tag',
    'customer_id',
    'po_number',
    'discount_code',
  ]),
  values: (order) => (field) => {
    switch (field) {
      case 'processed_at':
        return order.createdAt
      case 'name':
        return [order.name, order.name.replace('#', '')]
      case 'sku':
        return order.lines.flatMap(({ sku }) => (sku === null ? [] : [sku]))
      case 'tag':
        return order.tags
      case 'test':
        return order.test
      case 'customer_id':
        return order.customerId
      case 'po_number':
        return order.poNumber
      case 'discount_code':
        return order.discounts.filter(({ kind }) => kind === 'code').map(({ title }) => title)
      case 'financial_status':
        return financialStatus(order).toLowerCase()
      case 'fulfillment_status':
        return order.fulfillments.length > 0 ? ['fulfilled', 'shipped'] : ['unfulfilled', 'unshipped']
      case 'status':
        return [
          'any',
          ...(order.cancelledAt !== null ? ['cancelled'] : order.closedAt !== null ? ['closed'] : ['open']),
          ...(order.closedAt === null ? ['not_closed'] : []),
        ]
      case 'default':
        return [order.name, order.email, order.note].join(' ')
      default:
        return common(order, field) ?? (field === 'email' ? order.email : undefined)
    }
  },
}

const CUSTOMERS: Kind<Customer> = {
  items: ({ customers }) => customers.values(),
  node: customerNode,
  known: new Set([...TIMES, 'email', 'phone', 'first_name', 'last_name', 'tag']),
  values: (customer) => (field) => {
    switch (field) {
      case 'email':
        return customer.email
      case 'phone':
        return customer.phone
      case 'first_name':
        return customer.firstName
      case 'last_name':
        return customer.lastName
      case 'tag':
        return customer.tags
      case 'default':
        return [customer.firstName, customer.lastName, customer.email, customer.phone].join(' ')
      default:
        return common(customer, field)
    }
  },
}

const VARIANTS: Kind<Variant> = {
  items: ({ variants }) => variants.values(),
  node: variantNode,
  known: new Set([...TIMES, 'sku', 'barcode', 'product_id', 'title']),
  values: (variant) => (field) => {
    switch (field) {
      case 'sku':
        return variant.sku
      case 'barcode':
        return variant.barcode
      case 'product_id':
        return variant.productId
      case 'title':
        return variant.title
      case 'default':
        return [variant.title, variant.sku].join(' ')
      default:
        return common(variant, field)
    }
  },
}

const PRODUCTS: Kind<Product> = {
  items: ({ products }) => products.values(),
  node: productNode,
  known: new Set([...TIMES, 'title', 'vendor', 'product_type', 'status', 'sku', 'tag']),
  values: (product, state) => (field) => {
    switch (field) {
      case 'title':
        return product.title
      case 'vendor':
        return product.vendor
      case 'product_type':
        return product.productType
      case 'status':
        return product.status
      case 'tag':
        return product.tags
      case 'sku':
        return [...state.variants.values()].flatMap((variant) =>
          variant.productId === product.id && variant.sku !== null ? [variant.sku] : [],
        )
      case 'default':
        return product.title
      default:
        return common(product, field)
    }
  },
}

const INVENTORY_ITEMS: Kind<Variant> = {
  ...VARIANTS,
  node: (_state, variant) => inventoryItemNode(variant),
  known: new Set([...TIMES, 'sku']),
}

function common(
  item: { id: number; createdAt: number; updatedAt: number },
  field: string,
): number | undefined {
  if (field === 'id') return item.id
  if (field === 'created_at') return item.createdAt
  return field === 'updated_at' ? item.updatedAt : undefined
}

type Stamped = { readonly id: number; readonly createdAt: number; readonly updatedAt: number }

const KINDS: Readonly<Record<string, Kind<Stamped>>> = {
  orders: ORDERS as unknown as Kind<Stamped>,
  customers: CUSTOMERS as unknown as Kind<Stamped>,
  productVariants: VARIANTS as unknown as Kind<Stamped>,
  products: PRODUCTS as unknown as Kind<Stamped>,
  inventoryItems: INVENTORY_ITEMS as unknown as Kind<Stamped>,
}

/** What lists are read with. `searches` is filled with what was searched for. */
export interface Reading {
  readonly state: ShopState
  readonly scopes: readonly string[]
  readonly now: number
  /** A page after a cursor begins with the last record before it. */
  readonly repeats: boolean
  readonly searches: { readonly path: string; readonly query: string; readonly search: Search }[]
}

type Arguments = Readonly<Record<string, unknown>>

function found(name: string, args: Arguments, reading: Reading): Stamped[] {
  const kind = KINDS[name]!
  const all = kind.items(reading.state, reading.scopes, reading.now)
  const text = args['query']
  if (typeof text !== 'string' || text.trim() === '') return [...all]
  const search = parseSearch(text, kind.known, TIMEZONE)
  reading.searches.push({ path: name, query: text, search })
  return [...all].filter((item) => matches(kind.values(item, reading.state), search))
}

/** A root list, sorted, searched, cut. */
export function listOf(name: string, args: Arguments, reading: Reading): object {
  const kind = KINDS[name]!
  const key = String(args['sortKey'] ?? 'ID')
  const sortedBy = ({ id, createdAt, updatedAt }: Stamped): number =>
    key === 'UPDATED_AT'
      ? Math.floor(updatedAt / 1_000) * 1_000
      : key === 'CREATED_AT' || key === 'PROCESSED_AT'
        ? Math.floor(createdAt / 1_000) * 1_000
        : id
  const sorted = found(name, args, reading).sort((a, b) => sortedBy(a) - sortedBy(b) || a.id - b.id)
  const direction = args['reverse'] === true ? -1 : 1
  if (direction < 0) sorted.reverse()
  return pageOf(
    sorted.slice(0, MOST_IN_A_LIST),
    args,
    (item) => ({ last_id: item.id, last_value: sortedBy(item) }),
    (item) => kind.node(reading.state, item),
    direction,
    reading.repeats,
  )
}

export function countOf(name: string, args: Arguments, reading: Reading): object {
  const limit = typeof args['limit'] === 'number' ? args['limit'] : Number.POSITIVE_INFINITY
  // Variants are counted without regard to the query, as measured.
  const count = found(name, name === 'productVariants' ? {} : args, reading).length
  return { count: Math.min(count, limit), precision: count > limit ? 'AT_LEAST' : 'EXACT' }
}

interface Place {
  readonly last_id: number
  readonly last_value: number
}

/** A list inside an object. */
export function nestedPage(nodes: readonly object[], args: Arguments): object {
  const entries = nodes.map((node, index) => ({ node, index }))
  if (args['reverse'] === true) entries.reverse()
  const place = ({ index }: { index: number }) => ({ last_id: index + 1, last_value: index + 1 })
  return pageOf(entries, args, place, ({ node }) => node, args['reverse'] === true ? -1 : 1)
}

/** A cursor stands for a place in the sorted list, not for a record: a record that moved is seen where it is now. */
function pageOf<T>(
  sorted: readonly T[],
  args: Arguments,
  placeOf: (item: T) => Place,
  nodeOf: (item: T) => object,
  direction: 1 | -1,
  repeats = false,
): object {
  const { first, last, after, before } = args
  if (typeof first !== 'number' && typeof last !== 'number')
    throw new GraphQLError('you must provide one of first or last', { extensions: { code: 'BAD_REQUEST' } })
  /** Above zero: the item comes after the cursor. */
  const beyond = (cursor: string) => {
    const from = decode(cursor)
    return (item: T): number => {
      const { last_id, last_value } = placeOf(item)
      return (last_value - from.last_value || last_id - from.last_id) * direction
    }
  }
  let start = 0
  let end = sorted.length
  if (typeof after === 'string') start = placeIn(sorted, beyond(after), 1)
  if (repeats && start > 0) start -= 1
  if (typeof before === 'string') end = placeIn(sorted, beyond(before), 0)
  if (typeof first === 'number') end = Math.min(end, start + first)
  else if (typeof last === 'number') start = Math.max(start, end - last)
  const edges = sorted
    .slice(start, end)
    .map((item) => ({ cursor: encode(placeOf(item)), node: nodeOf(item) }))
  return {
    nodes: edges.map(({ node }) => node),
    edges,
    pageInfo: {
      hasNextPage: end < sorted.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function placeIn<T>(sorted: readonly T[], beyond: (item: T) => number, atLeast: 0 | 1): number {
  const index = sorted.findIndex((item) => Math.sign(beyond(item)) >= atLeast)
  return index < 0 ? sorted.length : index
}

/** Times stand in cursors as text with microseconds, as recorded; ids lie far above the times. */
function encode({ last_id, last_value }: Place): string {
  const value =
    last_value > 1e12 && last_value < 4e12
      ? new Date(last_value).toISOString().replace('T', ' ').replace('Z', '000')
      : String(last_value)
  return Buffer.from(JSON.stringify({ last_id, last_value: value })).toString('base64')
}

function decode(cursor: string): Place {
  try {
    const { last_id, last_value } = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8')) as {
      last_id: number
      last_value: string
    }
    const value = /^\d{4}-/.test(last_value)
      ? Date.parse(`${last_value.replace(' ', 'T')}Z`)
      : Number(last_value)
    if (Number.isFinite(last_id) && Number.isFinite(value)) return { last_id, last_value: value }
  } catch {}
  throw new GraphQLError('Invalid cursor for current pagination sort.', {
    extensions: { code: 'BAD_REQUEST' },
  })
}
