import type { Type } from '../expression/type.ts'
import type { TargetField } from '../model/connector.ts'
import { isJsonObject } from '../model/json.ts'
import type { ValuePlan } from '../model/plan.ts'
import type { FieldType, RecordedSchema } from '../model/recorded.ts'
import { type Context, expressionAt, type Variables } from './context.ts'
import { misfit, nothingFor, tooFine } from './fit.ts'
import type { SpelledField } from './renames.ts'
import type { Path } from './report.ts'
import { isRequired, reportMissing, shapeOf, targetField } from './target-field.ts'

/** What each kind of target field is filled with best. */
const SUITS: Partial<Record<FieldType, readonly Type['kind'][]>> = {
  text: ['text'],
  html: ['text'],
  selection: ['text'],
  integer: ['integer'],
  float: ['decimal', 'integer'],
  decimal: ['decimal', 'integer'],
  boolean: ['boolean'],
  date: ['date', 'datetime'],
  datetime: ['datetime'],
}

/** One value for each of the `fields` of a line or a record of its own, with the shape of what is written. */
export function plainValuesOf(
  context: Context,
  schema: RecordedSchema,
  at: Path,
  written: Readonly<Record<string, unknown>>,
  variables: Variables,
  planPath: string,
): { readonly fields: Record<string, ValuePlan>; readonly shape: Record<string, TargetField> } {
  const fields: Record<string, ValuePlan> = {}
  const shape: Record<string, TargetField> = {}
  for (const [name, value] of Object.entries(written)) {
    const where = [...at, name]
    const spelled = targetField(context, schema, where)
    if (spelled === null) continue
    const path = `${planPath}.${spelled.name}`
    const plan = plainValueOf(context, schema, where, value, spelled, variables, path)
    if (plan === null) continue
    fields[spelled.name] = plan
    shape[spelled.name] = shapeOf(schema, spelled)
  }
  reportMissing(context, schema, at, written)
  return { fields, shape }
}

/** One value for one field: an expression that fits it. */
export function plainValueOf(
  context: Context,
  schema: RecordedSchema,
  at: Path,
  written: unknown,
  spelled: SpelledField,
  variables: Variables,
  planPath: string,
): ValuePlan | null {
  const wrapped = isJsonObject(written) && 'value' in written
  const where = wrapped ? [...at, 'value'] : at
  const kinds = SUITS[spelled.field['x-type']]
  const options = { lookUps: true, ...(kinds === undefined ? {} : { fills: { name: spelled.name, kinds } }) }
  const compiled = expressionAt(
    context,
    where,
    wrapped ? written['value'] : written,
    planPath,
    variables,
    options,
  )
  if (compiled === null) return null
  const required = isRequired(schema, spelled)
  const fault = misfit(compiled, spelled.field, spelled.name) ?? nothingFor(compiled, spelled.name, required)
  if (fault !== null) {
    context.report.add('error', fault.code, where, fault.message, fault.hint)
    return null
  }
  const fine = tooFine(compiled, spelled.field, spelled.name)
  if (fine !== null)
    context.report.add(
      'constant' in compiled.plan ? 'error' : 'warning',
      fine.code,
      where,
      fine.message,
      fine.hint,
    )
  return { kind: 'value', value: compiled.plan, firstTimeOnly: wrapped && written['firstTimeOnly'] === true }
}
