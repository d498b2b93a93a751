/** JSON-RPC: POST /jsonrpc, services `common` and `object`. Errors of the application come with status 200 (observed). */
import type { HttpReply } from '../transport.ts'
import { contextOf, findMethod, privateRefusal, runMethod } from './call.ts'
import { authenticate, isSecretOf } from './credentials.ts'
import type { Database, Env, Method, Values } from './env.ts'
import { accessDenied, attributeError, missingError, OdooError, typeError, userError } from './errors.ts'
import {
  type HttpRequest,
  html,
  isJsonContent,
  json,
  now,
  type Prepared,
  parse,
  reply,
  traceback,
} from './exchange.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

export function prepareJsonRpc(db: Database, request: HttpRequest): Prepared {
  if (request.body.length > 0 && !isJsonContent(request)) {
    return html(
      400,
      'Bad Request',
      "Request inferred type is compatible with ['http'] but '/jsonrpc' is type='json'.",
    )
  }
  const body = parse(request.body)
  if (body === undefined) return now(reply(400, 'text/html; charset=utf-8', 'Invalid JSON data'))
  if (!isObject(body)) return now(reply(400, 'text/html; charset=utf-8', 'Invalid JSON-RPC data'))
  const id = body.id ?? null
  const succeed = (value: Json | undefined): HttpReply =>
    // Python's None leaves the result out altogether.
    json(200, { jsonrpc: '2.0', id, ...(value === undefined ? {} : { result: value }) })
  const fail = (error: unknown): HttpReply => json(200, { jsonrpc: '2.0', id, error: errorOf(db, error) })
  try {
    const { service, method, args } = isObject(body.params) ? body.params : ({} as JsonObject)
    if (typeof service !== 'string' || typeof method !== 'string' || !Array.isArray(args)) {
      throw typeError('RPC.jsonrpc() missing required positional arguments')
    }
    if (service === 'common') return now(succeed(common(db, method, args as readonly Json[])))
    if (service !== 'object') throw new OdooError('builtins.KeyError', service)
    const refuseKey = () => fail(accessDenied())
    return { ...prepareCall(db, method, args as readonly Json[]), kind: 'call', succeed, fail, refuseKey }
  } catch (error) {
    return now(fail(error))
  }
}

function common(db: Database, method: string, args: readonly Json[]): Json {
  switch (method) {
    case 'version': {
      const major = Number(db.version.split('.')[0])
      return {
        ...{ server_version: `${db.version}+e-20260215`, server_version_info: [major, 0, 0, 'final', 0, ''] },
        ...{ server_serie: db.version, protocol_version: 1 },
      }
    }
    case 'authenticate':
    case 'login': {
      const [database, login, secret] = args
      checkDatabase(db, database)
      return authenticate(db, String(login), typeof secret === 'string' ? secret : '')
    }
    default:
      throw new OdooError('builtins.Exception', `Method not found: ${method}`)
  }
}

function checkDatabase(db: Database, name: Json | undefined): void {
  if (name === db.name) return
  throw new OdooError(
    'psycopg2.OperationalError',
    `connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "${String(name)}" does not exist\n`,
  )
}

type Call = Omit<Extract<Prepared, { kind: 'call' }>, 'kind' | 'succeed' | 'fail' | 'refuseKey'>

function prepareCall(db: Database, rpc: string, args: readonly Json[]): Call {
  const [database, uid, secret, model, method, ...rest] = args
  if (rpc !== 'execute_kw' && rpc !== 'execute')
    throw new OdooError('builtins.NameError', `Method not available ${rpc}`)
  checkDatabase(db, database)
  if (typeof uid === 'number' && uid > 0 && db.store.get('res.users', uid) === undefined) {
    throw missingError('res.users', uid, uid)
  }
  if (typeof uid !== 'number' || typeof secret !== 'string' || !isSecretOf(db, uid, secret))
    throw accessDenied()
  if (typeof model !== 'string' || typeof method !== 'string')
    throw typeError('execute_kw() missing arguments')
  const positional = (rpc === 'execute' ? rest : (rest[0] ?? [])) as readonly Json[]
  const { context, ...named } = rpc === 'execute_kw' && isObject(rest[1]) ? rest[1] : ({} as JsonObject)
  const env: Env = { db, uid, su: false, context: contextOf(context), stamp: db.stamp() }
  const found = findTarget(env, model, method)
  const { ids, values } = bind(found, method, positional, named)
  return {
    env,
    model,
    method,
    rows: Array.isArray(values.data) ? values.data.length : 0,
    run: (during) => runMethod(during, found, ids, values),
  }
}

function findTarget(env: Env, model: string, method: string): Method {
  if (!env.db.fields.has(model)) throw userError(`Object ${model} doesn't exist`)
  const refused = privateRefusal(env, model, method)
  if (refused !== null) throw refused
  const found = findMethod(env, model, method)
  if (found !== null) return found
  throw attributeError(
    env.db.version === '19.0'
      ? `The method '${model}.${method}' does not exist`
      : `The method '${method}' does not exist on the model '${model}'`,
  )
}

/** For methods of records the first argument is the ids, whatever else stands there. */
function bind(
  method: Method,
  name: string,
  positional: readonly Json[],
  named: JsonObject,
): { readonly ids: readonly number[]; readonly values: Values } {
  const [first, ...others] = positional
  const ofRecords = method.of === 'records'
  const given = ofRecords ? others : positional
  const ids = ofRecords ? idList(first ?? named.ids) : []
  const parameters = method.parameters.map((one) => one.replace('?', ''))
  if (given.length > parameters.length) {
    throw typeError(
      `BaseModel.${name}() takes ${parameters.length + 1} positional arguments but ${given.length + 1} were given`,
    )
  }
  const { ids: _ids, ...rest } = named
  const values: Record<string, Json> = ofRecords ? { ...rest } : { ...named }
  for (const [index, value] of given.entries()) values[parameters[index]!] = value
  const unknown = Object.keys(values).find((one) => !parameters.includes(one))
  if (unknown !== undefined)
    throw typeError(`BaseModel.${name}() got an unexpected keyword argument '${unknown}'`)
  const missing = method.parameters.find((one) => !one.endsWith('?') && !(one in values))
  if (missing !== undefined)
    throw typeError(`BaseModel.${name}() missing 1 required positional argument: '${missing}'`)
  return { ids, values }
}

function idList(value: Json | undefined): readonly number[] {
  if (value === undefined || value === null || value === false) return []
  return (Array.isArray(value) ? value : [value]) as readonly number[]
}

function errorOf(db: Database, error: unknown): JsonObject {
  if (!(error instanceof OdooError)) throw error
  const { odooName: name, message } = error
  return {
    code: db.version === '19.0' ? 0 : 200,
    message: 'Odoo Server Error',
    data: { name, debug: traceback(name, message), message, arguments: [message], context: {} },
  }
}
