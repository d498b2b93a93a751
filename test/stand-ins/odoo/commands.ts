import { type Env, fieldsOf, hooksOf, sudo } from './env.ts'
import { validationError, valueError } from './errors.ts'
import type { Field } from './fields.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { MODEL_LABELS } from './labels.ts'
import { createRecords, unlinkRecords, writeRecords } from './write.ts'

/** The ids of a many2many after commands or a plain list of ids. An unknown command does nothing (observed). */
export function linkedIds(
  env: Env,
  model: string,
  field: Field,
  current: Json,
  value: Json,
): readonly number[] {
  const relation = field.relation!
  let ids = Array.isArray(current) ? (current as readonly number[]) : []
  const known = env.db.fields.has(relation)
  const existing = (list: Json): readonly number[] => {
    const numbers = (Array.isArray(list) ? (list as readonly Json[]) : [list]).map(Number)
    for (const id of numbers) {
      if (known && env.db.store.get(relation, id) === undefined) throw brokenLink(env, model, field)
    }
    return numbers
  }
  if (value === false || value === null) return []
  const items = Array.isArray(value) ? (value as readonly Json[]) : [value]
  if (items.length > 0 && items.every((item) => typeof item === 'number')) return unique(existing(items))
  for (const item of items) {
    if (!Array.isArray(item)) continue
    const [code, id, extra] = item as readonly Json[]
    if (code === 0) ids = [...ids, ...createRecords(env, relation, [extra as JsonObject])]
    else if (code === 1) writeRecords(env, relation, [Number(id)], extra as JsonObject)
    else if (code === 2) {
      ids = ids.filter((one) => one !== id)
      unlinkRecords(env, relation, [Number(id)])
    } else if (code === 3) ids = ids.filter((one) => one !== id)
    else if (code === 4) ids = unique([...ids, ...existing(id ?? [])])
    else if (code === 5) ids = []
    else if (code === 6) ids = unique(existing(extra ?? []))
  }
  return ids
}

const unique = (ids: readonly number[]): readonly number[] => [...new Set(ids)].sort((a, b) => a - b)

function brokenLink(env: Env, model: string, field: Field): Error {
  if (env.db.version === '18.0') {
    return validationError(
      'The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\n' +
        `Model: ${MODEL_LABELS[model] ?? model} (${model})\nConstraint: ${model.replaceAll('.', '_')}_${field.name}_fkey\n`,
    )
  }
  return validationError(
    'The operation cannot be completed: Another model is using the record you are trying to delete.\n\nThe troublemaker is: ' +
      `Unknown\nThanks to the following constraint: ${field.name}\nHow about archiving the record instead?`,
  )
}

/** Applies commands to the records behind a one2many. */
export function applyCommands(env: Env, model: string, field: Field, id: number, value: Json): void {
  const inverse = hooksOf(env, model).inverse?.[field.name]
  const relation = field.relation!
  if (inverse === undefined || !Array.isArray(value)) return
  const mine = (): readonly number[] => [...env.db.store.having(relation, inverse, id)]
  const drop = (ids: readonly number[]): void => {
    if (ids.length === 0) return
    if (fieldsOf(env, relation).get(inverse)!.required) unlinkRecords(env, relation, ids)
    else writeRecords(sudo(env), relation, ids, { [inverse]: false })
  }
  for (const item of value as readonly Json[]) {
    if (!Array.isArray(item)) continue
    const [code, target, extra] = item as readonly Json[]
    const values = isObject(extra) ? extra : {}
    const unknown = Object.keys(values).find((name) => !fieldsOf(env, relation).has(name))
    if (unknown !== undefined) throw valueError(`Invalid field '${unknown}' on model '${relation}'`)
    if (code === 0) createRecords(env, relation, [{ ...values, [inverse]: id }])
    else if (code === 1) writeRecords(env, relation, [Number(target)], values)
    else if (code === 2) unlinkRecords(env, relation, [Number(target)])
    else if (code === 3) drop([Number(target)])
    else if (code === 4) {
      const line = env.db.store.get(relation, Number(target))
      if (line !== undefined && line[inverse] !== id) {
        writeRecords(env, relation, [Number(target)], { [inverse]: id })
      }
    } else if (code === 5) drop(mine())
    else if (code === 6) {
      const wanted = new Set(Array.isArray(extra) ? (extra as readonly Json[]) : [])
      drop(mine().filter((one) => !wanted.has(one)))
    }
  }
}
