import { assertLease } from '../store/lease.ts'
import type { Transaction } from '../store/open.ts'
import type { LegContext } from './context.ts'

/** Every writing transaction of a leg presents the lease it was given; a stale one fails with `lease-lost`. */
export async function assertLeaseOf(context: LegContext, trx: Transaction): Promise<void> {
  await assertLease(trx, {
    project: context.scope,
    mapping: context.plan.mapping,
    holder: context.holder,
    epoch: context.epoch,
  })
}
