import { sql } from 'kysely'
import type { DeliveredHashes } from '../core/transform/compare.ts'
import { fromText, parts, toText } from './json.ts'
import type { Store, Transaction } from './open.ts'
import type { LedgerTable } from './schema.ts'

/** `confirmed`: what `fieldHashes` says is at the target; `intent`: it may or may not have arrived; the others have nothing there. */
export type LedgerState = 'intent' | 'confirmed' | 'filtered' | 'parked'

/** What stood before an open intent; null: nothing was known to be there. */
export interface Previous {
  readonly targetId: string | null
  readonly fieldHashes: DeliveredHashes | null
}

export interface LedgerRow {
  readonly key: string
  readonly label: string | null
  readonly targetId: string | null
  readonly adopted: boolean
  readonly sourceStamp: string | null
  readonly sourceHash: string | null
  readonly planHash: string | null
  readonly fingerprint: string | null
  readonly fieldHashes: DeliveredHashes | null
  readonly stepsDue: readonly number[]
  readonly state: LedgerState
  readonly previous: Previous | null
  readonly epoch: number | null
}

export interface NewLedgerRow {
  readonly project: string
  readonly namespace: string
  readonly connection: string
  readonly resource: string
  readonly key: string
  readonly label: string | null
  readonly targetId: string | null
  readonly adopted: boolean
  readonly sourceStamp: string
  readonly sourceHash: string
  readonly planHash: string
  readonly runId: string
  readonly deliveredAt: number
  readonly state: Exclude<LedgerState, 'intent'>
  readonly fingerprint: string | null
  readonly fieldHashes: DeliveredHashes | null
  readonly stepsDue: readonly number[]
}

export interface NewIntent {
  readonly project: string
  readonly namespace: string
  readonly connection: string
  readonly resource: string
  readonly key: string
  readonly label: string | null
  readonly planHash: string
  readonly sourceStamp: string
  readonly payloadHash: string
  readonly epoch: number
  readonly sentAt: number
  readonly runId: string
}

/** The rows of these keys; keys without one are left out. */
export async function ledgerRows(store: Store, project: string, namespace: string, keys: readonly string[]): Promise<ReadonlyMap<string, LedgerRow>> {
  const rows = new Map<string, LedgerRow>()
  for (const part of parts(keys)) {
    const found = await store.db
      .selectFrom('ledger')
      .selectAll()
      .where('project', '=', project)
      .where('namespace', '=', namespace)
      .where('key', 'in', part)
      .execute()
    for (const row of found) rows.set(row.key, rowOf(row))
  }
  return rows
}

function rowOf(row: LedgerTable): LedgerRow {
  return {
    key: row.key,
    label: row.label,
    targetId: row.targetId,
    adopted: row.adopted === 1,
    sourceStamp: row.sourceStamp,
    sourceHash: row.sourceHash,
    planHash: row.planHash,
    fingerprint: row.fingerprint,
    fieldHashes: fromText<DeliveredHashes>(row.fieldHashes),
    stepsDue: fromText<number[]>(row.stepsDue),
    state: row.state as LedgerState,
    previous: fromText<Previous>(row.previous),
    epoch: row.epoch,
  }
}

/** Notes what is about to be sent. What stood before is kept until the answer is there; an intent over an intent keeps the older one. */
export async function writeIntents(trx: Transaction, intents: readonly NewIntent[]): Promise<void> {
  for (const part of parts(intents, 50)) {
    await trx
      .insertInto('ledger')
      .values(
        part.map((intent) => ({
          ...intent,
          targetId: null,
          adopted: 0,
          sourceHash: null,
          fingerprint: null,
          fieldHashes: null,
          stepsDue: '[]',
          state: 'intent',
          previous: null,
          deliveredAt: null,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['project', 'namespace', 'key']).doUpdateSet({
          state: 'intent',
          previous: sql<string | null>`case
            when ledger.state = 'intent' then ledger.previous
            when ledger."targetId" is null then null
            else json_object('targetId', ledger."targetId", 'fieldHashes', json(ledger."fieldHashes")) end`,
          payloadHash: sql<string>`excluded."payloadHash"`,
          epoch: sql<number>`excluded.epoch`,
          sentAt: sql<number>`excluded."sentAt"`,
          runId: sql<string>`excluded."runId"`,
        }),
      )
      .execute()
  }
}

/** Puts rows as the answers left them: intents become confirmed, or what they were judged to be. */
export async function confirmRows(trx: Transaction, rows: readonly NewLedgerRow[]): Promise<void> {
  for (const part of parts(rows, 40)) {
    await trx
      .insertInto('ledger')
      .values(
        part.map((row) => ({
          ...row,
          adopted: row.adopted ? 1 : 0,
          fieldHashes: row.fieldHashes === null ? null : toText(row.fieldHashes),
          stepsDue: toText(row.stepsDue),
          previous: null,
          payloadHash: null,
          epoch: null,
          sentAt: null,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['project', 'namespace', 'key']).doUpdateSet({
          connection: sql`excluded.connection`,
          resource: sql`excluded.resource`,
          label: sql`excluded.label`,
          targetId: sql`excluded."targetId"`,
          adopted: sql`excluded.adopted`,
          sourceStamp: sql`excluded."sourceStamp"`,
          sourceHash: sql`excluded."sourceHash"`,
          planHash: sql`excluded."planHash"`,
          fingerprint: sql`excluded.fingerprint`,
          fieldHashes: sql`excluded."fieldHashes"`,
          stepsDue: sql`excluded."stepsDue"`,
          state: sql`excluded.state`,
          previous: null,
          payloadHash: null,
          epoch: null,
          sentAt: null,
          deliveredAt: sql`excluded."deliveredAt"`,
          runId: sql`excluded."runId"`,
        }),
      )
      .execute()
  }
}

/** What another mapping's row says for a link. */
export interface LinkTarget {
  readonly targetId: string | null
  readonly state: LedgerState
}

export async function ledgerTargets(store: Store, project: string, namespace: string, keys: readonly string[]): Promise<ReadonlyMap<string, LinkTarget>> {
  const rows = await ledgerRows(store, project, namespace, keys)
  return new Map([...rows].map(([key, { targetId, state }]) => [key, { targetId, state }]))
}

export async function ledgerByLabel(store: Store, project: string, namespace: string, label: string): Promise<LedgerRow | null> {
  const row = await store.db
    .selectFrom('ledger')
    .selectAll()
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .where('label', '=', label)
    .executeTakeFirst()
  return row === undefined ? null : rowOf(row)
}

/** How many records of a namespace stand at the target, and how many intents are open. */
export async function ledgerCounts(store: Store, project: string, namespace: string): Promise<{ readonly delivered: number; readonly intents: number }> {
  const row = await store.db
    .selectFrom('ledger')
    .select([sql<number>`count("targetId")`.as('delivered'), sql<number>`coalesce(sum(case when state = 'intent' then 1 else 0 end), 0)`.as('intents')])
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .executeTakeFirstOrThrow()
  return { delivered: Number(row.delivered), intents: Number(row.intents) }
}
