import { canonicalJson, type JsonValue } from '../model/json.ts'
import type { LineBlockPlan, Plan } from '../model/plan.ts'

/**
 * Where two plans of one mapping would know the same records or lines by other keys: each a reason not to apply, since what was
 * delivered before would be created again beside itself. Empty when nothing is known by another key.
 */
export function identityFaults(before: Plan, wanted: Plan): readonly string[] {
  const faults: string[] = []
  if (before.namespace !== wanted.namespace)
    faults.push(
      `Its keys begin with "${wanted.namespace}" instead of "${before.namespace}". Write keys: ${before.namespace}`,
    )
  if (!same(before.target.identity, wanted.target.identity))
    faults.push('Its identity changed. Put the old identity back.')
  for (const [field, old] of Object.entries(before.fields)) {
    const now = wanted.fields[field]
    if (old.kind === 'record' && now?.kind === 'record' && old.as !== now.as)
      faults.push(`${field} is called "${now.as}" instead of "${old.as}". Put the old name back.`)
    if (old.kind !== 'lines' || now?.kind !== 'lines') continue
    for (const block of old.blocks) faults.push(...lineFaults(field, block, now.blocks, old.blocks))
  }
  return faults
}

function lineFaults(
  field: string,
  block: LineBlockPlan,
  now: readonly LineBlockPlan[],
  before: readonly LineBlockPlan[],
): readonly string[] {
  const kept = now.find((candidate) => candidate.as === block.as)
  if (kept !== undefined)
    return same(kept.identity, block.identity)
      ? []
      : [
          `The identity of the lines "${block.as}" of ${field} changed. Put the old identity back; or take the block out, apply, and add it under another name.`,
        ]
  const renamed = now.find(
    (candidate) => same(candidate.each, block.each) && !before.some(({ as }) => as === candidate.as),
  )
  return renamed === undefined
    ? []
    : [`The lines "${block.as}" of ${field} are called "${renamed.as}" now. Put the old name back.`]
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a as JsonValue) === canonicalJson(b as JsonValue)
}
