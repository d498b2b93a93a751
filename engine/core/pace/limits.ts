import type { JsonObject } from '../model/json.ts'

/** At most so many calls in any stretch of time of that length. */
export interface Window {
  readonly most: number
  readonly ms: number
}

/** `limits:` of a connection as the budget counts by it: what we may use, the share that stays free for people taken off. */
export interface Limits {
  readonly second: Window | null
  readonly minute: Window | null
  readonly day: number | null
  readonly month: number | null
  readonly concurrency: number | null
  /** The share of whatever the remote tells of its own budget that stays free: 0 to 1. */
  readonly reserve: number
  /** Where a day and a month begin. */
  readonly zone: string
}

/** What is not said is not limited by us. */
export function readLimits(written: JsonObject | null): Limits {
  const reserve = shareOf(written?.['reserve'])
  const calls = (key: string): number | null => {
    const value = written?.[key]
    return typeof value === 'number' ? value * (1 - reserve) : null
  }
  const whole = (key: string): number | null => {
    const value = calls(key)
    return value === null ? null : Math.floor(value + ROUNDING)
  }
  const concurrency = written?.['concurrency']
  const zone = written?.['timezone']
  return {
    second: windowOf(calls('perSecond'), 1_000),
    minute: windowOf(calls('perMinute'), 60_000),
    day: whole('perDay'),
    month: whole('perMonth'),
    concurrency: typeof concurrency === 'number' ? concurrency : null,
    reserve,
    zone: typeof zone === 'string' ? zone : 'UTC',
  }
}

/** 50 × (1 − 0.1) is a little less than 45 to a computer. */
const ROUNDING = 1e-9

/** Less than one call in the time: one call in a longer time. */
function windowOf(calls: number | null, ms: number): Window | null {
  if (calls === null) return null
  const most = Math.floor(calls + ROUNDING)
  return most >= 1 ? { most, ms } : { most: 1, ms: Math.ceil(ms / Math.max(calls, ROUNDING)) }
}

/** `10%` as 0.1. */
function shareOf(written: unknown): number {
  return typeof written === 'string' ? Number.parseFloat(written) / 100 : 0
}
