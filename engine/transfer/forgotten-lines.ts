import type { UpsertItem } from '../core/model/connector.ts'
import { recordKey } from '../core/model/record-key.ts'
import { goneLines } from '../core/transform/compare.ts'
import { idsIn, lineFields } from './adopt-lines.ts'
import type { LegContext } from './context.ts'
import { sendAll } from './deliver.ts'
import { underWay, type Work } from './work.ts'

/**
 * Records that stood at the target and that the ledger knew nothing of (the store was lost, or restored from an old copy): their
 * lines are asked for, and those of ours that the source has no more are gone lines, as if the ledger had named them.
 */
export async function removeForgottenLines(context: LegContext, works: readonly Work[]): Promise<void> {
  const { plan, target, signal } = context
  const { shape } = plan.target
  const fields = lineFields(plan)
  const unknown = underWay(works).filter(wasUnknown)
  if (fields.length === 0 || unknown.length === 0) return
  const records = await target.lookUp({
    resource: shape.resource,
    by: { kind: 'id' },
    values: unknown.map((work) => work.targetId!),
    where: {},
    fields,
    archived: true,
    signal,
  })
  const recordById = new Map(records.map((record) => [record.id, record]))
  const linesByWork = new Map<Work, string[]>()
  for (const field of fields) {
    const idsByWork = unknown.map((work) => [work, idsIn(recordById.get(work.targetId!), field)] as const)
    const ids = idsByWork.flatMap(([, lines]) => lines)
    const keys = await target.keysOf({ resource: shape.fields[field]!.lines!.resource, ids, signal })
    for (const [work, lines] of idsByWork) {
      const own = `${recordKey(plan.project, plan.namespace, work.key)}/`
      const named = lines.flatMap((id) => {
        const key = keys.get(id)
        return key?.startsWith(own) === true ? [`${field}/${key.slice(own.length)}`] : []
      })
      linesByWork.set(work, [...(linesByWork.get(work) ?? []), ...named])
    }
  }
  await sendAll(context, shape, itemsOf(context, linesByWork), () => {})
}

/** Written, not made, and no row says what stood there before. */
function wasUnknown({ row, written, created, targetId }: Work): boolean {
  const mayHaveBeenThere = !created || row?.state === 'intent'
  return written && targetId !== null && (row === null || row.targetId === null) && mayHaveBeenThere
}

function itemsOf(
  { plan }: LegContext,
  linesByWork: ReadonlyMap<Work, readonly string[]>,
): ReadonlyMap<Work, UpsertItem> {
  const items = new Map<Work, UpsertItem>()
  for (const [work, lines] of linesByWork) {
    const { targetId, adopted } = work
    const key = recordKey(plan.project, plan.namespace, work.key)
    const removedLines = goneLines(plan, key, work.mapped!, {
      lines: Object.fromEntries(lines.map((id) => [id, {}])),
    })
    if (removedLines.length === 0) continue
    items.set(work, { key, targetId, adopted, fields: {}, firstTimeFields: {}, lines: [], removedLines })
  }
  return items
}
