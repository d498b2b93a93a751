import type { Env } from './env.ts'
import { databaseError, valueError } from './errors.ts'
import type { Field } from './fields.ts'
import { sanitized } from './html.ts'
import { isObject, type Json, pythonText } from './json.ts'
import { round } from './rounding.ts'
import { wholeSecond } from './stamps.ts'

/**
 * A value as `create` and `write` take it: hardly checked by type, which is the trap; what Odoo refuses is refused in its
 * words (observed on 18.0 and 19.0). x2many are not meant here.
 */
export function toStored(env: Env, model: string, field: Field, value: Json): Json {
  switch (field.type) {
    case 'char':
    case 'text':
      return textOf(field, value)
    case 'html':
      return value === false || value === null ? false : sanitized(String(textOf(field, value)))
    case 'integer':
    case 'many2one_reference':
      return integerOf(value)
    case 'float':
    case 'monetary':
      return floatOf(value, field.digits)
    case 'boolean':
      return isTrue(value)
    case 'date':
      return dateOf(value)
    case 'datetime':
      return datetimeOf(value)
    case 'selection':
      return choiceOf(env, model, field, value)
    case 'many2one':
      return referenceOf(value)
    default:
      return value === null ? false : value
  }
}

/** What an empty field reads as: false, but 0 for numbers and [] for lists. */
export function emptyOf(field: Field): Json {
  if (field.type === 'integer' || field.type === 'float' || field.type === 'monetary') return 0
  if (field.type === 'one2many' || field.type === 'many2many') return []
  return false
}

const isTrue = (value: Json): boolean =>
  !(value === false || value === null || value === 0 || value === '' || isEmptyList(value))
const isEmptyList = (value: Json): boolean => Array.isArray(value) && value.length === 0

function textOf(field: Field, value: Json): Json {
  if (value === false || value === null) return false
  const text = typeof value === 'string' ? value : pythonText(value)
  if (text.includes('\u0000')) throw valueError('A string literal cannot contain NUL (0x00) characters.')
  if (field.name === 'name' && text.length > 250_000) {
    throw databaseError(
      'ProgramLimitExceeded',
      'index row size 3456 exceeds btree version 4 maximum 2704 for index "res_partner__name_index"\n',
    )
  }
  return field.size === null ? text : text.slice(0, field.size)
}

function integerOf(value: Json): number {
  if (value === false || value === null) return 0
  if (value === true) return 1
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value
  if (typeof number !== 'number') {
    throw valueError(`invalid literal for int() with base 10: ${pythonText(value)}`)
  }
  if (Math.abs(number) > 2 ** 31 - 1) throw databaseError('NumericValueOutOfRange', 'integer out of range\n')
  return Math.trunc(number)
}

function floatOf(value: Json, digits: number | null): number {
  if (value === false || value === null) return 0
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (number === true) return 1
  if (typeof number !== 'number' || Number.isNaN(number)) {
    throw valueError(`could not convert string to float: ${pythonText(value)}`)
  }
  return digits === null ? number : round(number, digits)
}

function dateOf(value: Json): Json {
  if (value === false || value === null || value === '') return false
  const text = String(value).slice(0, 10)
  if (!isDate(text)) throw mismatch(text, '%Y-%m-%d')
  return text
}

export function datetimeOf(value: Json): Json {
  if (value === false || value === null || value === '') return false
  const text = String(value)
  if (isDate(text)) return `${text} 00:00:00`
  if (isDatetime(text)) return text
  if (isDatetime(text.slice(0, 19))) throw valueError(`unconverted data remains: ${text.slice(19)}`)
  throw mismatch(text, text.length > 10 ? '%Y-%m-%d %H:%M:%S' : '%Y-%m-%d')
}

const mismatch = (text: string, format: string) =>
  valueError(`time data '${text}' does not match format '${format}'`)

export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && isMoment(`${text}T00:00:00.000Z`)
}

export function isDatetime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) && isMoment(`${text.replace(' ', 'T')}.000Z`)
}

/** The 30th of February is none: JavaScript would take it for the 1st of March. */
function isMoment(iso: string): boolean {
  const ms = Date.parse(iso)
  return !Number.isNaN(ms) && new Date(ms).toISOString() === iso
}

function choiceOf(env: Env, model: string, field: Field, value: Json): Json {
  if (value === false || value === null) return false
  const isLanguage = field.name === 'lang'
  const known = isLanguage
    ? isInstalled(env, value)
    : field.name === 'tz' || field.selection.length === 0 || field.selection.some(([key]) => key === value)
  if (!known) throw valueError(`Wrong value for ${model}.${field.name}: ${pythonText(value)}`)
  return value
}

export function isInstalled(env: Env, code: Json): boolean {
  for (const id of env.db.store.having('res.lang', 'code', code)) {
    if (env.db.store.get('res.lang', id)?.active === true) return true
  }
  return false
}

function referenceOf(value: Json): Json {
  if (value === false || value === null || value === 0) return false
  const id = Array.isArray(value) ? value[0] : value
  if (typeof id === 'number') return id
  if (typeof id === 'string' && /^\d+$/.test(id)) return Number(id)
  if (isObject(id)) throw databaseError('ProgrammingError', "can't adapt type 'dict'")
  throw databaseError(
    'InvalidTextRepresentation',
    `invalid input syntax for type integer: "${String(id)}"\nLINE 1: ...\n`,
  )
}

/** A stored value as `read` shows it; names of records are added by the reader. */
export function shown(field: Field, value: Json): Json {
  if (field.type === 'datetime' && typeof value === 'string') return wholeSecond(value)
  return value
}
