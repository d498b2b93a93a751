import { assertLease } from '../store/lease.ts'
import type { Transaction } from '../store/open.ts'
import type { LegContext } from './context.ts'

/**
 * Every writing transaction of a leg presents the lease it was given, and so keeps it; a stale one fails with `lease-lost`.
 * Gives the other lane that waits for it, if one does.
 */
export async function assertLeaseOf(context: LegContext, trx: Transaction): Promise<string | null> {
  const { wantedBy } = await assertLease(trx, {
    project: context.scope,
    mapping: context.plan.mapping,
    holder: context.holder,
    epoch: context.epoch,
    ttlMs: context.leaseMs,
  })
  return wantedBy === context.lane ? null : wantedBy
}
