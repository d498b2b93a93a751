import { type Env, fieldsOf } from './env.ts'
import { attributeError } from './errors.ts'
import { findXid, splitXid } from './external-ids.ts'
import type { Field } from './fields.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { zoneOf } from './leaf.ts'
import type { LoadRecord } from './load-rows.ts'
import { nameSearch } from './methods.ts'
import { searchRecords } from './search.ts'
import { utcOf } from './stamps.ts'
import { isDate, isDatetime } from './values.ts'

export interface Fault {
  readonly type: 'error' | 'warning'
  readonly details: JsonObject
}

/** Writes what came before, so that a reference may find it. */
export interface Resolver {
  flush(): void
}

export interface Converted {
  readonly xid: string | null
  readonly id: number | null
  readonly values: JsonObject
}

/** A value that cannot be used; told per field. */
class CellError extends Error {
  readonly more: JsonObject
  constructor(message: string, more: JsonObject = {}) {
    super(message)
    this.more = more
  }
}

/** Texts of a record to values. What cannot be used is reported and left out. */
export function convertRecord(
  env: Env,
  model: string,
  record: LoadRecord,
  resolver: Resolver,
  report: (fault: Fault) => void,
): Converted {
  const values: Record<string, Json> = {}
  for (const [name, cell] of Object.entries(record.values)) {
    if (name === 'id' || name === '.id') continue
    const field = fieldsOf(env, model).get(name)!
    try {
      values[name] = convertCell(env, field, cell, resolver)
    } catch (error) {
      if (!(error instanceof CellError)) throw error
      const { message, more } = error
      report({
        type: 'error',
        details: {
          field: name,
          message: message.replace('%(field)s', field.label),
          ...more,
          field_name: field.label,
        },
      })
    }
  }
  const xid = record.values.id
  return {
    xid: typeof xid === 'string' && xid !== '' ? splitXid(xid).join('.') : null,
    id: databaseId(env, model, record.values['.id'] as Json | undefined, report),
    values,
  }
}

/** `.id` must be that of a record that a search finds: an archived one is not, unless the context shows those. */
function databaseId(
  env: Env,
  model: string,
  cell: Json | undefined,
  report: (fault: Fault) => void,
): number | null {
  if (cell === undefined || cell === '' || cell === false) return null
  const id = Number(cell)
  if (searchRecords(env, model, { domain: [['id', '=', id]] }).length > 0) return id
  report({ type: 'error', details: { field: '.id', message: `Unknown database identifier '${cell}'` } })
  return null
}

function convertCell(env: Env, field: Field, cell: Json | readonly LoadRecord[], resolver: Resolver): Json {
  if (field.type === 'one2many') {
    return Array.isArray(cell) ? subCommands(env, field, cell as readonly LoadRecord[], resolver) : false
  }
  const value = cell as Json
  if (field.type === 'many2one' || field.type === 'many2many') {
    const [way, text] = isObject(value) ? Object.entries(value)[0]! : ['', value]
    if (text === '' || text === false || text === null)
      return field.type === 'many2one' ? false : [[6, 0, []]]
    if (field.type === 'many2one') return refer(env, field, way, text!, resolver)
    const ids = String(text)
      .split(',')
      .map((one) => refer(env, field, way, one.trim(), resolver))
    return [[6, 0, ids]]
  }
  if (value === '' || value === false || value === null)
    return field.type === 'boolean' ? false : falseOf(field)
  return scalar(env, field, value)
}

const falseOf = (field: Field): Json => (['integer', 'float', 'monetary'].includes(field.type) ? 0 : false)

function scalar(env: Env, field: Field, value: Json): Json {
  const text = String(value)
  switch (field.type) {
    case 'integer':
      if (!/^\s*[+-]?\d+\s*$/.test(text)) {
        throw new CellError(`'${text}' does not seem to be an integer for field '%(field)s'`)
      }
      return Number(text)
    case 'float':
    case 'monetary':
      if (text.trim() === '' || Number.isNaN(Number(text))) {
        throw new CellError(`'${text}' does not seem to be a number for field '%(field)s'`)
      }
      return Number(text)
    case 'boolean':
      if (typeof value === 'boolean') throw attributeError("'bool' object has no attribute 'lower'")
      return !['0', 'false', 'no', ''].includes(text.toLowerCase())
    case 'date':
      if (!isDate(text)) {
        throw new CellError(`'${text}' does not seem to be a valid date for field '%(field)s'`, {
          moreinfo: "Use the format '2012-12-31'",
        })
      }
      return text
    case 'datetime':
      if (!isDatetime(text) && !isDate(text)) {
        throw new CellError(`'${text}' does not seem to be a valid datetime for field '%(field)s'`, {
          moreinfo: "Use the format '2012-12-31 23:59:59'",
        })
      }
      // Read in the zone of the context or of the user, which is the trap.
      return utcOf(isDate(text) ? `${text} 00:00:00` : text, zoneOf(env))
    case 'selection': {
      if (typeof value === 'boolean') throw attributeError("'bool' object has no attribute 'lower'")
      if (field.name === 'lang' || field.name === 'tz' || field.selection.length === 0) return text
      const choice = field.selection.find(
        ([key, label]) =>
          key.toLowerCase() === text.toLowerCase() || label.toLowerCase() === text.toLowerCase(),
      )
      if (choice !== undefined) return choice[0]
      throw new CellError(`Value '${text}' not found in selection field '%(field)s'`, {
        moreinfo: field.selection.map(([, label]) => label),
      })
    }
    default:
      return value
  }
}

const WAYS: Readonly<Record<string, string>> = { '': 'name', id: 'external id', '.id': 'database id' }

function refer(env: Env, field: Field, way: string, value: Json, resolver: Resolver): number {
  const relation = field.relation!
  const found = findReference(env, relation, way, value, resolver)
  if (found !== null) return found
  throw new CellError(`No matching record found for ${WAYS[way] ?? way} '${value}' in field '%(field)s'`, {
    moreinfo: {
      name: 'Possible Values',
      type: 'ir.actions.act_window',
      target: 'new',
      view_mode: 'list,form',
      views: [
        [false, 'list'],
        [false, 'form'],
      ],
      context: { create: false },
      help: 'See all possible values',
      ...(way === 'id'
        ? { res_model: 'ir.model.data', domain: [['model', '=', relation]] }
        : { res_model: relation }),
    },
  })
}

function findReference(
  env: Env,
  relation: string,
  way: string,
  value: Json,
  resolver: Resolver,
): number | null {
  if (way === '.id') {
    const id = Number(value)
    if (Number.isNaN(id)) throw new CellError(`Invalid database id '${value}' for the field '%(field)s'`)
    return env.db.store.get(relation, id) === undefined ? null : id
  }
  if (way === 'id') {
    const xid = splitXid(String(value)).join('.')
    const lookUp = (): number | null => {
      const row = findXid(env, xid)
      const id = Number(row?.res_id)
      return row !== null && row.model === relation && env.db.store.get(relation, id) !== undefined
        ? id
        : null
    }
    const before = lookUp()
    if (before !== null) return before
    resolver.flush()
    return lookUp()
  }
  resolver.flush()
  return nameSearch(env, relation, String(value), '=', [])[0] ?? null
}

/** Lines with a known id are linked, which may move them, and updated; others are created. Nothing is ever removed. */
function subCommands(env: Env, field: Field, records: readonly LoadRecord[], resolver: Resolver): Json {
  const relation = field.relation!
  return records.map((record) => {
    const { '.id': _id, ...values } = record.values
    const converted = convertRecord(env, relation, { ...record, values }, resolver, (fault) => {
      const message = String(fault.details.message)
      const { field: _field, field_name: _name, message: _message, ...more } = fault.details
      throw new CellError(withinField(message, field), more)
    })
    const cell = record.values['.id'] as Json | undefined
    const named = cell !== undefined && cell !== '' && cell !== false
    const id = named ? refer(env, field, '.id', cell, resolver) : null
    if (converted.xid === null) return id === null ? [0, 0, converted.values] : [1, id, converted.values]
    return ['line', converted.xid, converted.values]
  })
}

/** `… in field 'Product'` of a line is told as `'Order Lines/Product'`. */
function withinField(message: string, field: Field): string {
  return message.replace(/(field ')/, `$1${field.label}/`)
}
