import type { CredentialSource } from '../../core/model/auth.ts'
import type { Host } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { missingFieldsError } from '../../core/model/missing-fields.ts'
import type { Call, Reply } from './call.ts'
import type { OdooConfig } from './config.ts'
import { failureOfRead, missingOfRead } from './fault.ts'
import { callJson2 } from './json-2.ts'
import { authenticate, callJsonRpc, serverVersion } from './json-rpc.ts'
import { failureOfReply, parseJson, type Server } from './reply.ts'

export interface FieldDefinition {
  readonly type: string
  readonly relation: string | null
}

/** Odoo, spoken to. Throws `auth-expired`, `throttled` and `unavailable`; what Odoo says of the call itself is a value. */
export interface Client {
  readonly config: OdooConfig
  readonly host: Host
  readonly credential: CredentialSource
  call(call: Call): Promise<Reply>
  server(signal: AbortSignal): Promise<Server>
  /** Id of the user that the key belongs to. */
  userId(signal: AbortSignal): Promise<number>
  /** Fields of a model; asked once a connection. */
  fieldsOf(model: string, signal: AbortSignal): Promise<ReadonlyMap<string, FieldDefinition>>
  /** By model: no record has a higher id but those that were made since; raised by every load. */
  readonly highestIds: Map<string, number>
  /** Whether external ids may be read as records (needs Settings rights); false once Odoo has refused it. */
  mayReadExternalIds: boolean
}

/** A client of one connection. Contacts nothing until the first call. */
export function createClient(config: OdooConfig, host: Host): Client {
  const credential = host.credential({ kind: 'key', secret: config.keySecret })
  const server = once((signal) => findServer(config, host, signal))
  const userId = once(async (signal) => {
    if ((await server(signal)).protocol === 'json-rpc') return authenticate(config, host, credential, signal)
    const who = await readValue(client, {
      model: 'res.users',
      method: 'context_get',
      bare: true,
      purpose: 'read',
      signal,
    })
    return Number((who as JsonObject).uid)
  })
  const fieldsByModel = new Map<string, ReadonlyMap<string, FieldDefinition>>()

  const client: Client = {
    config,
    host,
    credential,
    server,
    userId,
    highestIds: new Map(),
    mayReadExternalIds: true,
    async call(call) {
      // Odoo answers a write without ids with true and does nothing: observed on 19.0.
      if (call.ids?.length === 0)
        throw new SyncError('bug', `${call.model}.${call.method} was called on no record.`)
      const { protocol } = await server(call.signal)
      const context = contextOf(config, call)
      return protocol === 'json-2'
        ? callJson2(config, host, credential, call, context)
        : callJsonRpc(config, host, credential, await userId(call.signal), call, context)
    },
    async fieldsOf(model, signal) {
      const known = fieldsByModel.get(model)
      if (known !== undefined) return known
      const fields = await fieldDefinitions(client, model, signal)
      fieldsByModel.set(model, fields)
      return fields
    },
  }
  return client
}

/** A call that must give a value; a fault becomes a failure. */
export async function readValue(client: Client, call: Call): Promise<JsonValue> {
  const reply = await client.call(call)
  if (reply.ok) return reply.value
  const failure = failureOfRead(reply.fault, `${call.method} ${call.model}`)
  const missing = missingOfRead(client.config.connection, reply.fault)
  throw missing === null ? failure : missingFieldsError(missing, failure.message)
}

/** The fields a model has now. */
export async function fieldDefinitions(
  client: Client,
  model: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FieldDefinition>> {
  const value = await readValue(client, {
    model,
    method: 'fields_get',
    args: { attributes: ['type', 'relation'] },
    purpose: 'read',
    signal,
  })
  const fields = new Map<string, FieldDefinition>()
  for (const [name, field] of Object.entries(isJsonObject(value) ? value : {})) {
    if (!isJsonObject(field)) throw strangeAnswer(client, `fields_get of ${model}`)
    fields.set(name, {
      type: String(field.type),
      relation: typeof field.relation === 'string' ? field.relation : null,
    })
  }
  return fields
}

/** Rows of `search_read`. `args` as Odoo names them: domain, fields, order, limit. */
export async function searchRead(
  client: Client,
  model: string,
  args: JsonObject,
  signal: AbortSignal,
  context: JsonObject = {},
): Promise<readonly JsonObject[]> {
  // load '': many2one as a bare id, which spares Odoo the display names.
  const value = await readValue(client, {
    model,
    method: 'search_read',
    args: { ...args, load: '' },
    context,
    purpose: 'read',
    signal,
  })
  return rowsOf(client, model, value)
}

/** What `search_read` answered, if it is rows. */
export function rowsOf(client: Client, model: string, value: JsonValue): readonly JsonObject[] {
  if (Array.isArray(value) && value.every(isJsonObject)) return value
  throw strangeAnswer(client, `search_read of ${model}`)
}

/** Not from Odoo's own handling of the call, whatever it is: something in between answered. */
function strangeAnswer({ config }: Client, call: string): SyncError {
  return new SyncError('unavailable', `${config.url} answered ${call} with JSON that no Odoo gives.`)
}

/**
 * Company, language and UTC go with every call: without them the defaults of the user decide, `load` reads datetimes in
 * the zone of the user, and company-dependent fields are those of another company (observed on 18.0, 19.0).
 */
export function contextOf(config: OdooConfig, call: Pick<Call, 'bare' | 'context'>): JsonObject {
  const company = config.company === null || call.bare ? {} : { allowed_company_ids: [config.company] }
  const language = config.language === null || call.bare ? {} : { lang: config.language }
  return { ...company, ...language, tz: 'UTC', ...call.context }
}

/** Odoo 19 and later say their version to anybody; older ones answer with a page or a redirect. */
async function findServer(config: OdooConfig, host: Host, signal: AbortSignal): Promise<Server> {
  const reply = await host.request(
    { url: `${config.url}/web/version`, method: 'GET', headers: {}, purpose: 'read', secrets: [] },
    signal,
  )
  if (reply.status === 429 || reply.status >= 500) throw failureOfReply(config, reply, host.now())
  const body = parseJson(reply.body)
  if (reply.status === 200 && body !== null && Array.isArray(body.version_info)) {
    const [major, minor] = body.version_info as readonly JsonValue[]
    if (Number.parseInt(String(major).replace(/\D+/g, ''), 10) >= 19) {
      return { protocol: 'json-2', version: `${major}.${minor}` }
    }
  }
  return { protocol: 'json-rpc', version: await serverVersion(config, host, signal) }
}

/** The first value is kept; a failure is not. */
function once<T>(find: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let found: Promise<T> | null = null
  return (signal) => {
    found ??= find(signal).catch((error: unknown) => {
      found = null
      throw error
    })
    return found
  }
}
