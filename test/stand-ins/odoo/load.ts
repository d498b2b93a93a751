/**
 * `load`: create or update by external id. Rows become records, records are converted field by field, and all of them are
 * written or none (observed on 18.0 and 19.0).
 */
import { type Env, fieldsOf, withContext } from './env.ts'
import { OdooError, valueError } from './errors.ts'
import type { Json, JsonObject } from './json.ts'
import { convertRecord, type Fault, type Resolver } from './load-convert.ts'
import { extractRecords, type LoadRecord } from './load-rows.ts'
import { loadOne } from './load-write.ts'
import { MissingValue } from './write.ts'

interface Batched {
  readonly record: LoadRecord
  readonly index: number
  readonly xid: string | null
  readonly id: number | null
  readonly values: JsonObject
}

export function load(
  given: Env,
  model: string,
  columns: readonly string[],
  data: readonly (readonly Json[])[],
): JsonObject {
  const env = withContext(given, { import_file: true })
  const paths = columns.map((column) => column.split('/'))
  for (const [name] of paths) {
    if (name !== 'id' && name !== '.id' && !fieldsOf(env, model).has(name!)) {
      throw valueError(`Invalid field name '${name}'`)
    }
  }
  const messages: JsonObject[] = []
  const ids: number[] = []
  try {
    env.db.store.atomically(() => {
      loadAll(env, model, extractRecords(env, model, paths, data), ids, messages)
      if (messages.some((message) => message.type === 'error')) throw ROLLBACK
    })
    return { ids, messages, nextrow: 0 }
  } catch (error) {
    if (error !== ROLLBACK) throw error
    return { ids: false, messages, nextrow: 0 }
  }
}

const ROLLBACK = new Error('load: rolled back')

/** The answer of a `load` that lost against another transaction: Odoo does not try again by itself here (observed). */
export function lostConflict(rows: number, message: string): JsonObject {
  const told = {
    rows: { from: 0, to: Math.max(0, rows - 1) },
    record: 0,
    type: 'error',
    message,
  }
  return { ids: false, messages: [told], nextrow: 0 }
}

function loadAll(
  env: Env,
  model: string,
  records: readonly LoadRecord[],
  ids: number[],
  messages: JsonObject[],
): void {
  let batch: Batched[] = []
  const xids = new Set<string>()
  const flush = (): void => {
    if (batch.length > 0) ids.push(...writeBatch(env, model, batch, messages))
    batch = []
    xids.clear()
  }
  // A reference to an external id of this very call writes the records before it.
  const resolver: Resolver = { flush }
  for (const [index, record] of records.entries()) {
    const report = (fault: Fault): void => {
      messages.push({ rows: record.rows, type: fault.type, record: index, ...fault.details })
    }
    const converted = convertRecord(env, model, record, resolver, report)
    const { xid } = converted
    if (xid !== null && xids.has(xid)) flush()
    if (xid !== null) xids.add(xid)
    batch.push({ record, index, xid, id: converted.id, values: converted.values })
  }
  flush()
}

/** The whole batch; where that fails, record by record, to find out which. */
function writeBatch(
  env: Env,
  model: string,
  batch: readonly Batched[],
  messages: JsonObject[],
): readonly number[] {
  const { store } = env.db
  try {
    return store.atomically(() => batch.map((one) => loadOne(env, model, one)))
  } catch (error) {
    if (!(error instanceof OdooError) && !(error instanceof MissingValue)) throw error
    if (isOfAll(error)) {
      for (const one of batch) messages.push(messageOf(env, one, error))
      return []
    }
  }
  const ids: number[] = []
  let errors = 0
  for (const [position, one] of batch.entries()) {
    try {
      ids.push(store.atomically(() => loadOne(env, model, one)))
    } catch (error) {
      if (!(error instanceof OdooError)) throw error
      messages.push(messageOf(env, one, error))
      errors += 1
    }
    if (errors >= 10 && errors >= (position + 1) / 10) {
      messages.push({
        type: 'warning',
        message:
          'Found more than 10 errors and more than one error per 10 records, interrupted to avoid showing too many errors.',
      })
      break
    }
  }
  return ids
}

/** A barcode that two rows share is told of both. */
const isOfAll = (error: OdooError): boolean => error.message.startsWith('Barcode(s) already assigned')

function messageOf(env: Env, { record, index }: Batched, error: OdooError): JsonObject {
  const base = { rows: record.rows, record: index, type: 'error' }
  if (error instanceof MissingValue) {
    const { name, label } = error.field
    return { ...base, message: `Missing required value for the field '${label}' (${name})`, field: name }
  }
  const text = error.message.replace(/^The operation cannot be completed: (?=Contacts require)/, '')
  // 18.0 shows the text of this one as Python shows a text.
  const message = env.db.version === '18.0' && text === 'Contacts require a name' ? `'${text}'` : text
  return { ...base, message }
}
