import { Decimal, parseDecimal, ROUNDINGS, type Rounding, toDecimal } from '../decimal.ts'
import type { FunctionEntry } from '../functions.ts'
import { integerOf, isList, isNumber, kindOfValue, showValue, textOfValue, type Value } from '../kinds.ts'
import { badValue, Park } from '../park.ts'
import { commonNumber, isNumeric, type Type } from '../type.ts'

const NUMBER = ['integer', 'decimal'] as const

function numberOf(value: Value): number | Decimal {
  if (value === null)
    throw new Park(
      'missing-value',
      'A number of the list has no value: leave it out with .filter(x, x != null).',
    )
  if (!isNumber(value)) throw badValue(`${showValue(value)} is ${kindOfValue(value)}, not a number.`)
  return value
}

export function count(value: Value, least: number, most: number, what: string): number {
  const number = Number(numberOf(value))
  if (!Number.isInteger(number) || number < least || number > most)
    throw badValue(`${what} is a whole number from ${least} to ${most}.`)
  return number
}

/** Numbers given one by one or as one list. */
function numbersOf(args: readonly Value[]): readonly (number | Decimal)[] {
  const [first] = args
  if (args.length === 1 && first === null) return []
  const values = args.length === 1 && first !== undefined && isList(first) ? first : args
  return values.map(numberOf)
}

function extreme(args: readonly Value[], better: (a: Decimal, b: Decimal) => boolean): Value {
  const [first, ...others] = numbersOf(args)
  if (first === undefined) return null
  return others.reduce((best, next) => (better(toDecimal(next), toDecimal(best)) ? next : best), first)
}

function sum(values: readonly (number | Decimal)[]): Value {
  let whole = 0
  for (const value of values) {
    if (typeof value !== 'number' || !Number.isSafeInteger(whole + value)) {
      return values.reduce<Decimal>((total, next) => total.plus(next), new Decimal(0))
    }
    whole += value
  }
  return whole
}

function numericOf(types: readonly Type[]): Type {
  const items = types.map((type) => (type.kind === 'list' ? type.of : type))
  return items.every(isNumeric) ? commonNumber(items) : { kind: 'decimal', nullable: false }
}

const bounds = {
  parameters: [
    { name: 'a', takes: ['integer', 'decimal', 'list'] },
    { name: 'b', takes: NUMBER, rest: true, optional: true },
  ],
  gives: (args: readonly Type[]): Type => ({ ...numericOf(args), nullable: args.length === 1 }),
  group: 'numbers',
  nulls: 'takes',
} as const

export const NUMBER_FUNCTIONS: Readonly<Record<string, FunctionEntry>> = {
  decimal: {
    group: 'numbers',
    parameters: [{ name: 'x', takes: ['text', ...NUMBER] }],
    gives: 'decimal',
    nulls: 'gives',
    meaning: 'The number that a text spells. Numbers of recorded decimal fields need no conversion.',
    example: { cel: 'decimal("1.50")', gives: { decimal: '1.5' } },
    run: ([x]) => {
      const value = typeof x === 'string' ? parseDecimal(x) : numberOf(x!)
      if (value === null) throw badValue(`${showValue(x!)} is not a number.`)
      return toDecimal(value)
    },
  },
  integer: {
    group: 'numbers',
    parameters: [{ name: 'x', takes: ['text', ...NUMBER] }],
    gives: 'integer',
    nulls: 'gives',
    meaning:
      'The whole number that a text or a decimal is. One with a fraction parks the record: round it first.',
    example: { cel: 'integer("12")', gives: 12 },
    run: ([x]) => {
      const value = typeof x === 'string' ? parseDecimal(x) : toDecimal(numberOf(x!))
      if (value === null || !value.isInteger()) throw badValue(`${showValue(x!)} is not a whole number.`)
      return integerOf(value)
    },
  },
  text: {
    group: 'texts',
    parameters: [{ name: 'x', takes: ['text', 'integer', 'decimal', 'boolean', 'date', 'datetime'] }],
    gives: 'text',
    nulls: 'gives',
    meaning: 'The value as text; numbers without exponent and without trailing zeros.',
    example: { cel: 'text(28.50)', gives: '28.5' },
    run: ([x]) => {
      const text = textOfValue(x!)
      if (text === null) throw badValue(`${kindOfValue(x!)} has no text.`)
      return text
    },
  },
  round: {
    group: 'numbers',
    parameters: [
      { name: 'x', takes: NUMBER },
      { name: 'digits', takes: ['integer'], optional: true },
      { name: 'mode', takes: ['text'], optional: true, values: Object.keys(ROUNDINGS) },
    ],
    gives: (args) => ({
      kind: args.length < 2 || args[0]?.kind === 'integer' ? 'integer' : 'decimal',
      nullable: false,
    }),
    nulls: 'parks',
    meaning: `Rounded to so many digits after the point (default 0). Ties go away from zero; mode names another rule: ${Object.keys(ROUNDINGS).join(', ')}.`,
    example: { cel: 'round(2.345, 2)', gives: { decimal: '2.35' } },
    run: ([x, digits, mode]) => {
      const places = digits === undefined ? 0 : count(digits, 0, 30, 'The number of digits')
      const rule = ROUNDINGS[(mode ?? 'half-up') as Rounding] as (typeof ROUNDINGS)[Rounding] | undefined
      if (rule === undefined) throw badValue(`${showValue(mode!)} is not a way to round.`)
      const value = numberOf(x!)
      return typeof value === 'number' ? value : integerOf(value.toDecimalPlaces(places, rule))
    },
  },
  abs: {
    group: 'numbers',
    parameters: [{ name: 'x', takes: NUMBER }],
    gives: numericOf,
    nulls: 'parks',
    meaning: 'Without its sign.',
    example: { cel: 'abs(-2.5)', gives: { decimal: '2.5' } },
    run: ([x]) => {
      const value = numberOf(x!)
      return typeof value === 'number' ? Math.abs(value) : value.abs()
    },
  },
  min: {
    ...bounds,
    meaning: 'The least of the arguments, or of a list; nothing for an empty list.',
    example: { cel: 'min(3, 1.5, 2)', gives: { decimal: '1.5' } },
    run: (args) => extreme(args, (a, b) => a.lt(b)),
  },
  max: {
    ...bounds,
    meaning: 'The greatest of the arguments, or of a list; nothing for an empty list.',
    example: { cel: 'max([3, 1, 2])', gives: 3 },
    run: (args) => extreme(args, (a, b) => a.gt(b)),
  },
  sum: {
    group: 'numbers',
    parameters: [{ name: 'list', takes: ['list'] }],
    gives: numericOf,
    nulls: 'takes',
    meaning: 'The sum of a list of numbers, 0 for an empty one.',
    example: { cel: 'sum([0.1, 0.2])', gives: { decimal: '0.3' } },
    run: ([list]) => {
      if (list !== null && !isList(list!))
        throw badValue(`${showValue(list!)} is ${kindOfValue(list!)}, not a list.`)
      return sum((list ?? []).map(numberOf))
    },
  },
}
