import type { DeliveredHashes } from '../core/transform/compare.ts'
import type { LedgerTable } from './tables.ts'

/** `intent`: a write whose effect is not confirmed; `filtered` and `parked`: nothing of it is at the target. */
export const LEDGER_STATES = ['intent', 'confirmed', 'filtered', 'parked'] as const
export type LedgerState = (typeof LEDGER_STATES)[number]

/** A hash of each part that was delivered last, so that only what changed is sent. */
export type DeliveredParts = DeliveredHashes

/** What the ledger knows of one source key. */
export interface LedgerRow {
  readonly project: string
  readonly namespace: string
  readonly key: string
  readonly connection: string
  readonly resource: string
  readonly label: string | null
  readonly targetId: string | null
  /** Taken over rather than created: written by its id at the target. */
  readonly adopted: boolean
  readonly state: LedgerState
  readonly sourceStamp: string | null
  readonly sourceHash: string | null
  readonly planHash: string | null
  readonly fingerprint: string | null
  readonly fieldHashes: DeliveredParts | null
  /** Indexes of the plan's steps that are still to be taken. */
  readonly stepsDue: readonly number[]
  readonly deliveredAt: number | null
  readonly runId: string | null
  /** Of an open intent: the row before it; null when nothing of the record was known to be at the target. */
  readonly previous: PreviousState | null
  readonly payloadHash: string | null
  /** Of an open intent; of a confirmed row: of a copy of its write that got no answer and may still take effect. */
  readonly sentAt: number | null
  readonly epoch: number | null
  /** Of an open intent: what was sent, as it would stand in {@link fieldHashes}. */
  readonly sent: DeliveredParts | null
  /** The source's own id of the record; null in rows of older versions. */
  readonly sourceKey: string | null
}

/** A row as it was before an intent, to go back to when the write turns out not to have happened. */
export interface PreviousState {
  readonly state: LedgerState
  readonly sourceStamp: string | null
  readonly sourceHash: string | null
  readonly planHash: string | null
  readonly fingerprint: string | null
  readonly fieldHashes: DeliveredParts | null
  readonly stepsDue: readonly number[]
  readonly runId: string | null
}

/** What was delivered is parsed when it is asked for: nobody asks for that of a record that has not changed. */
export function ledgerRowOf(row: LedgerTable): LedgerRow {
  let fieldHashes: DeliveredParts | null = null
  let previous: PreviousState | null = null
  let sent: DeliveredParts | null = null
  return {
    project: row.project,
    namespace: row.namespace,
    key: row.key,
    connection: row.connection,
    resource: row.resource,
    label: row.label,
    targetId: row.target_id,
    adopted: row.adopted === 1,
    state: row.state as LedgerState,
    sourceStamp: row.source_stamp,
    sourceHash: row.source_hash,
    planHash: row.plan_hash,
    fingerprint: row.fingerprint,
    get fieldHashes() {
      return (fieldHashes ??= partsOf(row.field_hashes))
    },
    stepsDue: row.steps_due === '[]' ? [] : (JSON.parse(row.steps_due) as number[]),
    deliveredAt: row.delivered_at,
    runId: row.run_id,
    get previous() {
      return (previous ??= row.previous === null ? null : previousOf(row.previous))
    },
    payloadHash: row.payload_hash,
    sentAt: row.sent_at,
    epoch: row.epoch,
    get sent() {
      return (sent ??= partsOf(row.sent))
    },
    sourceKey: row.source_key,
  }
}

/** What an intent's own columns say of a row without one. */
export const NO_INTENT = {
  previous: null,
  payload_hash: null,
  sent_at: null,
  epoch: null,
  sent: null,
} as const

/** The columns that an intent replaces, as they stand in `previous`. */
export interface KeptColumns {
  readonly state: string
  readonly source_stamp: string | null
  readonly source_hash: string | null
  readonly plan_hash: string | null
  readonly fingerprint: string | null
  readonly field_hashes: string | null
  readonly steps_due: string
  readonly run_id: string | null
}

export function keptColumnsOf(text: string): KeptColumns {
  return JSON.parse(text) as KeptColumns
}

function previousOf(text: string): PreviousState {
  const kept = keptColumnsOf(text)
  return {
    state: kept.state as LedgerState,
    sourceStamp: kept.source_stamp,
    sourceHash: kept.source_hash,
    planHash: kept.plan_hash,
    fingerprint: kept.fingerprint,
    fieldHashes: partsOf(kept.field_hashes),
    stepsDue: JSON.parse(kept.steps_due) as number[],
    runId: kept.run_id,
  }
}

/** As it stands in a column. A text is that already. */
export function partsText(parts: DeliveredParts | string): string {
  return typeof parts === 'string' ? parts : JSON.stringify(parts)
}

function partsOf(text: string | null): DeliveredParts | null {
  return text === null ? null : (JSON.parse(text) as DeliveredParts)
}
