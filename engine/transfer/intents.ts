import { deliveredText, namesText } from '../core/transform/compare.ts'
import { restampIntents, writeIntents } from '../store/ledger.ts'
import type { LegContext } from './context.ts'
import type { Fence } from './fence.ts'
import { assertLeaseOf } from './lease.ts'
import { columnsOf } from './row.ts'
import type { Work } from './work.ts'

/** Notes what is about to be written: an intent for every record of the page that anything may be sent for. */
export async function noteIntents(context: LegContext, works: readonly Work[]): Promise<void> {
  const { store, fence } = context
  const since = fence.now()
  const now = context.now()
  await store.transaction(async (trx) => {
    await assertLeaseOf(context, trx)
    await writeIntents(
      trx,
      works.map((work) => ({
        ...columnsOf(context, work),
        payloadHash: work.fingerprint!,
        sent: deliveredText(
          work.previous === null ? namesText(work.mapped!) : work.hashes!,
          work.adjusted,
          work.adoptedLines,
        ),
        epoch: context.epoch,
        sentAt: now,
      })),
    )
  })
  for (const work of works) work.intended = true
  fence.keys = works.map((work) => work.key)
  stamped(fence, since)
}

/** Before every batch of writes: intents that were noted a while ago are stamped anew, as long as the lease is still ours. */
export async function keepFresh(context: LegContext): Promise<void> {
  const { store, plan, fence } = context
  const since = fence.now()
  if (since - fence.stampedAt < fence.sendWithinMs / 2) return
  const now = context.now()
  await store.transaction(async (trx) => {
    await assertLeaseOf(context, trx)
    await restampIntents(trx, context.scope, plan.namespace, {
      keys: fence.keys,
      epoch: context.epoch,
      sentAt: now,
    })
  })
  stamped(fence, since)
}

function stamped(fence: Fence, at: number): void {
  fence.stampedAt = at
  fence.allowWritesUntil(at + fence.sendWithinMs)
}
