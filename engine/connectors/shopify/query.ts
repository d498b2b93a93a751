import type { SelectedField, Selection } from '../../core/model/selection.ts'

/** How a resource is asked for. */
export interface ResourceFacts {
  readonly field: string
  readonly type: string
  /** `updated`: sorted by last change. `window`: closed windows of `updated_at`, sorted by id inside. */
  readonly order: 'updated' | 'window'
  readonly scopes: readonly string[]
}

export const RESOURCES: Readonly<Record<string, ResourceFacts>> = {
  orders: { field: 'orders', type: 'Order', order: 'updated', scopes: ['read_orders'] },
  customers: { field: 'customers', type: 'Customer', order: 'updated', scopes: ['read_customers'] },
  // ProductVariantSortKeys has no UPDATED_AT in 2026-07, and the filter updated_at works.
  variants: { field: 'productVariants', type: 'ProductVariant', order: 'window', scopes: ['read_products'] },
}

/** Types of nested objects that have connections of their own, by resource and path. */
const NESTED_TYPES: Readonly<Record<string, string>> = {
  'orders/refunds': 'Refund',
  'orders/lineItems': 'LineItem',
  'orders/customer': 'Customer',
  'orders/fulfillments': 'Fulfillment',
}

export function typeAt(resource: string, path: readonly string[]): string | null {
  return path.length === 0
    ? (RESOURCES[resource]?.type ?? null)
    : (NESTED_TYPES[`${resource}/${path.join('/')}`] ?? null)
}

/** How many of a nested list come with its record; the rest is asked for by itself. */
const LINES = 30
const FEW = 5
/** Lists that take `first` and cannot be paged. */
const PLAIN_FIRST = 50

export function nestedSize(field: string): number {
  return field === 'lineItems' || field === 'refundLineItems' ? LINES : FEW
}

/** What computed conveniences are computed from. */
const MONEY = { amount: { type: 'decimal' }, currencyCode: { type: 'text' } } as const
function allocations(money: 'presentmentMoney' | 'shopMoney'): Selection {
  return {
    quantity: { type: 'integer' },
    currentQuantity: { type: 'integer' },
    discountAllocations: {
      type: 'object',
      list: 'plain',
      fields: {
        allocatedAmountSet: { type: 'object', fields: { [money]: { type: 'object', fields: MONEY } } },
      },
    },
  }
}
export const COMPUTED: Readonly<
  Record<string, { readonly money: 'presentmentMoney' | 'shopMoney'; readonly needs: Selection }>
> = {
  currentDiscount: { money: 'presentmentMoney', needs: allocations('presentmentMoney') },
  currentDiscountShop: { money: 'shopMoney', needs: allocations('shopMoney') },
}

/** The selection set of a record: `id` and `updatedAt` always, computed fields by what they need. */
export function selectionText(selection: Selection, root = true): string {
  const wanted = withNeeds(selection)
  const parts = root ? ['id', 'updatedAt'] : hasConnection(wanted) ? ['id'] : []
  for (const [name, field] of Object.entries(wanted)) {
    if (field.computed === true || parts.includes(name)) continue
    parts.push(fieldText(name, field))
  }
  return parts.join(' ')
}

function fieldText(name: string, field: SelectedField): string {
  if (field.fields === undefined) return field.list === 'first' ? `${name}(first: ${PLAIN_FIRST})` : name
  const inner = selectionText(field.fields, false)
  if (field.list === 'connection')
    return `${name}(first: ${nestedSize(name)}) { pageInfo { hasNextPage endCursor } nodes { ${inner} } }`
  return `${name}${field.list === 'first' ? `(first: ${PLAIN_FIRST})` : ''} { ${inner} }`
}

function withNeeds(selection: Selection): Selection {
  let all: Selection = selection
  for (const [name, field] of Object.entries(selection)) {
    const computed = field.computed === true ? COMPUTED[name] : undefined
    if (computed !== undefined) all = mergeSelections(all, computed.needs)
  }
  return all
}

function mergeSelections(a: Selection, b: Selection): Selection {
  const merged: Record<string, SelectedField> = { ...a }
  for (const [name, field] of Object.entries(b)) {
    const other = merged[name]
    merged[name] =
      other?.fields !== undefined && field.fields !== undefined
        ? { ...other, fields: mergeSelections(other.fields, field.fields) }
        : (other ?? field)
  }
  return merged
}

function hasConnection(selection: Selection): boolean {
  return Object.values(selection).some((field) => field.list === 'connection')
}

/** A page of a resource. Variables: first, after, query. */
export function pageQuery(resource: string, selection: Selection): string {
  const { field, order } = RESOURCES[resource]!
  const sortKey = order === 'updated' ? 'UPDATED_AT' : 'ID'
  return `query Page($first: Int!, $after: String, $query: String) { ${field}(first: $first, after: $after, query: $query, sortKey: ${sortKey}) { pageInfo { hasNextPage endCursor } nodes { ${selectionText(selection)} } } }`
}

/** Records by id. Variables: ids. */
export function nodesQuery(resource: string, selection: Selection): string {
  return `query Records($ids: [ID!]!) { nodes(ids: $ids) { ... on ${RESOURCES[resource]!.type} { ${selectionText(selection)} } } }`
}

/** More of a nested list. Variables: id, first, after. */
export function nestedQuery(type: string, name: string, field: SelectedField): string {
  return `query More($id: ID!, $first: Int!, $after: String) { node(id: $id) { ... on ${type} { ${name}(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ${selectionText(field.fields ?? {}, false)} } } } } }`
}
