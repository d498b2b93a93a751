import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBucket } from './bucket.ts'
import { createControl, type ShopifyControl } from './control.ts'
import { type Faults, NO_FAULTS, take } from './faults.ts'
import { type Call, prepare } from './graphql.ts'
import { type SeedOptions, seedShop } from './seed.ts'
import type { ShopState } from './state.ts'

/**
 * A shop that answers the GraphQL Admin API as the real one does: costs and throttling with HTTP 200, search traps, versions that
 * fall forward, lists that stop silently. Facts: shopify.dev and recorded answers.
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
  readonly port?: number
  readonly shop?: string
  /** False: an empty shop. */
  readonly seed?: Omit<SeedOptions, 'now'> | false
  readonly now?: () => number
  readonly bucket?: { readonly capacity: number; readonly perSecond: number }
  readonly scopes?: readonly string[]
  readonly apiVersions?: readonly string[]
}

const ALL_SCOPES = ['read_orders', 'read_all_orders', 'read_customers', 'read_products']
const MAX_COST = 1_000

/** What the server counts. */
export interface Stats {
  calls: number
  throttled: number
  tokens: number
  cost: number
  faultsHit: Record<string, number>
}

export async function startShopify(options: ShopifyOptions = {}): Promise<ShopifyStandIn> {
  const now = options.now ?? Date.now
  const shop = options.shop ?? 'acme'
  const state: ShopState =
    options.seed === false
      ? { customers: new Map(), variants: new Map(), orders: new Map(), nextId: 1_000_000 }
      : seedShop({ now: now(), ...options.seed })
  const faults: Faults = { ...NO_FAULTS }
  const stats: Stats = { calls: 0, throttled: 0, tokens: 0, cost: 0, faultsHit: {} }
  const bucket = createBucket(options.bucket?.capacity ?? 20_000, options.bucket?.perSecond ?? 1_000, now)
  const apiVersions = [...(options.apiVersions ?? ['2026-04', '2026-07', '2026-10'])].sort()
  const scopes = options.scopes ?? ALL_SCOPES
  const accessToken = 'shpat_standin0000000000000000000000'
  const clientId = 'standin-client'
  const clientSecret = 'standin-client-secret'
  const issued = new Map<string, number>()

  const graphql = async (
    request: IncomingMessage,
    body: string,
    version: string,
    response: ServerResponse,
  ): Promise<void> => {
    stats.calls++
    // A version that is not served any more is answered by the oldest that is, and only this header tells.
    const served = apiVersions.includes(version) ? version : apiVersions[0]!
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-shopify-api-version': served }
    const answer = (status: number, value: unknown) => reply(response, status, JSON.stringify(value), headers)
    const token = request.headers['x-shopify-access-token']
    const valid = token === accessToken || (typeof token === 'string' && (issued.get(token) ?? 0) > now())
    if (!valid || take(faults, 'expiredTokens', stats.faultsHit)) {
      return answer(401, {
        errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
      })
    }
    if (take(faults, 'serverErrors', stats.faultsHit)) return answer(503, { errors: 'Service Unavailable' })
    if (take(faults, 'htmlPages', stats.faultsHit))
      return reply(response, 200, '<html><body>Something went wrong</body></html>', {
        'content-type': 'text/html',
      })
    if (take(faults, 'internalErrors', stats.faultsHit)) {
      return answer(200, {
        errors: [
          {
            message:
              'Internal error. Looks like something went wrong on our end.\nRequest ID: 0 (include this in support requests).',
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: '0' },
          },
        ],
      })
    }
    const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> }
    const prepared = prepare(query, variables ?? {})
    if ('errors' in prepared) return answer(200, prepared)
    const { cost } = prepared
    if (cost > MAX_COST) {
      return answer(200, {
        errors: [
          {
            message: `Query cost is ${cost}, which exceeds the single query max cost limit (${MAX_COST}).`,
            extensions: {
              code: 'MAX_COST_EXCEEDED',
              cost,
              maxCost: MAX_COST,
              documentation: 'https://shopify.dev/api/usage/rate-limits',
            },
          },
        ],
      })
    }
    if (take(faults, 'throttled', stats.faultsHit)) bucket.empty()
    if (!bucket.admits(cost)) {
      stats.throttled++
      return answer(200, {
        errors: [
          {
            message: 'Throttled',
            extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
          },
        ],
        extensions: {
          cost: { requestedQueryCost: cost, actualQueryCost: null, throttleStatus: bucket.status() },
        },
      })
    }
    const call: Call = { state, scopes, apiVersions, shop, now: now(), searches: [] }
    const { data, errors } = await prepared.run(call)
    const actual = Math.max(1, Math.ceil(cost / 4))
    bucket.charge(actual)
    stats.cost += actual
    const warned = call.searches.filter(({ search }) => search.warnings.length > 0)
    answer(200, {
      ...(errors.length > 0
        ? {
            errors: errors.map((error) => ({
              message: error.message,
              locations: error.locations,
              path: error.path,
              extensions: error.extensions,
            })),
          }
        : {}),
      data,
      extensions: {
        cost: { requestedQueryCost: cost, actualQueryCost: actual, throttleStatus: bucket.status() },
        ...(warned.length > 0
          ? {
              search: warned.map(({ path, query: text, search }) => ({
                path: [path],
                query: text,
                warnings: search.warnings,
              })),
            }
          : {}),
      },
    })
  }

  const token = (body: string, type: string, response: ServerResponse): void => {
    stats.tokens++
    const given = type.includes('json')
      ? (JSON.parse(body) as Record<string, string>)
      : Object.fromEntries(new URLSearchParams(body))
    const json = { 'content-type': 'application/json; charset=utf-8' }
    if (
      given['grant_type'] !== 'client_credentials' ||
      given['client_id'] !== clientId ||
      given['client_secret'] !== clientSecret
    ) {
      reply(
        response,
        400,
        JSON.stringify({
          error: 'invalid_client',
          error_description: 'The client credentials are not valid.',
        }),
        json,
      )
      return
    }
    const value = `shpat_issued${String(issued.size + 1).padStart(20, '0')}`
    issued.set(value, now() + 86_399_000)
    // As recorded: no token_type.
    reply(
      response,
      200,
      JSON.stringify({ access_token: value, scope: scopes.join(','), expires_in: 86_399 }),
      json,
    )
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request)
      if (faults.latencyMs > 0) await sleep(faults.latencyMs)
      const path = new URL(request.url ?? '/', 'http://shop').pathname
      const version = /^\/admin\/api\/([\w-]+)\/graphql\.json$/.exec(path)?.[1]
      if (version !== undefined && request.method === 'POST') {
        if (take(faults, 'cut', stats.faultsHit)) return request.socket.destroy()
        await graphql(request, body, version, response)
      } else if (path === '/admin/oauth/access_token' && request.method === 'POST') {
        token(body, request.headers['content-type'] ?? '', response)
      } else {
        reply(response, 404, JSON.stringify({ errors: 'Not Found' }), {
          'content-type': 'application/json; charset=utf-8',
        })
      }
    })().catch((error: unknown) => {
      reply(response, 500, JSON.stringify({ errors: String(error) }), { 'content-type': 'application/json' })
    })
  })

  const reply = (
    response: ServerResponse,
    status: number,
    body: string,
    headers: Record<string, string>,
  ): void => {
    const half = take(faults, 'halfBodies', stats.faultsHit)
    response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
    if (!half) return void response.end(body)
    response.write(body.slice(0, Math.floor(body.length / 2)))
    setImmediate(() => response.destroy())
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    shop,
    accessToken,
    clientId,
    clientSecret,
    control: createControl(state, faults, stats, now),
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
