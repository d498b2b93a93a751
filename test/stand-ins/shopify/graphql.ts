import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  execute,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  GraphQLError as GraphqlFault,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import { requestedCost } from './cost.ts'
import { customerNode, orderNode, variantNode } from './nodes.ts'
import { matches, parseSearch, type Search } from './search.ts'
import type { ShopState } from './state.ts'

const MOST_IN_A_PAGE = 250
const MOST_IN_A_LIST = 25_000
const SIXTY_DAYS = 60 * 86_400_000

/** What a query is executed with. */
export interface Call {
  readonly state: ShopState
  readonly scopes: readonly string[]
  readonly apiVersions: readonly string[]
  readonly shop: string
  readonly now: number
  /** Filled while executing: searches with warnings, objects given back. */
  readonly searches: { readonly path: string; readonly query: string; readonly search: Search }[]
}

type Node = Readonly<Record<string, unknown>>

export const SCHEMA: GraphQLSchema = load()

function load(): GraphQLSchema {
  for (const up of ['../../..', '../../../..']) {
    try {
      return buildSchema(
        readFileSync(
          join(import.meta.dirname, up, 'schemas/recorded/shopify/2026-07/schema.graphql'),
          'utf8',
        ),
      )
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error
    }
  }
  throw new Error('The schema of the shop is not beside the stand-in.')
}

export interface Prepared {
  readonly cost: number
  run(call: Call): Promise<{ data: unknown; errors: readonly GraphQLError[] }>
}

/** Parses, validates and prices a query. Faults have the codes Shopify gives. */
export function prepare(
  text: string,
  variables: Readonly<Record<string, unknown>>,
): Prepared | { readonly errors: readonly object[] } {
  let document: ReturnType<typeof parse>
  try {
    document = parse(text)
  } catch (error) {
    return { errors: [{ message: (error as Error).message, extensions: { code: 'PARSE_ERROR' } }] }
  }
  const faults = validate(SCHEMA, document)
  if (faults.length > 0) return { errors: faults.map(asShopify) }
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === 'OperationDefinition',
  )!
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === 'FragmentDefinition')
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const large = /first:\s*(\d+)/g
  for (const match of text.matchAll(large)) if (Number(match[1]) > MOST_IN_A_PAGE) return tooLarge()
  if (Number(variables['first'] ?? 0) > MOST_IN_A_PAGE) return tooLarge()
  return {
    cost: requestedCost(SCHEMA, operation.selectionSet, fragments, variables),
    async run(call) {
      const result = await execute({
        schema: SCHEMA,
        document,
        variableValues: variables,
        contextValue: call,
        fieldResolver: resolve,
        typeResolver: (value) => (value as { __typename: string }).__typename,
      })
      return { data: result.data, errors: result.errors ?? [] }
    },
  }
}

function tooLarge() {
  return {
    errors: [
      {
        message:
          'first cannot exceed 250. To query larger amounts of data with fewer limits, bulk operations should be used instead.',
        extensions: { code: 'BAD_REQUEST' },
      },
    ],
  }
}

/** graphql-js says "Cannot query field"; Shopify says it in its own words and with a code. */
function asShopify(error: GraphQLError): object {
  const field = /Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message)
  const locations = error.locations
  if (field !== null) {
    return {
      message: `Field '${field[1]}' doesn't exist on type '${field[2]}'`,
      locations,
      extensions: { code: 'undefinedField', typeName: field[2], fieldName: field[1] },
    }
  }
  const code = /Unknown argument/.test(error.message)
    ? 'argumentNotAccepted'
    : /must have a selection|must not have a selection/.test(error.message)
      ? 'selectionMismatch'
      : /is required, but it was not provided/.test(error.message)
        ? 'missingRequiredArguments'
        : /Unknown type/.test(error.message)
          ? 'undefinedType'
          : /is never used/.test(error.message)
            ? 'variableNotUsed'
            : 'argumentLiteralsIncompatible'
  return { message: error.message, locations, extensions: { code } }
}

const SCOPES: Readonly<Record<string, string>> = {
  orders: 'read_orders',
  order: 'read_orders',
  customers: 'read_customers',
  customer: 'read_customers',
  productVariants: 'read_products',
  productVariant: 'read_products',
}

const resolve: GraphQLFieldResolver<unknown, Call> = (source, args, call, info) => {
  const name = info.fieldName
  const needed =
    info.parentType.name === 'QueryRoot'
      ? SCOPES[name]
      : info.parentType.name === 'Order' && name === 'customer'
        ? 'read_customers'
        : undefined
  if (needed !== undefined && !call.scopes.includes(needed)) {
    throw new GraphqlFault(`Access denied for ${name} field. Required access: \`${needed}\` access scope.`, {
      extensions: {
        code: 'ACCESS_DENIED',
        documentation: 'https://shopify.dev/api/usage/access-scopes',
        requiredAccess: `\`${needed}\` access scope.`,
      },
    })
  }
  if (info.parentType.name === 'QueryRoot') return root(name, args, call)
  const value = (source as Node)[name]
  const type = getNamedType(info.returnType)
  if (isObjectType(type) && type.name.endsWith('Connection') && Array.isArray(value))
    return connection(value as Node[], args, (node, index) => String(node['id'] ?? index))
  if (Array.isArray(value) && typeof args['first'] === 'number') return value.slice(0, args['first'])
  return value ?? null
}

function root(name: string, args: Readonly<Record<string, unknown>>, call: Call): unknown {
  const { state } = call
  switch (name) {
    case 'shop':
      return {
        __typename: 'Shop',
        id: 'gid://shopify/Shop/1',
        name: call.shop,
        myshopifyDomain: `${call.shop}.myshopify.com`,
        currencyCode: 'USD',
        ianaTimezone: 'America/Los_Angeles',
        taxesIncluded: false,
      }
    case 'currentAppInstallation':
      return {
        id: 'gid://shopify/AppInstallation/1',
        accessScopes: call.scopes.map((handle) => ({ handle, description: handle })),
      }
    case 'publicApiVersions':
      return call.apiVersions.map((handle) => ({ handle, displayName: handle, supported: true }))
    case 'node':
    case 'order':
    case 'customer':
    case 'productVariant':
      return byId(state, String(args['id']))
    case 'nodes':
      return (args['ids'] as string[]).map((id) => byId(state, id))
    default:
      return list(name, args, call)
  }
}

function byId(state: ShopState, gid: string): Node | null {
  const match = /^gid:\/\/shopify\/(\w+)\/(\d+)$/.exec(gid)
  if (match === null) throw new GraphqlFault('invalid id', { extensions: { code: 'RESOURCE_NOT_FOUND' } })
  const id = Number(match[2])
  const order = match[1] === 'Order' ? state.orders.get(id) : undefined
  if (order !== undefined) return orderNode(state, order)
  const customer = match[1] === 'Customer' ? state.customers.get(id) : undefined
  if (customer !== undefined) return customerNode(customer)
  const variant = match[1] === 'ProductVariant' ? state.variants.get(id) : undefined
  return variant === undefined ? null : variantNode(variant)
}

function list(name: string, args: Readonly<Record<string, unknown>>, call: Call) {
  const { state, scopes, now } = call
  const text = typeof args['query'] === 'string' ? args['query'] : null
  const search = parseSearch(text)
  call.searches.push({ path: name, query: text ?? '', search })
  let nodes: Node[]
  if (name === 'orders') {
    // Without read_all_orders older ones are missing, and nothing says so.
    const visible = [...state.orders.values()].filter(
      (order) => scopes.includes('read_all_orders') || order.createdAt >= now - SIXTY_DAYS,
    )
    nodes = filtered(visible, search, (order) => orderNode(state, order))
  } else if (name === 'customers') nodes = filtered([...state.customers.values()], search, customerNode)
  else nodes = filtered([...state.variants.values()], search, variantNode)
  const sortKey = String(args['sortKey'])
  const value = (node: Node): string | number =>
    sortKey === 'UPDATED_AT'
      ? String(node['updatedAt'])
      : sortKey === 'CREATED_AT' || sortKey === 'PROCESSED_AT'
        ? String(node['createdAt'])
        : numeric(node)
  nodes.sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : numeric(a) - numeric(b)))
  if (args['reverse'] === true) nodes.reverse()
  return connection(
    nodes.slice(0, MOST_IN_A_LIST),
    args,
    (node) => JSON.stringify({ last_id: numeric(node), last_value: value(node) }),
    sortKey === 'UPDATED_AT' || sortKey.endsWith('_AT') ? value : undefined,
  )
}

/** Nodes are dear to make, so times and ids are compared before. */
function filtered<T extends { readonly id: number; readonly updatedAt: number; readonly createdAt: number }>(
  items: readonly T[],
  search: Search,
  nodeOf: (item: T) => Node,
): Node[] {
  const quick = {
    ...search,
    terms: search.terms.filter((term) => ['updated_at', 'created_at', 'id'].includes(term.field)),
  }
  return items
    .filter((item) =>
      matches(
        { legacyResourceId: item.id, updatedAt: second(item.updatedAt), createdAt: second(item.createdAt) },
        quick,
      ),
    )
    .map(nodeOf)
    .filter((node) => matches(node, search))
}

function second(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

function numeric(node: Node): number {
  return Number(node['legacyResourceId'])
}

/** A cursor stands for a place in the sorted list, not for a record: a record that moved is seen where it is now. */
function connection(
  nodes: readonly Node[],
  args: Readonly<Record<string, unknown>>,
  cursorOf: (node: Node, index: number) => string,
  sortValue?: (node: Node) => string | number,
) {
  const encode = (node: Node, index: number) => Buffer.from(cursorOf(node, index)).toString('base64')
  const first = Number(args['first'] ?? 10)
  let start = 0
  if (typeof args['after'] === 'string')
    start = placeAfter(nodes, Buffer.from(args['after'], 'base64').toString('utf8'), cursorOf, sortValue)
  const page = nodes.slice(start, start + first)
  return {
    nodes: page,
    edges: page.map((node, index) => ({ node, cursor: encode(node, start + index) })),
    pageInfo: {
      hasNextPage: start + first < nodes.length,
      hasPreviousPage: start > 0,
      startCursor: page.length === 0 ? null : encode(page[0]!, start),
      endCursor: page.length === 0 ? null : encode(page.at(-1)!, start + page.length - 1),
    },
  }
}

function placeAfter(
  nodes: readonly Node[],
  cursor: string,
  cursorOf: (node: Node, index: number) => string,
  sortValue?: (node: Node) => string | number,
): number {
  if (sortValue === undefined && !cursor.startsWith('{'))
    return nodes.findIndex((node, index) => cursorOf(node, index) === cursor) + 1
  const { last_id, last_value } = JSON.parse(cursor) as { last_id: number; last_value: string | number }
  const place = nodes.findIndex((node) => {
    const value = sortValue === undefined ? numeric(node) : sortValue(node)
    return value > last_value || (value === last_value && numeric(node) > last_id)
  })
  return place < 0 ? nodes.length : place
}
