import type { Delivery } from './channel.ts'

/** What is known of a channel from what became of messages. Instants are epoch ms. */
export interface ChannelHealth {
  readonly state: 'up' | 'dead'
  /** Since when it is in this state. */
  readonly since: number
  /** Attempts in a row without success that count against it. */
  readonly failures: number
  /** When the row of attempts without success began; null: the last one was one. */
  readonly failingSince: number | null
  /** Not to be tried before. */
  readonly nextAt: number
  /** What the other side answered, and what to do; null after a success. */
  readonly lastError: string | null
}

/** When a channel that does not work counts as dead. */
export interface ChannelLimits {
  /** At least so many attempts … */
  readonly attempts: number
  /** … over at least so long. */
  readonly forMs: number
  /** How long one may ask for more time and nothing else. */
  readonly throttledForMs: number
}

export const CHANNEL_LIMITS: ChannelLimits = { attempts: 5, forMs: 180_000, throttledForMs: 1_800_000 }

/** Between attempts, one after the other; the last one goes on. */
const BACKOFF_MS = [5_000, 15_000, 45_000, 120_000, 300_000] as const
/** Where throttling comes without a time. */
const UNTOLD_MS = 30_000
/** The longest wait that is believed. */
const LONGEST_ASKED_MS = 3_600_000
/** How often a dead channel is asked whether it works again: one that was down, one that refused. */
const ASK_AGAIN_MS = { down: 600_000, refusing: 3_600_000 } as const

export const FRESH_HEALTH: ChannelHealth = {
  state: 'up',
  since: 0,
  failures: 0,
  failingSince: null,
  nextAt: 0,
  lastError: null,
}

/** What an attempt says of its channel. A message refused for itself says that the channel works. */
export function healthAfter(
  health: ChannelHealth,
  delivery: Delivery,
  now: number,
  gapMs: number,
  limits: ChannelLimits = CHANNEL_LIMITS,
): ChannelHealth {
  const works = delivery.status === 'sent' || (delivery.status === 'refused' && delivery.of === 'message')
  if (works) {
    const since = health.state === 'up' ? health.since : now
    return { ...FRESH_HEALTH, since, nextAt: now + gapMs }
  }
  const lastError = `${delivery.message} ${delivery.hint}`.trim()
  const failingSince = health.failingSince ?? now
  const isThrottled = delivery.status === 'later' && delivery.why === 'throttled'
  const failures = health.failures + (isThrottled ? 0 : 1)
  const failedFor = now - failingSince
  const isDead =
    health.state === 'dead' ||
    delivery.status === 'refused' ||
    (isThrottled
      ? failedFor >= limits.throttledForMs
      : failures >= limits.attempts && failedFor >= limits.forMs)
  return {
    state: isDead ? 'dead' : 'up',
    since: isDead && health.state === 'up' ? now : health.since,
    failures,
    failingSince,
    nextAt: now + (isDead ? askAgain(delivery) : waitOf(delivery, failures)),
    lastError,
  }
}

function askAgain({ status }: Delivery): number {
  return status === 'later' ? ASK_AGAIN_MS.down : ASK_AGAIN_MS.refusing
}

function waitOf(delivery: Delivery, failures: number): number {
  if (delivery.status !== 'later') return 0
  const asked = delivery.retryAfterMs
  if (asked !== null) return Math.min(asked, LONGEST_ASKED_MS)
  if (delivery.why === 'throttled') return UNTOLD_MS
  return BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? BACKOFF_MS[0]
}
