import { canonicalDecimal } from '../expression/decimal.ts'
import { isList, isNumber, isObject, Reference } from '../expression/kinds.ts'
import type { Value } from '../expression/value.ts'
import type { JsonValue } from '../model/json.ts'

/** A value as JSON: decimals as text, references by their id. */
export function plainValue(value: Value): JsonValue {
  if (value instanceof Reference) return value.id
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value
  if (isNumber(value)) return canonicalDecimal(value)
  if (isList(value)) return value.map(plainValue)
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainValue(item)]))
  return null
}
