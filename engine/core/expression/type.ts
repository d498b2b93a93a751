import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { FieldType } from '../model/recorded.ts'
import { Decimal } from './decimal.ts'

/** A node of a recorded schema: the schema itself, a field, or the items of a list. */
export type RecordedSchemaNode = JsonObject

/**
 * What an expression gives. `path` is where in a source record it was read, the variable's name first; `values` are the only
 * texts it can be, `digits` how many a number has behind the point at most ({@link MANY_DIGITS}: as many as come out; not known
 * where absent). `map` is an object written out; `alternatives` are further objects that a choice may give.
 */
export type Type = (
  | {
      readonly kind:
        | 'null'
        | 'boolean'
        | 'text'
        | 'integer'
        | 'decimal'
        | 'date'
        | 'datetime'
        | 'unknown'
        | 'map'
      readonly values?: readonly string[]
      readonly digits?: number
    }
  | { readonly kind: 'list'; readonly of: Type }
  | {
      readonly kind: 'object'
      readonly schema: RecordedSchemaNode
      readonly path: readonly string[]
      readonly alternatives?: readonly Type[]
      /** Paths below it that are known to have a value, by a filter it came through. */
      readonly present?: readonly string[]
    }
  /** `resource` is empty where it is not known. */
  | { readonly kind: 'reference'; readonly resource: string }
) & { readonly nullable: boolean; readonly path?: readonly string[] }

/** More digits than anybody wrote or recorded: of a division, or a product of two numbers with a fraction. */
export const MANY_DIGITS = Number.POSITIVE_INFINITY

export type TypeKind = Type['kind']

export function unknownType(): Type {
  return { kind: 'unknown', nullable: false }
}

const LEAF_KINDS: Readonly<
  Record<FieldType, 'text' | 'integer' | 'decimal' | 'boolean' | 'date' | 'datetime' | 'unknown' | null>
> = {
  text: 'text',
  html: 'text',
  selection: 'text',
  binary: 'text',
  reference: 'text',
  many2one: 'text',
  integer: 'integer',
  float: 'decimal',
  decimal: 'decimal',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  json: 'unknown',
  many2many: null,
  one2many: null,
  object: null,
  list: null,
}

/** The type of a recorded schema or of one of its fields, read at `path`. References are read as the text of their ids. */
export function typeOfRecorded(node: RecordedSchemaNode, path: readonly string[]): Type {
  const kind = node['x-type'] as FieldType | undefined
  const nullable = isNullable(node)
  if (isList(node, kind)) {
    const items = node.items
    const ids = kind === 'one2many' || kind === 'many2many'
    const isRecorded = isJsonObject(items) && (!ids || items.properties !== undefined)
    const of: Type = isRecorded
      ? typeOfRecorded(items, path)
      : { kind: ids ? 'text' : 'unknown', nullable: false, path }
    return { kind: 'list', of, nullable, path }
  }
  if (isJsonObject(node.properties)) return { kind: 'object', schema: node, path, nullable }
  const values = Array.isArray(node.enum) ? node.enum.filter((value) => typeof value === 'string') : null
  const leaf = kind === undefined ? kindOfJson(node) : (LEAF_KINDS[kind] ?? 'unknown')
  return { kind: leaf, nullable, path, ...(values !== null && leaf === 'text' ? { values } : {}) }
}

function isList(node: RecordedSchemaNode, kind: FieldType | undefined): boolean {
  return (
    kind === 'list' ||
    kind === 'one2many' ||
    kind === 'many2many' ||
    typesOf(node).includes('array') ||
    isJsonObject(node.items)
  )
}

function typesOf(node: RecordedSchemaNode): readonly JsonValue[] {
  const type = node.type
  return Array.isArray(type) ? type : type === undefined ? [] : [type]
}

function isNullable(node: RecordedSchemaNode): boolean {
  if (typeof node['x-nullable'] === 'boolean') return node['x-nullable']
  return typesOf(node).includes('null') || (Array.isArray(node.enum) && node.enum.includes(null))
}

function kindOfJson(node: RecordedSchemaNode): 'text' | 'integer' | 'decimal' | 'boolean' | 'unknown' {
  const types = typesOf(node)
  if (types.includes('string')) return 'text'
  if (types.includes('integer')) return 'integer'
  if (types.includes('number')) return 'decimal'
  return types.includes('boolean') ? 'boolean' : 'unknown'
}

/** The type of something of which some fields are known to have a value: `['sku', 'price.amount']`. */
export function typeWithPresent(type: Type, paths: readonly string[]): Type {
  if (type.kind !== 'object' || paths.length === 0) return type
  return { ...type, present: [...(type.present ?? []), ...paths] }
}

/** The fields of an object type. */
export function fieldsOf(schema: RecordedSchemaNode): Readonly<Record<string, JsonValue>> {
  return isJsonObject(schema.properties) ? schema.properties : {}
}

/** The type of a constant written in a mapping. */
export function constantType(value: JsonValue): Type {
  if (value === null) return { kind: 'null', nullable: true }
  if (typeof value === 'boolean') return { kind: 'boolean', nullable: false }
  if (typeof value === 'number') return numberType(new Decimal(value))
  if (typeof value === 'string') return { kind: 'text', values: [value], nullable: false }
  if (Array.isArray(value)) return { kind: 'list', of: mergeTypes(value.map(constantType)), nullable: false }
  return { kind: 'map', nullable: false }
}

/** The type of a number written out. */
export function numberType(value: Decimal): Type {
  const whole = value.isInteger() && value.abs().lte(Number.MAX_SAFE_INTEGER)
  return whole
    ? { kind: 'integer', nullable: false }
    : { kind: 'decimal', digits: value.decimalPlaces(), nullable: false }
}

/** The only texts it can be; undefined where it can be any. */
export function valuesOf(type: Type): readonly string[] | undefined {
  return type.kind === 'text' ? type.values : undefined
}

/** How many digits a number has behind the point at most; undefined where that is not known. */
export function digitsOf(type: Type): number | undefined {
  if (type.kind === 'integer') return 0
  return type.kind === 'decimal' ? type.digits : undefined
}

/** The type of a number that is one of these, or their sum. */
export function commonNumber(types: readonly Type[]): Type {
  if (types.every((type) => type.kind === 'integer')) return { kind: 'integer', nullable: false }
  const digits = types.map(digitsOf)
  if (digits.includes(MANY_DIGITS)) return { kind: 'decimal', digits: MANY_DIGITS, nullable: false }
  if (digits.includes(undefined)) return { kind: 'decimal', nullable: false }
  return { kind: 'decimal', digits: Math.max(...(digits as number[])), nullable: false }
}

/** What a value is that may be any of these: their common type, `unknown` where they have none. */
export function mergeTypes(types: readonly Type[]): Type {
  const known = types.filter((type) => type.kind !== 'null')
  const nullable = types.some((type) => type.nullable)
  const [first, ...others] = known
  if (first === undefined) return types.length === 0 ? unknownType() : { kind: 'null', nullable: true }
  return { ...others.reduce(merge, first), nullable } as Type
}

/** Whether values of these types make sense in one place. */
export function agree(a: Type, b: Type): boolean {
  if (a.kind === 'null' || b.kind === 'null' || a.kind === 'unknown' || b.kind === 'unknown') return true
  if (isNumeric(a) && isNumeric(b)) return true
  if (a.kind === 'list' && b.kind === 'list') return agree(a.of, b.of)
  if (a.kind === 'reference' && b.kind === 'reference')
    return a.resource === b.resource || a.resource === '' || b.resource === ''
  return a.kind === b.kind
}

export function isNumeric(type: Type): boolean {
  return type.kind === 'integer' || type.kind === 'decimal'
}

function merge(a: Type, b: Type): Type {
  if (isNumeric(a) && isNumeric(b)) return commonNumber([a, b])
  if (a.kind !== b.kind) return unknownType()
  if (a.kind === 'list' && b.kind === 'list')
    return { kind: 'list', of: mergeTypes([a.of, b.of]), nullable: false }
  if (a.kind === 'reference' && b.kind === 'reference') {
    return {
      kind: 'reference',
      resource:
        a.resource === b.resource
          ? a.resource
          : a.resource === '' || b.resource === ''
            ? a.resource || b.resource
            : '',
      nullable: false,
    }
  }
  if (a.kind === 'text' && b.kind === 'text' && a.values !== undefined && b.values !== undefined)
    return { kind: 'text', values: [...new Set([...a.values, ...b.values])], nullable: false }
  if (a.kind === 'object') return { ...a, alternatives: [...(a.alternatives ?? []), b] }
  return { kind: a.kind, nullable: false } as Type
}
