import { SyncError } from '../core/model/failure.ts'
import { forUpdate } from './locks.ts'
import type { Queryable, Store, Transaction } from './open.ts'
import type { LeaseTable } from './tables.ts'

/** How long a lease offered to a waiting lane is kept for it. */
const OFFER_MS = 30_000

export interface LeaseRequest {
  readonly project: string
  readonly mapping: string
  /** Who asks: the same text takes it again. */
  readonly holder: string
  readonly lane: string
  readonly ttlMs: number
  /** Whether to be noted as waiting when another one has it. Default true. */
  readonly waits?: boolean
}

export interface LeaseHolder {
  readonly project: string
  readonly mapping: string
  readonly holder: string
}

/** A holder with the number it was given. */
export interface HeldLease extends LeaseHolder {
  readonly epoch: number
}

export type LeaseAnswer =
  | { readonly epoch: number }
  /** `heldBy` null: offered to `lane`, which has not come for it yet. */
  | { readonly heldBy: string | null; readonly lane: string; readonly until: number }

/**
 * Takes the one lease of a mapping, with a new, higher epoch, by which the writes of whoever had it before are refused from
 * then on. Its holder may take it again at any time: of two attempts of one run the later one goes on. Whoever else is
 * refused is noted as waiting with its lane.
 */
export async function acquireLease(store: Store, request: LeaseRequest): Promise<LeaseAnswer> {
  return store.transaction(async (trx): Promise<LeaseAnswer> => {
    const { project, mapping, holder, lane, ttlMs } = request
    let row: LeaseRow | null = null
    // Between the two a mapping that gets this name may have taken the row away.
    while (row === null) {
      if (await insertLease(trx, request)) return { epoch: 1 }
      row = await lockedLease(trx, project, mapping)
    }
    const now = trx.now()
    if (row.holder !== holder) {
      const held = row.holder !== null && row.expiresAt > now
      const kept = row.wantedBy !== null && row.wantedBy !== lane && (row.offeredUntil ?? 0) > now
      if (held || kept) {
        if (held && request.waits !== false && lane !== row.lane && row.wantedBy === null)
          await updateLease(trx, project, mapping, { wanted_by: lane })
        return held
          ? { heldBy: row.holder, lane: row.lane, until: row.expiresAt }
          : { heldBy: null, lane: row.wantedBy!, until: row.offeredUntil! }
      }
    }
    const epoch = row.epoch + 1
    // The lane that waited has it now, or did not come when it was offered; otherwise it goes on waiting.
    const wanted_by = row.wantedBy === lane || row.offeredUntil !== null ? null : row.wantedBy
    await updateLease(trx, project, mapping, {
      holder,
      lane,
      epoch,
      expires_at: now + ttlMs,
      wanted_by,
      offered_until: null,
    })
    return { epoch }
  })
}

/** At a page's end: gives the lease up when another lane waits for it, and keeps it for that lane for a while. Gives that lane. */
export async function offerLease(
  store: Store,
  lease: HeldLease,
): Promise<{ readonly offeredTo: string | null }> {
  return store.transaction(async (trx) => {
    const row = await lockedLease(trx, lease.project, lease.mapping)
    if (row?.holder !== lease.holder || row.epoch !== lease.epoch || row.wantedBy === null)
      return { offeredTo: null }
    const now = trx.now()
    await updateLease(trx, lease.project, lease.mapping, {
      holder: null,
      expires_at: now,
      offered_until: now + OFFER_MS,
    })
    return { offeredTo: row.wantedBy }
  })
}

/** Gives the lease up, if it is still the holder's. */
export async function releaseLease(store: Store, lease: HeldLease): Promise<void> {
  await store.transaction(async (trx) => {
    if (await holds(trx, lease))
      await updateLease(trx, lease.project, lease.mapping, { holder: null, expires_at: trx.now() })
  })
}

/**
 * First in every writing transaction of a leg: puts the expiry off and tells which other lane waits for the lease. Throws
 * `lease-lost` unless the epoch is the current one.
 */
export async function assertLease(
  trx: Transaction,
  lease: HeldLease & { readonly ttlMs: number },
): Promise<{ readonly wantedBy: string | null }> {
  const row = await lockedLease(trx, lease.project, lease.mapping)
  if (row !== null && row.holder === lease.holder && row.epoch === lease.epoch) {
    await updateLease(trx, lease.project, lease.mapping, { expires_at: trx.now() + lease.ttlMs })
    return { wantedBy: row.wantedBy }
  }
  throw new SyncError(
    'lease-lost',
    `${lease.holder} no longer holds ${lease.mapping}: another run took over.`,
  )
}

export interface LeaseRow {
  readonly holder: string | null
  readonly lane: string
  readonly epoch: number
  readonly expiresAt: number
  readonly wantedBy: string | null
  readonly offeredUntil: number | null
}

/** Who may write a mapping now. */
export async function leaseOf(store: Queryable, project: string, mapping: string): Promise<LeaseRow | null> {
  const row = await selectLease(store, project, mapping).executeTakeFirst()
  return row === undefined ? null : leaseRowOf(row)
}

/** The same, and nobody changes it before the transaction ends. */
export async function lockedLease(
  trx: Transaction,
  project: string,
  mapping: string,
): Promise<LeaseRow | null> {
  const row = await forUpdate(trx, selectLease(trx, project, mapping)).executeTakeFirst()
  return row === undefined ? null : leaseRowOf(row)
}

function selectLease(store: Queryable, project: string, mapping: string) {
  return store.db
    .selectFrom('lease')
    .select(['holder', 'lane', 'epoch', 'expires_at', 'wanted_by', 'offered_until'])
    .where('project', '=', project)
    .where('mapping', '=', mapping)
}

function leaseRowOf(row: Omit<LeaseTable, 'project' | 'mapping'>): LeaseRow {
  return {
    holder: row.holder,
    lane: row.lane,
    epoch: row.epoch,
    expiresAt: row.expires_at,
    wantedBy: row.wanted_by,
    offeredUntil: row.offered_until,
  }
}

async function holds(trx: Transaction, lease: HeldLease): Promise<boolean> {
  const row = await lockedLease(trx, lease.project, lease.mapping)
  return row !== null && row.holder === lease.holder && row.epoch === lease.epoch
}

/** The first lease of a mapping; false when there is a row already. */
async function insertLease(
  trx: Transaction,
  { project, mapping, holder, lane, ttlMs }: LeaseRequest,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx.db
    .insertInto('lease')
    .values({ project, mapping, holder, lane, epoch: 1, expires_at: trx.now() + ttlMs })
    .onConflict((conflict) => conflict.columns(['project', 'mapping']).doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

interface LeaseChange {
  readonly holder?: string | null
  readonly lane?: string
  readonly epoch?: number
  readonly expires_at?: number
  readonly wanted_by?: string | null
  readonly offered_until?: number | null
}

async function updateLease(
  trx: Transaction,
  project: string,
  mapping: string,
  change: LeaseChange,
): Promise<void> {
  await trx.db
    .updateTable('lease')
    .set(change)
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .execute()
}
