import type { HttpReply } from '../transport.ts'
import type { Bucket } from './bucket.ts'
import { own, type ShopifyFault, type ShopifyFaults } from './faults.ts'
import { prepare, type Schemas } from './graphql.ts'
import { createCall } from './resolve.ts'
import type { ShopState } from './state.ts'
import type { Stats } from './stats.ts'
import type { Tokens } from './tokens.ts'

/** Tested on what a query asks for (shopify.dev/docs/api/usage/limits). */
const MAX_COST = 1_000
/** What stands in the body (429: recorded; the others after shopify.dev, response codes). */
const STATUSES: Readonly<Record<number, string>> = {
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  423: 'Locked',
  429: 'Exceeded 4 calls per second for api client. Reduce request rates to resume uninterrupted service.',
  430: 'Security Rejection',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}
const RATE_LIMITS = 'https://shopify.dev/api/usage/rate-limits'

/** What the GraphQL address answers from. */
export interface Endpoint {
  readonly state: ShopState
  readonly shop: string
  readonly scopes: readonly string[]
  /** Served ones, oldest first. */
  readonly apiVersions: readonly string[]
  readonly tokens: Tokens
  readonly bucket: Bucket
  /** Replaced when a field changes. */
  schemas: Schemas
  readonly faults: ShopifyFaults
  readonly stats: Stats
  readonly now: () => number
}

/** POST /admin/api/{version}/graphql.json. Nearly everything is told with HTTP 200. */
export async function answer(
  endpoint: Endpoint,
  version: string,
  token: unknown,
  body: string,
  hits: readonly ShopifyFault[],
): Promise<HttpReply> {
  const { apiVersions, stats } = endpoint
  stats.calls++
  // A version that is not served any more is answered by the oldest that is, and only this header tells.
  const isServed = apiVersions.includes(version) && own(hits, 'fall-forward') === undefined
  const served = isServed ? version : apiVersions.find((other) => other !== version)!
  const headers = { 'content-type': 'application/json; charset=utf-8', 'x-shopify-api-version': served }
  const json = (status: number, value: object, more = {}): HttpReply => ({
    status,
    headers: { ...headers, ...more },
    body: JSON.stringify(value),
  })
  if (!endpoint.tokens.accepts(token) || own(hits, 'expired-token') !== undefined)
    return json(401, {
      errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
    })
  const refused = own(hits, 'status')
  if (refused !== undefined) {
    const { status = 503, retryAfter } = refused
    const again = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
    return json(status, { errors: STATUSES[status] ?? 'Error' }, again)
  }
  if (own(hits, 'html') !== undefined)
    return {
      status: 200,
      headers: { ...headers, 'content-type': 'text/html' },
      body: '<html><body>Something went wrong</body></html>',
    }
  if (own(hits, 'internal-error') !== undefined) return json(200, internalError(stats.calls))
  return json(200, await execute(endpoint, body, hits))
}

async function execute(endpoint: Endpoint, body: string, hits: readonly ShopifyFault[]): Promise<object> {
  const { bucket, stats, schemas, now } = endpoint
  const { query, variables, operationName } = JSON.parse(body) as {
    query: string
    variables?: Readonly<Record<string, unknown>> | null
    operationName?: string | null
  }
  const prepared = prepare(schemas, query, variables ?? {}, operationName ?? null)
  if ('errors' in prepared) return prepared
  if (own(hits, 'max-cost') !== undefined) return tooCostly(MAX_COST + prepared.cost)
  if (prepared.cost > MAX_COST) return tooCostly(prepared.cost)
  if (own(hits, 'throttled') !== undefined) bucket.empty()
  if (!bucket.admits(prepared.cost)) {
    stats.throttled++
    return {
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED', documentation: RATE_LIMITS } }],
      extensions: {
        cost: { requestedQueryCost: prepared.cost, actualQueryCost: null, throttleStatus: bucket.status() },
      },
    }
  }
  stats.byOperation[prepared.operation] = (stats.byOperation[prepared.operation] ?? 0) + 1
  const { state, shop, apiVersions } = endpoint
  const scopes = own(hits, 'no-scopes') === undefined ? endpoint.scopes : []
  const repeats = own(hits, 'duplicate') !== undefined
  const call = createCall({ state, scopes, now: now(), repeats }, shop, apiVersions)
  const { data, errors, cost } = await prepared.run(call)
  bucket.charge(cost)
  stats.cost += cost
  const warned = call.searches.filter(({ search }) => search.warnings.length > 0)
  return {
    ...(errors.length > 0 ? { errors } : {}),
    data,
    extensions: {
      cost: { requestedQueryCost: prepared.cost, actualQueryCost: cost, throttleStatus: bucket.status() },
      ...(warned.length === 0
        ? {}
        : {
            search: warned.map(({ path, query: text, search: { parsed, warnings } }) => ({
              path: [path],
              query: text,
              parsed,
              warnings,
            })),
          }),
    },
  }
}

/** Not retryable, and without the extensions every other answer has. */
function tooCostly(cost: number): object {
  return {
    errors: [
      {
        message: `Query cost is ${cost}, which exceeds the single query max cost limit (${MAX_COST}).\n\nSee https://shopify.dev/docs/api/usage/rate-limits for more information on how the\ncost of a query is calculated.\n\nTo query larger amounts of data with fewer limits, bulk operations should be used instead.\nSee https://shopify.dev/docs/api/usage/bulk-operations/queries for usage details.\n`,
        extensions: { code: 'MAX_COST_EXCEEDED', cost, maxCost: MAX_COST, documentation: RATE_LIMITS },
      },
    ],
  }
}

/** A fault on their side comes with HTTP 200 too. */
function internalError(call: number): object {
  const requestId = `00000000-0000-4000-8000-${String(call).padStart(12, '0')}-1782085581`
  return {
    errors: [
      {
        message: `Internal error. Looks like something went wrong on our end.\nRequest ID: ${requestId} (include this in support requests).`,
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
      },
    ],
  }
}
