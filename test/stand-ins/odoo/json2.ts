/** JSON-2, Odoo 19 and later: POST /json/2/<model>/<method>, arguments by name, the status says what went wrong (observed). */
import type { HttpReply } from '../transport.ts'
import { contextOf, findMethod, privateRefusal, runMethod } from './call.ts'
import { userOfKey } from './credentials.ts'
import type { Database, Env, Method } from './env.ts'
import {
  badRequest,
  missingError,
  notFound,
  OdooError,
  typeError,
  unauthorized,
  unprocessable,
} from './errors.ts'
import {
  type HttpRequest,
  html,
  isJsonContent,
  json,
  now,
  type Prepared,
  parse,
  traceback,
} from './exchange.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

const WHERE = 'Did you mean POST /json/2/<model>/<method>?'

export function prepareJson2(db: Database, request: HttpRequest): Prepared {
  try {
    return prepared(db, request)
  } catch (error) {
    return now(failed(error))
  }
}

function prepared(db: Database, request: HttpRequest): Prepared {
  const database = request.headers['x-odoo-database']
  if (database !== undefined && database !== db.name) {
    return html(
      404,
      'Not Found',
      'No database is selected and the requested URL was not found in the server-wide controllers.',
    )
  }
  const [model, method, ...rest] = request.path
    .replace(/^\/json\/2\/?/, '')
    .split('?')[0]!
    .replace(/\/$/, '')
    .split('/')
    .map(decodeURIComponent)
  if (request.method === 'OPTIONS') throw unauthorized(NO_KEY)
  if (request.method !== 'POST' || !model || !method || rest.length > 0) throw notFound(WHERE)
  if (request.body.length > 0 && !isJsonContent(request)) {
    return html(
      415,
      'Unsupported Media Type',
      "Request inferred type is compatible with ['http'] but '/json/2/<__model__>/<__method__>' is type='json2'.",
    )
  }
  const uid = userOf(db, request)
  const body = bodyOf(request)
  const { ids: given, context, ...args } = body
  const env: Env = { db, uid, su: false, context: contextOf(context), stamp: db.stamp() }
  const found = findTarget(env, model, method)
  const ids = idsOf(given, model, uid)
  bind(found, model, method, ids, args)
  return {
    kind: 'call',
    env,
    model,
    method,
    rows: Array.isArray(args.data) ? args.data.length : 0,
    run(during) {
      const listed =
        method === 'create' && !Array.isArray(args.vals_list) ? { vals_list: [args.vals_list!] } : args
      return runMethod(during, found, ids, listed)
    },
    succeed: (value) => json(200, value ?? null),
    fail: failed,
    refuseKey: () => failed(unauthorized(BAD_KEY)),
  }
}

const BAD_KEY = 'Invalid apikey'
const NO_KEY = 'User not authenticated, use an API Key with a Bearer Authorization header.'

function userOf(db: Database, request: HttpRequest): number {
  const match = /^bearer\s+(\S+)\s*$/i.exec(String(request.headers.authorization ?? ''))
  if (match === null) throw unauthorized(NO_KEY)
  const user = userOfKey(db, match[1]!)
  if (user === null) throw unauthorized(BAD_KEY)
  return user.id
}

/** Anything but an object is a call without arguments, which Odoo does not tell. */
function bodyOf(request: HttpRequest): JsonObject {
  if (request.body.length === 0) return {}
  const value = parse(request.body)
  if (value === undefined) {
    throw badRequest('could not parse the body as json: Expecting value: line 1 column 1 (char 0)')
  }
  return isObject(value) ? value : {}
}

function findTarget(env: Env, model: string, method: string): Method {
  if (!env.db.fields.has(model)) throw notFound(`the model '${model}' does not exist`)
  const refused = privateRefusal(env, model, method)
  if (refused !== null) throw refused
  const found = findMethod(env, model, method)
  if (found === null) throw notFound(`The method '${model}.${method}' does not exist`)
  return found
}

function idsOf(given: Json | undefined, model: string, uid: number): readonly number[] {
  if (given === undefined || given === null || given === false) return []
  const list = Array.isArray(given) ? (given as readonly Json[]) : [given]
  for (const id of list) if (typeof id !== 'number') throw missingError(model, String(id), uid)
  return list as readonly number[]
}

function bind(method: Method, model: string, name: string, ids: readonly number[], args: JsonObject): void {
  if (method.of === 'model' && ids.length > 0) throw unprocessable(`cannot call ${model}.${name} with ids`)
  const names = method.parameters.map((one) => one.replace('?', ''))
  const missing = method.parameters.find((one) => !one.endsWith('?') && !(one in args))
  if (missing !== undefined) throw unprocessable(`missing a required argument: '${missing}'`)
  const unknown = Object.keys(args).find((one) => !names.includes(one))
  if (unknown === undefined) return
  // It takes any keyword and hands it on.
  if (name === 'search_read') {
    throw typeError(`BaseModel._read_format() got an unexpected keyword argument '${unknown}'`)
  }
  throw unprocessable(`got an unexpected keyword argument '${unknown}'`)
}

function failed(error: unknown): HttpReply {
  if (!(error instanceof OdooError)) throw error
  const { odooName: name, message, status } = error
  const isHttp = name.startsWith('werkzeug.')
  const more: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {}
  return json(
    status,
    {
      ...{ name, message, arguments: isHttp ? [message, status] : [message], context: {} },
      debug: traceback(name, message),
    },
    more,
  )
}
