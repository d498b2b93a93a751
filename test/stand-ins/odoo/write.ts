import { checkAccess, checkVisible } from './access.ts'
import { applyCommands, linkedIds } from './commands.ts'
import { delegatedTo, type Env, fieldsOf, hooksOf, sudo, type Values } from './env.ts'
import { missingError, OdooError, userError, validationError, valueError } from './errors.ts'
import { forgetExternalIds } from './external-ids.ts'
import type { Field } from './fields.ts'
import { isObject, type Json } from './json.ts'
import { MODEL_LABELS } from './labels.ts'
import type { Row } from './store.ts'
import { toStored } from './values.ts'

/** Given by the server whatever a caller says. */
const IGNORED: ReadonlySet<string> = new Set(['id', 'create_date', 'create_uid', 'write_date', 'write_uid'])

interface Sorted {
  readonly own: Values
  /** Fields that are kept with the parent record (`_inherits`). */
  readonly parent: Values
  readonly lists: readonly (readonly [Field, Json])[]
}

function sortValues(env: Env, model: string, values: Values): Sorted {
  const own: Record<string, Json> = {}
  const parent: Record<string, Json> = {}
  const lists: [Field, Json][] = []
  for (const [name, value] of Object.entries(values)) {
    const field = fieldsOf(env, model).get(name)
    if (field === undefined) {
      throw valueError(
        env.db.version === '19.0'
          ? `Invalid field '${name}' in '${model}'`
          : `Invalid field '${name}' on model '${model}'`,
      )
    }
    if (IGNORED.has(name)) continue
    if (delegatedTo(env, model, field) !== null) parent[name] = value
    else if (name === 'lst_price') parent.list_price = value
    else if (field.type === 'one2many') lists.push([field, value])
    else own[name] = value
  }
  return { own, parent, lists }
}

/** Creates all or throws; the caller's transaction undoes what was made. */
export function createRecords(env: Env, model: string, list: readonly Json[]): readonly number[] {
  checkAccess(env, model, 'create')
  return list.map((values) => {
    if (!isObject(values)) throw valueError(`'${String(values)}' is not a mapping of values`)
    return createRecord(env, model, values)
  })
}

function createRecord(env: Env, model: string, values: Values): number {
  const hooks = hooksOf(env, model)
  const { own, parent, lists } = sortValues(env, model, values)
  const given: Record<string, Json> = {}
  for (const [name, value] of Object.entries(own)) {
    const field = fieldsOf(env, model).get(name)!
    given[name] =
      field.type === 'many2many'
        ? linkedIds(env, model, field, [], value)
        : toStored(env, model, field, value)
  }
  const { inherits } = hooks
  if (inherits !== undefined) {
    const id = given[inherits.field]
    if (typeof id !== 'number') {
      given[inherits.field] = createRecord(
        { ...sudo(env), context: { ...env.context, parent_of: model } },
        inherits.model,
        parent,
      )
    } else if (Object.keys(parent).length > 0) writeRecords(sudo(env), inherits.model, [id], parent)
  }
  checkReferences(env, model, given)
  const complete = {
    ...genericDefaults(env, model, given),
    ...given,
    ...(hooks.defaults?.(env, given) ?? {}),
  }
  checkRequired(env, model, complete)
  const id = env.db.store.nextId(model)
  const stamps = { create_date: env.stamp, create_uid: env.uid, write_date: env.stamp, write_uid: env.uid }
  env.db.store.put(model, { ...complete, ...stamps, id })
  for (const [field, value] of lists) applyCommands(env, model, field, id, value)
  hooks.created?.(env, env.db.store.get(model, id)!)
  hooks.check?.(env, env.db.store.get(model, id)!)
  return id
}

function genericDefaults(env: Env, model: string, given: Values): Values {
  const defaults: Record<string, Json> = {}
  for (const field of fieldsOf(env, model).values()) {
    if (!field.stored || field.name in given) continue
    if (field.name === 'active') defaults.active = true
    else if (field.type === 'selection' && field.required && field.selection.length > 0) {
      const usual = field.selection.find(([key]) => USUAL.has(key)) ?? field.selection[0]!
      defaults[field.name] = usual[0]
    }
  }
  return defaults
}

/** Choices that are the default although they are not the first. */
const USUAL: ReadonlySet<string> = new Set(['ask', 'none', 'percent', 'no-message', 'tax_excluded'])

function checkRequired(env: Env, model: string, row: Values): void {
  for (const field of fieldsOf(env, model).values()) {
    if (!field.required || !field.stored || field.type.endsWith('2many')) continue
    if (field.relation !== null && !env.db.fields.has(field.relation)) continue
    const value = row[field.name] ?? false
    if (value !== false || ['integer', 'float', 'monetary', 'boolean'].includes(field.type)) continue
    throw new MissingValue(env, model, field)
  }
}

/** A mandatory field without a value. `load` says it in other words than the other methods. */
export class MissingValue extends OdooError {
  readonly field: Field
  constructor(env: Env, model: string, field: Field) {
    const label = MODEL_LABELS[model] ?? model
    super(
      'odoo.exceptions.ValidationError',
      env.db.version === '19.0'
        ? `The operation cannot be completed: Missing required value for the field '${field.label}' (${field.name}).\nModel: '${label}' (${model})\n- create/update: a mandatory field is not set\n- delete: another model requires the record being deleted, you can archive it instead\n`
        : `The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${label} (${model})\nField: ${field.label} (${field.name})\n`,
    )
    this.field = field
  }
}

function checkReferences(env: Env, model: string, values: Values): void {
  for (const [name, value] of Object.entries(values)) {
    const field = fieldsOf(env, model).get(name)!
    if (field.type !== 'many2one' || typeof value !== 'number') continue
    if (!env.db.fields.has(field.relation!) || env.db.store.get(field.relation!, value) !== undefined)
      continue
    // Code of the order looks at its customer before the database looks at the reference.
    if (model.startsWith('sale.order')) throw missingError(field.relation!, value, env.uid)
    const label = MODEL_LABELS[model] ?? model
    throw validationError(
      env.db.version === '19.0'
        ? `The operation cannot be completed: Another model is using the record you are trying to delete.\n\nThe troublemaker is: '${label}' (${model})\nThanks to the following constraint: '${field.label}' (${name})\nHow about archiving the record instead?`
        : `The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${label} (${model})\nConstraint: ${model.replaceAll('.', '_')}_${name}_fkey\n`,
    )
  }
}

/** The rows of these ids; throws for one that is not there or that a record rule hides. */
export function rowsOf(env: Env, model: string, ids: readonly (number | string)[]): readonly Row[] {
  return [...new Set(ids)].map((id) => {
    const row = typeof id === 'number' ? env.db.store.get(model, id) : undefined
    if (row === undefined) throw missingError(model, id, env.uid)
    checkVisible(env, model, row)
    return row
  })
}

/** Writes all or throws. Stamps the records even where nothing differs. */
export function writeRecords(env: Env, model: string, ids: readonly number[], values: Values): void {
  if (ids.length === 0) return
  checkAccess(env, model, 'write')
  const hooks = hooksOf(env, model)
  const { own, parent, lists } = sortValues(env, model, values)
  for (const { id } of rowsOf(env, model, ids)) {
    const before = env.db.store.get(model, id)!
    const changed: Record<string, Json> = {}
    for (const [name, value] of Object.entries(own)) {
      const field = fieldsOf(env, model).get(name)!
      changed[name] =
        field.type === 'many2many'
          ? linkedIds(env, model, field, before[name] ?? [], value)
          : toStored(env, model, field, value)
    }
    checkReferences(env, model, changed)
    checkRequiredOf(env, model, changed)
    env.db.store.put(model, { ...before, ...changed, id, write_date: env.stamp, write_uid: env.uid })
    if (hooks.inherits !== undefined && Object.keys(parent).length > 0) {
      writeRecords(sudo(env), hooks.inherits.model, [Number(before[hooks.inherits.field])], parent)
    }
    for (const [field, value] of lists) applyCommands(env, model, field, id, value)
    hooks.written?.(env, before, new Set(Object.keys(values)))
    hooks.check?.(env, env.db.store.get(model, id)!)
  }
}

function checkRequiredOf(env: Env, model: string, changed: Values): void {
  for (const [name, value] of Object.entries(changed)) {
    const field = fieldsOf(env, model).get(name)!
    if (!field.required || value !== false || !field.stored) continue
    if (['boolean', 'integer', 'float', 'monetary'].includes(field.type)) continue
    throw new MissingValue(env, model, field)
  }
}

/** Writes what code of the model computes: no rights, no checks, no hooks. Nothing happens where nothing differs. */
export function storeComputed(env: Env, model: string, id: number, values: Values): boolean {
  const row = env.db.store.get(model, id)!
  const differs = Object.entries(values).some(([name, value]) => row[name] !== value)
  if (differs) {
    env.db.store.put(model, { ...row, ...values, id, write_date: env.stamp, write_uid: env.uid })
  }
  return differs
}

/** Removes all or throws, with their external ids and what hangs on them. */
export function unlinkRecords(env: Env, model: string, ids: readonly number[]): void {
  if (ids.length === 0) return
  checkAccess(env, model, 'unlink')
  const hooks = hooksOf(env, model)
  const rows = rowsOf(env, model, ids)
  for (const row of rows) hooks.unlinking?.(env, row)
  for (const row of rows) {
    for (const [name, inverse] of Object.entries(hooks.inverse ?? {})) {
      const relation = fieldsOf(env, model).get(name)?.relation
      if (relation === undefined || relation === null) continue
      const children = [...env.db.store.having(relation, inverse, row.id)]
      if (fieldsOf(env, relation).get(inverse)?.required !== true || !OWNS.has(`${model}.${name}`)) continue
      for (const child of children) {
        forgetExternalIds(env, relation, child)
        env.db.store.remove(relation, child)
      }
    }
    releaseReferences(env, model, row.id)
    forgetExternalIds(env, model, row.id)
    env.db.store.remove(model, row.id)
    hooks.unlinked?.(env, row)
  }
}

/** Lists whose records go with the record they belong to. */
const OWNS: ReadonlySet<string> = new Set(['sale.order.order_line', 'product.template.product_variant_ids'])

/** References to a record that goes: a mandatory one keeps it from going, others become empty. */
function releaseReferences(env: Env, model: string, id: number): void {
  const { store } = env.db
  for (const [other, fields] of env.db.fields) {
    for (const field of fields.values()) {
      if (field.type !== 'many2one' || field.relation !== model || !field.stored || IGNORED.has(field.name))
        continue
      for (const referring of [...store.having(other, field.name, id)]) {
        if (field.required) {
          throw userError(
            `The record cannot be deleted: ${MODEL_LABELS[other] ?? other} (${other}) still needs it (${field.label}).`,
          )
        }
        store.put(other, { ...store.get(other, referring)!, [field.name]: false, id: referring })
      }
    }
  }
}
