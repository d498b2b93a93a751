import type { ValuePlan } from '../model/plan.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import type { Context } from './context.ts'
import { didYouMean } from './nearest.ts'
import { spellField } from './renames.ts'
import type { Path } from './report.ts'

/** By which fields lines that stand at the target already are recognised; the block has to fill each of them. */
export function lineAdoptOf(
  context: Context,
  where: Path,
  written: unknown,
  schema: RecordedSchema,
  fields: Readonly<Record<string, ValuePlan>>,
): readonly string[] | null {
  const by = (written as { readonly by: string | readonly string[] } | undefined)?.by ?? null
  if (by === null) return null
  return [by].flat().flatMap((name) => {
    const spelled = spellField(context.schemas, schema, name)
    if (spelled !== null && spelled.name in fields) return [spelled.name]
    context.report.add(
      'error',
      'unknown-target-field',
      where,
      `Lines are to be recognised by "${name}", which this block does not fill.`,
      didYouMean(name, Object.keys(fields)) ?? `It fills ${Object.keys(fields).join(', ')}.`,
    )
    return []
  })
}
