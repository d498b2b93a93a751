import type { Advised } from '../model/diagnostic.ts'
import type { JsonValue } from '../model/json.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import type { Filled } from './better-field.ts'
import { checkCall } from './check-call.ts'
import { checkBinary } from './check-operators.ts'
import { isDecimal } from './decimal.ts'
import { typeAtMember } from './members.ts'
import { type Facts, factsOf, filteredItem, inMacro, placeOf, where } from './narrowing.ts'
import type { Expression, Fault } from './parse.ts'
import { literalText, type MacroNode, type Node, type Span } from './tree.ts'
import {
  agree,
  commonNumber,
  constantType,
  fieldsOf,
  isNumeric,
  mergeTypes,
  numberType,
  type Type,
  unknownType,
} from './type.ts'
import {
  choiceType,
  condition,
  didYouMean,
  expect,
  expectValue,
  nameOf,
  notePresence,
  refuseWhole,
  report,
  sourceOf,
  type Walk,
} from './walk.ts'

/** What an expression may use, and what it is checked against. */
export interface Environment {
  readonly variables: Readonly<Record<string, Type>>
  readonly tables: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>
  readonly mappings: Readonly<Record<string, { readonly resource: string }>>
  /** The recorded schema of a target model; null when it is not recorded. */
  recorded(resource: string): RecordedSchema | null
  /** Names that `ref` may give beyond any `module.name`. */
  readonly fixed: readonly string[]
  fixedResource?(name: string): string | null
  /** What is said of a resource that is not recorded. */
  unrecorded?(resource: string): Advised
  readonly fills?: Filled
  /** What has a value in every record the expression is asked of, whatever its type says. */
  readonly present?: Facts
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
  /** What has a value in every record for which the expression is true. */
  readonly present: Facts
  /** In the order of the text. Empty: the expression may be compiled. */
  readonly faults: readonly Fault[]
  /** Paths of the source fields used, the variable's name first: `['order', 'lineItems', 'taxLines', 'rate']`. */
  readonly reads: readonly (readonly string[])[]
  readonly lookUps: readonly LookUp[]
  /** What tables may be asked for: rows they have, and others where the key is one of a few. */
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly table: string
  /** Null: it is asked for a number or a switch, and no key is one. */
  readonly key: string | null
}

/** Checks an expression against the types of what it uses; finds all its faults at once. */
export function checkExpression(expression: Expression, environment: Environment): Checked {
  const walk: Walk = {
    environment,
    text: expression.text,
    variables: environment.variables,
    lenient: false,
    present: environment.present ?? new Set(),
    faults: [],
    reads: new Map(),
    lookUps: [],
    rows: [],
    typeOf,
  }
  const type = typeOf(expression.tree, walk)
  if (type.kind === 'object') refuseWhole(type, expression.tree, walk)
  notePresence(type, walk)
  const faults = walk.faults.sort((a, b) => a.offset - b.offset || a.length - b.length)
  const present =
    type.kind === 'boolean' && faults.length === 0 ? factsOf(expression.tree, true, walk) : new Set<string>()
  return { type, present, faults, reads: [...walk.reads.values()], lookUps: walk.lookUps, rows: walk.rows }
}

function typeOf(node: Node, walk: Walk): Type {
  const type = declaredType(node, walk)
  if (!type.nullable || type.kind === 'null' || walk.present.size === 0) return type
  const place = placeOf(node)
  return place !== null && walk.present.has(place) ? { ...type, nullable: false } : type
}

function declaredType(node: Node, walk: Walk): Type {
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
      if (object.kind !== 'list')
        expect(
          typeOf(node.index, walk),
          ['integer', 'decimal', 'text'],
          node.index,
          walk,
          'A position is a number.',
        )
      if (object.kind === 'list')
        expect(
          typeOf(node.index, walk),
          ['integer', 'decimal'],
          node.index,
          walk,
          'Items are asked for by number.',
        )
      else expect(object, ['list', 'object', 'map'], node.object, walk, 'Only lists have items.')
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
      const kind = types.find((type) => type.kind !== 'null')
      const odd = types.findIndex((type) => kind !== undefined && !agree(kind, type))
      if (odd >= 0)
        report(
          walk,
          node.items[odd]!,
          'wrong-type',
          `All items of a list must be of one kind: here are ${nameOf(kind!)} and ${nameOf(types[odd]!)}.`,
        )
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
      return choiceType(
        [node.yes, where(node.condition, true, walk)],
        [node.no, where(node.condition, false, walk)],
        walk,
      )
    case 'and':
    case 'or':
      if (node.op === 'or' && isChoiceOfValues(node.left, node.right, node, walk)) return unknownType()
      condition(node.left, walk)
      condition(node.right, where(node.left, node.op === 'and', walk))
      return { kind: 'boolean', nullable: false }
    case 'not':
      condition(node.operand, walk)
      return { kind: 'boolean', nullable: false }
    case 'negate': {
      const operand = typeOf(node.operand, walk)
      if (expect(operand, ['integer', 'decimal'], node.operand, walk, 'Only a number can be negative.'))
        expectValue(operand, node.operand, walk, `-${sourceOf(walk, node.operand)}`)
      return isNumeric(operand) ? commonNumber([operand]) : { kind: 'decimal', nullable: false }
    }
    case 'binary':
      return checkBinary(node, walk)
  }
}

function literalType(value: (Node & { op: 'literal' })['value']): Type {
  return isDecimal(value) ? numberType(value) : constantType(value)
}

/** Values as other languages spell them, and the record that only `unless` sees. */
const FAMILIAR: Readonly<Record<string, string>> = {
  nil: 'Write null.',
  None: 'Write null.',
  NULL: 'Write null.',
  Null: 'Write null.',
  undefined: 'Write null.',
  True: 'Write true.',
  TRUE: 'Write true.',
  False: 'Write false.',
  FALSE: 'Write false.',
  target: 'What stands at the target is known in `unless` only.',
}

function variableType(node: Node & { op: 'variable' }, walk: Walk): Type {
  if (Object.hasOwn(walk.variables, node.name)) return walk.variables[node.name]!
  const names = Object.keys(walk.variables)
  const hint =
    FAMILIAR[node.name] ??
    fieldOfVariable(node, walk) ??
    didYouMean(node.name, names) ??
    (names.length === 0
      ? null
      : `There is: ${names.join(', ')}. A text stands in quotation marks: "${node.name}".`)
  report(walk, node, 'unknown-variable', `There is no "${node.name}" here.`, hint)
  return unknownType()
}

/** `a || b` for "a, and where there is none b", as other languages have it. */
function isChoiceOfValues(left: Node, right: Node, span: Span, walk: Walk): boolean {
  const type = walk.typeOf(left, { ...walk, faults: [] })
  if (!['text', 'integer', 'decimal', 'date', 'datetime', 'reference'].includes(type.kind)) return false
  walk.typeOf(right, walk)
  const guard = `coalesce(${sourceOf(walk, left)}, ${sourceOf(walk, right)})`
  report(walk, span, 'wrong-type', `|| joins conditions, and ${sourceOf(walk, left)} is ${nameOf(type)}.`, {
    hint: `For the first that has a value, write ${guard}.`,
    replace: guard,
  })
  return true
}

/** A field named without the record it is of. */
function fieldOfVariable(node: Node & { op: 'variable' }, walk: Walk): Advised {
  const owner = Object.keys(walk.variables).findLast((name) => {
    const type = walk.variables[name]!
    return type.kind === 'object' && Object.hasOwn(fieldsOf(type.schema), node.name)
  })
  if (owner === undefined) return null
  const further = /^(?:\.\w+(?![\w(]))*/.exec(walk.text.slice(node.end))![0]
  return {
    hint: `Did you mean "${owner}.${node.name}${further}"?`,
    replace: `${owner}.${node.name}`,
  }
}

function macroType(node: MacroNode, walk: Walk): Type {
  const list = walk.typeOf(node.list, walk)
  expect(list, ['list'], node.list, walk, `.${node.name}(…) needs a list.`)
  const element: Type = list.kind === 'list' ? list.of : unknownType()
  let inner = inMacro(node, element, walk)
  if (node.condition !== null) {
    condition(node.condition, inner)
    inner = where(node.condition, true, inner)
  }
  const before = walk.reads.size
  let body = element
  if (node.name === 'map') body = walk.typeOf(node.body, inner)
  else condition(node.body, inner)
  if (walk.reads.size === before && !readsBelow(element, walk)) notePresence(element, walk)
  if (node.name === 'map') return { kind: 'list', of: body, nullable: false }
  if (node.name !== 'filter') return { kind: 'boolean', nullable: false }
  const of = filteredItem(element, node.variable, node.body, inner)
  return list.kind === 'list' ? { ...list, of, nullable: false } : { kind: 'list', of, nullable: false }
}

function readsBelow(type: Type, walk: Walk): boolean {
  const { path } = type
  return (
    path !== undefined &&
    [...walk.reads.values()].some((read) => path.every((part, index) => read[index] === part))
  )
}
