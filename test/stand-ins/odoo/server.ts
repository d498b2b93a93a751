/**
 * An Odoo to test against: sales and contacts of a server 18.0 or 19.0, over JSON-RPC and JSON-2, in memory. It behaves as
 * real servers were observed to, with their silences: what is ignored there is ignored here. No modules, views, mail, stock
 * moves or invoices; other computed fields than those of the models in `models/` are empty.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Counter, createControl, createCounter, type OdooControl } from './control.ts'
import type { Database, Env } from './env.ts'
import { CONFLICT, databaseError } from './errors.ts'
import { type HttpReply, type HttpRequest, html, json, now, type Prepared, reply } from './exchange.ts'
import { createFaults, type Fault, type Faults } from './faults.ts'
import { readFields, type Version } from './fields.ts'
import { prepareJson2 } from './json2.ts'
import { prepareJsonRpc } from './jsonrpc.ts'
import { lostConflict } from './load.ts'
import { HOOKS } from './models/all.ts'
import { keyOf, LOGINS, seedBase, seedShop } from './seed.ts'
import { createClock, stampOf } from './stamps.ts'
import { createStore } from './store.ts'

export interface OdooOptions {
  /** Default: any free one. */
  readonly port?: number
  readonly version: Version
  /** Pricelists, taxes, service products and sales teams; without them only what every Odoo has. Default true. */
  readonly seed?: boolean
  /** Default `acme`. */
  readonly database?: string
  /** Milliseconds of the epoch; default the clock of this machine. */
  readonly now?: () => number
}

export interface OdooStandIn {
  readonly url: string
  readonly database: string
  /** A user with rights of a manager and an email address, without Settings rights. */
  readonly login: string
  readonly apiKey: string
  readonly settingsLogin: string
  readonly settingsApiKey: string
  /** A manager without an email address. */
  readonly loginWithoutEmail: string
  readonly apiKeyWithoutEmail: string
  /** A user that sees its own orders only. */
  readonly ownDocumentsLogin: string
  readonly ownDocumentsApiKey: string
  readonly control: OdooControl
  close(): Promise<void>
}

/** Starts a server on 127.0.0.1. Each has a database of its own; nothing is kept after `close`. */
export async function startOdoo(options: OdooOptions): Promise<OdooStandIn> {
  let offset = 0
  const clock = options.now ?? Date.now
  const db: Database = {
    name: options.database ?? 'acme',
    version: options.version,
    store: createStore(),
    fields: readFields(options.version),
    hooks: HOOKS,
    stamp: createClock(() => clock() + offset),
  }
  const installer: Env = { db, uid: 1, su: true, context: {}, stamp: db.stamp() }
  seedBase(installer)
  if (options.seed !== false) seedShop(installer)
  const faults = createFaults()
  const counter = createCounter()
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    void answer(db, faults, counter, request, response)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    database: db.name,
    login: LOGINS.app,
    apiKey: keyOf(db, LOGINS.app),
    settingsLogin: LOGINS.settings,
    settingsApiKey: keyOf(db, LOGINS.settings),
    loginWithoutEmail: LOGINS.withoutEmail,
    apiKeyWithoutEmail: keyOf(db, LOGINS.withoutEmail),
    ownDocumentsLogin: LOGINS.ownDocuments,
    ownDocumentsApiKey: keyOf(db, LOGINS.ownDocuments),
    control: createControl(db, faults, counter, (ms) => void (offset += ms)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function answer(
  db: Database,
  faults: Faults,
  counter: Counter,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const chunked = message.headers['transfer-encoding'] !== undefined
    const request: HttpRequest = {
      method: message.method ?? 'GET',
      path: message.url ?? '/',
      headers: message.headers,
      body: chunked ? Buffer.alloc(0) : Buffer.concat(chunks),
    }
    const prepared = route(db, request)
    if (prepared.kind === 'reply') return send(response, prepared.reply)
    const hits = faults.hitting(prepared.model, prepared.method)
    counter.count(prepared.model, prepared.method)
    for (const _ of hits) counter.hit()
    await perform(db, prepared, hits, response)
  } catch (error) {
    if (!response.headersSent)
      send(response, reply(500, 'text/plain; charset=utf-8', String((error as Error).stack)))
  }
}

function route(db: Database, request: HttpRequest): Prepared {
  const path = request.path.split('?')[0]!
  const is19 = db.version === '19.0'
  if (path === '/web/health') return now(json(200, { status: 'pass' }))
  if (is19 && (path === '/web/version' || path === '/json/version')) {
    return now(json(200, { version_info: [19, 0, 0, 'final', 0, ''], version: '19.0' }))
  }
  if (path === '/jsonrpc') return prepareJsonRpc(db, request)
  if (path === '/json/2' || path.startsWith('/json/2/')) {
    if (is19) return prepareJson2(db, request)
    const login = `/web/login?redirect=${encodeURIComponent(`${path}?`)}`
    const page = `<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<a href="${login}">${login}</a>\n`
    return now(reply(303, 'text/html; charset=utf-8', page, { location: login }))
  }
  return html(404, 'Not Found', 'The requested URL was not found on the server.')
}

async function perform(
  db: Database,
  call: Extract<Prepared, { kind: 'call' }>,
  hits: readonly Fault[],
  response: ServerResponse,
): Promise<void> {
  const of = (kind: Fault['kind']) => hits.find((fault) => fault.kind === kind)
  const latency = of('latency')
  if (latency !== undefined) await new Promise((resolve) => setTimeout(resolve, latency.ms ?? 0))
  if (of('cut-before') !== undefined) return void response.socket?.destroy()
  const status = of('status')
  if (status !== undefined) {
    const page = html(status.status ?? 502, 'Bad Gateway', 'nginx')
    return page.kind === 'reply' ? send(response, page.reply) : undefined
  }
  const finished = run(db, call, of('conflict') !== undefined, of('late-commit')?.ms ?? 0)
  if (of('cut-after') !== undefined) return void response.socket?.destroy()
  if (of('half') !== undefined) return sendHalf(response, finished)
  send(response, finished)
}

function run(
  db: Database,
  call: Extract<Prepared, { kind: 'call' }>,
  conflict: boolean,
  lateMs: number,
): HttpReply {
  try {
    if (conflict && call.method === 'load') return call.succeed(lostConflict(call.rows))
    if (conflict) throw databaseError('SerializationFailure', CONFLICT)
    // The transaction begins now, not when the request came in.
    const stamp = db.stamp()
    const start =
      lateMs === 0 ? stamp : stampOf(Date.parse(`${stamp.slice(0, 23).replace(' ', 'T')}Z`) - lateMs)
    return call.succeed(call.run({ ...call.env, stamp: start }))
  } catch (error) {
    return call.fail(error)
  }
}

/** Every reply ends its connection, whatever was asked (observed). */
function send(response: ServerResponse, { status, headers, body }: HttpReply): void {
  response.writeHead(status, {
    server: 'Werkzeug/2.2.2 Python/3.11.2',
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  response.end(body)
}

function sendHalf(response: ServerResponse, { status, headers, body }: HttpReply): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, { ...headers, 'content-length': bytes.length, connection: 'close' })
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy())
}
