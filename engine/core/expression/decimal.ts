import { Decimal as DecimalJs } from 'decimal.js'

/**
 * Exact decimals. Sums and products keep 60 significant digits (money never reaches that), quotients 28.
 * Ties round away from zero, as shops and Odoo do.
 */
export const Decimal = DecimalJs.clone({
  precision: 60,
  rounding: DecimalJs.ROUND_HALF_UP,
  toExpNeg: -400,
  toExpPos: 400,
})
export type Decimal = DecimalJs

const QUOTIENT_DIGITS = 28
/** Beyond this a number is a mistake, and writing it without exponent would fill the memory. */
const LARGEST_EXPONENT = 300
const DECIMAL_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?$/

/** The decimal a text spells, surrounding white space aside; null when it spells none, or one out of all proportion. */
export function parseDecimal(text: string): Decimal | null {
  if (text.length > MOST_KNOWN_LENGTH) return readDecimal(text)
  const known = decimals.get(text)
  if (known !== undefined) return known
  const value = readDecimal(text)
  if (decimals.size === MOST_KNOWN) decimals.clear()
  decimals.set(text, value)
  return value
}

/** By text: the same prices and rates come again and again, and nothing changes a decimal. */
const decimals = new Map<string, Decimal | null>()
const MOST_KNOWN = 20_000
const MOST_KNOWN_LENGTH = 12

function readDecimal(text: string): Decimal | null {
  const trimmed = text.trim()
  if (!DECIMAL_TEXT.test(trimmed)) return null
  const value = new Decimal(trimmed)
  return withinReason(value) ? value : null
}

/** Whether a number can be written out in full. */
export function withinReason(value: Decimal): boolean {
  return value.isFinite() && (value.isZero() || Math.abs(value.e) <= LARGEST_EXPONENT)
}

/** A number as text without exponent and without trailing zeros: `28`, `28.5`, `0`. Equal numbers give equal text. */
export function canonicalDecimal(value: number | Decimal): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? '0' : String(value)
  const decimal = typeof value === 'number' ? new Decimal(value) : value
  return decimal.isZero() ? '0' : decimal.toFixed()
}

export function toDecimal(value: number | Decimal): Decimal {
  return typeof value === 'number' ? new Decimal(value) : value
}

export function isDecimal(value: unknown): value is Decimal {
  return value instanceof Decimal
}

/** Rounded to 28 significant digits. The divisor is not zero. */
export function quotient(dividend: Decimal, divisor: Decimal): Decimal {
  return dividend.div(divisor).toSignificantDigits(QUOTIENT_DIGITS)
}

export const ROUNDINGS = {
  'half-up': DecimalJs.ROUND_HALF_UP,
  'half-even': DecimalJs.ROUND_HALF_EVEN,
  'half-down': DecimalJs.ROUND_HALF_DOWN,
  up: DecimalJs.ROUND_UP,
  down: DecimalJs.ROUND_DOWN,
  ceiling: DecimalJs.ROUND_CEIL,
  floor: DecimalJs.ROUND_FLOOR,
} as const
export type Rounding = keyof typeof ROUNDINGS
