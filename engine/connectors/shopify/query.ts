import type { SelectedField, Selection } from '../../core/model/selection.ts'

/** How a resource is asked for. */
export interface ResourceFacts {
  readonly field: string
  readonly type: string
  /** `updated`: sorted by last change. `id`: Shopify cannot sort it so; read in the order of ids. */
  readonly order: Order
  readonly scopes: readonly string[]
  /** The filter updated_at is said to match whole days only (shopify.dev, customers query, 2026-07). */
  readonly wholeDays: boolean
  /**
   * An object whose own last change counts as the record's. Always, whatever is selected: a stamp that fell back when a mapping stops
   * reading the object would make new versions look old.
   */
  readonly stampAlso: string | null
}
export type Order = 'updated' | 'id'

export const RESOURCES: Readonly<Record<string, ResourceFacts>> = {
  orders: {
    field: 'orders',
    type: 'Order',
    order: 'updated',
    scopes: ['read_orders'],
    wholeDays: false,
    stampAlso: null,
  },
  customers: {
    field: 'customers',
    type: 'Customer',
    order: 'updated',
    scopes: ['read_customers'],
    wholeDays: true,
    stampAlso: null,
  },
  // ProductVariantSortKeys has no UPDATED_AT in 2026-07; the filter updated_at works. That filter looks at the variant only:
  // a product's new title comes with the next change of its variant, or with a full read.
  variants: {
    field: 'productVariants',
    type: 'ProductVariant',
    order: 'id',
    scopes: ['read_products'],
    wholeDays: false,
    stampAlso: 'product',
  },
}

/** How many of a nested list come with its record; the rest is asked for by itself. Most orders have few lines. */
const LINES = 30
const FEW = 5
/** Halvings after which every nested list is asked for one at a time. */
export const NESTED_LEVELS = 5
/** Lists that take `first` and cannot be paged: as many as this, then all at once. */
export const PLAIN_FIRST = 50
export const PLAIN_MOST = 250

/** How much of nested lists is asked for. */
export interface Nested {
  /** How often the sizes of nested connections are halved. */
  readonly level: number
  /** `first` of lists that cannot be paged. */
  readonly plain: number
}
export const NESTED: Nested = { level: 0, plain: PLAIN_FIRST }

function nestedSize(field: string, level: number): number {
  const size = field === 'lineItems' || field === 'refundLineItems' ? LINES : FEW
  return Math.max(1, Math.floor(size / 2 ** level))
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

/** A page of a resource. Variables: first, after, query. */
export function buildQuery(
  resource: string,
  selection: Selection,
  nested: Nested = NESTED,
  order: Order = RESOURCES[resource]!.order,
): string {
  const { field } = RESOURCES[resource]!
  const sortKey = order === 'updated' ? 'UPDATED_AT' : 'ID'
  return `query Page($first: Int!, $after: String, $query: String) { ${field}(first: $first, after: $after, query: $query, sortKey: ${sortKey}) { pageInfo { hasNextPage endCursor } nodes { ${recordText(resource, selection, nested)} } } }`
}

/** Records by id. Variables: ids. */
export function nodesQuery(resource: string, selection: Selection, nested: Nested = NESTED): string {
  return `query Records($ids: [ID!]!) { nodes(ids: $ids) { ... on ${RESOURCES[resource]!.type} { ${recordText(resource, selection, nested)} } } }`
}

/** More of a nested list, of the object of this type and id. Variables: id, first, after. */
export function nestedQuery(
  type: string,
  name: string,
  field: SelectedField,
  nested: Nested = NESTED,
): string {
  return `query More($id: ID!, $first: Int!, $after: String) { node(id: $id) { ... on ${type} { ${name}(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ${objectText(field.fields ?? {}, nested)} } } } } }`
}

/** `id` and `updatedAt` always, and the last change of what counts as part of the record. */
function recordText(resource: string, selection: Selection, nested: Nested): string {
  const { stampAlso } = RESOURCES[resource]!
  const updatedAt: SelectedField = { type: 'datetime' }
  const stamps: Selection = {
    id: { type: 'text' },
    updatedAt,
    ...(stampAlso === null ? {} : { [stampAlso]: { type: 'object', fields: { updatedAt } } as const }),
  }
  return objectText(mergeSelections(stamps, selection), nested)
}

/** The fields of one object; computed ones by what they need, and what it takes to ask for the rest of its lists. */
function objectText(selection: Selection, nested: Nested): string {
  let wanted = selection
  for (const [name, field] of Object.entries(selection)) {
    const computed = field.computed === true ? COMPUTED[name] : undefined
    if (computed !== undefined) wanted = mergeSelections(wanted, computed.needs)
  }
  const fields = Object.entries(wanted).filter(([, field]) => field.computed !== true)
  const parts = fields.map(([name, field]) => fieldText(name, field, nested))
  if (fields.some(([, field]) => field.list === 'connection')) {
    if (!fields.some(([name]) => name === 'id')) parts.unshift('id')
    parts.unshift('__typename')
  }
  return parts.join(' ')
}

function fieldText(name: string, field: SelectedField, nested: Nested): string {
  const head = field.list === 'first' ? `${name}(first: ${nested.plain})` : name
  if (field.fields === undefined) return head
  const inner = objectText(field.fields, nested)
  return field.list === 'connection'
    ? `${name}(first: ${nestedSize(name, nested.level)}) { pageInfo { hasNextPage endCursor } nodes { ${inner} } }`
    : `${head} { ${inner} }`
}

function mergeSelections(a: Selection, b: Selection): Selection {
  const merged: Record<string, SelectedField> = { ...a }
  for (const [name, field] of Object.entries(b)) {
    const other = merged[name]
    merged[name] =
      other?.fields !== undefined && field.fields !== undefined
        ? { ...field, fields: mergeSelections(other.fields, field.fields) }
        : field
  }
  return merged
}
