import type { Host } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Call, Reply } from './call.ts'
import type { OdooConfig } from './config.ts'
import { faultOf, refusesCredentials } from './fault.ts'
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
  const key = await host.secret(config.keySecret)
  const answer = await post(
    config,
    host,
    'object',
    'execute_kw',
    [config.database, userId, key, call.model, call.method, args, named],
    call.purpose,
    call.signal,
  )
  if (answer === 'too-large') {
    return { ok: false, fault: { kind: 'too-large', name: 'http.413', message: 'The request is too large.' } }
  }
  if (!('error' in answer)) return { ok: true, value: answer.result ?? null }
  const { name, message } = errorOf(answer.error)
  if (refusesCredentials(name)) throw refused(config)
  return { ok: false, fault: faultOf(name, message) }
}

/** The version as its series (`18.0`); needs no credentials. */
export async function serverVersion(config: OdooConfig, host: Host, signal: AbortSignal): Promise<string> {
  const answer = await post(config, host, 'common', 'version', [], 'read', signal)
  const result = answer === 'too-large' ? null : answer.result
  if (isJsonObject(result) && typeof result.server_serie === 'string') return result.server_serie
  throw new SyncError(
    'auth-expired',
    `${config.url} does not say which Odoo it is: check settings.url of connection "${config.connection}".`,
    { maybeSent: false },
  )
}

/** The id of the user. Odoo answers `false`, not an error, to wrong credentials. */
export async function authenticate(config: OdooConfig, host: Host, signal: AbortSignal): Promise<number> {
  if (config.login === null) {
    throw new SyncError(
      'auth-expired',
      `Below Odoo 19 the login of the user is needed: add auth.login to connection "${config.connection}".`,
      { maybeSent: false },
    )
  }
  const key = await host.secret(config.keySecret)
  const args = [config.database, config.login, key, {}]
  const answer = await post(config, host, 'common', 'authenticate', args, 'read', signal)
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
    if (refusesCredentials(name)) throw refused(config)
    throw new SyncError('unavailable', `Odoo could not check the credentials (${name}).`, {
      maybeSent: false,
    })
  }
  if (answer !== 'too-large' && typeof answer.result === 'number') return answer.result
  throw refused(config)
}

async function post(
  config: OdooConfig,
  host: Host,
  service: string,
  method: string,
  args: readonly JsonValue[],
  purpose: 'read' | 'write',
  signal: AbortSignal,
): Promise<JsonObject | 'too-large'> {
  const reply = await host.request(
    {
      url: `${config.url}/jsonrpc`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params: { service, method, args }, id: 1 }),
      purpose,
      secrets: service === 'common' && method === 'version' ? [] : [config.keySecret],
    },
    signal,
  )
  if (reply.status === 413) return 'too-large'
  const body = reply.status === 200 ? parseJson(reply.body) : null
  // What stands between may answer with JSON of its own, which is not taken for a call that gave nothing.
  if (body?.jsonrpc !== '2.0') throw failureOfReply(config, reply, host.now())
  return body
}

function errorOf(error: JsonValue | undefined): { readonly name: string; readonly message: string } {
  const data = isJsonObject(error) && isJsonObject(error.data) ? error.data : {}
  return { name: String(data.name ?? 'unknown'), message: String(data.message ?? '') }
}

function refused(config: OdooConfig): SyncError {
  return new SyncError(
    'auth-expired',
    `Odoo refuses login "${config.login}" with API key "${config.keySecret}" of connection "${config.connection}": one of them is wrong, or the key is expired or revoked.`,
    { maybeSent: false },
  )
}
