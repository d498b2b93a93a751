import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { GraphqlClient } from './client.ts'
import { RESOURCES } from './query.ts'

interface LiveType {
  readonly kind: string
  readonly name: string | null
  readonly ofType: LiveType | null
}

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }'
const SCALARS: Readonly<Record<string, string>> = {
  Boolean: 'boolean',
  Int: 'integer',
  Float: 'decimal',
  Decimal: 'decimal',
  Money: 'decimal',
  DateTime: 'datetime',
  Date: 'date',
  UnsignedInt64: 'integer',
  HTML: 'html',
}

/** The live fields of a resource's own type, one level deep, in the form of a recorded schema. */
export async function discoverShape(
  client: GraphqlClient,
  apiVersion: string,
  resource: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { type } = RESOURCES[resource]!
  const { data } = await client.query(
    `query Shape { __type(name: "${type}") { fields { name type { ${TYPE} } } } }`,
    {},
    signal,
  )
  const live = data['__type'] as { fields: readonly { name: string; type: LiveType }[] } | null
  const properties: Record<string, JsonValue> = {}
  for (const field of live?.fields ?? []) properties[field.name] = shapeOf(field.type)
  return { title: resource, 'x-system': 'shopify', 'x-version': apiVersion, type: 'object', properties }
}

function shapeOf(type: LiveType): JsonObject {
  if (type.kind === 'NON_NULL' && type.ofType !== null) return shapeOf(type.ofType)
  if (type.kind === 'LIST') return { type: 'array', 'x-type': 'list' }
  if (type.kind === 'ENUM') return { type: 'string', 'x-type': 'selection' }
  if (type.kind === 'SCALAR') return { 'x-type': SCALARS[type.name ?? ''] ?? 'text' }
  if (type.name?.endsWith('Connection') === true)
    return { type: 'array', 'x-type': 'list', 'x-connection': true }
  return { type: 'object', 'x-type': 'object' }
}
