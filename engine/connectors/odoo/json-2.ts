import { type Credential, type CredentialSource, refusedCredentials } from '../../core/model/auth.ts'
import type { Host } from '../../core/model/connector.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { Call, Reply } from './call.ts'
import type { OdooConfig } from './config.ts'
import { faultOf, refusesCredentials, TOO_LARGE } from './fault.ts'
import { failureOfReply, parseJson } from './reply.ts'

/**
 * JSON-2, Odoo 19 and later: POST /json/2/<model>/<method>, arguments by name, the bare result in return; a method that
 * returns nothing answers `null`. (odoo.com/documentation/19.0/developer/reference/external_api.html)
 * The body is one text: a chunked one is ignored by the server, which then calls the method without arguments.
 */
export async function callJson2(
  config: OdooConfig,
  host: Host,
  source: CredentialSource,
  call: Call,
  context: JsonObject,
): Promise<Reply> {
  const key = await source.current(call.signal)
  const reply = await send(config, host, key, call, context)
  if (reply !== 'refused') return reply
  // Another process may have changed the key since. Nothing was done: the key is looked at first.
  const newer = await source.renewed(key, call.signal)
  const again = newer === null ? 'refused' : await send(config, host, newer, call, context)
  if (again !== 'refused') return again
  throw refusedCredentials(
    config.connection,
    'key',
    `Odoo refuses the API key "${config.keySecret}" of connection "${config.connection}": it is wrong, expired or revoked, or its user is archived.`,
    { class: 'werkzeug.exceptions.Unauthorized' },
  )
}

async function send(
  config: OdooConfig,
  host: Host,
  key: Credential,
  call: Call,
  context: JsonObject,
): Promise<Reply | 'refused'> {
  const reply = await host.request(
    {
      url: `${config.url}/json/2/${encodeURIComponent(call.model)}/${encodeURIComponent(call.method)}`,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `bearer ${key.value}`,
        'x-odoo-database': config.database,
      },
      body: JSON.stringify({ ...(call.ids === undefined ? {} : { ids: call.ids }), ...call.args, context }),
      purpose: call.purpose,
      secrets: key.secrets,
    },
    call.signal,
  )
  if (reply.status === 200) {
    try {
      return { ok: true, value: JSON.parse(reply.body) as JsonValue }
    } catch {
      throw failureOfReply(config, reply, host.now())
    }
  }
  if (reply.status === 413) return { ok: false, fault: TOO_LARGE }
  const body = parseJson(reply.body)
  if (reply.status === 429 || body === null || typeof body.name !== 'string') {
    throw failureOfReply(config, reply, host.now())
  }
  if (refusesCredentials(body.name)) return 'refused'
  return { ok: false, fault: faultOf(body.name, String(body.message ?? ''), reply.status) }
}
