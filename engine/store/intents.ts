import { createUpsert, isOneOf } from './bulk.ts'
import {
  type DeliveredParts,
  keptColumnsOf,
  type LedgerRow,
  ledgerRowOf,
  NO_INTENT,
  partsText,
} from './ledger-row.ts'
import { forUpdate } from './locks.ts'
import type { Dialect, Queryable, Transaction } from './open.ts'
import { INTENT } from './open-state.ts'

/** A remote write that is about to be made. */
export interface NewIntent {
  readonly project: string
  readonly namespace: string
  readonly connection: string
  readonly resource: string
  readonly key: string
  readonly label: string | null
  readonly planHash: string
  readonly sourceStamp: string | null
  readonly payloadHash: string
  /** What is sent, as it will stand in the ledger when it is confirmed. May be given as JSON. */
  readonly sent: DeliveredParts | string
  readonly sourceKey: string
  readonly epoch: number
  readonly sentAt: number
  readonly runId: string
}

/** Replaced by an intent and kept in `previous`. */
const KEPT = [
  'state',
  'source_stamp',
  'source_hash',
  'plan_hash',
  'fingerprint',
  'field_hashes',
  'steps_due',
  'run_id',
] as const

// A second intent on an open one keeps what was there before the first.
const previous = (dialect: Dialect): string => {
  const pairs = KEPT.map((column) => `'${column}', "ledger"."${column}"`).join(', ')
  const object = { sqlite: `json_object(${pairs})`, postgres: `json_build_object(${pairs})::text` }[dialect]
  return `case when "ledger"."state" = 'intent' then "ledger"."previous"
    when "ledger"."target_id" is null then null else ${object} end`
}

const upsertIntents = createUpsert({
  table: 'ledger',
  columns: [
    'project',
    'namespace',
    'key',
    'connection',
    'resource',
    'label',
    'state',
    'source_stamp',
    'plan_hash',
    'fingerprint',
    'field_hashes',
    'run_id',
    'previous',
    'payload_hash',
    'sent_at',
    'epoch',
    'sent',
    'source_key',
  ],
  key: ['project', 'namespace', 'key'],
  set: { previous },
})

/**
 * Notes writes before they are made. What was delivered before moves to `previous`: until the outcome is known nothing
 * is said of the fields at the target.
 */
export async function writeIntents(trx: Transaction, intents: readonly NewIntent[]): Promise<void> {
  await upsertIntents(
    trx,
    intents.map((intent) => ({
      project: intent.project,
      namespace: intent.namespace,
      key: intent.key,
      connection: intent.connection,
      resource: intent.resource,
      label: intent.label,
      state: 'intent',
      source_stamp: intent.sourceStamp,
      plan_hash: intent.planHash,
      fingerprint: null,
      field_hashes: null,
      run_id: intent.runId,
      previous: null,
      payload_hash: intent.payloadHash,
      sent_at: intent.sentAt,
      epoch: intent.epoch,
      sent: partsText(intent.sent),
      source_key: intent.sourceKey,
    })),
  )
}

/** Writes whose outcome is not known, oldest first. `exceptEpoch`: the epoch whose own writes are under way. */
export async function openIntents(
  store: Queryable,
  project: string,
  namespace: string,
  options: { readonly limit: number; readonly exceptEpoch?: number },
): Promise<readonly LedgerRow[]> {
  let query = store.db
    .selectFrom('ledger')
    .selectAll()
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .where('state', '=', INTENT)
  if (options.exceptEpoch !== undefined) query = query.where('epoch', '!=', options.exceptEpoch)
  const rows = await query.orderBy('sent_at').orderBy('key').limit(options.limit).execute()
  return rows.map(ledgerRowOf)
}

/** Writes of an epoch that are about to be sent later than they were noted: from now on they may be on their way. */
export async function restampIntents(
  trx: Transaction,
  project: string,
  namespace: string,
  {
    keys,
    epoch,
    sentAt,
  }: { readonly keys: readonly string[]; readonly epoch: number; readonly sentAt: number },
): Promise<void> {
  await trx.db
    .updateTable('ledger')
    .set({ sent_at: sentAt })
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .where('state', '=', INTENT)
    .where('epoch', '=', epoch)
    .where(isOneOf(trx, 'key', keys))
    .execute()
}

/** What looking an open intent up at the target has shown. */
export interface SettledIntent {
  readonly key: string
  readonly targetId: string
  /** What stands at the target for certain, whether the write happened or not. */
  readonly certain: DeliveredParts
}

/** The records are there: linked, with no fingerprint, so that the next delivery compares and writes what is not certain. */
export async function linkIntents(
  trx: Transaction,
  project: string,
  namespace: string,
  settled: readonly SettledIntent[],
): Promise<void> {
  for (const { key, targetId, certain } of settled) {
    await trx.db
      .updateTable('ledger')
      .set({
        state: 'confirmed',
        target_id: targetId,
        fingerprint: null,
        source_hash: null,
        source_stamp: null,
        field_hashes: JSON.stringify(certain),
        ...NO_INTENT,
      })
      .where('project', '=', project)
      .where('namespace', '=', namespace)
      .where('key', '=', key)
      .where('state', '=', INTENT)
      .execute()
  }
}

/**
 * The writes of these keys certainly did not happen: rows go back to what they said before; rows that nothing was known
 * of before go away.
 */
export async function withdrawIntents(
  trx: Transaction,
  project: string,
  namespace: string,
  keys: readonly string[],
): Promise<void> {
  const ofKeys = trx.db
    .selectFrom('ledger')
    .select(['key', 'previous'])
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .where('state', '=', INTENT)
    .where(isOneOf(trx, 'key', keys))
  const open = await forUpdate(trx, ofKeys, 'key').execute()
  const unknown = open.filter((row) => row.previous === null).map((row) => row.key)
  await trx.db
    .deleteFrom('ledger')
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .where(isOneOf(trx, 'key', unknown))
    .execute()
  for (const row of open) {
    if (row.previous === null) continue
    await trx.db
      .updateTable('ledger')
      .set({ ...keptColumnsOf(row.previous), ...NO_INTENT })
      .where('project', '=', project)
      .where('namespace', '=', namespace)
      .where('key', '=', row.key)
      .execute()
  }
}
