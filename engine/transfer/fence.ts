import type { Connection } from '../core/model/connector.ts'
import type { Plan } from '../core/model/plan.ts'
import { parseDuration } from '../core/parse/duration.ts'
import type { LegHost } from './host/host.ts'

/** How long after its intent a write may be sent at most; less where `settleAfter` is short. */
const SEND_WITHIN_MS = 10_000

/**
 * What ties a leg's writes to its intents: nothing is sent later than `sendWithinMs` after its intent was stamped, so an
 * intent whose stamp is `sendWithinMs + settleAfterMs` old is certainly not on its way any more, whoever wrote it.
 */
export interface Fence {
  readonly sendWithinMs: number
  readonly settleAfterMs: number
  /** Keys with an intent of this page. */
  keys: readonly string[]
  /** When they were stamped, by the clock of {@link now}: a little before what the store says, never after. */
  stampedAt: number
  /** This process's own clock (epoch ms). The store's, by which intents are stamped, may differ from it. */
  now(): number
  /** By the clock of {@link now}. */
  allowWritesUntil(at: number): void
}

/** `limits.settleAfter` of the connection, else what its connector knows. */
export function fenceOf(plan: Plan, target: Connection, host: LegHost): Fence {
  const written = plan.target.limits?.['settleAfter']
  const settleAfterMs = typeof written === 'string' ? parseDuration(written) : target.facts.settleAfterMs
  return {
    settleAfterMs,
    sendWithinMs: Math.min(SEND_WITHIN_MS, settleAfterMs / 2),
    keys: [],
    stampedAt: 0,
    now: () => host.now(),
    allowWritesUntil: (at) => host.allowWritesUntil(at),
  }
}

/** When a write whose intent was stamped at `stampedAt` is certainly not on its way any more (epoch ms). */
export function settledAt(fence: Fence, stampedAt: number): number {
  return stampedAt + fence.sendWithinMs + fence.settleAfterMs
}
