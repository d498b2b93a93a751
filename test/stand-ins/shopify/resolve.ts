import { GraphQLError, type GraphQLFieldResolver, getNamedType } from 'graphql'
import { countOf, isVisible, listOf, nestedPage, type Reading, TIMEZONE } from './lists.ts'
import { customerNode } from './nodes/customer.ts'
import { lineNode } from './nodes/line.ts'
import { orderNode } from './nodes/order.ts'
import { inventoryItemNode, productNode, variantNode } from './nodes/product.ts'
import { gid } from './nodes/values.ts'
import type { Order } from './state.ts'

/** What a query is executed with. */
export interface Call extends Reading {
  readonly apiVersions: readonly string[]
  readonly shop: string
  orderNode(order: Order): object
}

export function createCall(
  reading: Omit<Reading, 'searches'>,
  shop: string,
  apiVersions: readonly string[],
): Call {
  return {
    ...reading,
    searches: [],
    shop,
    apiVersions,
    orderNode: (order) => orderNode(reading.state, order),
  }
}

/** The scope a field needs; the part of the schema that is not about records needs none. */
const SCOPES: Readonly<Record<string, string>> = {
  'QueryRoot.orders': 'read_orders',
  'QueryRoot.ordersCount': 'read_orders',
  'QueryRoot.order': 'read_orders',
  'QueryRoot.customers': 'read_customers',
  'QueryRoot.customersCount': 'read_customers',
  'QueryRoot.customer': 'read_customers',
  'QueryRoot.products': 'read_products',
  'QueryRoot.product': 'read_products',
  'QueryRoot.productVariants': 'read_products',
  'QueryRoot.productVariantsCount': 'read_products',
  'QueryRoot.productVariant': 'read_products',
  'QueryRoot.inventoryItems': 'read_inventory',
  'QueryRoot.inventoryItem': 'read_inventory',
  'Order.customer': 'read_customers',
  'Customer.lastOrder': 'read_orders',
}

/** By the type of an id. */
const SCOPES_OF_TYPES: Readonly<Record<string, string>> = {
  Order: 'read_orders',
  LineItem: 'read_orders',
  Refund: 'read_orders',
  Customer: 'read_customers',
  Product: 'read_products',
  ProductVariant: 'read_products',
  InventoryItem: 'read_inventory',
}

function need(call: Call, scope: string | undefined, field: string): void {
  if (scope === undefined || call.scopes.includes(scope)) return
  const requiredAccess = `\`${scope}\` access scope.`
  throw new GraphQLError(`Access denied for ${field} field. Required access: ${requiredAccess}`, {
    extensions: {
      code: 'ACCESS_DENIED',
      documentation: 'https://shopify.dev/api/usage/access-scopes',
      requiredAccess,
    },
  })
}

export const resolve: GraphQLFieldResolver<unknown, Call> = (source, args, call, info) => {
  const name = info.fieldName
  need(call, SCOPES[`${info.parentType.name}.${name}`], name)
  if (info.parentType.name === 'QueryRoot') return root(name, args, call)
  const found = (source as Readonly<Record<string, unknown>>)[name]
  const value = typeof found === 'function' ? (found as (...given: unknown[]) => unknown)(args, call) : found
  if (!Array.isArray(value)) return value ?? null
  if (getNamedType(info.returnType).name.endsWith('Connection')) return nestedPage(value as object[], args)
  return typeof args['first'] === 'number' ? value.slice(0, args['first']) : value
}

function root(name: string, args: Readonly<Record<string, unknown>>, call: Call): unknown {
  switch (name) {
    case 'shop':
      return shopNode(call)
    case 'currentAppInstallation':
      return {
        __typename: 'AppInstallation',
        id: gid('AppInstallation', 1),
        accessScopes: call.scopes.map((handle) => ({ handle, description: handle })),
      }
    case 'publicApiVersions':
      return call.apiVersions.map((handle) => ({ handle, displayName: handle, supported: true }))
    case 'nodes':
      return (args['ids'] as string[]).map((id) => byId(call, id, 'nodes'))
    case 'node':
      return byId(call, String(args['id']), name)
    case 'order':
    case 'customer':
    case 'product':
    case 'productVariant':
    case 'inventoryItem':
      return ofType(byId(call, String(args['id']), name), `${name[0]!.toUpperCase()}${name.slice(1)}`)
    default:
      return name.endsWith('Count') ? countOf(`${name.slice(0, -5)}`, args, call) : listOf(name, args, call)
  }
}

function ofType(node: { readonly __typename: string } | null, type: string): unknown {
  return node?.__typename === type ? node : null
}

function shopNode({ shop }: Call): object {
  return {
    __typename: 'Shop',
    id: gid('Shop', 1),
    name: shop,
    email: 'owner@example.com',
    myshopifyDomain: `${shop}.myshopify.com`,
    currencyCode: 'USD',
    enabledPresentmentCurrencies: ['USD', 'EUR', 'GBP'],
    ianaTimezone: TIMEZONE,
    taxesIncluded: false,
    plan: { partnerDevelopment: false, publicDisplayName: 'Basic', shopifyPlus: false },
  }
}

function byId(call: Call, id: string, field: string): { readonly __typename: string } | null {
  const match = /^gid:\/\/shopify\/(\w+)\/(\d+)(?:\?.*)?$/.exec(id)
  if (match === null) throw new GraphQLError('invalid id', { extensions: { code: 'RESOURCE_NOT_FOUND' } })
  const [, type = '', number = ''] = match
  if (field === 'node' || field === 'nodes') need(call, SCOPES_OF_TYPES[type], field)
  return find(call, type, Number(number))
}

function find({ state, ...call }: Call, type: string, id: number): { readonly __typename: string } | null {
  const variant = state.variants.get(id)
  switch (type) {
    case 'Order':
      return orNull(state.orders.get(id), (order) =>
        isVisible(order, call) ? orderNode(state, order) : null,
      )
    case 'Customer':
      return orNull(state.customers.get(id), (customer) => customerNode(state, customer))
    case 'Product':
      return orNull(state.products.get(id), (product) => productNode(state, product))
    case 'ProductVariant':
      return orNull(variant, (found) => variantNode(state, found))
    case 'InventoryItem':
      return orNull(variant, inventoryItemNode)
    case 'LineItem':
      for (const order of state.orders.values())
        for (const line of order.lines) if (line.id === id) return lineNode(state, order, line)
      return null
    case 'Refund':
      for (const order of state.orders.values()) {
        const index = order.refunds.findIndex((refund) => refund.id === id)
        if (index >= 0) return orderNode(state, order).refunds[index]!
      }
      return null
    default:
      return null
  }
}

function orNull<T, N>(item: T | undefined, node: (item: T) => N | null): N | null {
  return item === undefined ? null : node(item)
}
