import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { GraphqlClient } from './client.ts'
import { PLAIN_FIRST, RESOURCES } from './query.ts'

/** A type as introspection gives it. Deprecated fields are not among its fields. */
interface LiveType {
  readonly name: string
  readonly kind: string
  readonly fields: readonly LiveField[] | null
  readonly enumValues: readonly { readonly name: string }[] | null
}
interface LiveField {
  readonly name: string
  readonly args: readonly { readonly name: string }[]
  readonly type: TypeRef
}
interface TypeRef {
  readonly kind: string
  readonly name: string | null
  /** Not told of the innermost. */
  readonly ofType?: TypeRef | null
}

const REF = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }'
const TYPE = `name kind fields { name args { name } type { ${REF} } } enumValues { name }`
const TYPES_A_QUERY = 25
/** Objects with an id lead to others without end: those a record holds, and those these hold, are described, no further ones. */
const HOPS = 2

const SCALARS: Readonly<Record<string, JsonObject>> = {
  Boolean: { type: 'boolean', 'x-type': 'boolean' },
  Int: { type: 'integer', 'x-type': 'integer' },
  Float: { type: ['number', 'string'], 'x-type': 'decimal' },
  Decimal: { type: 'string', 'x-type': 'decimal' },
  Money: { type: 'string', 'x-type': 'decimal' },
  DateTime: { type: 'string', format: 'date-time', 'x-type': 'datetime' },
  Date: { type: 'string', format: 'date', 'x-type': 'date' },
  UnsignedInt64: { type: 'string', 'x-type': 'integer' },
  HTML: { type: 'string', 'x-type': 'html' },
  JSON: { 'x-type': 'json' },
}
/** Lists of codes that grow all the time: told by their form. */
const CODES: Readonly<Record<string, string>> = { CurrencyCode: '^[A-Z]{3}$', CountryCode: '^[A-Z]{2}$' }

/** The live shape of a resource in the form of a recorded schema: connections are plain lists, computed fields are not in it. */
export async function discoverShape(
  client: GraphqlClient,
  apiVersion: string,
  resource: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  const root = RESOURCES[resource]!.type
  const known = new Map<string, LiveType | null>()
  let shape: JsonObject = {}
  for (let missing = new Set([root]); missing.size > 0; ) {
    await fetchTypes(client, [...missing], known, signal)
    missing = new Set()
    shape = objectOf(root, { known, missing, hops: 0, inside: [] })
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: resource,
    'x-system': 'shopify',
    'x-version': apiVersion,
    ...shape,
  }
}

async function fetchTypes(
  client: GraphqlClient,
  names: readonly string[],
  known: Map<string, LiveType | null>,
  signal: AbortSignal,
): Promise<void> {
  for (let start = 0; start < names.length; start += TYPES_A_QUERY) {
    const some = names.slice(start, start + TYPES_A_QUERY)
    const parts = some.map((name, index) => `t${index}: __type(name: "${name}") { ${TYPE} }`)
    const { data } = await client.query(`query Shape { ${parts.join(' ')} }`, {}, signal)
    for (const [index, name] of some.entries())
      known.set(name, (data[`t${index}`] ?? null) as LiveType | null)
  }
}

interface Walk {
  readonly known: ReadonlyMap<string, LiveType | null>
  /** Types that are needed and not known yet. */
  readonly missing: Set<string>
  readonly hops: number
  readonly inside: readonly string[]
}

/** An object without `properties` is one that is not described further. */
function objectOf(name: string, walk: Walk): JsonObject {
  const bare: JsonObject = { type: 'object', 'x-type': 'object' }
  const type = typeOf(name, walk)
  if (type?.kind !== 'OBJECT' || type.fields === null || walk.inside.includes(name)) return bare
  const hasId = type.fields.some((field) => field.name === 'id')
  const hops = hasId && walk.inside.length > 0 ? walk.hops + 1 : walk.hops
  if (hops > HOPS) return bare
  const properties: Record<string, JsonValue> = {}
  for (const field of type.fields)
    properties[field.name] = fieldOf(field, { ...walk, hops, inside: [...walk.inside, name] })
  return { ...bare, properties }
}

function fieldOf({ type, args }: LiveField, walk: Walk): JsonObject {
  const required = type.kind === 'NON_NULL'
  const own = (required ? type.ofType : type) ?? type
  const first: JsonObject = args.some((arg) => arg.name === 'first')
    ? { 'x-arguments': { first: PLAIN_FIRST } }
    : {}
  if (own.kind === 'LIST')
    return { type: 'array', 'x-type': 'list', ...first, items: namedOf(nameOf(own), walk) }
  const name = own.name ?? ''
  if (own.kind === 'OBJECT' && name.endsWith('Connection')) {
    const nodes = typeOf(name, walk)?.fields?.find((field) => field.name === 'nodes')
    const items = nodes === undefined ? {} : namedOf(nameOf(nodes.type), walk)
    return { type: 'array', 'x-type': 'list', 'x-connection': true, items }
  }
  const shape = namedOf(name, walk, own.kind)
  return required ? shape : nullable(shape)
}

function namedOf(name: string, walk: Walk, kind?: string): JsonObject {
  const scalar = SCALARS[name]
  if (scalar !== undefined) return scalar
  const pattern = CODES[name]
  if (pattern !== undefined) return { type: 'string', 'x-type': 'text', pattern }
  if (kind === 'SCALAR' || name === 'String' || name === 'ID') return { type: 'string', 'x-type': 'text' }
  const type = typeOf(name, walk)
  if (type?.kind === 'ENUM')
    return {
      type: 'string',
      'x-type': 'selection',
      enum: (type.enumValues ?? []).map((value) => value.name),
    }
  if (type?.kind === 'SCALAR') return { type: 'string', 'x-type': 'text' }
  return objectOf(name, walk)
}

function typeOf(name: string, walk: Walk): LiveType | null {
  const type = walk.known.get(name)
  if (type === undefined) walk.missing.add(name)
  return type ?? null
}

/** The name under every list and every "not null". */
function nameOf(type: TypeRef): string {
  return type.ofType == null ? (type.name ?? '') : nameOf(type.ofType)
}

function nullable(shape: JsonObject): JsonObject {
  if (shape['type'] === undefined) return shape
  const types = Array.isArray(shape['type']) ? (shape['type'] as readonly JsonValue[]) : [shape['type']]
  const choices = shape['enum']
  return {
    ...shape,
    type: [...types, 'null'],
    ...(Array.isArray(choices) ? { enum: [...(choices as readonly JsonValue[]), null] } : {}),
  }
}
