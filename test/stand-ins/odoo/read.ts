import { checkAccess, checkFieldAccess, checkVisible } from './access.ts'
import { delegatedTo, type Env, fieldsOf, hooksOf, type Values } from './env.ts'
import { valueError } from './errors.ts'
import type { Field } from './fields.ts'
import type { Json, JsonObject } from './json.ts'
import type { Row } from './store.ts'
import { emptyOf, shown } from './values.ts'

/** The value of a field, computed, inherited or stored. One for reading, filtering and sorting. */
export function fieldValue(env: Env, model: string, row: Row, field: Field): Json {
  const hooks = hooksOf(env, model)
  if (field.name === 'id') return row.id
  if (field.name === 'display_name') return displayName(env, model, row)
  const computed = hooks.computed?.[field.name]
  if (computed !== undefined) return computed(env, row)
  const inverse = hooks.inverse?.[field.name]
  if (inverse !== undefined) return mirrored(env, field, inverse, row.id)
  if (delegatedTo(env, model, field) !== null) {
    const { model: parentModel, field: parentField } = hooks.inherits!
    const parent = env.db.store.get(parentModel, Number(row[parentField]))
    const parentDefinition = fieldsOf(env, parentModel).get(field.name)
    if (parent === undefined || parentDefinition === undefined) return emptyOf(field)
    return fieldValue(env, parentModel, parent, parentDefinition)
  }
  const stored = row[field.name]
  return stored === undefined || (stored === false && field.type !== 'boolean') ? emptyOf(field) : stored
}

/** Ids of the other side of a one2many, in the order of that model's lines. */
function mirrored(env: Env, field: Field, inverse: string, id: number): readonly number[] {
  const { store } = env.db
  const rows = [...store.having(field.relation!, inverse, id)].flatMap(
    (other) => store.get(field.relation!, other) ?? [],
  )
  const hidden = env.context.active_test !== false
  return rows
    .filter((row) => !hidden || row.active !== false || !fieldsOf(env, field.relation!).has('active'))
    .sort((a, b) => Number(a.sequence ?? 0) - Number(b.sequence ?? 0) || a.id - b.id)
    .map((row) => row.id)
}

export function displayName(env: Env, model: string, row: Row): string {
  const own = hooksOf(env, model).displayName
  if (own !== undefined) return own(env, row)
  return String(row.name ?? `${model},${row.id}`)
}

/** A reference as `read` gives it: id and name, or false where nothing is. */
export function namedReference(env: Env, relation: string, id: Json): Json {
  if (typeof id !== 'number') return false
  const row = env.db.store.get(relation, id)
  return [id, row === undefined ? `${relation},${id}` : displayName(env, relation, row)]
}

/** Known field, or Odoo's words for an unknown one. */
export function fieldNamed(env: Env, model: string, name: string): Field {
  const field = fieldsOf(env, model).get(name)
  checkFieldAccess(env, model, name)
  if (field !== undefined) return field
  throw valueError(
    env.db.version === '19.0'
      ? `Invalid field '${name}' on '${model}'`
      : `Invalid field '${name}' on model '${model}'`,
  )
}

/** `read`: ids that are not there are left out, those given twice come twice, in the order given. */
export function readRecords(
  env: Env,
  model: string,
  ids: readonly Json[],
  args: Values,
): readonly JsonObject[] {
  checkAccess(env, model, 'read')
  const names = Array.isArray(args.fields) ? (args.fields as readonly string[]) : null
  const fields =
    names === null || names.length === 0
      ? [...fieldsOf(env, model).values()]
      : [...new Set(['id', ...names])].map((name) => fieldNamed(env, model, name))
  // load '' or null: many2one as bare ids.
  const bare = 'load' in args && args.load !== '_classic_read'
  return ids.flatMap((id) => {
    const row = env.db.store.get(model, Number(id))
    if (row === undefined) return []
    checkVisible(env, model, row)
    return [formatted(env, model, row, fields, bare)]
  })
}

export function formatted(
  env: Env,
  model: string,
  row: Row,
  fields: readonly Field[],
  bare: boolean,
): JsonObject {
  const result: Record<string, Json> = { id: row.id }
  for (const field of fields) {
    const value = fieldValue(env, model, row, field)
    result[field.name] =
      field.type === 'many2one' && !bare && env.db.fields.has(field.relation!)
        ? namedReference(env, field.relation!, value)
        : shown(field, value)
  }
  return result
}
