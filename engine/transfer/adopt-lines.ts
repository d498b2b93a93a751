import { Decimal } from 'decimal.js'
import type { FieldValue, FoundRecord } from '../core/model/connector.ts'
import type { JsonValue } from '../core/model/json.ts'
import type { LinesPlan, Plan } from '../core/model/plan.ts'
import { lineId } from '../core/transform/compare.ts'
import type { MappedLine } from '../core/transform/mapped.ts'
import type { LegContext } from './context.ts'
import type { Work } from './work.ts'

/** The fields of a mapping that hold lines. */
export function lineFields(plan: Plan): string[] {
  return Object.entries(plan.fields).flatMap(([name, field]) => (field.kind === 'lines' ? [name] : []))
}

/**
 * The lines of a record that is taken over: ids at the target by line of the mapping. A text instead: why they cannot be told
 * apart. Lines of the target that no line of the mapping is like stay as they are; `agree` sees what they add to the total.
 */
export async function adoptLines(
  context: LegContext,
  work: Work,
  record: FoundRecord,
): Promise<Record<string, string> | string> {
  const adopted: Record<string, string> = {}
  for (const field of lineFields(context.plan)) {
    const ids = record.fields[field]
    if (!Array.isArray(ids) || ids.length === 0) continue
    const lines = await unkeyedLines(context, field, ids.map(String))
    const blocks = (context.plan.fields[field] as LinesPlan).blocks
    if (lines.length > 0 && blocks.every((block) => block.adopt === null))
      return `Record ${record.id} is there already and holds ${lines.length} lines of its own. Say by which field they are recognised (adopt: { by: … } on the lines of ${field}), or remove them.`
    for (const block of blocks) {
      if (block.adopt === null) continue
      const by = block.adopt
      const mapped = work.mapped!.lines.filter((line) => line.field === field && line.as === block.as)
      const likeOf = (line: MappedLine) => by.map((name) => canonical(line.fields[name])).join('\u0000')
      const likeFound = (line: FoundRecord) => by.map((name) => canonical(line.fields[name])).join('\u0000')
      const standing = Map.groupBy(
        lines.filter((line) => !Object.values(adopted).includes(line.id)),
        likeFound,
      )
      for (const [like, wanted] of Map.groupBy(mapped, likeOf)) {
        const found = standing.get(like) ?? []
        if (found.length > 1 && found.length !== wanted.length)
          return `Record ${record.id} holds ${found.length} lines alike in ${by.join(', ')}, the source has ${wanted.length}: which is which cannot be told.`
        for (const [index, line] of wanted.entries()) {
          const other = found[index]
          if (other !== undefined) adopted[lineId(line)] = other.id
        }
      }
    }
  }
  return adopted
}

/** Lines that carry no key of ours, in the order of their ids. */
async function unkeyedLines(
  context: LegContext,
  field: string,
  ids: readonly string[],
): Promise<readonly FoundRecord[]> {
  const { plan, signal, target } = context
  const resource = plan.target.shape.fields[field]!.lines!.resource
  const fields = (plan.fields[field] as LinesPlan).blocks.flatMap((block) => block.adopt ?? [])
  const keys = await target.keysOf({ resource, ids, signal })
  const lines = await target.lookUp({
    resource,
    by: { kind: 'id' },
    values: ids.filter((id) => !(keys.get(id) ?? '').startsWith('tidelock.')),
    where: {},
    fields: [...new Set(fields)],
    archived: true,
    signal,
  })
  return [...lines].sort((a, b) => Number(a.id) - Number(b.id))
}

/** Equal values as equal text: 2, "2" and "2.00" are one number. */
function canonical(value: FieldValue | JsonValue | undefined): string {
  if (value === null || value === undefined || value === '') return ''
  if (Array.isArray(value)) return [...value].map(String).sort().join(',')
  const text = String(value)
  return /^-?\d+(\.\d+)?$/.test(text) ? new Decimal(text).toFixed() : text
}
