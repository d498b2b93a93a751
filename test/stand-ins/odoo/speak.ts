import type { Json, JsonObject } from './json.ts'
import type { OdooStandIn } from './server.ts'

export type Speak = (
  model: string,
  method: string,
  args?: JsonObject,
  ids?: readonly number[],
) => Promise<Json>

/** Calls a method over the protocol that the version is known by, with arguments by name; throws `class: message`. */
export function speakTo(
  odoo: OdooStandIn,
  version: string,
  as: 'app' | 'settings' | 'noMail' | 'own' = 'app',
): Speak {
  const [login, key] = {
    app: [odoo.login, odoo.apiKey],
    settings: [odoo.settingsLogin, odoo.settingsApiKey],
    noMail: [odoo.loginWithoutEmail, odoo.apiKeyWithoutEmail],
    own: [odoo.ownDocumentsLogin, odoo.ownDocumentsApiKey],
  }[as] as [string, string]
  const post = (path: string, body: Json, headers: Record<string, string> = {}) =>
    fetch(odoo.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  if (version === '19.0') {
    return async (model, method, args = {}, ids) => {
      const body = ids === undefined ? args : { ...args, ids }
      const response = await post(`/json/2/${model}/${method}`, body, { authorization: `bearer ${key}` })
      const value = (await response.json()) as JsonObject
      if (!response.ok) throw new Error(`${String(value.name)}: ${String(value.message)}`)
      return value
    }
  }
  const rpc = async (service: string, method: string, args: readonly Json[]): Promise<Json> => {
    const response = await post('/jsonrpc', { jsonrpc: '2.0', params: { service, method, args }, id: 1 })
    const reply = (await response.json()) as { readonly result?: Json; readonly error?: { data: JsonObject } }
    if (reply.error !== undefined) {
      throw new Error(`${String(reply.error.data.name)}: ${String(reply.error.data.message)}`)
    }
    return reply.result ?? null
  }
  return async (model, method, args = {}, ids) => {
    const uid = await rpc('common', 'authenticate', [odoo.database, login, key, {}])
    const positional = ids === undefined ? [] : [ids]
    return rpc('object', 'execute_kw', [odoo.database, uid, key, model, method, positional, args])
  }
}
