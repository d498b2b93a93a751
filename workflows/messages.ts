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
  /**
   * How long a run that waits for somebody waits before it looks again by itself: the first time, and at most. Default: credentials
   * a minute, growing to an hour; the halt of another run of the mapping 30 seconds, growing to 10 minutes.
   */
  readonly looks?: {
    readonly credentials?: { readonly firstMs: number; readonly maxMs: number }
    readonly otherHalt?: { readonly firstMs: number; readonly maxMs: number }
  }
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

/** Why no further leg makes sense now. */
export const LEG_WAITS = ['throttled', 'awaiting-credentials', 'halted', 'halted-beside'] as const
export type LegWait = (typeof LEG_WAITS)[number]

export interface LegOutput {
  /**
   * `busy`: another run of the mapping writes now. `throttled`: the remote wants to be asked later. `awaiting-credentials`: they are
   * refused. `halted`: a person or another plan has to help. `halted-beside`: another run of the mapping is halted.
   */
  readonly state: 'more' | 'done' | 'busy' | LegWait
  /** Epoch ms, with `busy` and `throttled`. */
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

/** What is sent to a run from outside. Names are public: people use them in the Temporal UI. */
export const RUN_UPDATES = { resume: 'resume', abort: 'abort' } as const
export const RUN_SIGNALS = { planApplied: 'planApplied', credentialsRenewed: 'credentialsRenewed' } as const

/** What a person sends with `resume` and `abort`. Both are required. */
export interface DecisionInput {
  readonly by: string
  readonly reason: string
}

/** A decision on a waiting run, for the store. */
export interface DecideInput extends DecisionInput {
  readonly project: string
  readonly runId: string
  readonly kind: keyof typeof RUN_UPDATES
}

/** Which connection is looked at. */
export interface WatchInput {
  readonly project: string
  readonly connection: string
}

export interface WatchOutput {
  readonly refused: boolean
  readonly rotated: boolean
  /** Workflow ids of runs that wait for credentials that are taken again. */
  readonly wake: readonly string[]
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

/** Whose alert rules are judged: project and environment. */
export interface AlertsInput {
  readonly project: string
}
