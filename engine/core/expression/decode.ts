import type { JsonObject, JsonValue } from '../model/json.ts'
import type { FieldType } from '../model/recorded.ts'
import type { SelectedField, Selection } from '../model/selection.ts'
import { Decimal, parseDecimal, withinReason } from './decimal.ts'
import { integerOf, type Value, type ValueObject } from './kinds.ts'
import { canonicalInstant } from './time.ts'

type Read = (value: JsonValue | undefined) => Value

/**
 * A source record as values: exactly the selected fields, null where absent. Decimal leaves (text or number) become exact,
 * datetimes UTC, integers given as text numbers. What is not what its type says stays as it is and parks where it is used.
 */
export function decode(data: JsonObject, selection: Selection): ValueObject {
  return compileDecoder(selection)(data)
}

/** {@link decode} with the selection read once. */
export function compileDecoder(selection: Selection): (data: JsonObject) => ValueObject {
  const names = Object.keys(selection)
  const reads = names.map((name) => readerOf(selection[name]!))
  return (data) => {
    const values: Record<string, Value> = {}
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!
      values[name] = reads[index]!(data[name])
    }
    return values
  }
}

function readerOf(field: SelectedField): Read {
  const one = field.fields === undefined ? (LEAVES[field.type] ?? plain) : objectReader(field.fields)
  const isList =
    field.list !== undefined ||
    field.type === 'one2many' ||
    field.type === 'many2many' ||
    field.type === 'list'
  if (!isList) return one
  return (value) => {
    if (value === undefined || value === null) return null
    if (!Array.isArray(value)) return plain(value)
    return value.map(one)
  }
}

function objectReader(selection: Selection): Read {
  const decoder = compileDecoder(selection)
  return (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? decoder(value as JsonObject)
      : plain(value)
}

const LEAVES: Partial<Record<FieldType, Read>> = { decimal, float: decimal, integer, datetime }

function decimal(value: JsonValue | undefined): Value {
  if (typeof value === 'string') return parseDecimal(value) ?? value
  if (typeof value === 'number') return new Decimal(value)
  return plain(value)
}

function integer(value: JsonValue | undefined): Value {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (typeof value !== 'string') return plain(value)
  const read = parseDecimal(value)
  return read === null ? value : integerOf(read)
}

function datetime(value: JsonValue | undefined): Value {
  return typeof value === 'string' ? (canonicalInstant(value) ?? value) : plain(value)
}

function plain(value: JsonValue | undefined): Value {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value
    const exact = new Decimal(value)
    return withinReason(exact) ? exact : String(value)
  }
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}
