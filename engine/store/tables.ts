import type { AlertChangeTable, AlertStateTable, HaltTable } from './alert-tables.ts'
import type { BudgetTable, UsageTable } from './call-tables.ts'
import type { ConnectionWatchTable, CredentialHistoryTable, CredentialTable } from './credential-tables.ts'
import type {
  DriftTable,
  FieldHistoryTable,
  JudgementTable,
  KnownShapeTable,
  LiveShapeTable,
  RunPageTable,
  RunTable,
} from './run-tables.ts'

/**
 * The store's tables as SQL has them: text, whole numbers, nothing else. JSON stands as text, instants as epoch
 * milliseconds, truth as 0 or 1, so that every dialect holds the same rows. `project` is project and environment as
 * one text: nothing of two environments ever meets.
 */
export interface Database {
  migration: MigrationTable
  plan: PlanTable
  applied_plan: AppliedPlanTable
  target_owner: TargetOwnerTable
  lease: LeaseTable
  cursor: CursorTable
  ledger: LedgerTable
  dead_letter: DeadLetterTable
  decision: DecisionTable
  edit: EditTable
  overlay: OverlayTable
  drain: DrainTable
  run: RunTable
  run_page: RunPageTable
  judgement: JudgementTable
  drift: DriftTable
  field_history: FieldHistoryTable
  live_shape: LiveShapeTable
  known_shape: KnownShapeTable
  selection: SelectionTable
  usage: UsageTable
  alert_state: AlertStateTable
  alert_change: AlertChangeTable
  halt: HaltTable
  channel: ChannelTable
  outbox: OutboxTable
  credential: CredentialTable
  connection_watch: ConnectionWatchTable
  credential_history: CredentialHistoryTable
  budget: BudgetTable
}

export interface MigrationTable {
  name: string
  applied_at: number
}

export interface PlanTable {
  hash: string
  plan: string
  source_map: string
  applied_at: number
  author: string | null
  commit_id: string | null
}

export interface AppliedPlanTable {
  project: string
  mapping: string
  plan_hash: string
  applied_at: number
  author: string | null
  commit_id: string | null
}

/** Which environment of a project writes to a target. */
export interface TargetOwnerTable {
  project: string
  target: string
  environment: string
  claimed_at: number
}

export interface LeaseTable {
  project: string
  mapping: string
  /** Null when free. */
  holder: string | null
  lane: string
  epoch: number
  expires_at: number
  /** The lane that asked while another one held it. */
  wanted_by: string | null
  /** Until then only `wanted_by` may take it. */
  offered_until: number | null
}

export interface CursorTable {
  project: string
  mapping: string
  lane: string
  cursor: string | null
  sequence: number
  run_id: string | null
  updated_at: number
}

export interface LedgerTable {
  project: string
  namespace: string
  key: string
  connection: string
  resource: string
  label: string | null
  target_id: string | null
  adopted: number
  state: string
  source_stamp: string | null
  source_hash: string | null
  plan_hash: string | null
  fingerprint: string | null
  field_hashes: string | null
  steps_due: string
  delivered_at: number | null
  run_id: string | null
  /** Of an open intent: what the row said before it. */
  previous: string | null
  payload_hash: string | null
  sent_at: number | null
  epoch: number | null
  /** Of an open intent: a hash a field of what was sent. */
  sent: string | null
  /** The source's own id of the record, by which it can be read again. */
  source_key: string | null
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
  payload: string | null
  source_hash: string | null
  mapped: string | null
  target_id: string | null
  attempts: number
  first_seen_at: number
  last_seen_at: number
  due_at: number | null
  plan_hash: string
  run_id: string
  wait_namespace: string | null
  wait_mapping: string | null
  wait_key: string | null
  resolved_at: number | null
  /** When it was first parked rather than made to wait: for a reference, or until a write whose answer was lost can be looked up. */
  parked_at: number | null
  /** The source's own id and stamp of the record, by which it is read again and told from an earlier version. */
  source_key: string | null
  source_stamp: string | null
  /** A hash a field of the record. */
  source_fields: string | null
  /** Those of one cause share it. */
  cluster: string | null
  /** The message without anything of the record in it. */
  cause: string | null
  /** Who cares for it. */
  owner: string | null
  /** When it had been open for too long. */
  escalated_at: number | null
  /** Where the target refused it: what was sent and what came back, with what of it is personal. */
  exchange: string | null
}

/** What people decided on dead letters; rows are added, never changed but for the pruning of overlays. */
export interface DecisionTable {
  id: string
  project: string
  dead_letter_id: string
  kind: string
  by: string
  reason: string
  source_hash: string | null
  overlay: string | null
  decided_at: number
  /** The Update that carried it: sent again, it decides nothing again. */
  update_id: string | null
}

/** A correction that a person wrote and that nobody decided on yet. Several letters may share an id. */
export interface EditTable {
  id: string
  dead_letter_id: string
  project: string
  mapping: string
  /** Of the version that was corrected. */
  source_hash: string | null
  overlay: string
  created_at: number
}

/** Decisions that hold for a record until its source changes: a correction, or that it is left out. */
export interface OverlayTable {
  project: string
  mapping: string
  source_key: string
  kind: string
  /** The version it was decided on: the hash of the whole, and of each field where they are known. */
  source_hash: string | null
  source_fields: string | null
  source_stamp: string | null
  /** Null for what is left out, and when it was pruned. */
  overlay: string | null
  dead_letter_id: string
  decision_id: string
  decided_at: number
}

/** Dead letters tried again because another plan was applied. */
export interface DrainTable {
  id: string
  project: string
  mapping: string
  plan_hash: string
  began_at: number
  finished_at: number | null
  clusters: string
}

/** Source keys a run was asked for; they stay out of workflow arguments. */
export interface SelectionTable {
  project: string
  id: string
  keys: string
  created_at: number
}

/** Channels as applied, and whether they work. */
export interface ChannelTable {
  project: string
  name: string
  kind: string
  settings: string
  quiet: string | null
  applied_at: number
  /** `up` or `dead`. */
  state: string
  since: number
  failures: number
  failing_since: number | null
  next_at: number
  last_error: string | null
  last_sent_at: number | null
  /** Who sends through it now, and until when nobody else does. */
  holder: string | null
  held_until: number | null
}

/** Messages on their way to people, one row a channel. */
export interface OutboxTable {
  /** Made of project, message and channel: the same for the same. */
  id: string
  project: string
  channel: string
  message_id: string
  message: string
  /** All channels that the message was meant for. */
  notify: string
  /** `queued`, `sent`, or `dead`: not sent here; `moved_to` says where it went instead. */
  state: string
  moved_to: string | null
  /** The order within the channel. */
  ordinal: number
  attempts: number
  last_error: string | null
  created_at: number
  sent_at: number | null
}
