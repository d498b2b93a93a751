import { canonicalDecimal, type Decimal, isDecimal, toDecimal } from './decimal.ts'

/**
 * What expressions work on. Safe integers are JS numbers, all other numbers {@link Decimal}; dates and datetimes are ISO text
 * (`YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SSZ`). Null and absent are one thing.
 */
export type Value = null | boolean | string | number | Decimal | readonly Value[] | ValueObject | Reference

export interface ValueObject {
  readonly [name: string]: Value
}

/** A record at the target, found by a look-up. `resource` is empty where it is not known. */
export class Reference {
  readonly reference: string
  readonly id: string

  constructor(resource: string, id: string) {
    this.reference = resource
    this.id = id
  }
}

export function isNumber(value: Value): value is number | Decimal {
  return typeof value === 'number' || isDecimal(value)
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isObject(value: Value): value is ValueObject {
  if (typeof value !== 'object' || value === null) return false
  if (Object.getPrototypeOf(value) === Object.prototype) return true
  return !Array.isArray(value) && !isDecimal(value) && !(value instanceof Reference)
}

/** By value: 1 and 1.0, equal lists, equal objects (an absent member is a null one). Different kinds are never equal. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a !== 'object' && typeof b !== 'object') return false
  if (a === null || b === null) return false
  if (isNumber(a)) return isNumber(b) && toDecimal(a).eq(b)
  if (isNumber(b)) return false
  if (a instanceof Reference || b instanceof Reference) {
    return (
      a instanceof Reference &&
      b instanceof Reference &&
      a.id === b.id &&
      (a.reference === b.reference || a.reference === '' || b.reference === '')
    )
  }
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, index) => equalValues(item, b[index]!))
  if (!isObject(a) || !isObject(b)) return false
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (!equalValues(memberOf(a, name), memberOf(b, name))) return false
  }
  return true
}

export function memberOf(object: ValueObject, name: string): Value {
  return Object.hasOwn(object, name) ? (object[name] ?? null) : null
}

/** A simple value as text, numbers canonically; null for what has no text. */
export function textOfValue(value: Value): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (value !== null && isNumber(value)) return canonicalDecimal(value)
  return value instanceof Reference ? value.id : null
}

/** What a value is called in a message. */
export function kindOfValue(value: Value): string {
  if (value === null) return 'nothing'
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'boolean') return 'true or false'
  if (isNumber(value)) return 'a number'
  if (value instanceof Reference) return 'a reference'
  return isList(value) ? 'a list' : 'an object'
}

/** A value short enough to stand in a message. */
export function showValue(value: Value): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (textOfValue(value) ?? kindOfValue(value))
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** Back from a decimal to a plain number where it is a safe integer. */
export function integerOf(value: Decimal): number | Decimal {
  return value.isInteger() && value.abs().lte(Number.MAX_SAFE_INTEGER) ? value.toNumber() : value
}
