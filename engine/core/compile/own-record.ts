import type { TargetField } from '../model/connector.ts'
import type { FieldPlan } from '../model/plan.ts'
import { type Context, condition, type Variables } from './context.ts'
import type { SpelledField } from './renames.ts'
import type { Path } from './report.ts'
import { relatedSchema, shapeOf } from './target-field.ts'
import { plainValueOf, plainValuesOf } from './value.ts'

/** A record of the record's own, which a field points to. */
export function ownRecordOf(
  context: Context,
  at: Path,
  written: Readonly<Record<string, unknown>>,
  spelled: SpelledField,
  variables: Variables,
  planPath: string,
): { readonly plan: FieldPlan; readonly shape: TargetField } | null {
  if (spelled.field['x-type'] !== 'many2one') {
    context.report.add(
      'error',
      'not-a-record',
      at,
      `"${spelled.name}" does not point to one record, so it cannot hold one of its own.`,
      'Write an expression.',
    )
    return null
  }
  const schema = relatedSchema(context, at, spelled)
  if (schema === null) return null
  const when =
    written['when'] === undefined
      ? null
      : condition(context, [...at, 'when'], written['when'], planPath, variables)
  // Its fields are asked only where it is wanted.
  const inside = { ...context, present: new Set([...context.present, ...(when?.present ?? [])]) }
  if (!context.uses.written.has(schema.title)) context.uses.written.set(schema.title, at)
  const { fields, shape } = plainValuesOf(
    inside,
    schema,
    [...at, 'fields'],
    written['fields'] as Record<string, unknown>,
    variables,
    `${planPath}.fields`,
  )
  const otherwise =
    written['otherwise'] === undefined
      ? null
      : plainValueOf(
          context,
          context.targetSchema,
          [...at, 'otherwise'],
          written['otherwise'],
          spelled,
          variables,
          `${planPath}.otherwise`,
        )
  return {
    plan: {
      kind: 'record',
      as: String(written['as']),
      when: when?.plan ?? null,
      otherwise: otherwise?.value ?? null,
      shape: { resource: schema.title, fields: shape },
      fields,
    },
    shape: shapeOf(context.targetSchema, spelled),
  }
}
