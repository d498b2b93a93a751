import { canonicalInstant, isDate } from './time.ts'
import { literalText, type Node } from './tree.ts'
import {
  agree,
  commonNumber,
  digitsOf,
  isNumeric,
  MANY_DIGITS,
  mergeTypes,
  type Type,
  unknownType,
  valuesOf,
} from './type.ts'
import {
  didYouMean,
  expectValue,
  nameOf,
  notePresence,
  refuseWhole,
  report,
  sourceOf,
  type Walk,
} from './walk.ts'

type Binary = Node & { readonly op: 'binary' }

/** Texts that can be more than these can be anything. */
const MOST_VALUES = 200

const BOOLEAN: Type = { kind: 'boolean', nullable: false }

export function checkBinary(node: Binary, walk: Walk): Type {
  const left = walk.typeOf(node.left, walk)
  const right = walk.typeOf(node.right, walk)
  switch (node.operator) {
    case '==':
    case '!=':
      equality(node, left, right, walk)
      return BOOLEAN
    case '<':
    case '<=':
    case '>':
    case '>=':
      order(node, left, right, walk)
      return BOOLEAN
    case 'in':
      membership(node, left, right, walk)
      return BOOLEAN
    case '+':
      return sum(node, left, right, walk)
    default:
      return arithmetic(node, left, right, walk)
  }
}

function isNull(node: Node): boolean {
  return node.op === 'literal' && node.value === null
}

function equality(node: Binary, left: Type, right: Type, walk: Walk): void {
  if (isNull(node.left) || isNull(node.right)) {
    notePresence(left, walk)
    notePresence(right, walk)
    return
  }
  if (left.kind === 'object' || right.kind === 'object') {
    refuseWhole(left, node.left, walk)
    refuseWhole(right, node.right, walk)
    return
  }
  if (comparable(node, left, right, walk)) {
    if (literalText(node.left) === null) knownValue(left, node.right, walk)
    if (literalText(node.right) === null) knownValue(right, node.left, walk)
  }
}

function order(node: Binary, left: Type, right: Type, walk: Walk): void {
  for (const [side, type] of [[node.left, left] as const, [node.right, right] as const]) {
    if (isNull(side))
      report(
        walk,
        side,
        'wrong-type',
        `Nothing is ${node.operator === '<' || node.operator === '<=' ? 'less' : 'greater'} than null.`,
        'Compare with == null or != null.',
      )
    else if (
      type.kind === 'list' ||
      type.kind === 'object' ||
      type.kind === 'map' ||
      type.kind === 'reference'
    ) {
      report(walk, side, 'wrong-type', `${sourceOf(walk, side)} is ${nameOf(type)}, which has no order.`)
      return
    }
  }
  if (comparable(node, left, right, walk)) expectValues(node, left, right, walk)
}

/** Without a value on both sides the record is parked. */
function expectValues(node: Binary, left: Type, right: Type, walk: Walk): void {
  const whole = sourceOf(walk, node)
  expectValue(left, node.left, walk, whole)
  expectValue(right, node.right, walk, whole)
}

/** Reports two sides that can never be compared. */
function comparable(node: Binary, left: Type, right: Type, walk: Walk): boolean {
  if (agree(left, right)) return true
  if (momentLiteral(left, node.right, walk) || momentLiteral(right, node.left, walk)) return true
  report(
    walk,
    node,
    'wrong-type',
    `${sourceOf(walk, node)} compares ${nameOf(left)} with ${nameOf(right)}.`,
    bridge(node, left, right, walk),
  )
  return false
}

/** A date or a datetime may be compared with a text written out, in the form that such values have. */
function momentLiteral(type: Type, other: Node, walk: Walk): boolean {
  const text = literalText(other)
  if (text === null || (type.kind !== 'date' && type.kind !== 'datetime')) return false
  if (type.kind === 'date' ? isDate(text) : canonicalInstant(text) === text) return true
  const form = type.kind === 'date' ? '"2026-01-31"' : '"2026-01-31T00:00:00Z"'
  report(
    walk,
    other,
    'wrong-value',
    `"${text}" is no ${type.kind} as such values are written.`,
    `Write it as ${form}.`,
  )
  return true
}

function bridge(node: Binary, left: Type, right: Type, walk: Walk): string | null {
  for (const [type, other, otherType] of [
    [left, node.right, right] as const,
    [right, node.left, left] as const,
  ]) {
    if (isNumeric(type) && otherType.kind === 'text') {
      const text = literalText(other)
      return text === null
        ? `Make it a number: decimal(${sourceOf(walk, other)}).`
        : `Write the number without quotation marks: ${text}.`
    }
    if (type.kind === 'date' && otherType.kind === 'datetime')
      return `Say in which zone the day is meant: date(${sourceOf(walk, other)}, "Europe/Brussels").`
    if (type.kind === 'boolean' && otherType.kind === 'text')
      return 'Compare with true or false, without quotation marks.'
  }
  return null
}

/** A text written out that is not among the values a field can have. */
function knownValue(type: Type, other: Node, walk: Walk): void {
  const text = literalText(other)
  const values = type.kind === 'text' ? type.values : undefined
  if (text === null || values === undefined || values.includes(text)) return
  const shown = values.length > 20 ? `${values.slice(0, 20).join(', ')}, …` : values.join(', ')
  report(
    walk,
    other,
    'unknown-value',
    `"${text}" is not a value it can have; its values are: ${shown}.`,
    didYouMean(text, values),
  )
}

function membership(node: Binary, left: Type, right: Type, walk: Walk): void {
  refuseWhole(left, node.left, walk)
  if (isNull(node.right)) report(walk, node.right, 'wrong-type', 'null is no list, and "in" needs one.')
  else if (right.kind === 'list') {
    if (!agree(left, right.of)) {
      report(
        walk,
        node,
        'wrong-type',
        `${sourceOf(walk, node)} looks for ${nameOf(left)} in a list of ${right.of.kind}.`,
      )
    }
    if (node.right.op === 'list') for (const item of node.right.items) knownValue(left, item, walk)
  } else if (right.kind === 'text') {
    report(
      walk,
      node,
      'wrong-type',
      '"in" looks into lists.',
      `Write ${sourceOf(walk, node.right)}.contains(${sourceOf(walk, node.left)}).`,
    )
  } else if (right.kind !== 'unknown' && right.kind !== 'null' && right.kind !== 'map') {
    report(
      walk,
      node.right,
      'wrong-type',
      `${sourceOf(walk, node.right)} is ${nameOf(right)}, and "in" needs a list.`,
    )
  }
}

function sum(node: Binary, left: Type, right: Type, walk: Walk): Type {
  const kinds = [left.kind, right.kind]
  if (kinds.includes('unknown') || kinds.includes('null')) {
    if (isNull(node.left) || isNull(node.right)) return arithmetic(node, left, right, walk)
    expectValues(node, left, right, walk)
    return unknownType()
  }
  if (left.kind === right.kind && (left.kind === 'text' || left.kind === 'list'))
    expectValues(node, left, right, walk)
  if (left.kind === 'text' && right.kind === 'text') return joinedTexts(left, right)
  if (left.kind === 'list' && right.kind === 'list') return joinedLists(node, left.of, right.of, walk)
  if (left.kind === 'text' || right.kind === 'text') {
    const other = left.kind === 'text' ? node.right : node.left
    const type = left.kind === 'text' ? right : left
    if (type.kind !== 'list' && type.kind !== 'object') {
      report(
        walk,
        other,
        'wrong-type',
        `${sourceOf(walk, node)} joins a text and ${nameOf(type)}.`,
        `Make it a text: text(${sourceOf(walk, other)}).`,
      )
      return { kind: 'text', nullable: false }
    }
  }
  return arithmetic(node, left, right, walk)
}

function joinedLists(node: Binary, left: Type, right: Type, walk: Walk): Type {
  if (!agree(left, right))
    report(
      walk,
      node.right,
      'wrong-type',
      `All items of a list must be of one kind: here are ${nameOf(left)} and ${nameOf(right)}.`,
    )
  return { kind: 'list', of: mergeTypes([left, right]), nullable: false }
}

/** Two texts that can only be a few make a text that can only be a few. */
function joinedTexts(left: Type, right: Type): Type {
  const [before, after] = [valuesOf(left), valuesOf(right)]
  if (before === undefined || after === undefined || before.length * after.length > MOST_VALUES)
    return { kind: 'text', nullable: false }
  const values = before.flatMap((start) => after.map((end) => start + end))
  return { kind: 'text', values: [...new Set(values)], nullable: false }
}

function arithmetic(node: Binary, left: Type, right: Type, walk: Walk): Type {
  for (const [side, type] of [[node.left, left] as const, [node.right, right] as const]) {
    if (isNull(side))
      report(walk, side, 'wrong-type', `null is no number, and ${sourceOf(walk, node)} needs one.`)
    else if (type.kind === 'object') refuseWhole(type, side, walk)
    else if (!isNumeric(type) && type.kind !== 'unknown' && type.kind !== 'null') {
      const hint =
        type.kind === 'text'
          ? `Make it a number: decimal(${sourceOf(walk, side)}).`
          : type.kind === 'date' || type.kind === 'datetime'
            ? 'Days are added with addDays(date, n).'
            : null
      report(
        walk,
        side,
        'wrong-type',
        `${sourceOf(walk, side)} is ${nameOf(type)}, and ${node.operator} needs a number.`,
        hint,
      )
    } else expectValue(type, side, walk, sourceOf(walk, node))
  }
  if (!isNumeric(left) || !isNumeric(right)) return { kind: 'decimal', nullable: false }
  if (node.operator === '*') return product(left, right)
  return node.operator === '/' ? quotient(left, node.right) : commonNumber([left, right])
}

function product(left: Type, right: Type): Type {
  if (left.kind === 'integer' || right.kind === 'integer') return commonNumber([left, right])
  const [a, b] = [digitsOf(left), digitsOf(right)]
  const digits = a === undefined || b === undefined ? MANY_DIGITS : a + b
  return { kind: 'decimal', digits, nullable: false }
}

/** Cents divided by 100 have two digits; of other divisions as many come out as come out. */
function quotient(left: Type, divisor: Node): Type {
  const digits = digitsOf(left)
  const power =
    divisor.op === 'literal' && typeof divisor.value === 'number' ? Math.log10(divisor.value) : Number.NaN
  const more = digits !== undefined && Number.isInteger(power) && power >= 0 ? digits + power : MANY_DIGITS
  return { kind: 'decimal', digits: more, nullable: false }
}
