import type { HttpReply } from '../../core/model/connector.ts'

/**
 * How long an answer asks not to be called, in milliseconds; null when it does not. 429 and Shopify's 430 always do, 503 when it says
 * how long: seconds, with decimals too, or a date (RFC 9110 §10.2.3).
 */
export function closedFor({ status, headers }: HttpReply, now: number): number | 'later' | null {
  const isLater = status === 429 || status === 430
  if (!isLater && status !== 503) return null
  const written = headers['retry-after']
  const said = written === undefined ? null : retryAfterMs(written, now)
  return said ?? (isLater ? 'later' : null)
}

function retryAfterMs(written: string, now: number): number | null {
  if (/^\d+(\.\d+)?$/.test(written.trim())) return Math.ceil(Number(written) * 1_000)
  const at = Date.parse(written)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

/** Statuses by which a remote refuses a call whatever it asks for: too many, or not with these credentials. */
const REFUSALS: ReadonlySet<number> = new Set([401, 402, 403, 423, 429, 430])

export function isRefusal({ status }: HttpReply): boolean {
  return REFUSALS.has(status)
}
