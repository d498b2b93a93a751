import type { Connection } from '../core/model/connector.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import type { Transformer } from '../core/transform/transformer.ts'
import type { Store } from '../store/open.ts'
import type { ReferenceBook } from './references.ts'

/** The way a record came: `live` (schedule, webhook), `backfill` (`--full`, `--since`, rewrite), `retry`. */
export const LANES = ['live', 'backfill', 'retry'] as const
export type Lane = (typeof LANES)[number]

/**
 * What ties a leg's writes to its intents: nothing is sent later than `sendWithinMs` after its intent was stamped, so an
 * intent whose stamp is `sendWithinMs + settleAfterMs` old is certainly not on its way any more, whoever wrote it.
 */
export interface Fence {
  readonly sendWithinMs: number
  readonly settleAfterMs: number
  /** Keys with an intent of this page. */
  keys: readonly string[]
  /** Of these intents (epoch ms). */
  stampedAt: number
  allowWritesUntil(at: number): void
}

/** What every part of a leg works with. */
export interface LegContext {
  readonly store: Store
  /** Project and environment: what the store keeps everything under. Keys at the target carry the project alone. */
  readonly scope: string
  readonly plan: Plan
  readonly planHash: string
  readonly sourceMap: SourceMap
  readonly transformer: Transformer
  readonly source: Connection
  readonly target: Connection
  readonly references: ReferenceBook
  readonly runId: string
  readonly lane: Lane
  /** The lease's number: every writing transaction presents it. */
  readonly epoch: number
  readonly holder: string
  /** Milliseconds the lease lasts beyond the last transaction. */
  readonly leaseMs: number
  readonly fence: Fence
  readonly signal: AbortSignal
  now(): number
  log(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void
}
