import { readFileSync } from 'node:fs'
import type { Version } from '../fields.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { LOGINS, PASSWORD } from '../seed.ts'
import type { OdooStandIn } from '../server.ts'

/**
 * One exchange with a real server, and what of the answer is compared: every part that stands here, nothing else.
 *
 * In texts, `$model#n` is the n-th record there and bound at its first answer to the record here; `<number>`, `<text>` and
 * `<datetime>` stand for any; a text that ends in `…` is the beginning of one. Rows of a group follow one another on one
 * server, so that what one row made is there for the next.
 */
export interface RecordedRow {
  readonly group: string
  readonly name: string
  /** Whose key goes with it. */
  readonly as?: 'settings' | 'app' | 'own'
  /** `model/method`, with `body` on JSON-2 and `args` and `kwargs` on JSON-RPC. */
  readonly call?: string
  readonly body?: JsonObject
  readonly args?: readonly Json[]
  readonly kwargs?: JsonObject
  /** A JSON-RPC call as it went out. */
  readonly rpc?: JsonObject
  /** A request as it went out. */
  readonly http?: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  }
  readonly status: number
  /** Class of the error. */
  readonly error?: string
  readonly message?: string
  /** The whole result: the same keys, the same lengths. */
  readonly result?: Json
  /** A part of the result. */
  readonly has?: JsonObject
  /** The reply has no `result` at all. */
  readonly noResult?: boolean
  readonly contentType?: string
  readonly text?: string
}

export function readRecorded(version: Version): readonly RecordedRow[] {
  return JSON.parse(readFileSync(new URL(`./odoo-${version}.json`, import.meta.url), 'utf8')) as RecordedRow[]
}

export type Bindings = Map<string, Json>

/** Names that rows use from the beginning. */
export async function startBindings(odoo: OdooStandIn): Promise<Bindings> {
  await odoo.control.setKeyExpiry({ login: LOGINS.withoutEmail, expires: '2020-01-01 00:00:00' })
  const users = await odoo.control.read({ model: 'res.users', fields: ['login', 'partner_id'] })
  const uidOf = (login: string) => users.find((user) => user.login === login)!.id!
  const [germany] = await odoo.control.read({
    model: 'res.country',
    domain: [['code', '=', 'DE']],
    fields: [],
  })
  const admin = users.find((user) => user.login === LOGINS.settings)!
  return new Map<string, Json>([
    ['$res.partner#3', admin.partner_id!],
    ['$long', 'x'.repeat(300_000)],
    ['$database', odoo.database],
    ['$password', PASSWORD],
    ['$login.settings', LOGINS.settings],
    ['$key.settings', odoo.settingsApiKey],
    ['$key.app', odoo.apiKey],
    ['$key.own', odoo.ownDocumentsApiKey],
    ['$key.expired', odoo.apiKeyWithoutEmail],
    ['$uid.settings', uidOf(LOGINS.settings)],
    ['$uid.app', uidOf(LOGINS.app)],
    ['$uid.own', uidOf(LOGINS.ownDocuments)],
    ['$res.country#57', germany!.id!],
  ])
}

const NAME = /\$[a-z][a-z._]*[a-z](?:#\d+)?/g

/** Names replaced by what they are bound to; a text that is nothing but a name becomes the value itself. */
export function filledIn(value: Json, bindings: Bindings): Json {
  if (typeof value === 'string') {
    const whole = bindings.get(value)
    if (whole !== undefined) return whole
    return value.replace(NAME, (name) => String(bindings.get(name) ?? name))
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item, bindings))
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [String(filledIn(key, bindings)), filledIn(item, bindings)]),
    )
  }
  return value
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly text: string
  readonly error: string | null
  readonly message: string | null
  readonly hasResult: boolean
  readonly result: Json
}

export async function replay(odoo: OdooStandIn, row: RecordedRow, bindings: Bindings): Promise<Answer> {
  const isRpc = row.args !== undefined || row.rpc !== undefined
  const response = await send(odoo, row, bindings)
  const text = await response.text()
  const contentType = response.headers.get('content-type') ?? ''
  const { status } = response
  const body = contentType.startsWith('application/json') ? (JSON.parse(text) as Json) : null
  const envelope = isObject(body) ? body : {}
  const wrapped = isRpc || 'jsonrpc' in envelope
  const failure =
    wrapped && isObject(envelope.error) && isObject(envelope.error.data) ? envelope.error.data : envelope
  const failed = wrapped ? 'error' in envelope : status >= 400
  return {
    ...{ status, contentType, text },
    error: failed && typeof failure.name === 'string' ? failure.name : null,
    message: failed && typeof failure.message === 'string' ? failure.message : null,
    hasResult: !wrapped || 'result' in envelope,
    result: isRpc ? (envelope.result ?? null) : body,
  }
}

function send(odoo: OdooStandIn, row: RecordedRow, bindings: Bindings): Promise<Response> {
  const post = (path: string, body: Json, headers: Record<string, string> = {}) =>
    fetch(odoo.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(filledIn(body, bindings)),
    })
  const rpc = (params: JsonObject) => post('/jsonrpc', { jsonrpc: '2.0', method: 'call', params, id: 7 })
  if (row.rpc !== undefined) return rpc(row.rpc)
  if (row.args !== undefined) {
    const [model, method] = row.call!.split('/')
    const who = [`$uid.${row.as}`, `$key.${row.as}`]
    const args = ['$database', ...who, model!, method!, row.args, row.kwargs ?? {}]
    return rpc({ service: 'object', method: 'execute_kw', args })
  }
  if (row.call !== undefined) {
    const authorization = `bearer ${String(bindings.get(`$key.${row.as}`))}`
    return post(`/json/2/${row.call}`, row.body ?? {}, { authorization })
  }
  const { method, path, headers, body } = filledIn(
    row.http as unknown as Json,
    bindings,
  ) as unknown as NonNullable<RecordedRow['http']>
  // fetch names a type of its own for a text; bytes have none.
  const bytes = body === undefined || method === 'GET' ? {} : { body: Buffer.from(body) }
  return fetch(odoo.url + path, { method, headers, redirect: 'manual', ...bytes })
}

/** The answer in the words of the row: equal to the row's own where everything that stands there is so. */
export function inWordsOf(expected: Json, actual: Json | undefined, bindings: Bindings, part = false): Json {
  if (actual === undefined) return '(nothing)'
  if (typeof expected === 'string') return textInWordsOf(expected, actual, bindings)
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return actual
    return expected.map((item, index) => inWordsOf(item, (actual as readonly Json[])[index], bindings, part))
  }
  if (isObject(expected) && isObject(actual)) {
    const words: Record<string, Json> = {}
    for (const [name, item] of Object.entries(expected)) {
      words[name] = inWordsOf(item, actual[String(filledIn(name, bindings))], bindings, part)
    }
    const known = new Set(Object.keys(expected).map((name) => String(filledIn(name, bindings))))
    if (!part) for (const [name, item] of Object.entries(actual)) if (!known.has(name)) words[name] = item
    return words
  }
  if (typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(expected - actual) < 1e-9 ? expected : actual
  }
  return actual
}

function textInWordsOf(expected: string, actual: Json, bindings: Bindings): Json {
  if (expected === '<number>') return typeof actual === 'number' ? expected : actual
  if (expected === '<text>') return typeof actual === 'string' ? expected : actual
  if (expected === '<datetime>')
    return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(String(actual)) ? expected : actual
  if (/^\$[a-z._]+#\d+$/.test(expected) && typeof actual === 'number' && !bindings.has(expected)) {
    bindings.set(expected, actual)
    return expected
  }
  const filled = filledIn(expected, bindings)
  if (filled === actual) return expected
  if (typeof actual !== 'string' || typeof filled !== 'string') return actual
  const pattern = filled
    .replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
    .replaceAll('<number>', '\\d+')
    .replace(/…$/, '[\\s\\S]*')
  return new RegExp(`^${pattern}$`).test(actual) ? expected : actual
}
