import { SyncError } from '../core/model/failure.ts'
import { createUpsert, isOneOf } from './bulk.ts'
import {
  type DeliveredParts,
  type LedgerRow,
  type LedgerState,
  ledgerRowOf,
  NO_INTENT,
  partsText,
} from './ledger-row.ts'
import type { Queryable, Transaction } from './open.ts'

/** What the commit of a page knows of a key. */
export interface NewLedgerRow {
  readonly project: string
  readonly namespace: string
  readonly key: string
  readonly connection: string
  readonly resource: string
  readonly label: string | null
  readonly targetId: string | null
  readonly adopted: boolean
  readonly state: Exclude<LedgerState, 'intent'>
  readonly sourceStamp: string | null
  readonly sourceHash: string | null
  readonly planHash: string
  readonly fingerprint: string | null
  /** May be given as JSON. */
  readonly fieldHashes: DeliveredParts | string | null
  readonly stepsDue: readonly number[]
  readonly deliveredAt: number
  /** When a copy of this very write was sent that got no answer, and so may take effect later; null: none was. */
  readonly sentAt: number | null
  readonly runId: string
  readonly sourceKey: string
}

const upsertRows = createUpsert({
  table: 'ledger',
  columns: [
    'project',
    'namespace',
    'key',
    'connection',
    'resource',
    'label',
    'target_id',
    'adopted',
    'state',
    'source_stamp',
    'source_hash',
    'plan_hash',
    'fingerprint',
    'field_hashes',
    'steps_due',
    'delivered_at',
    'run_id',
    'previous',
    'payload_hash',
    'sent_at',
    'epoch',
    'sent',
    'source_key',
  ],
  key: ['project', 'namespace', 'key'],
})

/**
 * Writes what is known now; an open intent of the key is closed by it. Throws `unavailable` when a record at the target has
 * become another key's since it was looked for: whoever judges the page again will see it.
 */
export async function confirmRows(trx: Transaction, rows: readonly NewLedgerRow[]): Promise<void> {
  await upsertRows(
    trx,
    rows.map((row) => ({
      project: row.project,
      namespace: row.namespace,
      key: row.key,
      connection: row.connection,
      resource: row.resource,
      label: row.label,
      target_id: row.targetId,
      adopted: row.adopted ? 1 : 0,
      state: row.state,
      source_stamp: row.sourceStamp,
      source_hash: row.sourceHash,
      plan_hash: row.planHash,
      fingerprint: row.fingerprint,
      field_hashes: row.fieldHashes === null ? null : partsText(row.fieldHashes),
      steps_due: row.stepsDue.length === 0 ? '[]' : JSON.stringify(row.stepsDue),
      delivered_at: row.deliveredAt,
      run_id: row.runId,
      ...NO_INTENT,
      sent_at: row.sentAt,
      source_key: row.sourceKey,
    })),
  ).catch((error: unknown) => {
    if (!isTaken(error)) throw error
    throw new SyncError(
      'unavailable',
      'Another mapping took over a record of this page at the same moment.',
      {
        cause: error,
        maybeSent: false,
      },
    )
  })
}

/** The unique index of records at the target refused a row; PostgreSQL says its name, SQLite its columns. */
function isTaken(error: unknown): boolean {
  const { constraint, message } = error as { readonly constraint?: string; readonly message?: string }
  return constraint === 'ledger_target' || /^UNIQUE .*ledger\.target_id/.test(message ?? '')
}

/** By key; keys that the ledger does not know are left out. */
export async function ledgerRows(
  store: Queryable,
  project: string,
  namespace: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, LedgerRow>> {
  if (keys.length === 0) return new Map()
  const rows = await store.db
    .selectFrom('ledger')
    .selectAll()
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .where(isOneOf(store, 'key', keys))
    .execute()
  return new Map(rows.map((row) => [row.key, ledgerRowOf(row)]))
}

/** What a `link` may point to. `targetId` null: it is known and not at the target; `state` says why. */
export interface LinkTarget {
  readonly targetId: string | null
  readonly state: LedgerState
}

/** By key; keys that the ledger does not know are left out. */
export async function ledgerTargets(
  store: Queryable,
  project: string,
  namespace: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, LinkTarget>> {
  if (keys.length === 0) return new Map()
  const rows = await store.db
    .selectFrom('ledger')
    .select(['key', 'target_id', 'state'])
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .where(isOneOf(store, 'key', keys))
    .execute()
  return new Map(rows.map((row) => [row.key, { targetId: row.target_id, state: row.state as LedgerState }]))
}

/** The source keys that records at the target belong to, by target id; those that belong to nobody are left out. */
export async function targetIdOwners(
  store: Queryable,
  project: string,
  target: { readonly connection: string; readonly resource: string; readonly targetIds: readonly string[] },
): Promise<ReadonlyMap<string, { readonly namespace: string; readonly key: string }>> {
  const rows = await store.db
    .selectFrom('ledger')
    .select(['namespace', 'key', 'target_id'])
    .where('project', '=', project)
    .where('connection', '=', target.connection)
    .where('resource', '=', target.resource)
    .where(isOneOf(store, 'target_id', target.targetIds))
    .execute()
  return new Map(rows.map(({ namespace, key, target_id }) => [target_id!, { namespace, key }]))
}

/** By what people call the record; the one delivered last when several have the name. */
export async function ledgerByLabel(
  store: Queryable,
  project: string,
  namespace: string,
  label: string,
): Promise<LedgerRow | null> {
  const row = await store.db
    .selectFrom('ledger')
    .selectAll()
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .where('label', '=', label)
    .orderBy('delivered_at', 'desc')
    .orderBy('key')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : ledgerRowOf(row)
}

export interface LedgerCounts {
  /** Keys with a record at the target. */
  readonly delivered: number
  readonly byState: Readonly<Record<LedgerState, number>>
}

export async function ledgerCounts(
  store: Queryable,
  project: string,
  namespace: string,
): Promise<LedgerCounts> {
  const rows = await store.db
    .selectFrom('ledger')
    .select(({ fn }) => ['state', fn.countAll().as('rows'), fn.count('target_id').as('delivered')])
    .where('project', '=', project)
    .where('namespace', '=', namespace)
    .groupBy('state')
    .execute()
  const byState = { intent: 0, confirmed: 0, filtered: 0, parked: 0 }
  let delivered = 0
  for (const row of rows) {
    byState[row.state as LedgerState] = Number(row.rows)
    delivered += Number(row.delivered)
  }
  return { delivered, byState }
}

export {
  linkIntents,
  type NewIntent,
  openIntents,
  restampIntents,
  type SettledIntent,
  withdrawIntents,
  writeIntents,
} from './intents.ts'
export type { DeliveredParts, LedgerRow, LedgerState } from './ledger-row.ts'
