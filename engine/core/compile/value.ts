import type { Type } from '../expression/type.ts'
import { isJsonObject } from '../model/json.ts'
import type { ValuePlan } from '../model/plan.ts'
import type { FieldType, RecordedSchema } from '../model/recorded.ts'
import { type Context, expressionAt, type Variables } from './context.ts'
import { misfit, nothingFor, tooFine } from './fit.ts'
import type { SpelledField } from './renames.ts'
import type { Path } from './report.ts'
import { isRequired } from './target-field.ts'

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
