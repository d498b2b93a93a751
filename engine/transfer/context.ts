import type { Connection } from '../core/model/connector.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import type { Transformer } from '../core/transform/transformer.ts'
import type { Store } from '../store/open.ts'
import type { Fence } from './fence.ts'
import type { ReferenceBook } from './references.ts'

/** The way a record came: `live` (schedule, webhook), `backfill` (`--full`, `--since`, rewrite), `retry`. */
export const LANES = ['live', 'backfill', 'retry'] as const
export type Lane = (typeof LANES)[number]

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
  /** The store's clock, which all workers share (epoch ms): stamps and due times are compared by it. */
  now(): number
  log(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void
}
