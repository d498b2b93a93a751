import { checkAccess, mayAccess, OPERATIONS, type Operation } from './access.ts'
import { type Env, fieldsOf, hooksOf, type Method, sudo, withContext } from './env.ts'
import { valueError } from './errors.ts'
import { xidsOf } from './external-ids.ts'
import type { Field } from './fields.ts'
import type { Json, JsonObject } from './json.ts'
import { load } from './load.ts'
import { displayName, fieldNamed, formatted, readRecords } from './read.ts'
import { searchRecords } from './search.ts'
import { createRecords, unlinkRecords, writeRecords } from './write.ts'

/** Methods that every model has, by name, for one model. */
export function commonMethods(model: string): Readonly<Record<string, Method>> {
  return {
    search: {
      of: 'model',
      parameters: ['domain', 'offset?', 'limit?', 'order?'],
      run: (env, _ids, args) => searchRecords(env, model, args).map((row) => row.id),
    },
    search_count: {
      of: 'model',
      parameters: ['domain', 'limit?'],
      run: (env, _ids, args) => searchRecords(env, model, { ...args, order: 'id' }).length,
    },
    search_read: {
      of: 'model',
      parameters: ['domain?', 'fields?', 'offset?', 'limit?', 'order?', 'load?'],
      run(env, _ids, args) {
        const names = Array.isArray(args.fields) ? (args.fields as readonly string[]) : []
        const fields =
          names.length === 0
            ? [...fieldsOf(env, model).values()]
            : names.map((name) => fieldNamed(env, model, name))
        const bare = 'load' in args && args.load !== '_classic_read'
        return searchRecords(env, model, args).map((row) => formatted(env, model, row, fields, bare))
      },
    },
    read: {
      of: 'records',
      parameters: ['fields?', 'load?'],
      run: (env, ids, args) => readRecords(env, model, ids, args),
    },
    create: {
      of: 'model',
      parameters: ['vals_list'],
      run(env, _ids, args) {
        const many = Array.isArray(args.vals_list)
        const ids = createRecords(env, model, many ? (args.vals_list as readonly Json[]) : [args.vals_list!])
        // A list for a list; on JSON-2 always a list, which its end sees to.
        return many ? ids : ids[0]!
      },
    },
    write: {
      of: 'records',
      parameters: ['vals'],
      run(env, ids, args) {
        writeRecords(env, model, ids, args.vals as JsonObject)
        return true
      },
    },
    unlink: {
      of: 'records',
      parameters: [],
      run(env, ids) {
        unlinkRecords(env, model, ids)
        return true
      },
    },
    load: {
      of: 'model',
      parameters: ['fields', 'data'],
      run: (env, _ids, args) =>
        load(env, model, args.fields as readonly string[], args.data as readonly (readonly Json[])[]),
    },
    fields_get: {
      of: 'model',
      parameters: ['allfields?', 'attributes?'],
      run(env, _ids, args) {
        const wanted = Array.isArray(args.allfields) && args.allfields.length > 0 ? args.allfields : null
        const attributes =
          Array.isArray(args.attributes) && args.attributes.length > 0 ? args.attributes : null
        const result: Record<string, Json> = {}
        for (const field of fieldsOf(env, model).values()) {
          if (wanted !== null && !wanted.includes(field.name)) continue
          const all = attributesOf(field)
          result[field.name] =
            attributes === null
              ? all
              : Object.fromEntries(Object.entries(all).filter(([name]) => attributes.includes(name)))
        }
        return result
      },
    },
    default_get: {
      of: 'model',
      parameters: ['fields'],
      run(env, _ids, args) {
        const names = args.fields as readonly string[]
        const defaults: Record<string, Json> = { active: true, ...hooksOf(env, model).defaults?.(env, {}) }
        return Object.fromEntries(
          names.flatMap((name) => (name in defaults ? [[name, defaults[name]!]] : [])),
        )
      },
    },
    name_search: {
      of: 'model',
      parameters: ['name?', 'domain?', 'operator?', 'limit?'],
      run: (env, _ids, args) =>
        nameSearch(env, model, String(args.name ?? ''), String(args.operator ?? 'ilike'), args.domain ?? [])
          .slice(0, Number(args.limit ?? 100))
          .map((id) => [id, displayName(env, model, env.db.store.get(model, id)!)]),
    },
    check_access_rights: {
      of: 'model',
      parameters: ['operation', 'raise_exception?'],
      run(env, _ids, args) {
        const operation = operationOf(args.operation!)
        if (args.raise_exception !== false) checkAccess(env, model, operation)
        return mayAccess(env, model, operation)
      },
    },
    has_access: {
      of: 'records',
      parameters: ['operation'],
      run: (env, _ids, args) => mayAccess(env, model, operationOf(args.operation!)),
    },
    // Private on 19.0.
    exists: {
      of: 'records',
      parameters: [],
      run: (env, ids) => ids.filter((id) => env.db.store.get(model, id) !== undefined),
    },
    get_external_id: {
      of: 'records',
      parameters: [],
      run: (env, ids) =>
        Object.fromEntries(
          ids.map((id) => {
            const [first] = xidsOf(env, model, id)
            return [String(id), first === undefined ? '' : `${first.module}.${first.name}`]
          }),
        ),
    },
    action_archive: {
      of: 'records',
      parameters: [],
      run: (env, ids) => setActive(env, model, ids, false),
    },
    action_unarchive: {
      of: 'records',
      parameters: [],
      run: (env, ids) => setActive(env, model, ids, true),
    },
  }
}

function setActive(env: Env, model: string, ids: readonly number[], active: boolean): undefined {
  const others = ids.filter((id) => (env.db.store.get(model, id)?.active ?? true) !== active)
  writeRecords(env, model, others, { active })
}

function operationOf(value: Json): Operation {
  const operation = OPERATIONS.find((one) => one === value)
  if (operation === undefined) throw valueError(`Invalid access mode ${String(value)}`)
  return operation
}

function attributesOf(field: Field): JsonObject {
  return {
    type: field.type,
    string: field.label,
    name: field.name,
    readonly: field.readonly,
    required: field.required,
    store: field.stored,
    company_dependent: field.companyDependent,
    ...(field.relation === null ? {} : { relation: field.relation }),
    ...(field.type === 'selection' ? { selection: field.selection } : {}),
    ...(field.digits === null ? {} : { digits: [16, field.digits] }),
    ...(field.size === null ? {} : { size: field.size }),
  }
}

/** Ids of records by what people call them. */
export function nameSearch(
  env: Env,
  model: string,
  name: string,
  operator: string,
  domain: Json,
): readonly number[] {
  const searched = SEARCHED[model] ?? ['name']
  const leaves = searched.map((field) => [field, operator, name])
  const either: Json[] = [...leaves.slice(1).map(() => '|'), ...leaves]
  const rest = Array.isArray(domain) ? (domain as readonly Json[]) : []
  return searchRecords(withContext(sudo(env), {}), model, { domain: [...either, ...rest] }).map(
    (row) => row.id,
  )
}

const SEARCHED: Readonly<Record<string, readonly string[]>> = {
  'res.partner': ['complete_name', 'email', 'ref'],
  'res.country': ['name', 'code'],
  'res.country.state': ['name', 'code'],
  'product.product': ['name', 'default_code', 'display_name', 'barcode'],
  'product.template': ['name', 'default_code', 'display_name'],
  'product.pricelist': ['name', 'display_name'],
}
