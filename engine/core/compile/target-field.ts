import { didYouMean, nearest } from '../expression/nearest.ts'
import type { TargetField, TargetShape } from '../model/connector.ts'
import type { RecordedField, RecordedSchema } from '../model/recorded.ts'
import type { Context } from './context.ts'

import { fieldNames, type SpelledField, spellField } from './renames.ts'
import type { Path } from './report.ts'
import { withoutRecord } from './unrecorded.ts'

/** A target field by its written name (the last part of the path); an unknown or computed one is reported. */
export function targetField(context: Context, schema: RecordedSchema, at: Path): SpelledField | null {
  const written = String(at.at(-1))
  const spelled = spellField(context.schemas, schema, written)
  if (spelled === null) {
    context.report.add(
      'error',
      'unknown-target-field',
      at,
      `"${written}" is not a field of ${schema.title} in ${schema['x-system']} ${schema['x-version']}.`,
      didYouMean(written, fieldNames(context.schemas, schema)),
      'key',
    )
    return null
  }
  if (spelled.current !== null) {
    context.report.add(
      'warning',
      'renamed-field',
      at,
      `"${written}" is the old name of "${spelled.current}".`,
      {
        hint: `Write "${spelled.current}": it works with every recorded version.`,
        replace: spelled.current,
        safe: true,
      },
      'key',
    )
  }
  if (spelled.field['x-readonly'] === true) {
    context.report.add(
      'error',
      'read-only-field',
      at,
      `${schema.title}.${spelled.name} is computed by ${schema['x-system']}: a value written to it is ignored or makes the record contradict itself.`,
      'Write the fields it is computed from.',
      'key',
    )
    return null
  }
  return spelled
}

export function shapeOf(schema: RecordedSchema, spelled: SpelledField): TargetField {
  const required = isRequired(schema, spelled)
  const relation = spelled.field['x-relation']
  return {
    type: spelled.field['x-type'],
    ...(typeof relation === 'string' ? { relation } : {}),
    ...(required ? { required: true } : {}),
    ...(spelled.field['x-personal'] === true ? { personal: true as const } : {}),
  }
}

/** A shape of named fields of a resource, for what is written beside the mapping's own fields. */
export function shapeFor(context: Context, schema: RecordedSchema, names: readonly string[]): TargetShape {
  const fields: Record<string, TargetField> = {}
  for (const name of names) {
    const spelled = spellField(context.schemas, schema, name)
    if (spelled !== null) fields[spelled.name] = shapeOf(schema, spelled)
  }
  return { resource: schema.title, fields }
}

/** The target refuses the record without it. */
export function isRequired(schema: RecordedSchema, spelled: SpelledField): boolean {
  return spelled.field['x-required'] === true || requiredNames(schema).includes(spelled.name)
}

/** The shape of what a field points to; one that is not recorded is reported. */
export function relatedSchema(context: Context, at: Path, spelled: SpelledField): RecordedSchema | null {
  const relation = relationOf(spelled.field)
  const schema = context.schemas.schema(
    context.targetSchema['x-system'],
    context.targetSchema['x-version'],
    relation,
  )
  if (schema === null) {
    context.report.add(
      'error',
      'unrecorded-resource',
      at,
      `"${spelled.name}" points to ${relation || 'nothing'}, whose shape is not recorded.`,
      withoutRecord(
        context.schemas,
        context.targetSchema['x-system'],
        context.targetSchema['x-version'],
        relation || 'what it points to',
      ),
    )
  }
  return schema
}

/** The resource a field points to, empty for none. */
export function relationOf(field: RecordedField): string {
  return typeof field['x-relation'] === 'string' ? field['x-relation'] : ''
}

/** Without which the target creates nothing. */
export function requiredNames(schema: RecordedSchema): readonly string[] {
  return Array.isArray(schema['required']) ? (schema['required'] as string[]) : []
}

/** Fields without which the target creates nothing, and which are not filled (nor misspelt, which is told already). */
export function reportMissing(
  context: Context,
  schema: RecordedSchema,
  where: Path,
  written: Readonly<Record<string, unknown>>,
): void {
  const required = requiredNames(schema).filter((name) => name !== schema['x-parent'])
  const filled = new Set(
    Object.keys(written).map(
      (name) => spellField(context.schemas, schema, name)?.name ?? nearest(name, required),
    ),
  )
  for (const name of required) {
    if (filled.has(name)) continue
    context.report.add(
      'error',
      'missing-required-field',
      where,
      `${schema.title} cannot be created without "${name}", which ${where.length === 1 ? 'this mapping' : 'this block'} does not fill.`,
      `Add a line for "${name}" under fields.`,
      'key',
    )
  }
}
