import type { Plan, ValuePlan } from '../model/plan.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import type { Context } from './context.ts'
import { didYouMean } from './nearest.ts'
import { fieldNames, spellField } from './renames.ts'
import type { Path } from './report.ts'

/** `adopt` as it is written. */
interface Written {
  readonly by: string | readonly string[]
}

/** By which fields records that stand at the target already are recognised. */
export function adoptOf(
  context: Context,
  where: Path,
  written: Written | undefined,
): Plan['target']['adopt'] {
  if (written === undefined) return null
  const schema = context.targetSchema
  const by = spelledNames(context, where, written, schema, (name) => ({
    known: spellField(context.schemas, schema, name) !== null,
    message: `"${name}" is not a field of ${schema.title}.`,
    hint: didYouMean(name, fieldNames(context.schemas, schema)),
  }))
  return by.length === 0 ? null : { by }
}

/** By which fields lines that stand at the target already are recognised; the block has to fill each of them. */
export function lineAdoptOf(
  context: Context,
  where: Path,
  written: Written | undefined,
  schema: RecordedSchema,
  fields: Readonly<Record<string, ValuePlan>>,
): readonly string[] | null {
  if (written === undefined) return null
  return spelledNames(context, where, written, schema, (name, spelled) => ({
    known: spelled in fields,
    message: `Lines are to be recognised by "${name}", which this block does not fill.`,
    hint: didYouMean(name, Object.keys(fields)) ?? `It fills ${Object.keys(fields).join(', ')}.`,
  }))
}

/** Names in the spelling of the target's version; one that does not do is reported and left out. */
function spelledNames(
  context: Context,
  where: Path,
  written: Written,
  schema: RecordedSchema,
  judge: (
    name: string,
    spelled: string,
  ) => { readonly known: boolean; readonly message: string; readonly hint: string | null },
): readonly string[] {
  return [written.by].flat().flatMap((name) => {
    const spelled = spellField(context.schemas, schema, name)?.name ?? name
    const { known, message, hint } = judge(name, spelled)
    if (known) return [spelled]
    context.report.add('error', 'unknown-target-field', where, message, hint)
    return []
  })
}
