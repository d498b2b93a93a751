/** The tables. Instants are epoch milliseconds, JSON is text, yes and no are 1 and 0: the same in every dialect. */
export interface Database {
  readonly migration: { name: string; appliedAt: number }
  readonly plan: PlanTable
  readonly applied_plan: AppliedPlanTable
  readonly target_owner: { target: string; project: string; environment: string }
  readonly lease: LeaseTable
  readonly cursor: CursorTable
  readonly ledger: LedgerTable
  readonly dead_letter: DeadLetterTable
  readonly run: RunTable
  readonly run_page: { runId: string; sequence: number }
  readonly selection: { project: string; id: string; keys: string; savedAt: number }
  readonly usage: UsageTable
}

export interface PlanTable {
  hash: string
  plan: string
  sourceMap: string
  savedAt: number
  author: string | null
  commit: string | null
}

export interface AppliedPlanTable {
  project: string
  mapping: string
  hash: string
  appliedAt: number
  author: string | null
  commit: string | null
}

export interface LeaseTable {
  project: string
  mapping: string
  holder: string
  lane: string
  epoch: number
  expiresAt: number
  /** The lane that asked while another held it; it is next. */
  wantedBy: string | null
}

export interface CursorTable {
  project: string
  mapping: string
  lane: string
  cursor: string
  /** Page number: pages of a repeated leg are told from new ones by it. */
  sequence: number
  runId: string
  updatedAt: number
}

export interface LedgerTable {
  project: string
  namespace: string
  key: string
  connection: string
  resource: string
  label: string | null
  targetId: string | null
  adopted: number
  sourceStamp: string | null
  sourceHash: string | null
  planHash: string | null
  fingerprint: string | null
  fieldHashes: string | null
  stepsDue: string
  state: string
  /** The row before an open intent: `{ targetId, fieldHashes }`, or null when nothing was known to be there. */
  previous: string | null
  payloadHash: string | null
  epoch: number | null
  sentAt: number | null
  deliveredAt: number | null
  runId: string
}

export interface DeadLetterTable {
  id: string
  project: string
  mapping: string
  namespace: string
  key: string
  label: string | null
  class: string
  message: string
  at: string | null
  file: string | null
  line: number | null
  column: number | null
  state: string
  payload: string
  sourceHash: string | null
  mapped: string | null
  targetId: string | null
  attempts: number
  firstSeenAt: number
  lastSeenAt: number
  dueAt: number | null
  planHash: string
  runId: string
  waitsForNamespace: string | null
  waitsForMapping: string | null
  waitsForKey: string | null
  resolvedAt: number | null
  /** 1 while parked, waiting or retrying: one open row a key, kept by an index. */
  open: number
}

export interface RunTable {
  id: string
  project: string
  mapping: string
  lane: string
  workflowId: string
  startedAt: number
  finishedAt: number | null
  state: string
  planHash: string
  tally: string
  pages: number
  failureKind: string | null
  failureMessage: string | null
}

export interface UsageTable {
  project: string
  connection: string
  mapping: string
  /** UTC day, `2026-11-24`. */
  day: string
  calls: number
  writeCalls: number
  bytesIn: number
  bytesOut: number
  refusals: number
}
