import { SyncError } from '../core/model/failure.ts'
import type { Store, Transaction } from './open.ts'

export interface LeaseRequest {
  readonly project: string
  readonly mapping: string
  /** The run that asks; asking again renews. */
  readonly holder: string
  readonly lane: string
  readonly ttlMs: number
}

export type LeaseAnswer = { readonly epoch: number } | { readonly heldBy: string; readonly lane: string; readonly until: number }

/** Takes or renews the lease of a mapping. A new holder gets the next epoch, so that the one before can commit no more. */
export async function acquireLease(store: Store, request: LeaseRequest): Promise<LeaseAnswer> {
  const { project, mapping, holder, lane, ttlMs } = request
  return store.transaction(async (trx) => {
    const now = store.now()
    const row = await trx.selectFrom('lease').selectAll().where('project', '=', project).where('mapping', '=', mapping).executeTakeFirst()
    if (row === undefined) {
      await trx.insertInto('lease').values({ project, mapping, holder, lane, epoch: 1, expiresAt: now + ttlMs, wantedBy: null }).execute()
      return { epoch: 1 }
    }
    if (row.holder !== holder && row.expiresAt > now) {
      await trx.updateTable('lease').set({ wantedBy: lane }).where('project', '=', project).where('mapping', '=', mapping).execute()
      return { heldBy: row.holder, lane: row.lane, until: row.expiresAt }
    }
    const epoch = row.holder === holder ? row.epoch : row.epoch + 1
    await trx
      .updateTable('lease')
      .set({ holder, lane, epoch, expiresAt: now + ttlMs, wantedBy: null })
      .where('project', '=', project)
      .where('mapping', '=', mapping)
      .execute()
    return { epoch }
  })
}

/** Gives the lease back; the row and its epoch stay. */
export async function releaseLease(store: Store, lease: { readonly project: string; readonly mapping: string; readonly holder: string }): Promise<void> {
  await store.db
    .updateTable('lease')
    .set({ expiresAt: 0 })
    .where('project', '=', lease.project)
    .where('mapping', '=', lease.mapping)
    .where('holder', '=', lease.holder)
    .execute()
}

/** Throws `lease-lost` unless the lease is still this holder's, in this epoch. Called in every writing transaction of a leg. */
export async function assertLease(
  trx: Transaction,
  lease: { readonly project: string; readonly mapping: string; readonly holder: string; readonly epoch: number },
): Promise<void> {
  const row = await trx.selectFrom('lease').select(['holder', 'epoch']).where('project', '=', lease.project).where('mapping', '=', lease.mapping).executeTakeFirst()
  if (row?.holder === lease.holder && row.epoch === lease.epoch) return
  throw new SyncError('lease-lost', `Another run of ${lease.mapping} took over.`)
}
