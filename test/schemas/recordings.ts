import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../core/compile/repository.ts'

/** A recorded schema or a field of one, as the tests look at it. */
export interface Node {
  readonly title?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly (string | null)[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly additionalProperties?: boolean
  readonly 'x-type'?: string
  readonly 'x-key'?: readonly string[]
  readonly 'x-stamp'?: string
  readonly 'x-relation'?: string
  readonly 'x-formerly'?: string
  readonly 'x-parent'?: string
  readonly 'x-readonly'?: boolean
  readonly 'x-required'?: boolean
  readonly 'x-digits'?: number
  readonly 'x-connection'?: boolean
  readonly 'x-arguments'?: { readonly first: number }
  readonly 'x-computed'?: string
  readonly 'x-needs'?: readonly string[]
  readonly 'x-query'?: { readonly field: string; readonly type: string; readonly sortKey: string }
  readonly 'x-actions'?: Readonly<Record<string, Action>>
}

export interface Action {
  readonly state?: string
  readonly from?: readonly string[]
  readonly to?: string
  readonly overwrites?: readonly string[]
}

const recorded = join(ROOT, 'schemas', 'recorded')

/** Every file below schemas/recorded, by its path in it. */
export const files = readdirSync(recorded, { recursive: true, encoding: 'utf8' }).sort()
export const schemas = files.filter((name) => name.endsWith('.schema.json'))
/** <system>/<version>/samples/<resource>/<name>.json */
export const samples = files.filter((name) => name.includes('/samples/') && name.endsWith('.json'))

export const text = (path: string): string => readFileSync(join(recorded, path), 'utf8')
export const read = (path: string): Node => JSON.parse(text(path)) as Node
export const has = (path: string): boolean => schemas.includes(path)

/** Every field of a schema, nested ones too, with the names on the way. */
export function* fieldsOf(
  node: Node,
  path: readonly string[] = [],
): Iterable<readonly [readonly string[], Node]> {
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    yield [[...path, name], field]
    yield* fieldsOf(field.items ?? field, [...path, name])
  }
}

/** The fields that hold values rather than other fields, as dotted paths. */
export function leavesOf(node: Node): readonly string[] {
  return [...fieldsOf(node)].flatMap(([path, field]) =>
    (field.items ?? field).properties === undefined ? [path.join('.')] : [],
  )
}

export const isNullable = (field: Node): boolean => [field.type].flat().includes('null')
