import { canonicalDecimal, Decimal } from '../core/expression/decimal.ts'
import type { FieldValue, FoundRecord } from '../core/model/connector.ts'
import type { JsonValue } from '../core/model/json.ts'
import type { LinesPlan, Plan } from '../core/model/plan.ts'
import { isOurKey } from '../core/model/record-key.ts'
import { lineId } from '../core/transform/compare.ts'
import type { MappedLine } from '../core/transform/mapped.ts'
import type { LegContext } from './context.ts'
import type { Work } from './work.ts'

/** The fields of a mapping that hold lines. */
export function lineFields(plan: Plan): string[] {
  return Object.entries(plan.fields).flatMap(([name, field]) => (field.kind === 'lines' ? [name] : []))
}

/** Lines without a key of ours: by the field that holds them, by their id. */
export type StandingLines = ReadonlyMap<string, ReadonlyMap<string, FoundRecord>>

/** The lines of records that may be taken over, asked for in two calls a field. */
export async function standingLines(
  { plan, signal, target }: LegContext,
  records: readonly FoundRecord[],
): Promise<StandingLines> {
  const standing = new Map<string, ReadonlyMap<string, FoundRecord>>()
  for (const field of lineFields(plan)) {
    const ids = [...new Set(records.flatMap((record) => idsIn(record, field)))]
    if (ids.length === 0) continue
    const resource = plan.target.shape.fields[field]!.lines!.resource
    const fields = (plan.fields[field] as LinesPlan).blocks.flatMap((block) => block.adopt ?? [])
    const keys = await target.keysOf({ resource, ids, signal })
    const lines = await target.lookUp({
      resource,
      by: { kind: 'id' },
      values: ids.filter((id) => !isOurKey(keys.get(id))),
      where: {},
      fields: [...new Set(fields)],
      archived: true,
      signal,
    })
    standing.set(field, new Map(lines.map((line) => [line.id, line])))
  }
  return standing
}

/**
 * The lines of a record that is taken over: ids at the target by line of the mapping. A text instead: why they cannot be told
 * apart. Lines of the target that no line of the mapping is like stay as they are; `agree` sees what they add to the total.
 */
export function adoptLines(
  plan: Plan,
  work: Work,
  record: FoundRecord,
  standing: StandingLines,
): Record<string, string> | string {
  const adopted: Record<string, string> = {}
  for (const field of lineFields(plan)) {
    const lines = idsIn(record, field)
      .flatMap((id) => standing.get(field)?.get(id) ?? [])
      .sort((a, b) => Number(a.id) - Number(b.id))
    const { blocks } = plan.fields[field] as LinesPlan
    if (lines.length > 0 && blocks.every((block) => block.adopt === null))
      return `Record ${record.id} is there already and holds ${lines.length} lines of its own. Say by which field they are recognised (adopt: { by: … } on the lines of ${field}), or remove them.`
    const taken = new Set<string>()
    for (const block of blocks) {
      if (block.adopt === null) continue
      const by = block.adopt
      const likeness = (line: MappedLine | FoundRecord) =>
        by.map((name) => canonical(line.fields[name])).join('\u0000')
      const mapped = work.mapped!.lines.filter((line) => line.field === field && line.as === block.as)
      const free = Map.groupBy(
        lines.filter((line) => !taken.has(line.id)),
        likeness,
      )
      for (const [like, wanted] of Map.groupBy(mapped, likeness)) {
        const found = free.get(like) ?? []
        if (found.length > 1 && found.length !== wanted.length)
          return `Record ${record.id} holds ${found.length} lines alike in ${by.join(', ')}, the source has ${wanted.length}: which is which cannot be told.`
        for (const [index, line] of wanted.entries()) {
          const other = found[index]
          if (other === undefined) continue
          adopted[lineId(line)] = other.id
          taken.add(other.id)
        }
      }
    }
  }
  return adopted
}

/** The ids of a record's lines, where they were asked for. */
export function idsIn(record: FoundRecord | undefined, field: string): readonly string[] {
  const ids = record?.fields[field]
  return Array.isArray(ids) ? ids.map(String) : []
}

/** Equal values as equal text: 2, "2" and "2.00" are one number. */
function canonical(value: FieldValue | JsonValue | undefined): string {
  if (value === null || value === undefined || value === '') return ''
  if (Array.isArray(value)) return [...value].map(String).sort().join(',')
  const text = String(value)
  return /^-?\d+(\.\d+)?$/.test(text) ? canonicalDecimal(new Decimal(text)) : text
}
