import type { Host, HttpReply } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Config } from './config.ts'
import { createTokenSource } from './token.ts'

export interface Answer {
  readonly data: JsonObject
  /** What the query was admitted at. */
  readonly cost: number
  /** The shop's own clock at the answer, epoch ms; null when it gave none. */
  readonly at: number | null
}

/** Told apart from other failures because a smaller page mends it. */
export class TooCostly extends Error {
  override readonly name = 'TooCostly'
}

export interface GraphqlClient {
  /** One query. Waits for the bucket, renews the token once, tries a throttled query again. Throws {@link TooCostly} and SyncErrors. */
  query(text: string, variables: JsonObject, signal: AbortSignal): Promise<Answer>
}

/** A query that is throttled in spite of the pacing (other apps share the bucket) is tried so often. */
const MOST_THROTTLES = 6

interface GraphqlError {
  readonly message?: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: {
    readonly code?: string
    readonly requiredAccess?: string
    readonly cost?: number
    readonly maxCost?: number
    readonly fieldName?: string
    readonly typeName?: string
  }
}

interface Body {
  readonly data?: JsonObject | null
  readonly errors?: readonly GraphqlError[] | string
  readonly extensions?: {
    readonly cost?: {
      readonly requestedQueryCost: number
      readonly throttleStatus: {
        readonly maximumAvailable: number
        readonly currentlyAvailable: number
        readonly restoreRate: number
      }
    }
    readonly search?: readonly {
      readonly query?: string
      readonly warnings?: readonly { readonly field?: string; readonly message?: string }[]
    }[]
  }
}

/** GraphQL Admin API over the host. Facts: shopify.dev, API rate limits and versioning; measured answers of real shops. */
export function createGraphqlClient(config: Config, host: Host): GraphqlClient {
  const tokens = createTokenSource(config, host)
  const costs = new Map<string, number>()
  const url = `${config.address}/admin/api/${config.apiVersion}/graphql.json`

  const send = async (text: string, variables: JsonObject, signal: AbortSignal): Promise<HttpReply> => {
    const token = await tokens.current(signal)
    return host.request(
      {
        url,
        method: 'POST',
        // The bare token: "Authorization: Bearer" is refused.
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'x-shopify-access-token': token.value,
        },
        body: JSON.stringify({ query: text, variables }),
        purpose: 'read',
        cost: costs.get(text) ?? 10,
        secrets: token.secrets,
      },
      signal,
    )
  }

  const answerOf = (text: string, reply: HttpReply): Answer | 'throttled' => {
    const served = reply.headers['x-shopify-api-version']
    if (served !== undefined && served !== config.apiVersion) {
      throw new SyncError(
        'schema-drift',
        `${config.name} was asked in version ${config.apiVersion} and answered in ${served}: that version is no longer served. Record the new one and set apiVersion.`,
      )
    }
    const body = bodyOf(config, reply)
    const cost = body.extensions?.cost
    if (cost !== undefined) {
      const { maximumAvailable, currentlyAvailable, restoreRate } = cost.throttleStatus
      host.reportRate({
        kind: 'bucket',
        available: currentlyAvailable,
        capacity: maximumAvailable,
        perSecond: restoreRate,
      })
      costs.set(text, cost.requestedQueryCost)
    }
    const errors = typeof body.errors === 'string' ? [{ message: body.errors }] : (body.errors ?? [])
    if (errors.some((error) => error.extensions?.code === 'THROTTLED')) return 'throttled'
    if (errors.length > 0) throw failureOf(config, errors)
    const warnings = (body.extensions?.search ?? []).flatMap((search) => search.warnings ?? [])
    if (warnings.length > 0) {
      throw new SyncError(
        'bug',
        `${config.name} did not understand a filter (${warnings.map((warning) => `${warning.field ?? ''}: ${warning.message ?? ''}`).join('; ')}); records could be missing, so the page is not used.`,
      )
    }
    if (body.data === undefined || body.data === null)
      throw new SyncError('unavailable', `${config.name} gave an answer without data.`)
    return { data: body.data, cost: cost?.requestedQueryCost ?? 0, at: dateOf(reply) }
  }

  return {
    async query(text, variables, signal) {
      let renewed = false
      for (let throttles = 0; ; ) {
        const reply = await send(text, variables, signal)
        if (reply.status === 401) {
          if (!renewed && tokens.renew()) {
            renewed = true
            continue
          }
          throw new SyncError(
            'auth-expired',
            `${config.name} refuses the access token. Give it a new one, or check that the app is still installed.`,
          )
        }
        const answer = answerOf(text, reply)
        if (answer !== 'throttled') return answer
        if (++throttles >= MOST_THROTTLES)
          throw new SyncError('throttled', `${config.name} keeps throttling; the run goes on later.`, {
            retryAfterMs: 10_000,
          })
      }
    },
  }
}

function bodyOf(config: Config, reply: HttpReply): Body {
  const { status } = reply
  if (status === 429 || status === 430) {
    const seconds = Number.parseFloat(reply.headers['retry-after'] ?? '')
    throw new SyncError('throttled', `${config.name} answered ${status}.`, {
      retryAfterMs: (Number.isFinite(seconds) ? seconds : 5) * 1_000,
    })
  }
  if (status === 402)
    throw new SyncError(
      'scope-violation',
      `The shop of ${config.name} is frozen (402): its plan has to be paid first.`,
    )
  if (status === 403)
    throw new SyncError('scope-violation', `${config.name} forbids the app to use the API (403).`)
  if (status === 404)
    throw new SyncError(
      'scope-violation',
      `There is no shop at ${config.address} (404): check "shop" or "url" of the connection "${config.name}".`,
    )
  if (status === 423) throw new SyncError('scope-violation', `The shop of ${config.name} is locked (423).`)
  if (status !== 200) throw new SyncError('unavailable', `${config.name} answered ${status}.`)
  try {
    return JSON.parse(reply.body) as Body
  } catch {
    throw new SyncError('unavailable', `${config.name} answered something that is not JSON.`)
  }
}

/** What went wrong, by code; texts are never looked at. */
function failureOf(config: Config, errors: readonly GraphqlError[]): Error {
  for (const { extensions, message = '' } of errors) {
    switch (extensions?.code) {
      case 'MAX_COST_EXCEEDED':
        return new TooCostly(`${extensions.cost ?? ''} of ${extensions.maxCost ?? 1000}`)
      case 'ACCESS_DENIED':
        return new SyncError(
          'scope-violation',
          `${config.name} denies access; needed is ${extensions.requiredAccess ?? 'a scope it does not name'} Give the app that scope and install it again.`,
        )
      case 'INTERNAL_SERVER_ERROR':
        return new SyncError('unavailable', `${config.name} had an internal error.`)
      case 'undefinedField':
        return new SyncError(
          'schema-drift',
          `${config.name} has no field "${extensions.fieldName ?? ''}" on ${extensions.typeName ?? ''} in version ${config.apiVersion}.`,
        )
    }
    if (
      extensions?.code !== undefined &&
      /^(argument|missing|selection|undefined|variable)/.test(extensions.code)
    ) {
      return new SyncError(
        'schema-drift',
        `${config.name} refuses the query (${extensions.code}): ${message}`,
      )
    }
  }
  const [first] = errors
  return new SyncError(
    'bug',
    `${config.name} refuses the query (${first?.extensions?.code ?? 'no code'}): ${first?.message ?? ''}`,
  )
}

function dateOf(reply: HttpReply): number | null {
  const at = Date.parse(reply.headers['date'] ?? '')
  return Number.isNaN(at) ? null : at
}
