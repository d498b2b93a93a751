import type { TargetField } from '../model/connector.ts'
import { isJsonObject } from '../model/json.ts'
import type { FieldPlan } from '../model/plan.ts'
import type { Context, Variables } from './context.ts'
import { linesOf } from './lines.ts'
import { ownRecordOf } from './own-record.ts'
import type { SpelledField } from './renames.ts'
import type { Path } from './report.ts'
import { relationOf, reportMissing, shapeOf, targetField } from './target-field.ts'
import { plainValueOf } from './value.ts'

/** The `fields` of a mapping, with the shape of what is written. */
export function compileFields(
  context: Context,
  where: Path,
  written: Readonly<Record<string, unknown>>,
  variables: Variables,
): { readonly fields: Record<string, FieldPlan>; readonly shape: Record<string, TargetField> } {
  const fields: Record<string, FieldPlan> = {}
  const shape: Record<string, TargetField> = {}
  for (const [name, value] of Object.entries(written)) {
    const at = [...where, name]
    const spelled = targetField(context, context.targetSchema, at)
    if (spelled === null) continue
    const compiled = fieldOf(context, at, value, spelled, variables)
    if (compiled === null) continue
    fields[spelled.name] = compiled.plan
    shape[spelled.name] = compiled.shape
  }
  reportMissing(context, context.targetSchema, where, written)
  return { fields, shape }
}

function fieldOf(
  context: Context,
  at: Path,
  written: unknown,
  spelled: SpelledField,
  variables: Variables,
): { readonly plan: FieldPlan; readonly shape: TargetField } | null {
  const planPath = `fields.${spelled.name}`
  const type = spelled.field['x-type']
  if (Array.isArray(written)) return linesOf(context, at, written, spelled, variables, planPath)
  if (isJsonObject(written) && 'fields' in written)
    return ownRecordOf(context, at, written, spelled, variables, planPath)
  if (type === 'one2many') {
    context.report.add(
      'error',
      'lines-expected',
      at,
      `"${String(at.at(-1))}" holds lines (${relationOf(spelled.field)}), not one value.`,
      'Write a list of blocks, each with `each`, `as`, `identity` and `fields`.',
    )
    return null
  }
  const plan = plainValueOf(context, context.targetSchema, at, written, spelled, variables, planPath)
  return plan === null ? null : { plan, shape: shapeOf(context.targetSchema, spelled) }
}
