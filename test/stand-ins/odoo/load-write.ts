import { type Env, fieldsOf } from './env.ts'
import { databaseError, OdooError } from './errors.ts'
import { addXid, findXid, splitXid, XIDS } from './external-ids.ts'
import type { Json, JsonObject } from './json.ts'
import { createRecords, writeRecords } from './write.ts'

export interface Loadable {
  readonly xid: string | null
  readonly id: number | null
  readonly values: JsonObject
}

/**
 * Creates or updates one record. A new external id creates even where a database id is given: the trap of sending both
 * (observed).
 */
export function loadOne(env: Env, model: string, { xid, id, values }: Loadable): number {
  if (xid === null) {
    if (id === null) return created(env, model, values)
    written(env, model, id, values)
    return id
  }
  const known = knownId(env, model, xid)
  if (known !== null) {
    if (known.skip) return known.id
    written(env, model, known.id, values)
    return known.id
  }
  const [module, name] = splitXid(xid)
  const made = created(env, model, values)
  if (name.includes(' ')) {
    throw databaseError(
      'CheckViolation',
      `new row for relation "ir_model_data" violates check constraint "ir_model_data_name_nospaces"\nDETAIL:  Failing row contains (${name}, ${module}, ${model}).\n`,
    )
  }
  addXid(env, xid, model, made, env.context.noupdate === true)
  return made
}

interface Known {
  readonly id: number
  /** Marked as not to be updated, and the context says that this is an update. */
  readonly skip: boolean
}

function knownId(env: Env, model: string, xid: string): Known | null {
  const row = findXid(env, xid)
  if (row === null) return null
  if (row.model !== model) {
    throw new OdooError(
      'odoo.exceptions.ValidationError',
      `For external id ${xid} when trying to create/update a record of model ${model} found record of different model ${row.model} (${row.id})`,
    )
  }
  const id = Number(row.res_id)
  if (env.db.store.get(model, id) !== undefined) {
    return { id, skip: row.noupdate === true && env.context.mode === 'update' }
  }
  // It points to a record that is gone: a new one takes its place.
  env.db.store.remove(XIDS, row.id)
  return null
}

function created(env: Env, model: string, values: JsonObject): number {
  const { plain, lines } = split(values)
  const [id] = createRecords(env, model, [plain])
  writeLines(env, model, id!, lines)
  return id!
}

function written(env: Env, model: string, id: number, values: JsonObject): void {
  const { plain, lines } = split(values)
  writeRecords(env, model, [id], plain)
  writeLines(env, model, id, lines)
}

type Line = readonly [kind: 'line', xid: string, values: JsonObject]

/** Lines with external ids are written here, since only `load` makes those. */
function split(values: JsonObject): {
  readonly plain: JsonObject
  readonly lines: readonly (readonly [string, Json])[]
} {
  const plain: Record<string, Json> = {}
  const lines: [string, Json][] = []
  for (const [name, value] of Object.entries(values)) {
    const isLines = Array.isArray(value) && value.some((item) => Array.isArray(item) && item[0] === 'line')
    if (isLines) lines.push([name, value])
    else plain[name] = value
  }
  return { plain, lines }
}

function writeLines(env: Env, model: string, id: number, fields: readonly (readonly [string, Json])[]): void {
  for (const [name, items] of fields) {
    const relation = fieldsOf(env, model).get(name)!.relation!
    const inverse = env.db.hooks[model]!.inverse![name]!
    for (const item of items as readonly Json[]) {
      const [kind, xid, values] = item as Line
      if (kind !== 'line') {
        writeRecords(env, model, [id], { [name]: [item] })
        continue
      }
      loadOne(env, relation, { xid, id: null, values: { ...values, [inverse]: id } })
    }
  }
}
