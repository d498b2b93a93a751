import type { FoundRecord, LookUpRequest } from '../../core/model/connector.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { type Client, type FieldDefinition, searchRead } from './client.ts'
import { failureOfRead } from './fault.ts'
import { fromOdoo, idOf, recordedType } from './values.ts'

/** Values in one domain. Odoo takes tens of thousands; this keeps a call short. */
const CHUNK = 1000

/**
 * Records at the target. By key and by id archived ones are always found, since they exist and are what `load` would
 * write to; by field only with `archived`.
 */
export async function lookUp(client: Client, request: LookUpRequest): Promise<readonly FoundRecord[]> {
  const values = [...new Set(request.values)]
  const found: FoundRecord[] = []
  for (let start = 0; start < values.length; start += CHUNK) {
    const chunk = values.slice(start, start + CHUNK)
    const { by } = request
    if (by.kind === 'field') found.push(...(await byField(client, request, by.field, chunk)))
    else if (by.kind === 'id')
      found.push(...(await byId(client, request, new Map(chunk.map((value) => [value, idOf(value)])))))
    else found.push(...(await byKey(client, request, chunk)))
  }
  return found
}

async function byKey(
  client: Client,
  request: LookUpRequest,
  keys: readonly string[],
): Promise<readonly FoundRecord[]> {
  const ids = await findKeys(client, request.resource, keys, request.signal)
  // Of any model there is nothing to read but the id.
  if (request.resource === '') return [...ids].map(([value, id]) => ({ value, id: String(id), fields: {} }))
  return byId(client, request, ids)
}

/** Answers in the order asked; an external id may point to a record that is gone, so existence is always read. */
async function byId(
  client: Client,
  request: LookUpRequest,
  idByValue: ReadonlyMap<string, number | null>,
): Promise<readonly FoundRecord[]> {
  const ids = [...new Set(idByValue.values())].filter((id) => id !== null)
  if (ids.length === 0) return []
  const domain = [['id', 'in', ids], ...conditions(request)]
  const rows = await read(client, request, domain, [], { active_test: false })
  const rowById = new Map(rows.map((row) => [row.id, row]))
  const fields = await fieldsFor(client, request)
  return [...idByValue].flatMap(([value, id]) => {
    const row = rowById.get(id as number)
    return row === undefined ? [] : [foundRecord(value, row, request, fields)]
  })
}

async function byField(
  client: Client,
  request: LookUpRequest,
  field: string,
  values: readonly string[],
): Promise<readonly FoundRecord[]> {
  const fields = await client.fieldsOf(request.resource, request.signal)
  const type = recordedType(fields.get(field)?.type ?? 'text')
  const numeric = type === 'integer' || type === 'many2one' || type === 'float' || type === 'decimal'
  // Odoo keeps addresses without spaces around them and in small letters beside what people typed (observed on 18.0, 19.0).
  const normalized = request.alike === true && field === 'email' && fields.has('email_normalized')
  const column = normalized ? 'email_normalized' : field
  const valuesByText = Map.groupBy(values, (value) => (normalized ? value.trim().toLowerCase() : value))
  const texts = [...valuesByText.keys()]
  const asked = numeric ? texts.map(Number).filter((value) => !Number.isNaN(value)) : texts
  const { company } = client.config
  const ofCompany: JsonValue[] =
    company !== null && fields.has('company_id')
      ? ['|', ['company_id', '=', false], ['company_id', '=', company]]
      : []
  const domain = [[column, 'in', asked], ...conditions(request), ...ofCompany]
  const context = request.archived === true ? { active_test: false } : {}
  const rows = await read(client, request, domain, [column], context)
  // Odoo compares as the database does; only what is the same text is meant.
  return rows.flatMap((row) =>
    (valuesByText.get(String(fromOdoo(row[column], type))) ?? []).map((value) =>
      foundRecord(value, row, request, fields),
    ),
  )
}

function conditions(request: LookUpRequest): readonly JsonValue[] {
  return Object.entries(request.where).map(([field, value]) => [field, '=', value])
}

async function read(
  client: Client,
  request: LookUpRequest,
  domain: readonly JsonValue[],
  further: readonly string[],
  context: JsonObject,
): Promise<readonly JsonObject[]> {
  const fields = [...new Set(['id', ...further, ...request.fields])]
  return searchRead(client, request.resource, { domain, fields, order: 'id' }, request.signal, context)
}

async function fieldsFor(
  client: Client,
  request: LookUpRequest,
): Promise<ReadonlyMap<string, FieldDefinition>> {
  return request.fields.length === 0 ? new Map() : client.fieldsOf(request.resource, request.signal)
}

function foundRecord(
  value: string,
  row: JsonObject,
  request: LookUpRequest,
  definitions: ReadonlyMap<string, FieldDefinition>,
): FoundRecord {
  const fields: Record<string, JsonValue> = {}
  for (const name of request.fields) {
    fields[name] = fromOdoo(row[name], recordedType(definitions.get(name)?.type ?? 'text'))
  }
  return { value, id: String(row.id), fields }
}

/**
 * Database ids by external id (`module.name`), of one model or, with `''`, of any. With Settings rights one read; others may
 * not read `ir.model.data` and ask key by key (observed on 18.0, 19.0).
 */
export async function findKeys(
  client: Client,
  model: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const atOnce = await findKeysAtOnce(client, model, keys, signal)
  if (atOnce !== null) return atOnce
  const found = new Map<string, number>()
  for (const key of new Set(keys)) {
    const [module, name] = splitKey(key)
    const reply = await client.call({
      model: 'ir.model.data',
      method: 'check_object_reference',
      args: { module, xml_id: name },
      // It searches the record itself, which would not find an archived one.
      context: { active_test: false },
      purpose: 'read',
      signal,
    })
    if (reply.ok) {
      const [foundModel, id] = reply.value as readonly JsonValue[]
      if (typeof id === 'number' && (model === '' || foundModel === model)) found.set(key, id)
    } else if (reply.fault.name !== 'builtins.ValueError') {
      throw failureOfRead(reply.fault, `look up the external id of a ${model} record`)
    }
  }
  return found
}

/** The same in one read a module; null when the user may not read external ids, which is asked once a connection. */
export async function findKeysAtOnce(
  client: Client,
  model: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | null> {
  if (!client.mayReadExternalIds) return null
  const found = new Map<string, number>()
  for (const [module, ofModule] of Map.groupBy(keys, (key) => splitKey(key)[0])) {
    const names = ofModule.map((key) => splitKey(key)[1])
    const ofModel: JsonValue[] = model === '' ? [] : [['model', '=', model]]
    const reply = await client.call({
      model: 'ir.model.data',
      method: 'search_read',
      args: {
        domain: [['module', '=', module], ['name', 'in', names], ...ofModel],
        fields: ['name', 'res_id'],
        order: 'id',
      },
      purpose: 'read',
      signal,
    })
    if (!reply.ok) {
      if (reply.fault.kind === 'access') {
        client.mayReadExternalIds = false
        return null
      }
      throw failureOfRead(reply.fault, 'read external ids')
    }
    for (const row of reply.value as readonly JsonObject[]) {
      if (typeof row.res_id === 'number' && row.res_id > 0) found.set(`${module}.${row.name}`, row.res_id)
    }
  }
  return found
}

/** Odoo takes the first dot as the end of the module. */
function splitKey(key: string): readonly [module: string, name: string] {
  const dot = key.indexOf('.')
  return dot < 0 ? ['__import__', key] : [key.slice(0, dot), key.slice(dot + 1)]
}
