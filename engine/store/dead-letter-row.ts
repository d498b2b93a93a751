import type { DeadLetterClass, DeadLetterState } from '../core/model/dead-letter.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Queryable } from './open.ts'
import { openCell } from './sealed.ts'
import type { DeadLetterTable } from './tables.ts'

/** The record as it was read. */
export interface KeptRecord {
  readonly key: string
  readonly stamp: string
  readonly data: JsonObject
}

/** One record that could not be delivered. */
export interface DeadLetterRow {
  readonly id: string
  readonly project: string
  readonly mapping: string
  readonly namespace: string
  readonly key: string
  readonly label: string | null
  readonly class: DeadLetterClass
  readonly message: string
  /** The part of the plan it failed in, with its place in the files. */
  readonly at: string | null
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly state: DeadLetterState
  /** Never null while it is open. */
  readonly payload: KeptRecord | null
  readonly sourceHash: string | null
  readonly mapped: JsonObject | null
  readonly targetId: string | null
  readonly attempts: number
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  /** When it is tried again by itself (epoch ms); null: not by time. */
  readonly dueAt: number | null
  readonly planHash: string
  readonly runId: string
  readonly waitsFor: { readonly namespace: string; readonly mapping: string; readonly key: string } | null
  readonly resolvedAt: number | null
  /** The source's own id of the record. */
  readonly sourceKey: string | null
  /** Those of one cause share it. */
  readonly cluster: string
  /** The message without anything of the record in it. */
  readonly cause: string | null
  readonly owner: string | null
  /** Since when it has been open for too long (epoch ms). */
  readonly escalatedAt: number | null
}

/** A row as it stands, its payloads opened. */
export function deadLetterOf(store: Queryable, row: DeadLetterTable): DeadLetterRow {
  const mapped = openCell(store, 'dead_letter', 'mapped', row.mapped)
  const payload = row.payload === null ? null : keptRecordOf(store, row.payload)
  return {
    id: row.id,
    project: row.project,
    mapping: row.mapping,
    namespace: row.namespace,
    key: row.key,
    label: row.label,
    class: row.class as DeadLetterClass,
    message: row.message,
    at: row.at,
    file: row.file,
    line: row.line,
    column: row.column,
    state: row.state as DeadLetterState,
    payload,
    sourceHash: row.source_hash,
    mapped: mapped === null ? null : (JSON.parse(mapped) as JsonObject),
    targetId: row.target_id,
    attempts: row.attempts,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    dueAt: row.due_at,
    planHash: row.plan_hash,
    runId: row.run_id,
    waitsFor: waitsForOf(row),
    resolvedAt: row.resolved_at,
    sourceKey: row.source_key ?? payload?.key ?? null,
    cluster: row.cluster ?? row.class,
    cause: row.cause,
    owner: row.owner,
    escalatedAt: row.escalated_at,
  }
}

/** The payload of a row, opened. */
export function keptRecordOf(store: Queryable, payload: string): KeptRecord {
  return JSON.parse(openCell(store, 'dead_letter', 'payload', payload)) as KeptRecord
}

function waitsForOf(row: DeadLetterTable): DeadLetterRow['waitsFor'] {
  const { wait_namespace: namespace, wait_mapping: mapping, wait_key: key } = row
  return namespace === null || mapping === null || key === null ? null : { namespace, mapping, key }
}
