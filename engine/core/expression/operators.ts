import { type Decimal, isDecimal, quotient, toDecimal, withinReason } from './decimal.ts'
import {
  equalValues,
  isList,
  isNumber,
  isObject,
  kindOfValue,
  memberOf,
  showValue,
  type Value,
} from './kinds.ts'
import { badValue, missingValue } from './park.ts'
import type { BinaryOperator } from './tree.ts'

/** The texts of the operands, for messages. */
export interface Operands {
  readonly left: string
  readonly right: string
  readonly whole: string
}

export type Operation = (left: Value, right: Value, texts: Operands) => Value

export const OPERATIONS: Readonly<Record<BinaryOperator, Operation>> = {
  '==': (left, right) => equalValues(left, right),
  '!=': (left, right) => !equalValues(left, right),
  '<': (left, right, texts) => compare(left, right, texts) < 0,
  '<=': (left, right, texts) => compare(left, right, texts) <= 0,
  '>': (left, right, texts) => compare(left, right, texts) > 0,
  '>=': (left, right, texts) => compare(left, right, texts) >= 0,
  in: isIn,
  '+': add,
  '-': (left, right, texts) => {
    if (typeof left === 'number' && typeof right === 'number')
      return safe(left - right) ?? toDecimal(left).minus(right)
    const [a, b] = numbers(left, right, texts)
    return bounded(a.minus(b), texts)
  },
  '*': (left, right, texts) => {
    if (typeof left === 'number' && typeof right === 'number')
      return safe(left * right) ?? toDecimal(left).times(right)
    const [a, b] = numbers(left, right, texts)
    return bounded(a.times(b), texts)
  },
  '/': (left, right, texts) => {
    const [a, b] = numbers(left, right, texts)
    if (b.isZero()) throw badValue(`${texts.right} is 0, and ${texts.whole} divides by it.`)
    if (typeof left === 'number' && typeof right === 'number') {
      const whole = left / right
      if (Number.isSafeInteger(whole)) return whole === 0 ? 0 : whole
    }
    return bounded(quotient(a, b), texts)
  },
  '%': (left, right, texts) => {
    const [a, b] = numbers(left, right, texts)
    if (b.isZero()) throw badValue(`${texts.right} is 0, and ${texts.whole} divides by it.`)
    if (typeof left === 'number' && typeof right === 'number') return left % right === 0 ? 0 : left % right
    return bounded(a.mod(b), texts)
  },
}

function safe(value: number): number | null {
  return Number.isSafeInteger(value) ? (value === 0 ? 0 : value) : null
}

function bounded(value: Decimal, texts: Operands): Decimal {
  if (!withinReason(value)) throw badValue(`${texts.whole} is out of all proportion.`)
  return value
}

function add(left: Value, right: Value, texts: Operands): Value {
  if (typeof left === 'number' && typeof right === 'number')
    return safe(left + right) ?? toDecimal(left).plus(right)
  if (typeof left === 'string' && typeof right === 'string') return left + right
  if (left !== null && right !== null) {
    if (isList(left) && isList(right)) return [...left, ...right]
    if (typeof left === 'string' || typeof right === 'string') {
      throw badValue(
        `${texts.whole} joins ${kindOfValue(left)} and ${kindOfValue(right)}: write text(…) around what is no text.`,
      )
    }
  }
  const [a, b] = numbers(left, right, texts)
  return bounded(a.plus(b), texts)
}

function numbers(left: Value, right: Value, texts: Operands): readonly [Decimal, Decimal] {
  return [numeric(left, texts.left, texts.whole), numeric(right, texts.right, texts.whole)]
}

function numeric(value: Value, text: string, whole: string): Decimal {
  if (value === null) throw missingValue(text, whole)
  if (!isNumber(value))
    throw badValue(`${text} is ${kindOfValue(value)} (${showValue(value)}), and ${whole} needs a number.`)
  return toDecimal(value)
}

export function negate(value: Value, text: string): Value {
  if (typeof value === 'number') return 0 - value
  if (isDecimal(value)) return value.neg()
  return numeric(value, text, `-${text}`)
}

/** Negative, 0 or positive. Numbers with numbers, texts (dates and datetimes among them) with texts. */
export function compare(left: Value, right: Value, texts: Operands): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (left === null) throw missingValue(texts.left, texts.whole)
  if (right === null) throw missingValue(texts.right, texts.whole)
  if (isNumber(left) && isNumber(right)) return toDecimal(left).cmp(right)
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  throw badValue(
    `${texts.whole} compares ${kindOfValue(left)} with ${kindOfValue(right)}: ${showValue(left)} and ${showValue(right)}.`,
  )
}

function isIn(needle: Value, haystack: Value, texts: Operands): boolean {
  if (haystack === null) return false
  if (isList(haystack)) return haystack.some((item) => equalValues(item, needle))
  if (isObject(haystack)) return typeof needle === 'string' && memberOf(haystack, needle) !== null
  throw badValue(`${texts.right} is ${kindOfValue(haystack)}, and ${texts.whole} needs a list.`)
}

/** The truth of a condition: null is not true. */
export function truth(value: Value, text: string): boolean {
  if (value === true) return true
  if (value === false || value === null) return false
  throw badValue(
    `${text} is ${kindOfValue(value)} (${showValue(value)}), and a condition must be true or false.`,
  )
}
