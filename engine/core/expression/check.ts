import type { RecordedSchema } from '../model/recorded.ts'
import { checkCall } from './check-call.ts'
import { checkBinary } from './check-operators.ts'
import { showPath, typeAtMember } from './members.ts'
import { nearest } from './nearest.ts'
import type { Expression, Fault } from './parse.ts'
import { literalText, type MacroNode, type Node, type Span } from './tree.ts'
import { agree, mergeTypes, type Type, unknownType } from './type.ts'

/** What an expression may use, and what it is checked against. */
export interface Environment {
  readonly variables: Readonly<Record<string, Type>>
  /** Keys by table. */
  readonly tables: Readonly<Record<string, readonly string[]>>
  readonly mappings: Readonly<Record<string, { readonly resource: string }>>
  /** The recorded schema of a target model; null when it is not recorded. */
  recorded(resource: string): RecordedSchema | null
  /** Names that `ref` may give beyond any `module.name`. */
  readonly fixed: readonly string[]
  fixedResource?(name: string): string | null
}

export type LookUp =
  | {
      readonly kind: 'match'
      readonly resource: string
      readonly field: string
      readonly where: readonly string[]
    }
  | { readonly kind: 'link'; readonly mapping: string }
  | { readonly kind: 'ref'; readonly name: string }

export interface Checked {
  readonly type: Type
  /** In the order of the text. Empty: the expression may be compiled. */
  readonly faults: readonly Fault[]
  /** Paths of the source fields used, the variable's name first: `['order', 'lineItems', 'taxLines', 'rate']`. */
  readonly reads: readonly (readonly string[])[]
  readonly lookUps: readonly LookUp[]
}

/** One check under way. */
export interface Walk {
  readonly environment: Environment
  readonly text: string
  readonly variables: Readonly<Record<string, Type>>
  /** Inside `coalesce`: an empty key gives null. */
  readonly lenient: boolean
  readonly faults: Fault[]
  readonly reads: Map<string, readonly string[]>
  readonly lookUps: LookUp[]
  readonly typeOf: (node: Node, walk: Walk) => Type
}

/** Checks an expression against the types of what it uses; finds all its faults at once. */
export function checkExpression(expression: Expression, environment: Environment): Checked {
  const walk: Walk = {
    environment,
    text: expression.text,
    variables: environment.variables,
    lenient: false,
    faults: [],
    reads: new Map(),
    lookUps: [],
    typeOf,
  }
  const type = typeOf(expression.tree, walk)
  if (type.kind === 'object') refuseWhole(type, expression.tree, walk)
  notePresence(type, walk)
  const faults = walk.faults.sort((a, b) => a.offset - b.offset || a.length - b.length)
  return { type, faults, reads: [...walk.reads.values()], lookUps: walk.lookUps }
}

export function report(
  walk: Walk,
  span: Span,
  code: string,
  message: string,
  hint: string | null = null,
): void {
  walk.faults.push({ code, message, hint, offset: span.start, length: span.end - span.start })
}

export function sourceOf(walk: Walk, node: Node): string {
  return walk.text.slice(node.start, node.end)
}

export function didYouMean(found: string, candidates: Iterable<string>): string | null {
  const near = nearest(found, candidates)
  return near === null ? null : `Did you mean "${near}"?`
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
  const fields = Object.entries(
    (type.schema.properties ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  )
  const rank = ([name, field]: (typeof fields)[number]) =>
    name === 'id' ? 0 : field['x-personal'] === true ? 2 : 1
  const scalars = fields.filter(
    ([, field]) =>
      field.properties === undefined && field.items === undefined && field['x-computed'] === undefined,
  )
  const [best] = scalars.sort((a, b) => rank(a) - rank(b))
  return best === undefined ? null : [...type.path, best[0]]
}

export function refuseWhole(type: Type, node: Node, walk: Walk): void {
  if (type.kind !== 'object') return
  report(
    walk,
    node,
    'whole-object',
    `${showPath(type.path)} is a whole object, not one value.`,
    `Name a field of it, such as ${sourceOf(walk, node)}.${plainestLeaf(type)?.at(-1) ?? 'id'}.`,
  )
}

function typeOf(node: Node, walk: Walk): Type {
  switch (node.op) {
    case 'literal':
      return literalType(node.value)
    case 'variable':
      return variableType(node, walk)
    case 'member':
      return typeAtMember(typeOf(node.object, walk), node.name, node.nameSpan, node.object, walk)
    case 'index': {
      const object = typeOf(node.object, walk)
      const name = literalText(node.index)
      if (name !== null && object.kind === 'object')
        return typeAtMember(object, name, node.index, node.object, walk)
      expect(
        typeOf(node.index, walk),
        ['integer', 'decimal', 'text'],
        node.index,
        walk,
        'A position is a number.',
      )
      return object.kind === 'list' ? { ...object.of, nullable: true } : { kind: 'unknown', nullable: true }
    }
    case 'call':
      return checkCall(node, walk)
    case 'macro':
      return macroType(node, walk)
    case 'has': {
      if (node.argument.op !== 'member')
        report(walk, node.argument, 'wrong-arguments', 'has() takes a field, such as has(order.note).')
      notePresence(typeOf(node.argument, walk), walk)
      return { kind: 'boolean', nullable: false }
    }
    case 'list': {
      const types = node.items.map((item) => typeOf(item, walk))
      return { kind: 'list', of: mergeTypes(types), nullable: false }
    }
    case 'map':
      for (const [key, value] of node.entries) {
        if (literalText(key) === null)
          report(walk, key, 'not-literal', 'A key in { } must be a text written out.')
        refuseWhole(typeOf(value, walk), value, walk)
      }
      return { kind: 'map', nullable: false }
    case 'conditional':
      condition(node.condition, walk)
      return choiceType(node.yes, node.no, walk)
    case 'and':
    case 'or':
      condition(node.left, walk)
      condition(node.right, walk)
      return { kind: 'boolean', nullable: false }
    case 'not':
      condition(node.operand, walk)
      return { kind: 'boolean', nullable: false }
    case 'negate': {
      const operand = typeOf(node.operand, walk)
      expect(operand, ['integer', 'decimal'], node.operand, walk, 'Only a number can be negative.')
      return { kind: operand.kind === 'integer' ? 'integer' : 'decimal', nullable: false }
    }
    case 'binary':
      return checkBinary(node, walk)
  }
}

function literalType(value: unknown): Type {
  if (value === null) return { kind: 'null', nullable: true }
  if (typeof value === 'string') return { kind: 'text', nullable: false }
  if (typeof value === 'boolean') return { kind: 'boolean', nullable: false }
  return { kind: typeof value === 'number' ? 'integer' : 'decimal', nullable: false }
}

function variableType(node: Node & { op: 'variable' }, walk: Walk): Type {
  if (Object.hasOwn(walk.variables, node.name)) return walk.variables[node.name]!
  const names = Object.keys(walk.variables)
  const hint =
    didYouMean(node.name, names) ??
    (names.length === 0
      ? null
      : `There is: ${names.join(', ')}. A text stands in quotation marks: "${node.name}".`)
  report(walk, node, 'unknown-variable', `There is no "${node.name}" here.`, hint)
  return unknownType()
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
  hint: string | null = null,
): boolean {
  if (type.kind === 'unknown' || type.kind === 'null' || kinds.includes(type.kind)) return true
  if (type.kind === 'object') refuseWhole(type, node, walk)
  else report(walk, node, 'wrong-type', `${sourceOf(walk, node)} is ${nameOf(type)}. ${rule}`, hint)
  return false
}

export function nameOf(type: Type): string {
  if (type.kind === 'reference')
    return type.resource === '' ? 'a reference' : `a reference to ${type.resource}`
  if (type.kind === 'map' || type.kind === 'unknown') return 'a value'
  return /^[aeiou]/.test(type.kind) ? `an ${type.kind}` : `a ${type.kind}`
}

export function choiceType(thenNode: Node, otherwiseNode: Node, walk: Walk): Type {
  const then = walk.typeOf(thenNode, walk)
  const otherwise = walk.typeOf(otherwiseNode, walk)
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

function macroType(node: MacroNode, walk: Walk): Type {
  const list = walk.typeOf(node.list, walk)
  expect(list, ['list'], node.list, walk, `.${node.name}(…) needs a list.`)
  const element: Type = list.kind === 'list' ? list.of : unknownType()
  const inner: Walk = { ...walk, lenient: false, variables: { ...walk.variables, [node.variable]: element } }
  if (node.condition !== null) condition(node.condition, inner)
  const before = walk.reads.size
  const body = node.name === 'map' ? walk.typeOf(node.body, inner) : (condition(node.body, inner), element)
  if (walk.reads.size === before && !readsBelow(element, walk)) notePresence(element, walk)
  if (node.name === 'map') return { kind: 'list', of: body, nullable: false }
  return node.name === 'filter' ? { ...list, nullable: false } : { kind: 'boolean', nullable: false }
}

function readsBelow(type: Type, walk: Walk): boolean {
  const { path } = type
  return (
    path !== undefined &&
    [...walk.reads.values()].some((read) => path.every((part, index) => read[index] === part))
  )
}
