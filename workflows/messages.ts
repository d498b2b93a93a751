import type { Tally } from '../engine/core/model/tally.ts'

/** What a run is started with: small, no records, no personal keys. */
export interface SyncInput {
  readonly project: string
  readonly mapping: string
  readonly lane: 'live' | 'backfill' | 'retry'
  /** The plan applied when the run was asked for; a leg moves on to a newer one between pages. */
  readonly planHash: string
  /** Hash of a list of source keys kept in the store (`run --only`); null for a whole run. */
  readonly selectionId: string | null
  /** How long a worker may be silent before a leg of its is given to another one. Runs begun by older versions say nothing: 60 s. */
  readonly heartbeatMs?: number
  readonly retry: { readonly firstMs: number; readonly maxMs: number; readonly attempts: number }
}

export interface LegInput {
  readonly project: string
  readonly mapping: string
  readonly lane: SyncInput['lane']
  readonly planHash: string
  readonly selectionId: string | null
  /** Constant over continue-as-new: the run's row, and the holder of its lease. */
  readonly runId: string
  readonly workflowId: string
}

export interface LegOutput {
  readonly state: 'more' | 'done' | 'busy'
  /** Epoch ms, with `busy`. */
  readonly until: number | null
  /** Of the whole run so far. */
  readonly tally: Tally
  /** Open dead letters of the mapping. */
  readonly parked: number
  /** At most 20 lines and 8 KB, for the Temporal UI. */
  readonly details: string
}

/** How a run ended that no leg of its could close: its last attempt died with its worker, or it was cancelled. */
export interface EndInput {
  readonly project: string
  readonly runId: string
  readonly state: 'failed' | 'cancelled'
  readonly message: string
}

export type RunState = 'Running' | 'Throttled' | 'AwaitingCredentials' | 'Halted' | 'Parked'

/** Names of the search attributes, with their Temporal types. */
export const SEARCH_ATTRIBUTES = {
  TidelockMapping: 'KEYWORD',
  TidelockState: 'KEYWORD',
  TidelockParked: 'INT',
  TidelockPlan: 'KEYWORD',
  TidelockConnection: 'KEYWORD_LIST',
} as const
