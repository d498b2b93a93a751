import type { Advice, Advised } from '../model/diagnostic.ts'
import type { Code } from '../model/diagnostics.ts'
import { isJsonObject } from '../model/json.ts'
import { suitingField } from './better-field.ts'
import type { Environment, LookUp, TableRow } from './check.ts'
import type { Facts } from './narrowing.ts'
import type { Fault } from './parse.ts'
import type { Node, Span } from './tree.ts'
import { agree, fieldsOf, isNumeric, mergeTypes, type RecordedSchemaNode, type Type } from './type.ts'

export { didYouMean } from './nearest.ts'

/** One check under way. */
export interface Walk {
  readonly environment: Environment
  readonly text: string
  readonly variables: Readonly<Record<string, Type>>
  /** Inside `coalesce`: an empty key gives null. */
  readonly lenient: boolean
  /** What has a value where this part is evaluated, in spite of its type. */
  readonly present: Facts
  readonly faults: Fault[]
  readonly reads: Map<string, readonly string[]>
  readonly lookUps: LookUp[]
  readonly rows: TableRow[]
  readonly typeOf: (node: Node, walk: Walk) => Type
}

export function report(walk: Walk, span: Span, code: Code, message: string, advised: Advised = null): void {
  const advice = typeof advised === 'string' || advised === null ? null : advised
  walk.faults.push({
    code,
    message,
    hint: typeof advised === 'string' ? advised : (advice?.hint ?? null),
    offset: span.start,
    length: span.end - span.start,
    ...(advice === null ? {} : { advice: inQuotes(advice, walk.text.slice(span.start, span.end)) }),
  })
}

/** A name that replaces a text written out stands in the same quotation marks. */
function inQuotes(advice: Advice, written: string): Advice {
  const mark = /^["']/.exec(written)?.[0]
  if (mark === undefined || advice.replace === undefined || advice.isName !== true) return advice
  const text = advice.replace.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`)
  return { ...advice, replace: `${mark}${text}${mark}` }
}

export function sourceOf(walk: Walk, node: Node): string {
  return walk.text.slice(node.start, node.end)
}

export function note(walk: Walk, path: readonly string[]): void {
  walk.reads.set(path.join('\u0000'), path)
}

/** Whether something is there can only be told by reading some field of it: one that tells least. */
export function notePresence(type: Type, walk: Walk): void {
  if (type.kind === 'list') notePresence(type.of, walk)
  if (type.kind !== 'object') return
  const leaf = plainestLeaf(type)
  if (leaf !== null) note(walk, leaf)
  for (const other of type.alternatives ?? []) notePresence(other, walk)
}

function plainestLeaf(type: Type & { readonly kind: 'object' }): readonly string[] | null {
  return leafBelow(type.schema, type.path)
}

/** `id` where there is one, else a value that is not personal; else one inside the first object. */
function leafBelow(schema: RecordedSchemaNode, path: readonly string[]): readonly string[] | null {
  const fields = Object.entries(fieldsOf(schema)).flatMap(([name, field]) =>
    isJsonObject(field) ? [[name, field] as const] : [],
  )
  const rank = ([name, field]: (typeof fields)[number]) =>
    name === 'id' ? 0 : field['x-personal'] === true ? 2 : 1
  const scalars = fields.filter(
    ([, field]) =>
      field.properties === undefined && field.items === undefined && field['x-computed'] === undefined,
  )
  const [best] = scalars.sort((a, b) => rank(a) - rank(b))
  if (best !== undefined) return [...path, best[0]]
  const inner = fields.find(([, field]) => field.properties !== undefined)
  return inner === undefined ? null : leafBelow(inner[1], [...path, inner[0]])
}

export function refuseWhole(type: Type, node: Node, walk: Walk): void {
  if (type.kind !== 'object') return
  const { fills } = walk.environment
  const below =
    (fills === undefined ? null : suitingField(type, fills)) ?? plainestLeaf(type)?.slice(type.path.length)
  report(
    walk,
    node,
    'whole-object',
    `${type.path.join('.')} is a whole object, not one value.`,
    `Name a field of it, such as ${sourceOf(walk, node)}.${below?.join('.') ?? 'id'}.`,
  )
}

export function condition(node: Node, walk: Walk): void {
  const type = walk.typeOf(node, walk)
  const text = sourceOf(walk, node)
  expect(
    type,
    ['boolean'],
    node,
    walk,
    'A condition must be true or false.',
    `Compare it, such as ${text} != null.`,
  )
}

/** Reports a type that is none of the kinds. What is not known, or null, passes. */
export function expect(
  type: Type,
  kinds: readonly Type['kind'][],
  node: Node,
  walk: Walk,
  rule: string,
  hint: Advised = null,
): boolean {
  if (type.kind === 'unknown' || type.kind === 'null' || kinds.includes(type.kind)) return true
  if (type.kind === 'object') refuseWhole(type, node, walk)
  else report(walk, node, 'wrong-type', `${sourceOf(walk, node)} is ${nameOf(type)}. ${rule}`, hint)
  return false
}

/** Reports what may be null where a value is needed, with the guard to write. */
export function expectValue(type: Type, node: Node, walk: Walk, purpose: string): void {
  if (!type.nullable || type.kind === 'null' || type.kind === 'object') return
  const text = sourceOf(walk, node)
  report(
    walk,
    node,
    'may-be-null',
    `${text} may have no value, and ${purpose} needs one.`,
    guardFor(text, type),
  )
}

/** What to write so that there is always a value. */
export function guardFor(text: string, type: Type): Advice {
  const standIn = standInFor(type)
  const guard = `coalesce(${text}, ${standIn ?? '…'})`
  const hint = `Say what to use instead: ${guard}.`
  return standIn === null ? { hint } : { hint, replace: guard }
}

function standInFor(type: Type): string | null {
  if (isNumeric(type)) return '0'
  if (type.kind === 'text') return '""'
  if (type.kind === 'list') return '[]'
  return type.kind === 'boolean' ? 'false' : null
}

export function nameOf(type: Type): string {
  if (type.kind === 'reference')
    return type.resource === '' ? 'a reference' : `a reference to ${type.resource}`
  if (type.kind === 'map' || type.kind === 'unknown') return 'a value'
  return /^[aeiou]/.test(type.kind) ? `an ${type.kind}` : `a ${type.kind}`
}

export function choiceType(
  [thenNode, thenWalk]: readonly [Node, Walk],
  [otherwiseNode, otherwiseWalk]: readonly [Node, Walk],
  walk: Walk,
): Type {
  const then = walk.typeOf(thenNode, thenWalk)
  const otherwise = walk.typeOf(otherwiseNode, otherwiseWalk)
  if (!agree(then, otherwise)) {
    report(
      walk,
      otherwiseNode,
      'wrong-type',
      `Both branches must give the same kind of value: one is ${nameOf(then)}, the other ${nameOf(otherwise)}.`,
    )
  }
  return mergeTypes([then, otherwise])
}
