import type { FieldValue } from '../../core/model/connector.ts'
import type { JsonValue } from '../../core/model/json.ts'

/** The types of Odoo's `fields_get` that are not called the same in a recorded schema. */
const TYPES: Readonly<Record<string, string>> = {
  char: 'text',
  monetary: 'decimal',
  float: 'float',
  many2one_reference: 'integer',
  properties: 'json',
  properties_definition: 'json',
}

/** The recorded type of an Odoo field type. */
export function recordedType(odooType: string): string {
  return TYPES[odooType] ?? odooType
}

/**
 * A value read from Odoo in the form of a recorded schema. `false` is Odoo's empty for everything but booleans; an empty
 * number is 0 and cannot be told from one. Ids are text, as are decimals, instants end in Z.
 */
export function fromOdoo(value: JsonValue | undefined, type: string): JsonValue {
  if (type === 'boolean') return value === true
  if (value === undefined || value === null || value === false) return null
  switch (type) {
    case 'decimal':
    case 'float':
      return typeof value === 'number' ? decimalText(value) : String(value)
    case 'many2one':
      return Array.isArray(value) ? String(value[0]) : String(value)
    case 'many2many':
    case 'one2many':
    case 'list':
      return Array.isArray(value) ? value.map(String) : []
    case 'datetime':
      return instantOf(String(value))
    default:
      return value
  }
}

/**
 * A value as a cell of `load`. Cells are text: a JSON boolean is an error (observed on 18.0, 19.0), an empty cell clears.
 */
export function toCell(value: FieldValue, type: string): string {
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return decimalText(value)
  if (typeof value !== 'string') return value.join(',')
  return type === 'datetime' ? stampOf(value) : value
}

/** The name of the column that takes a value of this type: references go by database id. */
export function columnOf(field: string, type: string): string {
  return type === 'many2one' || type === 'many2many' ? `${field}/.id` : field
}

/** `2026-11-23 12:45:37` (always UTC over RPC) as an ISO instant. */
export function instantOf(stamp: string): string {
  return `${stamp.slice(0, 19).replace(' ', 'T')}Z`
}

/** An ISO instant in Odoo's form, the only one it takes; parts of a second are dropped. */
export function stampOf(instant: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(instant))
    return `${instant.slice(0, 10)} ${instant.slice(11, 19)}`
  const utc = /(Z|[+-]\d\d:?\d\d)$/.test(instant) ? new Date(instant).toISOString() : instant
  return utc.slice(0, 19).replace('T', ' ')
}

/** Odoo's stamp so many milliseconds later. */
export function stampPlus(stamp: string, ms: number): string {
  return stampOf(new Date(Date.parse(instantOf(stamp)) + ms).toISOString())
}

/** A number as decimal text without exponent. The shortest text that gives the same number: what Odoo wrote. */
export function decimalText(value: number): string {
  const text = String(value)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  const digits = whole + fraction
  const point = 1 + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}

/** The database id in a text, or null: no record has another form of id. */
export function idOf(text: string): number | null {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null
}
