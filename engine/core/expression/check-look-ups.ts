import type { FieldType, RecordedField } from '../model/recorded.ts'
import { checkArgument } from './check-argument.ts'
import { canonicalDecimal, parseDecimal } from './decimal.ts'
import { FUNCTIONS } from './functions.ts'
import { textOfValue } from './kinds.ts'
import { optionNodes } from './options.ts'
import { type CallNode, literalText, type Node } from './tree.ts'
import {
  constantType,
  isNumeric,
  mergeTypes,
  type Type,
  typeOfRecorded,
  unknownType,
  valuesOf,
} from './type.ts'
import { didYouMean, expect, report, type Walk } from './walk.ts'

function argumentType(node: CallNode, index: number, walk: Walk): Type {
  const arg = node.args[index]!
  const parameter = FUNCTIONS[node.name]!.parameters[index]!
  // A name without its quotation marks is told as that, and is no unknown variable as well.
  const isBare =
    parameter.literal === true && arg.op === 'variable' && !Object.hasOwn(walk.variables, arg.name)
  const type = isBare ? unknownType() : walk.typeOf(arg, walk)
  checkArgument(node.name, parameter, arg, type, walk)
  return type
}

/** A name written out, checked to be one of those there are. */
function nameAt(node: CallNode, index: number, walk: Walk): string | null {
  argumentType(node, index, walk)
  return literalText(node.args[index])
}

export function checkTable(node: CallNode, walk: Walk): Type {
  const name = nameAt(node, 0, walk)
  const key = argumentType(node, 1, walk)
  const nullable = walk.lenient && key.nullable
  if (name === null) return { kind: 'unknown', nullable }
  const { tables } = walk.environment
  if (!Object.hasOwn(tables, name)) {
    const hint = didYouMean(name, Object.keys(tables)) ?? `List it under tables: ${name}: { … }`
    report(walk, node.args[0]!, 'unknown-table', `The mapping has no table "${name}".`, hint)
    return { kind: 'unknown', nullable }
  }
  const rows = Object.entries(tables[name]!)
  const arg = node.args[1]!
  if (arg.op === 'literal' && arg.value !== null)
    checkKey(
      name,
      rows.map(([listed]) => listed),
      arg,
      walk,
    )
  const asked = rows.filter(([listed]) => mayBe(key, listed))
  for (const wanted of [...asked.map(([listed]) => listed), ...(valuesOf(key) ?? [])])
    walk.rows.push({ table: name, key: wanted })
  if (asked.length === 0 && (isNumeric(key) || key.kind === 'boolean'))
    walk.rows.push({ table: name, key: null })
  // Where no row can be asked none gives a value, and what stands beside it is still checked against what rows give.
  const given = asked.length === 0 ? rows : asked
  return { ...mergeTypes(given.map(([, value]) => constantType(value))), nullable }
}

/** Whether what is asked for can be this key. */
function mayBe(key: Type, listed: string): boolean {
  if (key.kind === 'boolean') return listed === 'true' || listed === 'false'
  if (isNumeric(key)) return parseDecimal(listed) !== null
  return valuesOf(key)?.includes(listed) ?? true
}

function checkKey(name: string, keys: readonly string[], node: Node & { op: 'literal' }, walk: Walk): void {
  const text = textOfValue(node.value) ?? ''
  const isNumber = typeof node.value !== 'string'
  const listed = isNumber ? keys.some((key) => canonicalKey(key) === text) : keys.includes(text)
  if (!listed)
    report(
      walk,
      node,
      'unknown-table-key',
      `The table "${name}" does not list "${text}".`,
      didYouMean(text, keys),
    )
}

function canonicalKey(key: string): string {
  const number = parseDecimal(key)
  return number === null ? key : canonicalDecimal(number)
}

export function checkMatch(node: CallNode, walk: Walk): Type {
  const resource = nameAt(node, 0, walk)
  const field = nameAt(node, 1, walk)
  const value = argumentType(node, 2, walk)
  const options = checkOptions(node, 3, ['where', 'otherwise'], walk)
  const type: Type = {
    kind: 'reference',
    resource: resource ?? '',
    nullable: options.nullable || (walk.lenient && value.nullable),
  }
  if (resource === null || field === null) return type
  const conditions = [...options.where.keys()]
  walk.lookUps.push({ kind: 'match', resource, field, where: conditions })
  const schema = walk.environment.recorded(resource)
  if (schema === null) {
    report(
      walk,
      node.args[0]!,
      'unknown-resource',
      `"${resource}" is not recorded for the target.`,
      walk.environment.unrecorded?.(resource) ?? 'Check the name of the model.',
    )
    return type
  }
  const fields = schema.properties
  const known = (name: string, at: Node) => {
    if (Object.hasOwn(fields, name) || name === 'id') return true
    report(
      walk,
      at,
      'unknown-field',
      `${resource} has no field "${name}".`,
      didYouMean(name, Object.keys(fields)),
    )
    return false
  }
  if (known(field, node.args[1]!))
    checkComparable(`${resource}.${field}`, fields[field], value, node.args[2]!, walk)
  for (const [name, { key, value: condition }] of options.where) {
    if (known(name, key))
      checkComparable(`${resource}.${name}`, fields[name], silently(condition, walk), condition, walk)
  }
  return type
}

/** What values of a kind of field can be looked for by. A kind not listed is found by anything plain. */
const FOUND_BY: Partial<Record<FieldType, readonly Type['kind'][]>> = {
  text: ['text', 'integer'],
  selection: ['text'],
  integer: ['integer', 'decimal'],
  float: ['integer', 'decimal'],
  decimal: ['integer', 'decimal'],
  boolean: ['boolean'],
  date: ['date'],
  datetime: ['datetime'],
}
const PLAIN: readonly Type['kind'][] = [
  'text',
  'integer',
  'decimal',
  'boolean',
  'reference',
  'date',
  'datetime',
]

/** A value of another kind, or one that a selection does not have, would never be found, and park every record. */
function checkComparable(
  name: string,
  field: RecordedField | undefined,
  value: Type,
  node: Node,
  walk: Walk,
): void {
  if (value.kind === 'object') return
  const kind = field?.['x-type'] ?? 'reference'
  const rule = `${name} is ${kind}, so it is never found there.`
  if (!expect(value, FOUND_BY[kind] ?? PLAIN, node, walk, rule) || field === undefined) return
  const values = valuesOf(typeOfRecorded(field, []))
  const wrong = values && valuesOf(value)?.find((text) => !values.includes(text))
  if (values === undefined || wrong === undefined) return
  report(
    walk,
    node,
    'unknown-value',
    `"${wrong}" is not a value of ${name}; its values are: ${values.join(', ')}.`,
    didYouMean(wrong, values),
  )
}

interface CheckedOptions {
  readonly where: ReadonlyMap<string, { readonly key: Node; readonly value: Node }>
  /** `otherwise` may give null. */
  readonly nullable: boolean
}

function checkOptions(node: CallNode, index: number, known: readonly string[], walk: Walk): CheckedOptions {
  const arg = node.args[index]
  const where = new Map<string, { readonly key: Node; readonly value: Node }>()
  if (arg === undefined) return { where, nullable: false }
  if (arg.op !== 'map') {
    report(
      walk,
      arg,
      'not-literal',
      `The options of ${node.name} must be written out.`,
      `Write {${known.map((name) => `"${name}": …`).join(', ')}}.`,
    )
    return { where, nullable: false }
  }
  walk.typeOf(arg, walk)
  for (const [key] of arg.entries) {
    const name = literalText(key)
    if (name !== null && !known.includes(name)) {
      report(
        walk,
        key,
        'unknown-option',
        `${node.name} has no option "${name}".`,
        didYouMean(name, known) ?? `Its options are: ${known.join(', ')}.`,
      )
    }
  }
  const options = optionNodes(arg)
  const conditions = known.includes('where') ? options.get('where') : undefined
  if (conditions !== undefined && conditions.op !== 'map') {
    report(
      walk,
      conditions,
      'not-literal',
      'The conditions of match must be written out.',
      'Write {"where": {"field": value}}.',
    )
  } else if (conditions !== undefined) {
    for (const [key, value] of conditions.entries) {
      const name = literalText(key)
      if (name !== null) where.set(name, { key, value })
    }
  }
  const otherwise = options.get('otherwise')
  if (otherwise !== undefined)
    expect(
      silently(otherwise, walk),
      ['reference'],
      otherwise,
      walk,
      `In its place ${node.name} gives a reference too, or null.`,
    )
  return { where, nullable: otherwise !== undefined && silently(otherwise, walk).nullable }
}

/** The type of a part that was checked already. */
function silently(node: Node, walk: Walk): Type {
  return walk.typeOf(node, { ...walk, faults: [], reads: new Map(), lookUps: [], rows: [] })
}

export function checkLink(node: CallNode, walk: Walk): Type {
  const mapping = nameAt(node, 0, walk)
  const key = argumentType(node, 1, walk)
  const options = checkOptions(node, 2, ['otherwise'], walk)
  const nullable = options.nullable || (walk.lenient && key.nullable)
  if (mapping === null) return { kind: 'reference', resource: '', nullable }
  walk.lookUps.push({ kind: 'link', mapping })
  const { mappings } = walk.environment
  const linked = Object.hasOwn(mappings, mapping) ? mappings[mapping] : undefined
  if (linked === undefined) {
    const names = Object.keys(mappings)
    report(
      walk,
      node.args[0]!,
      'unknown-mapping',
      `There is no mapping "${mapping}".`,
      didYouMean(mapping, names) ?? (names.length === 0 ? null : `There is: ${names.join(', ')}.`),
    )
  }
  return { kind: 'reference', resource: linked?.resource ?? '', nullable }
}

export function checkRef(node: CallNode, walk: Walk): Type {
  const name = nameAt(node, 0, walk)
  if (name === null) return { kind: 'reference', resource: '', nullable: false }
  walk.lookUps.push({ kind: 'ref', name })
  const { fixed } = walk.environment
  if (!fixed.includes(name)) {
    // One that differs in its module only is misspelt there.
    const isMeant = fixed.some((other) => other.split('.')[1] === name.split('.')[1])
    if (name.startsWith('tidelock.') || isMeant) {
      report(
        walk,
        node.args[0]!,
        'unknown-fixed-record',
        `The target connection declares no fixed record "${name}".`,
        didYouMean(name, fixed) ?? 'Declare it under settings.fixed of the connection.',
      )
    } else if (!/^[a-z_]\w*\.[^\s,]+$/i.test(name)) {
      report(
        walk,
        node.args[0]!,
        'wrong-value',
        `"${name}" is not an external id.`,
        didYouMean(name, fixed) ?? 'Write module.name, such as "base.be".',
      )
    }
  }
  return { kind: 'reference', resource: walk.environment.fixedResource?.(name) ?? '', nullable: false }
}
