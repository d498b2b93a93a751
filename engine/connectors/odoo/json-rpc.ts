import { type Credential, type CredentialSource, refusedCredentials } from '../../core/model/auth.ts'
import type { Host } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Call, Reply } from './call.ts'
import type { OdooConfig } from './config.ts'
import { faultOf, refusesCredentials, TOO_LARGE } from './fault.ts'
import { failureOfReply, parseJson } from './reply.ts'

/** Parameters that go by position; the others go by name. All are by position in Odoo's own clients. */
const POSITIONAL: Readonly<Record<string, readonly string[]>> = {
  search_read: ['domain'],
  search: ['domain'],
  search_count: ['domain'],
  load: ['fields', 'data'],
  write: ['vals'],
  create: ['vals_list'],
  check_object_reference: ['module', 'xml_id'],
  check_access_rights: ['operation', 'raise_exception'],
}

/**
 * JSON-RPC, below Odoo 19: POST /jsonrpc. Application errors come with status 200, so `error` in the reply decides; a
 * method that returns nothing gives a reply without `result` (observed on 18.0).
 */
export async function callJsonRpc(
  config: OdooConfig,
  host: Host,
  source: CredentialSource,
  userId: number,
  call: Call,
  context: JsonObject,
): Promise<Reply> {
  const named: Record<string, JsonValue> = { ...call.args, context }
  const args: JsonValue[] = call.ids === undefined ? [] : [call.ids]
  for (const name of POSITIONAL[call.method] ?? []) {
    const value = named[name]
    if (value === undefined) break
    args.push(value)
    delete named[name]
  }
  const send = ({ value, secrets }: Credential) =>
    post(config, host, {
      service: 'object',
      method: 'execute_kw',
      args: [config.database, userId, value, call.model, call.method, args, named],
      purpose: call.purpose,
      secrets,
      signal: call.signal,
    })
  const key = await source.current(call.signal)
  const first = await send(key)
  const newer = isRefused(first) ? await source.renewed(key, call.signal) : null
  const answer = newer === null ? first : await send(newer)
  if (answer === 'too-large') return { ok: false, fault: TOO_LARGE }
  if (!('error' in answer)) return { ok: true, value: answer.result ?? null }
  if (isRefused(answer)) throw refused(config)
  const { name, message } = errorOf(answer.error)
  return { ok: false, fault: faultOf(name, message, 200) }
}

/** The version as its series (`18.0`); needs no credentials. */
export async function serverVersion(config: OdooConfig, host: Host, signal: AbortSignal): Promise<string> {
  const asked = { service: 'common', method: 'version', args: [], secrets: [], signal } as const
  const answer = await post(config, host, { ...asked, purpose: 'read' })
  const result = answer === 'too-large' ? null : answer.result
  if (isJsonObject(result) && typeof result.server_serie === 'string') return result.server_serie
  throw new SyncError(
    'auth-expired',
    `${config.url} does not say which Odoo it is: check settings.url of connection "${config.connection}".`,
    { maybeSent: false },
  )
}

/** The id of the user. Odoo answers `false`, not an error, to wrong credentials. */
export async function authenticate(
  config: OdooConfig,
  host: Host,
  source: CredentialSource,
  signal: AbortSignal,
): Promise<number> {
  if (config.login === null) {
    throw new SyncError(
      'auth-expired',
      `Below Odoo 19 the login of the user is needed: add auth.login to connection "${config.connection}".`,
      { maybeSent: false },
    )
  }
  const key = await source.current(signal)
  const first = await authenticateWith(config, host, key, signal)
  if (first !== 'refused') return first
  const newer = await source.renewed(key, signal)
  const again = newer === null ? 'refused' : await authenticateWith(config, host, newer, signal)
  if (again === 'refused') throw refused(config)
  return again
}

async function authenticateWith(
  config: OdooConfig,
  host: Host,
  key: Credential,
  signal: AbortSignal,
): Promise<number | 'refused'> {
  const answer = await post(config, host, {
    service: 'common',
    method: 'authenticate',
    args: [config.database, config.login, key.value, {}],
    purpose: 'read',
    secrets: key.secrets,
    signal,
  })
  if (answer !== 'too-large' && 'error' in answer) {
    const { name, message } = errorOf(answer.error)
    // PostgreSQL's own sentence; the same class also says that the database server is away.
    if (message.includes(`"${config.database}"`) && message.includes('does not exist')) {
      throw new SyncError(
        'auth-expired',
        `There is no database "${config.database}" at ${config.url}: check settings.database of connection "${config.connection}".`,
        { maybeSent: false },
      )
    }
    if (refusesCredentials(name)) return 'refused'
    throw new SyncError('unavailable', `Odoo could not check the credentials (${name}).`, {
      maybeSent: false,
    })
  }
  return answer !== 'too-large' && typeof answer.result === 'number' ? answer.result : 'refused'
}

interface Asked {
  readonly service: 'common' | 'object'
  readonly method: string
  readonly args: readonly JsonValue[]
  readonly purpose: 'read' | 'write'
  readonly secrets: readonly string[]
  readonly signal: AbortSignal
}

async function post(
  config: OdooConfig,
  host: Host,
  { service, method, args, purpose, secrets, signal }: Asked,
): Promise<JsonObject | 'too-large'> {
  const reply = await host.request(
    {
      url: `${config.url}/jsonrpc`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params: { service, method, args }, id: 1 }),
      purpose,
      secrets,
    },
    signal,
  )
  if (reply.status === 413) return 'too-large'
  const body = reply.status === 200 ? parseJson(reply.body) : null
  // What stands between may answer with JSON of its own, which is not taken for a call that gave nothing.
  if (body?.jsonrpc !== '2.0') throw failureOfReply(config, reply, host.now())
  if (isRefused(body)) host.reportRefusal()
  return body
}

function errorOf(error: JsonValue | undefined): { readonly name: string; readonly message: string } {
  const data = isJsonObject(error) && isJsonObject(error.data) ? error.data : {}
  return { name: String(data.name ?? 'unknown'), message: String(data.message ?? '') }
}

function isRefused(answer: JsonObject | 'too-large'): boolean {
  return answer !== 'too-large' && 'error' in answer && refusesCredentials(errorOf(answer.error).name)
}

function refused(config: OdooConfig): SyncError {
  return refusedCredentials(
    config.connection,
    'key',
    `Odoo refuses login "${config.login}" with API key "${config.keySecret}" of connection "${config.connection}": one of them is wrong, or the key is expired or revoked.`,
  )
}
