import {
  buildSchema,
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { expect, test } from 'vitest'
import { fieldsOf, isNullable, type Node, read, text } from './recordings.ts'

const RESOURCES = ['orders', 'customers', 'variants']
const sdl = buildSchema(text('shopify/2026-07/schema.graphql'))
const recordedOf = (resource: string) => read(`shopify/2026-07/${resource}.schema.json`)

/** What a scalar is recorded as. Country and currency codes are text: their lists are long and only ever grow. */
const SCALARS: Readonly<Record<string, string>> = {
  ID: 'text',
  String: 'text',
  URL: 'text',
  CountryCode: 'text',
  CurrencyCode: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  UnsignedInt64: 'integer',
  Float: 'decimal',
  Decimal: 'decimal',
  Money: 'decimal',
  DateTime: 'datetime',
  HTML: 'html',
}

function fieldsIn(
  type: GraphQLNamedType | undefined,
): Readonly<Record<string, GraphQLField<unknown, unknown>>> {
  if (isObjectType(type) || isInterfaceType(type)) return type.getFields()
  throw new Error(`${String(type)} has no fields`)
}

/** The recorded form of a GraphQL field: what the schema must say of it. */
function formOf({ type, args }: GraphQLField<unknown, unknown>) {
  const named = getNamedType(type)
  const connection = named.name.endsWith('Connection')
  const list = connection || isListType(isNonNullType(type) ? type.ofType : type)
  const element = connection ? getNamedType(fieldsIn(named)['nodes']!.type) : named
  const scalar = SCALARS[element.name]
  const kind = scalar ?? (isEnumType(element) ? 'selection' : 'object')
  return {
    element,
    expected: {
      type: list ? 'list' : kind,
      items: list ? kind : null,
      nullable: !isNonNullType(type),
      connection,
      arguments: !connection && list && args.some(({ name }) => name === 'first') ? { first: 50 } : null,
      values:
        scalar === undefined && isEnumType(element) ? element.getValues().map(({ name }) => name) : null,
    },
  }
}

function recordedForm(field: Node) {
  return {
    type: field['x-type'],
    items: field.items?.['x-type'] ?? null,
    nullable: isNullable(field),
    connection: field['x-connection'] === true,
    arguments: field['x-arguments'] ?? null,
    values: (field.items ?? field).enum?.filter((value) => value !== null) ?? null,
  }
}

function check(node: Node, type: GraphQLNamedType | undefined, path: string): void {
  const live = fieldsIn(type)
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    if (field['x-computed'] !== undefined) continue
    if (live[name] === undefined) throw new Error(`${path}.${name} is not in the GraphQL schema`)
    const { element, expected } = formOf(live[name])
    expect({ at: `${path}.${name}`, ...recordedForm(field) }).toEqual({ at: `${path}.${name}`, ...expected })
    const inner = field.items ?? field
    if (inner.properties !== undefined) check(inner, element, `${path}.${name}`)
  }
}

test.each(RESOURCES)(
  'every recorded field of %s is in the GraphQL schema, with type and form',
  (resource) => {
    const schema = recordedOf(resource)
    check(schema, sdl.getType(schema['x-query']!.type), resource)
  },
)

test.each(RESOURCES)('every field the GraphQL schema has of %s is recorded', (resource) => {
  const schema = recordedOf(resource)
  const { type } = schema['x-query']!
  expect(
    Object.keys(fieldsIn(sdl.getType(type))).filter((name) => schema.properties![name] === undefined),
  ).toEqual([])
})

test.each(RESOURCES)('%s are asked for by a query that sorts as recorded', (resource) => {
  const { field, type, sortKey } = recordedOf(resource)['x-query']!
  const query = sdl.getQueryType()!.getFields()[field]!
  expect(getNamedType(query.type).name).toBe(`${type}Connection`)
  const order = getNamedType(query.args.find(({ name }) => name === 'sortKey')!.type)
  expect(isEnumType(order) && order.getValues().map(({ name }) => name)).toContain(sortKey)
})

test('what a computed field is computed from is recorded beside it', () => {
  const computed: string[] = []
  const walk = (node: Node): void => {
    const near = new Set([...fieldsOf(node)].map(([path]) => path.join('.')))
    for (const [name, field] of Object.entries(node.properties ?? {})) {
      if (field['x-computed'] !== undefined) {
        computed.push(name)
        expect(field['x-needs']?.length).toBeGreaterThan(0)
        for (const need of field['x-needs']!) expect([...near]).toContain(need)
      }
      walk(field.items ?? field)
    }
  }
  for (const resource of RESOURCES) walk(recordedOf(resource))
  expect(computed).toEqual(['currentDiscount', 'currentDiscountShop'])
})
