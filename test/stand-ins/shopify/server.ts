import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBucket } from './bucket.ts'
import { createControl, type ShopifyControl } from './control.ts'
import { answer, type Endpoint, type Reply } from './endpoint.ts'
import { NO_FAULTS, take } from './faults.ts'
import { type SeedOptions, seedShop } from './seed/shop.ts'
import { emptyShop } from './state.ts'
import { noStats } from './stats.ts'
import { createTokens } from './tokens.ts'

/**
 * A shop that answers the GraphQL Admin API as the real one does: costs and throttling with HTTP 200, search traps, versions that
 * fall forward, lists that stop silently. After shopify.dev and recorded answers.
 */
export interface ShopifyStandIn {
  readonly url: string
  readonly shop: string
  readonly accessToken: string
  readonly clientId: string
  readonly clientSecret: string
  readonly control: ShopifyControl
  close(): Promise<void>
}

export interface ShopifyOptions {
  /** (Default: a free one) */
  readonly port?: number
  /** (Default: acme) */
  readonly shop?: string
  /** False: an empty shop. (Default: 320 customers, 120 products, 2,000 orders) */
  readonly seed?: Omit<SeedOptions, 'now'> | false
  /** The shop's clock, epoch ms. (Default: the real one) */
  readonly now?: () => number
  /** A standard shop has 2,000 points and 100 a second. (Default: 20,000 and 1,000) */
  readonly bucket?: { readonly capacity: number; readonly perSecond: number }
  /** What the tokens may do. (Default: read everything, orders of any age included) */
  readonly scopes?: readonly string[]
  /** Served ones. (Default: 2026-04, 2026-07, 2026-10) */
  readonly apiVersions?: readonly string[]
  /** How long a token for client credentials lives. (Default: 86,399) */
  readonly tokenSeconds?: number
}

const ALL_SCOPES = ['read_orders', 'read_all_orders', 'read_customers', 'read_products', 'read_inventory']
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

export async function startShopify(options: ShopifyOptions = {}): Promise<ShopifyStandIn> {
  const now = options.now ?? Date.now
  const scopes = options.scopes ?? ALL_SCOPES
  const endpoint: Endpoint = {
    state: options.seed === false ? emptyShop() : seedShop({ now: now(), ...options.seed }),
    shop: options.shop ?? 'acme',
    scopes,
    apiVersions: [...(options.apiVersions ?? ['2026-04', '2026-07', '2026-10'])].sort(),
    tokens: createTokens(scopes, options.tokenSeconds ?? 86_399, now),
    bucket: createBucket(options.bucket?.capacity ?? 20_000, options.bucket?.perSecond ?? 1_000, now),
    faults: { ...NO_FAULTS },
    stats: noStats(),
    now,
  }
  const { tokens, faults, stats } = endpoint

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    if (faults.latencyMs > 0) await sleep(faults.latencyMs)
    const path = new URL(request.url ?? '/', 'http://shop').pathname
    const version = /^\/admin\/api\/([\w-]+)\/graphql\.json$/.exec(path)?.[1]
    if (version !== undefined && request.method === 'POST') {
      if (take(faults, 'cut', stats.faultsHit)) return void request.socket.destroy()
      const reply = await answer(endpoint, version, request.headers['x-shopify-access-token'], body)
      return send(response, reply, take(faults, 'halfBodies', stats.faultsHit))
    }
    if (path === '/admin/oauth/access_token' && request.method === 'POST') {
      stats.tokens++
      const issued = tokens.issue(body, request.headers['content-type'] ?? '')
      return send(response, { ...issued, headers: JSON_TYPE, body: JSON.stringify(issued.body) })
    }
    send(response, { status: 404, headers: JSON_TYPE, body: JSON.stringify({ errors: 'Not Found' }) })
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      send(response, { status: 500, headers: JSON_TYPE, body: JSON.stringify({ errors: String(error) }) })
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shop: endpoint.shop,
    accessToken: tokens.accessToken,
    clientId: tokens.clientId,
    clientSecret: tokens.clientSecret,
    control: createControl(endpoint),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** `half`: the connection dies in the middle of the body. */
function send(response: ServerResponse, { status, headers, body }: Reply, half = false): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
  if (!half) {
    response.end(body)
    return
  }
  response.write(body.slice(0, Math.floor(body.length / 2)))
  setImmediate(() => response.destroy())
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
