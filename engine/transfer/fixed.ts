import { SyncError } from '../core/model/failure.ts'
import type { LegContext } from './context.ts'

/** Records Tidelock sees to itself (`settings.fixed`), before the first page: found by their external id, else created. */
export async function ensureFixed(context: LegContext): Promise<void> {
  const { plan, target, signal } = context
  const names = Object.keys(plan.target.fixed)
  if (names.length === 0) return
  const found = await target.lookUp({
    resource: '',
    by: { kind: 'key' },
    values: names,
    where: {},
    fields: [],
    signal,
  })
  const there = new Set(found.map((record) => record.value))
  for (const name of names) {
    if (there.has(name)) continue
    const { shape, values } = plan.target.fixed[name]!
    const [outcome] = await target.upsert({
      shape,
      items: [
        {
          key: name,
          targetId: null,
          adopted: false,
          fields: values,
          firstTimeFields: {},
          lines: [],
          removedLines: [],
        },
      ],
      signal,
    })
    if (outcome?.status !== 'created' && outcome?.status !== 'updated') {
      const why = outcome !== undefined && 'message' in outcome ? outcome.message : 'the call was stopped'
      throw new SyncError(
        'unavailable',
        `The record "${name}" (${shape.resource}), which ref("${name}") points to, could not be created: ${why}`,
      )
    }
  }
}
