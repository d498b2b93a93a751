import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { admitted, deliver, type HttpReply } from '../transport.ts'
import { createBucket } from './bucket.ts'
import { createControl, type ShopifyControl } from './control.ts'
import { answer, type Endpoint } from './endpoint.ts'
import { createShopifyFaults, hitting, own, type ShopifyFault } from './faults.ts'
import { SCHEMAS } from './graphql.ts'
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
  /** How long an expiring token of an installed app lives. (Default: 3,600) */
  readonly offlineSeconds?: number
}

const ALL_SCOPES = ['read_orders', 'read_all_orders', 'read_customers', 'read_products', 'read_inventory']
const json = (status: number, value: object): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
})

export async function startShopify(options: ShopifyOptions = {}): Promise<ShopifyStandIn> {
  let offset = 0
  const clock = options.now ?? Date.now
  const now = () => clock() + offset
  const scopes = options.scopes ?? ALL_SCOPES
  const shop = options.shop ?? 'acme'
  const lifetimes = { clientCredentials: options.tokenSeconds ?? 86_399, offline: options.offlineSeconds }
  const endpoint: Endpoint = {
    state: options.seed === false ? emptyShop() : seedShop({ now: now(), ...options.seed }),
    shop,
    scopes,
    apiVersions: [...(options.apiVersions ?? ['2026-04', '2026-07', '2026-10'])].sort(),
    tokens: createTokens(shop, scopes, lifetimes, now),
    bucket: createBucket(options.bucket?.capacity ?? 20_000, options.bucket?.perSecond ?? 1_000, now),
    schemas: SCHEMAS,
    faults: createShopifyFaults(),
    stats: noStats(),
    now,
  }
  const { tokens, faults, stats } = endpoint
  const control = createControl(endpoint, (ms) => void (offset += ms))

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://shop')
    const version = /^\/admin\/api\/([\w-]+)\/graphql\.json$/.exec(path)?.[1]
    if (version !== undefined && request.method === 'POST') {
      const hits = hitting(faults, body)
      if (!(await admitted(hits, response))) return
      const reply = await answer(endpoint, version, request.headers['x-shopify-access-token'], body, hits)
      await editAfterwards(control, hits, reply, body)
      return deliver(response, reply, hits, now())
    }
    if (path === '/admin/oauth/access_token' && request.method === 'POST') {
      stats.tokens++
      const hits = faults.hitting(({ operation }) => operation === 'token')
      if (!(await admitted(hits, response))) return
      const refused = own(hits, 'status')
      const issued =
        refused === undefined
          ? tokens.issue(body, request.headers['content-type'] ?? '')
          : { status: refused.status ?? 503, body: { error: 'unavailable' } }
      return deliver(response, json(issued.status, issued.body), hits, now())
    }
    const agreed = path === '/admin/oauth/authorize' ? tokens.authorize(searchParams) : null
    if (agreed !== null)
      return deliver(response, { status: 302, headers: { location: agreed }, body: '' }, [], now())
    deliver(response, json(404, { errors: 'Not Found' }), [], now())
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      deliver(response, json(500, { errors: String(error) }), [], now())
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shop: endpoint.shop,
    accessToken: tokens.accessToken,
    clientId: tokens.clientId,
    clientSecret: tokens.clientSecret,
    control,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

/** A person who is quicker than the reader: the order changes when it has just been read. */
async function editAfterwards(
  control: ShopifyControl,
  hits: readonly ShopifyFault[],
  reply: HttpReply,
  body: string,
): Promise<void> {
  const edit = own(hits, 'edited')?.edit
  if (edit === undefined) return
  const order = `${body}${reply.body}`.match(/gid:\/\/shopify\/Order\/\d+/g)?.at(-1)
  if (order === undefined) throw new Error('The answer holds no order to edit.')
  if (edit === 'markPaid' || edit === 'cancel') await control[edit]({ order })
  else await control.editOrder({ ...edit, order })
}
