import { isJsonObject } from '../model/json.ts'
import type { ValuePlan } from '../model/plan.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import { type Context, expressionAt, type Variables } from './context.ts'
import { misfit, nothingFor, tooFine } from './fit.ts'
import type { SpelledField } from './renames.ts'
import type { Path } from './report.ts'
import { isRequired } from './target-field.ts'

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
  const compiled = expressionAt(context, where, wrapped ? written['value'] : written, planPath, variables)
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
