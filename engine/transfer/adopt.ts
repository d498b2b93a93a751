import type { FoundRecord } from '../core/model/connector.ts'
import { recordKey } from '../core/model/record-key.ts'
import { targetIdOwner } from '../store/ledger.ts'
import { adoptLines, lineFields } from './adopt-lines.ts'
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
  const keys = await context.target.keysOf({
    resource: context.plan.target.resource,
    ids: [...new Set([...found.values()].flat().map((record) => record.id))],
    signal: context.signal,
  })
  const claimed = new Map<string, Work>()
  for (const [work, value] of asking) {
    const own = recordKey(context.plan.project, context.plan.namespace, work.key)
    const fitting = (found.get(value) ?? []).filter((record) =>
      further.every((field) => String(record.fields[field] ?? '') === textOf(work, field)),
    )
    // Ours from before the ledger was lost: found again by its key, as ever.
    if (fitting.some((record) => keys.get(record.id) === own)) continue
    // What carries another key of ours is another source record's.
    const free = fitting.filter((record) => !(keys.get(record.id) ?? '').startsWith('tidelock.'))
    const [record] = free
    if (record === undefined) continue
    if (free.length > 1) {
      const ids = free.map(({ id }) => id).join(', ')
      ambiguous(
        work,
        `${free.length} records (${ids}) have the ${first} "${value}". Merge them, or make one of them different.`,
      )
      continue
    }
    await claim(context, work, record, claimed)
  }
}

async function claim(
  context: LegContext,
  work: Work,
  record: FoundRecord,
  claimed: Map<string, Work>,
): Promise<void> {
  const { plan } = context
  const other = claimed.get(record.id)
  if (other !== undefined)
    return ambiguous(work, `Record ${record.id} was taken over for ${other.label ?? other.key} already.`)
  const owner = await targetIdOwner(context.store, context.scope, {
    connection: plan.target.connection.name,
    resource: plan.target.resource,
    targetId: record.id,
  })
  if (owner !== null)
    return ambiguous(work, `Record ${record.id} belongs to ${owner.key} of ${owner.namespace} already.`)
  const lines = await adoptLines(context, work, record)
  if (typeof lines === 'string') return ambiguous(work, lines)
  work.adoptedLines = lines
  claimed.set(record.id, work)
  work.targetId = record.id
  work.adopted = true
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
    signal,
  })
  return Map.groupBy(found, (record) => record.value)
}

function textOf(work: Work, field: string): string | null {
  const value = work.mapped?.fields[field] ?? null
  return value === null || value === '' || typeof value === 'object' ? null : String(value)
}
