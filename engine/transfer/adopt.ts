import type { FoundRecord } from '../core/model/connector.ts'
import { isOurKey, recordKey } from '../core/model/record-key.ts'
import { targetIdOwners } from '../store/ledger.ts'
import { adoptLines, lineFields, standingLines } from './adopt-lines.ts'
import type { LegContext } from './context.ts'
import { park, underWay, type Work } from './work.ts'

const AT = 'target.adopt'

/**
 * First contact: records that stand at the target already are taken over rather than doubled. One record at the target belongs
 * to one source key; what cannot be told apart is parked, never guessed. An empty value never adopts.
 */
export async function adopt(context: LegContext, works: readonly Work[]): Promise<void> {
  const by = context.plan.target.adopt?.by
  const [first, ...further] = by ?? []
  if (first === undefined) return
  const asking = new Map<Work, string>()
  for (const work of underWay(works)) {
    const value = work.targetId === null ? textOf(work, first) : null
    if (value !== null) asking.set(work, value)
  }
  if (asking.size === 0) return
  const found = await candidates(context, first, further, [...new Set(asking.values())])
  const ids = [...new Set([...found.values()].flat().map((record) => record.id))]
  const keys = await context.target.keysOf({
    resource: context.plan.target.resource,
    ids,
    signal: context.signal,
  })
  const owners = await targetIdOwners(context.store, context.scope, {
    connection: context.plan.target.connection.name,
    resource: context.plan.target.resource,
    targetIds: ids,
  })
  const chosen = new Map<Work, FoundRecord>()
  for (const [work, value] of asking) {
    const own = recordKey(context.plan.project, context.plan.namespace, work.key)
    const fitting = (found.get(value) ?? []).filter((record) =>
      further.every((field) => String(record.fields[field] ?? '') === textOf(work, field)),
    )
    // Ours from before the ledger was lost: found again by its key, as ever.
    if (fitting.some((record) => keys.get(record.id) === own)) continue
    // What carries another key of ours is another source record's.
    const free = fitting.filter((record) => !isOurKey(keys.get(record.id)))
    const [record] = free
    if (record === undefined) continue
    const owner = owners.get(record.id)
    if (free.length > 1) {
      const alike = free.map(({ id }) => id).join(', ')
      ambiguous(
        work,
        `${free.length} records (${alike}) have the ${first} "${value}". Merge them, or make one of them different.`,
      )
    } else if (owner !== undefined) {
      ambiguous(work, `Record ${record.id} belongs to ${owner.key} of ${owner.namespace} already.`)
    } else chosen.set(work, record)
  }
  const lines = await standingLines(context, [...chosen.values()])
  const claimed = new Map<string, Work>()
  for (const [work, record] of chosen) {
    const other = claimed.get(record.id)
    if (other !== undefined) {
      ambiguous(work, `Record ${record.id} was taken over for ${other.label ?? other.key} already.`)
      continue
    }
    const adopted = adoptLines(context.plan, work, record, lines)
    if (typeof adopted === 'string') {
      ambiguous(work, adopted)
      continue
    }
    claimed.set(record.id, work)
    Object.assign(work, { targetId: record.id, adopted: true, adoptedLines: adopted })
  }
}

function ambiguous(work: Work, message: string): void {
  park(work, { class: 'ambiguous', message, at: AT })
}

async function candidates(
  context: LegContext,
  field: string,
  further: readonly string[],
  values: readonly string[],
): Promise<ReadonlyMap<string, readonly FoundRecord[]>> {
  const { plan, signal } = context
  const found = await context.target.lookUp({
    resource: plan.target.resource,
    by: { kind: 'field', field },
    values,
    where: {},
    fields: [...further, ...lineFields(plan)],
    alike: true,
    signal,
  })
  return Map.groupBy(found, (record) => record.value)
}

function textOf(work: Work, field: string): string | null {
  const value = work.mapped?.fields[field] ?? work.mapped?.firstTimeFields[field] ?? null
  return value === null || value === '' || typeof value === 'object' ? null : String(value)
}
