import { checkArgument } from './check-argument.ts'
import { checkLink, checkMatch, checkRef, checkTable } from './check-look-ups.ts'
import { FUNCTIONS, type FunctionEntry } from './functions.ts'
import { where } from './narrowing.ts'
import { Park } from './park.ts'
import { signature } from './signature.ts'
import { type CallNode, MACROS, type Node } from './tree.ts'
import { agree, type Type, unknownType, valuesOf } from './type.ts'
import {
  choiceType,
  condition,
  didYouMean,
  expectValue,
  nameOf,
  notePresence,
  report,
  sourceOf,
  type Walk,
} from './walk.ts'

/** What people write who know other languages. */
const FAMILIAR: Readonly<Record<string, string>> = {
  int: 'Write integer(x).',
  double: 'Write decimal(x).',
  float: 'Write decimal(x).',
  string: 'Write text(x).',
  str: 'Write text(x).',
  timestamp: 'Write datetime(x, zone).',
  len: 'Write size(x).',
  length: 'Write size(x).',
  toLowerCase: 'Write lower(x).',
  toUpperCase: 'Write upper(x).',
  concat: 'Write a + b.',
  ifnull: 'Write coalesce(a, b).',
  orValue: 'Write coalesce(a, b).',
  hasValue: 'Write a != null.',
  iif: 'Write when(condition, a, b).',
  lookup: 'Write match("model", "field", value), link("mapping", key) or table("name", key).',
  now: 'An expression gives the same today and tomorrow: use a date of the record.',
  today: 'An expression gives the same today and tomorrow: use a date of the record.',
}

export function checkCall(node: CallNode, walk: Walk): Type {
  const entry = FUNCTIONS[node.name]
  if (entry === undefined) return unknownFunction(node, walk)
  if (node.method && entry.run === null) {
    report(
      walk,
      node.nameSpan,
      'unknown-function',
      `${node.name} is not written behind a dot.`,
      `Write ${signature(node.name, entry)}.`,
    )
  }
  if (!rightCount(node, entry, walk)) {
    for (const arg of node.args) walk.typeOf(arg, walk)
    return unknownType()
  }
  switch (node.name) {
    case 'coalesce':
      return coalesceType(node, walk)
    case 'when':
      condition(node.args[0]!, walk)
      return choiceType(
        [node.args[1]!, where(node.args[0]!, true, walk)],
        [node.args[2]!, where(node.args[0]!, false, walk)],
        walk,
      )
    case 'table':
      return checkTable(node, walk)
    case 'match':
      return checkMatch(node, walk)
    case 'link':
      return checkLink(node, walk)
    case 'ref':
      return checkRef(node, walk)
    default:
      return plainCall(node, entry, walk)
  }
}

function unknownFunction(node: CallNode, walk: Walk): Type {
  const isMacro = (MACROS as readonly string[]).includes(node.name)
  // What its name for the items would be is not known.
  for (const arg of isMacro ? node.args.slice(0, node.method ? 1 : 0) : node.args)
    notePresence(walk.typeOf(arg, walk), walk)
  if (isMacro) {
    report(
      walk,
      node.nameSpan,
      'wrong-arguments',
      `${node.name} is written behind a list, with a name for its items.`,
      `Write list.${node.name}(x, …).`,
    )
    return unknownType()
  }
  const hint =
    FAMILIAR[node.name] ??
    didYouMean(node.name, [...Object.keys(FUNCTIONS), ...(node.method ? MACROS : ['has'])])
  report(
    walk,
    node.nameSpan,
    'unknown-function',
    `There is no function "${node.name}".`,
    hint ?? 'docs/expressions.md lists them all.',
  )
  return unknownType()
}

function rightCount(node: CallNode, entry: FunctionEntry, walk: Walk): boolean {
  const least = entry.parameters.filter((parameter) => parameter.optional !== true).length
  const most = entry.parameters.some((parameter) => parameter.rest === true)
    ? Number.POSITIVE_INFINITY
    : entry.parameters.length
  if (node.args.length >= least && node.args.length <= most) return true
  const wanted =
    most === least
      ? `${least}`
      : most === Number.POSITIVE_INFINITY
        ? `at least ${least}`
        : `${least} to ${most}`
  report(
    walk,
    node,
    'wrong-arguments',
    `${node.name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, and here are ${node.args.length}.`,
    `Write ${signature(node.name, entry)}.`,
  )
  return false
}

function coalesceType(node: CallNode, walk: Walk): Type {
  const inner: Walk = { ...walk, lenient: true }
  const types = node.args.map((arg) => walk.typeOf(arg, inner))
  for (const type of types) notePresence(type, walk)
  const first = types.find((type) => type.kind !== 'null')
  const odd = types.findIndex((type) => first !== undefined && !agree(first, type))
  if (odd >= 0)
    report(
      walk,
      node.args[odd]!,
      'wrong-type',
      `All arguments of coalesce must be of one kind: the first is ${nameOf(first!)}, this is ${nameOf(types[odd]!)}.`,
    )
  return resultOf(FUNCTIONS.coalesce!, types)
}

function plainCall(node: CallNode, entry: FunctionEntry, walk: Walk): Type {
  const types = node.args.map((arg) => walk.typeOf(arg, walk))
  for (const [index, type] of types.entries()) {
    const parameter = entry.parameters[index] ?? entry.parameters.at(-1)!
    const fits = checkArgument(node.name, parameter, node.args[index]!, type, walk)
    if (fits && needsValue(entry, index, types.length))
      expectValue(type, node.args[index]!, walk, sourceOf(walk, node))
  }
  if (types[0]?.kind === 'list') {
    if (node.name === 'sum' || node.name === 'min' || node.name === 'max')
      expectItems(types[0].of, node.args[0]!, node.name, walk)
    if (node.name === 'join') expectTexts(types[0].of, node.args[0]!, walk)
  }
  const given = node.name === 'round' ? rounded(node, types[0]!) : resultOf(entry, types)
  const values = given.kind === 'text' ? valuesOfCall(entry, node, types) : undefined
  return values === undefined ? given : ({ ...given, values } as Type)
}

/** Of a rounded number the digits are known. */
function rounded(node: CallNode, type: Type): Type {
  const digits = node.args[1]
  if (type.kind === 'integer' || digits === undefined) return { kind: 'integer', nullable: false }
  const written = digits.op === 'literal' && typeof digits.value === 'number' ? digits.value : undefined
  if (written === 0) return { kind: 'integer', nullable: false }
  return { kind: 'decimal', nullable: false, ...(written === undefined ? {} : { digits: written }) }
}

/** Of a text that can only be a few, what the function makes of each. */
function valuesOfCall(
  { run }: FunctionEntry,
  node: CallNode,
  [first]: readonly Type[],
): readonly string[] | undefined {
  const values = first === undefined ? undefined : valuesOf(first)
  const others = node.args.slice(1).flatMap((arg) => (arg.op === 'literal' ? [arg.value] : []))
  if (run === null || values === undefined || others.length < node.args.length - 1) return undefined
  const made = new Set<string>()
  for (const value of values) {
    try {
      const result = run([value, ...others])
      if (typeof result === 'string') made.add(result)
    } catch (error) {
      if (!(error instanceof Park)) throw error
    }
  }
  return [...made]
}

function expectTexts(item: Type, node: Node, walk: Walk): void {
  if (item.kind !== 'list' && item.kind !== 'object' && item.kind !== 'map') return
  const text = sourceOf(walk, node)
  const hint = item.kind === 'object' ? `Say which text of each: join(${text}.map(x, x.…)).` : null
  report(
    walk,
    node,
    'wrong-type',
    `join needs a list of texts, and the items of ${text} are ${item.kind}s.`,
    hint,
  )
}

/** Whether a null argument parks the record. */
function needsValue(entry: FunctionEntry, index: number, count: number): boolean {
  if (entry.nulls === 'takes') return count > 1
  return entry.nulls === 'parks' || index > 0
}

function expectItems(item: Type, node: Node, name: string, walk: Walk): void {
  const text = sourceOf(walk, node)
  if (item.kind === 'integer' || item.kind === 'decimal' || item.kind === 'unknown' || item.kind === 'null') {
    if (item.nullable)
      report(
        walk,
        node,
        'may-be-null',
        `Items of ${text} may have no value, and ${name} needs one of each.`,
        `Leave those out: ${name}(${text}.filter(x, x != null)).`,
      )
    return
  }
  const hint = item.kind === 'object' ? `Say which number of each: ${name}(${text}.map(x, x.…)).` : null
  report(
    walk,
    node,
    'wrong-type',
    `${name} needs a list of numbers, and ${text} is a list of ${item.kind}s.`,
    hint,
  )
}

function resultOf(entry: FunctionEntry, types: readonly Type[]): Type {
  const given: Type =
    typeof entry.gives === 'function' ? entry.gives(types) : ({ kind: entry.gives, nullable: false } as Type)
  return entry.nulls === 'gives' && types[0]?.nullable === true ? { ...given, nullable: true } : given
}
