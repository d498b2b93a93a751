import type { HttpReply } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'
import type { OdooConfig } from './config.ts'

/** How the server wants to be spoken to, and what it is (`19.0`, `saas~18.4`). */
export interface Server {
  readonly protocol: 'json-2' | 'json-rpc'
  readonly version: string
}

/** The object in a body, or null when it is anything else. */
export function parseJson(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body)
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}

/**
 * The failure behind an answer that did not come from Odoo's own handling of the call: a proxy, the choice of the database,
 * a wrong address. Bodies are not quoted: they hold paths and addresses.
 */
export function failureOfReply(config: OdooConfig, reply: HttpReply, now: number): SyncError {
  const { status } = reply
  const fields = { status }
  if (status === 429) {
    const retryAfterMs = retryAfter(reply.headers['retry-after'], now)
    return new SyncError('throttled', `${config.url} asked to be called later.`, {
      fields,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    })
  }
  if (status >= 500 || status === 408 || status === 423 || status === 425) {
    return new SyncError('unavailable', `${config.url} answered ${status} without a word from Odoo.`, {
      fields,
    })
  }
  if (status === 404) {
    return new SyncError(
      'auth-expired',
      `There is no database "${config.database}" at ${config.url}, or no Odoo at all: check settings.url and settings.database of connection "${config.connection}".`,
      { fields, maybeSent: false },
    )
  }
  if (status >= 300 && status < 400) {
    const to = locationOf(reply.headers.location, config.url)
    return new SyncError(
      'auth-expired',
      `${config.url} sends requests elsewhere${to === null ? '' : ` (${to})`}: put the final address in settings.url of connection "${config.connection}".`,
      { fields, maybeSent: false },
    )
  }
  if (status === 401 || status === 403) {
    return new SyncError(
      'auth-expired',
      `${config.url} answered ${status} before Odoo was reached: something in front of it refuses us.`,
      { fields, maybeSent: false },
    )
  }
  if (status === 200) {
    return new SyncError('unavailable', `${config.url} answered with something else than Odoo's JSON.`, {
      fields,
    })
  }
  return new SyncError('bug', `${config.url} answered ${status}, which no request of ours should cause.`, {
    fields,
  })
}

/** Seconds or a date (RFC 9110 §10.2.3) as milliseconds from now. */
function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

function locationOf(location: string | undefined, base: string): string | null {
  if (location === undefined || !URL.canParse(location, base)) return null
  const url = new URL(location, base)
  return `${url.origin}${url.pathname}`
}
