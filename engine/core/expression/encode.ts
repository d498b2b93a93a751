import type { FieldValue } from '../model/connector.ts'
import { canonicalJson, type JsonValue } from '../model/json.ts'
import type { FieldType } from '../model/recorded.ts'
import { canonicalDecimal, Decimal, parseDecimal, withinReason } from './decimal.ts'
import {
  integerOf,
  isList,
  isNumber,
  isObject,
  kindOfValue,
  Reference,
  showValue,
  type Value,
} from './kinds.ts'
import { canonicalInstant, dayOf } from './time.ts'

/** Why a value does not fit its field. */
export interface Misfitting {
  readonly fault: string
}

/**
 * A mapped value in the canonical form of {@link FieldValue}: decimals as text without exponent and trailing zeros, datetimes
 * `YYYY-MM-DDTHH:MM:SSZ` (offsets converted, fractions cut), references as ids. Equal values give equal forms. Null stays null.
 */
export function encodeValue(value: Value, type: FieldType): FieldValue | Misfitting {
  if (value === null) return null
  switch (type) {
    case 'text':
    case 'html':
    case 'selection':
    case 'binary':
    case 'reference':
      return textForm(value, type)
    case 'decimal':
    case 'float':
      return decimalForm(value)
    case 'integer':
      return integerForm(value)
    case 'boolean':
      return typeof value === 'boolean' ? value : misfit(value, 'true or false')
    case 'date':
      return dateForm(value)
    case 'datetime':
      return datetimeForm(value)
    case 'many2one':
      return idForm(value)
    case 'many2many':
      return idsForm(value)
    case 'json':
      return canonicalJson(jsonOf(value))
    default:
      return { fault: `One value cannot be written to a field of type ${type}.` }
  }
}

function jsonOf(value: Value): JsonValue {
  if (value instanceof Reference) return value.id
  if (typeof value === 'number') return value
  if (value !== null && isNumber(value)) return canonicalDecimal(value)
  if (isList(value)) return value.map(jsonOf)
  if (!isObject(value)) return value as null | boolean | string
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonOf(member)]))
}

function misfit(value: Value, wanted: string): Misfitting {
  return { fault: `${showValue(value)} is ${kindOfValue(value)}, and the field takes ${wanted}.` }
}

function textForm(value: Value, type: FieldType): FieldValue | Misfitting {
  if (typeof value === 'string') return value
  if (value !== null && isNumber(value)) return canonicalDecimal(value)
  return misfit(value, type === 'selection' ? 'one of its listed values' : 'text')
}

function decimalOf(value: Value): Decimal | null {
  if (typeof value === 'string') return parseDecimal(value)
  if (typeof value === 'number') return new Decimal(value)
  return value instanceof Decimal && withinReason(value) ? value : null
}

function decimalForm(value: Value): FieldValue | Misfitting {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return canonicalDecimal(value)
  const decimal = decimalOf(value)
  return decimal === null ? misfit(value, 'a number') : canonicalDecimal(decimal)
}

function integerForm(value: Value): FieldValue | Misfitting {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value
  const decimal = decimalOf(value)
  const whole = decimal === null ? null : integerOf(decimal)
  if (typeof whole === 'number') return whole === 0 ? 0 : whole
  return {
    fault: `${showValue(value)} is not a whole number within ±9007199254740991; round it: round(x, 0).`,
  }
}

function dateForm(value: Value): FieldValue | Misfitting {
  if (typeof value === 'string') {
    if (dayOf(value) !== null) return value
    if (canonicalInstant(value) !== null) {
      return {
        fault: `${showValue(value)} is a moment, and the field takes a day: say in which zone, date(x, "Europe/Brussels").`,
      }
    }
  }
  return misfit(value, 'a date (YYYY-MM-DD)')
}

function datetimeForm(value: Value): FieldValue | Misfitting {
  if (typeof value === 'string') {
    const instant = dayOf(value) === null ? canonicalInstant(value) : `${value}T00:00:00Z`
    if (instant !== null) return instant
  }
  return misfit(value, 'a date and time (YYYY-MM-DDTHH:MM:SSZ)')
}

function idForm(value: Value): string | Misfitting {
  if (value instanceof Reference) return value.id
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return misfit(value, 'a reference: match(…), link(…) or ref(…)')
}

function idsForm(value: Value): FieldValue | Misfitting {
  if (!isList(value)) return misfit(value, 'a list of references')
  const ids = new Set<string>()
  for (const item of value) {
    const id = idForm(item)
    if (typeof id !== 'string') return id
    ids.add(id)
  }
  return [...ids]
}
