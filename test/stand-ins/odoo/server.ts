/**
 * An Odoo to test against: sales and contacts of a server 18.0 or 19.0, over JSON-RPC and JSON-2, in memory. It behaves as
 * real servers were observed to, with their silences: what is ignored there is ignored here. No modules, views, mail, stock
 * moves or invoices; other computed fields than those of the models in `models/` are empty.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createFaults } from '../faults.ts'
import { deliver, type HttpReply } from '../transport.ts'
import { type Counter, createControl, createCounter, type OdooControl } from './control.ts'
import type { Database, Env } from './env.ts'
import { type HttpRequest, html, json, now, type Prepared, reply } from './exchange.ts'
import { hitting, type OdooFault, type OdooFaults } from './faults.ts'
import { readFields, type Version } from './fields.ts'
import { prepareJson2 } from './json2.ts'
import { prepareJsonRpc } from './jsonrpc.ts'
import { HOOKS } from './models/all.ts'
import { perform } from './perform.ts'
import { keyOf, LOGINS, seedBase, seedShop } from './seed.ts'
import { createClock, timeOf } from './stamps.ts'
import { createStore } from './store.ts'
import { createUnderWay, type UnderWay } from './under-way.ts'

export interface OdooOptions {
  /** Default: any free one. */
  readonly port?: number
  readonly version: Version
  /** Pricelists, taxes, service products and sales teams; without them only what every Odoo has. Default true. */
  readonly seed?: boolean
  /** Default `acme`. */
  readonly database?: string
  /** Whether keys can be made by program, and by whom. Default `absent`: a build without it. */
  readonly keyMaking?: Database['keyMaking']['mode']
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
  /** All keys that programs made. */
  madeKeys(): readonly string[]
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
    keyMaking: { mode: options.keyMaking ?? 'absent', made: [] },
    stamp: createClock(() => clock() + offset),
  }
  const installer: Env = { db, uid: 1, su: true, context: {}, stamp: db.stamp() }
  seedBase(installer)
  if (options.seed !== false) seedShop(installer)
  const faults = createFaults<OdooFault>()
  const underWay = createUnderWay()
  const counter = createCounter()
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    void answer(db, faults, underWay, counter, request, response)
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
    madeKeys: () => [...db.keyMaking.made],
    control: createControl(db, faults, underWay, counter, (ms) => void (offset += ms)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function answer(
  db: Database,
  faults: OdooFaults,
  underWay: UnderWay,
  counter: Counter,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (answered: HttpReply) => deliver(response, answered, [], timeOf(db.stamp()))
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
    if (prepared.kind === 'reply') return send(prepared.reply)
    counter.count(prepared.model, prepared.method)
    const hits = hitting(faults, prepared.model, prepared.method)
    await perform(db, prepared, hits, underWay, response)
  } catch (error) {
    if (!response.headersSent) send(reply(500, 'text/plain; charset=utf-8', String((error as Error).stack)))
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
