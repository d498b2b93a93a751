import type { Rate } from '../model/connector.ts'

/** What is known of a connection's budget. Plain data: the caller keeps it, time is handed in. */
export interface PaceState {
  /** The bucket or window the remote told of, and when. */
  readonly rate: { readonly told: Rate; readonly at: number } | null
  /** When the last request went out, for `perSecond`. */
  readonly lastAt: number | null
}

export interface PaceLimits {
  /** At most so many requests a second; null: no limit of ours. */
  readonly perSecond: number | null
}

export const UNKNOWN_PACE: PaceState = { rate: null, lastAt: null }

/** Milliseconds to wait before a request of that cost may go out. */
export function waitBefore(state: PaceState, limits: PaceLimits, cost: number, now: number): number {
  const own =
    limits.perSecond === null || state.lastAt === null ? 0 : state.lastAt + 1000 / limits.perSecond - now
  return Math.max(0, own, waitFor(state, cost, now))
}

/** The request is sent: what it is expected to cost is gone until the remote says otherwise. */
export function afterSending(state: PaceState, cost: number, now: number): PaceState {
  const { rate } = state
  if (rate === null) return { rate, lastAt: now }
  if (rate.told.kind === 'window')
    return { rate: { ...rate, told: { ...rate.told, remaining: rate.told.remaining - 1 } }, lastAt: now }
  const available = availableIn(rate.told, rate.at, now) - cost
  return { rate: { told: { ...rate.told, available }, at: now }, lastAt: now }
}

export function afterRate(state: PaceState, told: Rate, now: number): PaceState {
  return { ...state, rate: { told, at: now } }
}

function waitFor(state: PaceState, cost: number, now: number): number {
  if (state.rate === null) return 0
  const { told, at } = state.rate
  if (told.kind === 'window') return told.remaining > 0 ? 0 : Math.max(0, at + told.resetsInMs - now)
  const missing = Math.min(cost, told.capacity) - availableIn(told, at, now)
  if (missing <= 0) return 0
  return told.perSecond > 0 ? Math.ceil((missing / told.perSecond) * 1000) : 60_000
}

function availableIn(bucket: Extract<Rate, { kind: 'bucket' }>, at: number, now: number): number {
  return Math.min(bucket.capacity, bucket.available + (Math.max(0, now - at) / 1000) * bucket.perSecond)
}
