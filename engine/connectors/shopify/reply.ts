import type { HttpReply, Rate } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { missingFieldsError } from '../../core/model/missing-fields.ts'
import type { Config } from './config.ts'

export interface Answer {
  readonly data: JsonObject
  /** What the query was admitted at; 0 when the shop did not say. */
  readonly cost: number
  /** The shop's own clock at the answer, epoch ms; null when it gave none. */
  readonly at: number | null
}

/** A smaller page mends it. `cost` is what was asked for, `most` what is allowed. */
export class TooCostly extends Error {
  override readonly name = 'TooCostly'
  readonly cost: number
  readonly most: number

  constructor(cost: number, most: number) {
    super(`${cost} of ${most} points`)
    this.cost = cost
    this.most = most
  }
}

/** A reply, read: an answer; the bucket is empty for so many milliseconds; a failure. */
export interface Reading {
  /** What is left in the bucket, where the shop told it. */
  readonly rate: Rate | null
  /** Points the query asked for, also when it was not admitted; 0 when the shop did not say. */
  readonly requested: number
  readonly outcome:
    | { readonly kind: 'answer'; readonly answer: Answer }
    | { readonly kind: 'throttled'; readonly waitMs: number }
    | { readonly kind: 'unauthorized' }
    | { readonly kind: 'failed'; readonly error: SyncError | TooCostly }
}

interface GraphqlError {
  readonly message?: string
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
      readonly warnings?: readonly { readonly field?: string; readonly message?: string }[]
    }[]
  }
}

/** What a reply means. Nearly everything comes with HTTP 200 and a code in `errors[].extensions`; texts are never looked at. */
export function readReply(config: Config, reply: HttpReply): Reading {
  const served = reply.headers['x-shopify-api-version']
  if (served !== undefined && served !== config.apiVersion) {
    return failed(
      'schema-drift',
      `${config.name} was asked in version ${config.apiVersion} and Shopify answered with version ${served}: the one asked for is not served any more. Record the new one and set apiVersion.`,
    )
  }
  if (reply.status === 401) return { rate: null, requested: 0, outcome: { kind: 'unauthorized' } }
  const byStatus = failureOfStatus(config, reply)
  if (byStatus !== null) return { rate: null, requested: 0, outcome: { kind: 'failed', error: byStatus } }
  let body: Body
  try {
    body = JSON.parse(reply.body) as Body
  } catch {
    return failed('unavailable', `${config.name} answered something that is not JSON.`)
  }
  return readBody(config, body, dateOf(reply))
}

function readBody(config: Config, body: Body, at: number | null): Reading {
  const status = body.extensions?.cost?.throttleStatus
  const requested = body.extensions?.cost?.requestedQueryCost ?? 0
  const rate: Rate | null =
    status === undefined
      ? null
      : {
          kind: 'bucket',
          available: status.currentlyAvailable,
          capacity: status.maximumAvailable,
          perSecond: status.restoreRate,
        }
  const errors = typeof body.errors === 'string' ? [{ message: body.errors }] : (body.errors ?? [])
  if (errors.some((error) => error.extensions?.code === 'THROTTLED')) {
    const missing = status === undefined ? 0 : requested - status.currentlyAvailable
    const waitMs =
      status === undefined || status.restoreRate <= 0
        ? 5_000
        : Math.ceil((Math.max(0, missing) / status.restoreRate) * 1_000)
    return { rate, requested, outcome: { kind: 'throttled', waitMs } }
  }
  if (errors.length > 0)
    return { rate, requested, outcome: { kind: 'failed', error: failureOf(config, errors) } }
  const warnings = (body.extensions?.search ?? []).flatMap((search) => search.warnings ?? [])
  if (warnings.length > 0) {
    const said = warnings.map((warning) => `${warning.field ?? ''}: ${warning.message ?? ''}`).join('; ')
    return {
      ...failed(
        'bug',
        `${config.name} did not understand a filter (${said}); records could be missing, so the page is not used.`,
      ),
      rate,
      requested,
    }
  }
  if (body.data === undefined || body.data === null)
    return { ...failed('unavailable', `${config.name} gave an answer without data.`), rate, requested }
  return { rate, requested, outcome: { kind: 'answer', answer: { data: body.data, cost: requested, at } } }
}

/** Statuses of shopify.dev, API response codes. */
function failureOfStatus(config: Config, reply: HttpReply): SyncError | null {
  const { status } = reply
  if (status === 200) return null
  if (status === 429 || status === 430) {
    // Seconds, with decimals ("4.0").
    const seconds = Number.parseFloat(reply.headers['retry-after'] ?? '')
    return new SyncError('throttled', `${config.name} asks to be called later (${status}).`, {
      retryAfterMs: Math.ceil((Number.isFinite(seconds) ? seconds : 5) * 1_000),
    })
  }
  if (status === 402)
    return new SyncError(
      'scope-violation',
      `The shop of ${config.name} is frozen (402): its plan has to be paid first.`,
    )
  if (status === 403)
    return new SyncError(
      'scope-violation',
      `${config.name} forbids the app to use the API (403): check that it is approved and installed.`,
    )
  if (status === 404)
    return new SyncError(
      'scope-violation',
      `There is no shop at ${config.address} (404): check "shop" or "url" of the connection "${config.name}".`,
    )
  if (status === 423)
    return new SyncError(
      'scope-violation',
      `The shop of ${config.name} is locked (423); Shopify's support can say why.`,
    )
  if (status >= 500) return new SyncError('unavailable', `${config.name} answered ${status}.`)
  return new SyncError('bug', `${config.name} refuses the request (${status}).`)
}

/** What went wrong, by code. */
function failureOf(config: Config, errors: readonly GraphqlError[]): SyncError | TooCostly {
  for (const { extensions, message = '' } of errors) {
    switch (extensions?.code) {
      case 'MAX_COST_EXCEEDED':
        return new TooCostly(extensions.cost ?? 0, extensions.maxCost ?? 1_000)
      case 'ACCESS_DENIED': {
        const needed = extensions.requiredAccess?.replace(/\.$/, '') ?? 'a scope it does not name'
        return new SyncError(
          'scope-violation',
          `${config.name} denies access: needed is ${needed}. Give the app that scope and install it again.`,
        )
      }
      case 'INTERNAL_SERVER_ERROR':
        return new SyncError('unavailable', `${config.name} had an internal error.`)
      case 'undefinedField':
        return missingFieldsError(
          {
            connection: config.name,
            resource: extensions.typeName ?? '',
            fields: [extensions.fieldName ?? ''],
          },
          `${config.name} has no field "${extensions.fieldName ?? ''}" on ${extensions.typeName ?? ''} in version ${config.apiVersion}.`,
        )
    }
    if (/^(argument|missing|selection|undefined|variable)/.test(extensions?.code ?? '')) {
      return new SyncError(
        'schema-drift',
        `${config.name} refuses the query (${extensions?.code}): ${message}`,
      )
    }
  }
  const [first] = errors
  return new SyncError(
    'bug',
    `${config.name} refuses the query (${first?.extensions?.code ?? 'no code'}): ${first?.message ?? ''}`,
    { fields: { code: first?.extensions?.code ?? null } },
  )
}

function failed(kind: SyncError['kind'], message: string): Reading {
  return { rate: null, requested: 0, outcome: { kind: 'failed', error: new SyncError(kind, message) } }
}

function dateOf(reply: HttpReply): number | null {
  const at = Date.parse(reply.headers['date'] ?? '')
  return Number.isNaN(at) ? null : at
}
