import { targetIdOwners } from '../store/ledger.ts'
import type { LegContext } from './context.ts'
import type { Work } from './work.ts'

/**
 * One record at the target belongs to one source key. A key that leads to a record of another one (people merged two
 * contacts in Odoo, which moves the external id) is parked: writing both would let them overwrite one another for ever.
 */
export async function refuseSecondClaims(context: LegContext, works: readonly Work[]): Promise<void> {
  const moved = works.filter(
    (work) => work.written && !work.created && work.targetId !== null && work.targetId !== work.row?.targetId,
  )
  if (moved.length === 0) return
  const { plan } = context
  const owners = await targetIdOwners(context.store, context.scope, {
    connection: plan.target.connection.name,
    resource: plan.target.resource,
    targetIds: moved.map((work) => work.targetId!),
  })
  const claimed = new Set<string>()
  for (const work of moved) {
    const id = work.targetId!
    const owner = owners.get(id)
    const isOwn = owner === undefined || (owner.namespace === plan.namespace && owner.key === work.key)
    if (isOwn && !claimed.has(id)) {
      claimed.add(id)
      continue
    }
    work.targetId = work.row?.targetId ?? null
    work.verdict = {
      kind: 'parked',
      waitsFor: null,
      parking: {
        class: 'ambiguous',
        message: `Its record at the target is ${id}, which belongs to ${owner?.key ?? 'another record of this page'} already: two were merged there. Merge them at the source too, or discard this one.`,
        at: 'target.identity',
      },
    }
  }
}
