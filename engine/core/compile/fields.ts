import { didYouMean } from '../expression/nearest.ts'
import type { Type } from '../expression/type.ts'
import type { TargetField, TargetShape } from '../model/connector.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { FieldPlan, LineBlockPlan, LineGone, ValuePlan } from '../model/plan.ts'
import type { RecordedField, RecordedSchema } from '../model/recorded.ts'
import { lineAdoptOf } from './adopt.ts'
import { type Context, expressionAt } from './context.ts'
import { misfit } from './fit.ts'
import { fieldNames, type SpelledField, spellField } from './renames.ts'
import type { Path } from './report.ts'

export type Variables = Readonly<Record<string, Type>>

/** The `fields` of a mapping, with the shape of what is written. */
export function compileFields(
  context: Context,
  where: Path,
  written: Readonly<Record<string, unknown>>,
  variables: Variables,
): { readonly fields: Record<string, FieldPlan>; readonly shape: Record<string, TargetField> } {
  const fields: Record<string, FieldPlan> = {}
  const shape: Record<string, TargetField> = {}
  const named = new Set<string>()
  for (const [name, value] of Object.entries(written)) {
    const at = [...where, name]
    const spelled = targetField(context, context.targetSchema, at)
    if (spelled === null) continue
    named.add(spelled.name)
    const compiled = fieldOf(context, at, value, spelled, variables)
    if (compiled === null) continue
    fields[spelled.name] = compiled.plan
    shape[spelled.name] = compiled.shape
  }
  for (const name of requiredNames(context.targetSchema)) {
    if (!named.has(name)) {
      context.report.add(
        'error',
        'missing-required-field',
        where,
        `${context.targetSchema.title} cannot be created without "${name}", which this mapping does not fill.`,
        `Add a line for "${name}" under fields.`,
        'key',
      )
    }
  }
  return { fields, shape }
}

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
      `Write "${spelled.current}": it works with every recorded version.`,
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
  const plan = plainValueOf(context, at, written, spelled, variables, planPath)
  return plan === null ? null : { plan, shape: shapeOf(context.targetSchema, spelled) }
}

function plainValueOf(
  context: Context,
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
  const fault = misfit(compiled, spelled.field, spelled.name)
  if (fault !== null) {
    context.report.add('error', fault.code, where, fault.message, fault.hint)
    return null
  }
  return { kind: 'value', value: compiled.plan, firstTimeOnly: wrapped && written['firstTimeOnly'] === true }
}

function linesOf(
  context: Context,
  at: Path,
  written: readonly unknown[],
  spelled: SpelledField,
  variables: Variables,
  planPath: string,
): { readonly plan: FieldPlan; readonly shape: TargetField } | null {
  const schema = relatedSchema(context, at, spelled)
  if (spelled.field['x-type'] !== 'one2many' || schema === null) {
    if (schema !== null)
      context.report.add(
        'error',
        'not-lines',
        at,
        `"${spelled.name}" holds one value, not lines.`,
        'Write an expression.',
      )
    return null
  }
  const parent = schema['x-parent']
  const lineShape: Record<string, TargetField> = {}
  const blocks: LineBlockPlan[] = []
  for (const [index, item] of written.entries()) {
    const block = item as Readonly<Record<string, unknown>>
    const where = [...at, index]
    const place = `${planPath}.${index}`
    const each = expressionAt(context, [...where, 'each'], block['each'], `${place}.each`, variables, {
      lookUps: false,
    })
    const element = each === null ? null : elementOf(each.type)
    if (each !== null && element === null) {
      context.report.add(
        'error',
        'not-a-list',
        [...where, 'each'],
        '`each` must be a list of the source record.',
        'Name a list such as order.lineItems.',
      )
    }
    const as = String(block['as'])
    const inner = element === null ? null : { ...variables, [as]: element }
    const fields: Record<string, ValuePlan> = {}
    const named = new Set<string>()
    if (inner !== null) {
      for (const [name, value] of Object.entries(block['fields'] as Record<string, unknown>)) {
        const fieldAt = [...where, 'fields', name]
        const line = targetField(context, schema, fieldAt)
        if (line === null) continue
        named.add(line.name)
        const plan = plainValueOf(context, fieldAt, value, line, inner, `${place}.fields.${line.name}`)
        if (plan === null) continue
        fields[line.name] = plan
        lineShape[line.name] = shapeOf(schema, line)
      }
      for (const name of requiredNames(schema)) {
        if (name !== parent && !named.has(name)) {
          context.report.add(
            'error',
            'missing-required-field',
            [...where, 'fields'],
            `${schema.title} cannot be created without "${name}".`,
            `Add a line for "${name}" under fields.`,
            'key',
          )
        }
      }
    }
    const identity =
      inner === null
        ? []
        : identityOf(context, [...where, 'identity'], block['identity'], `${place}.identity`, inner)
    const gone = goneOf(context, [...where, 'gone'], block['gone'], schema, lineShape)
    const adopt = lineAdoptOf(
      context,
      [...where, 'adopt', 'by'],
      block['adopt'] as { by: string | string[] } | undefined,
      schema,
      block['fields'] as Record<string, unknown>,
    )
    if (each !== null && inner !== null) blocks.push({ each: each.plan, as, identity, adopt, gone, fields })
  }
  return {
    plan: { kind: 'lines', blocks },
    shape: {
      type: 'one2many',
      relation: schema.title,
      lines: { resource: schema.title, fields: lineShape },
      ...(typeof parent === 'string' ? { parent } : {}),
    } as TargetField,
  }
}

function goneOf(
  context: Context,
  where: Path,
  written: unknown,
  schema: RecordedSchema,
  lineShape: Record<string, TargetField>,
): LineGone {
  if (written === undefined || written === 'ignore') return 'ignore'
  if (written === 'remove') return 'remove'
  if (!isJsonObject(written) || !isJsonObject(written['set'] as JsonValue)) return 'ignore'
  const set: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(written['set'] as Record<string, JsonValue>)) {
    const line = targetField(context, schema, [...where, 'set', name])
    if (line === null) continue
    set[line.name] = typeof value === 'number' && line.field['x-type'] !== 'integer' ? String(value) : value
    lineShape[line.name] ??= shapeOf(schema, line)
  }
  return { set }
}

function ownRecordOf(
  context: Context,
  at: Path,
  written: Readonly<Record<string, unknown>>,
  spelled: SpelledField,
  variables: Variables,
  planPath: string,
): { readonly plan: FieldPlan; readonly shape: TargetField } | null {
  const schema = relatedSchema(context, at, spelled)
  if (schema === null) return null
  if (spelled.field['x-type'] !== 'many2one') {
    context.report.add(
      'error',
      'not-a-record',
      at,
      `"${spelled.name}" does not point to one record, so it cannot hold one of its own.`,
      'Write an expression, or a list of line blocks.',
    )
    return null
  }
  const shape: Record<string, TargetField> = {}
  const fields: Record<string, ValuePlan> = {}
  const named = new Set<string>()
  for (const [name, value] of Object.entries(written['fields'] as Record<string, unknown>)) {
    const fieldAt = [...at, 'fields', name]
    const inner = targetField(context, schema, fieldAt)
    if (inner === null) continue
    named.add(inner.name)
    const plan = plainValueOf(context, fieldAt, value, inner, variables, `${planPath}.fields.${inner.name}`)
    if (plan === null) continue
    fields[inner.name] = plan
    shape[inner.name] = shapeOf(schema, inner)
  }
  for (const name of requiredNames(schema)) {
    if (!named.has(name)) {
      context.report.add(
        'error',
        'missing-required-field',
        [...at, 'fields'],
        `${schema.title} cannot be created without "${name}".`,
        `Add a line for "${name}" under fields.`,
        'key',
      )
    }
  }
  const when =
    written['when'] === undefined
      ? null
      : expressionAt(context, [...at, 'when'], written['when'], planPath, variables, { lookUps: false })
  const otherwise =
    written['otherwise'] === undefined
      ? null
      : plainValueOf(
          context,
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

/** One expression a part; look-ups are not part of an identity. */
export function identityOf(
  context: Context,
  where: Path,
  written: unknown,
  planPath: string,
  variables: Variables,
) {
  const parts = Array.isArray(written) ? written : [written]
  return parts.flatMap((part, index) => {
    const at = Array.isArray(written) ? [...where, index] : where
    const compiled = expressionAt(context, at, part, `${planPath}.${index}`, variables, { lookUps: false })
    return compiled === null ? [] : [compiled.plan]
  })
}

export function shapeOf(schema: RecordedSchema, spelled: SpelledField): TargetField {
  const required = spelled.field['x-required'] === true || requiredNames(schema).includes(spelled.name)
  const relation = spelled.field['x-relation']
  return {
    type: spelled.field['x-type'],
    ...(typeof relation === 'string' ? { relation } : {}),
    ...(required ? { required: true } : {}),
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

function relatedSchema(context: Context, at: Path, spelled: SpelledField): RecordedSchema | null {
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
      `Record it: tidelock record ${context.target.name} ${relation}`,
    )
  }
  return schema
}

function relationOf(field: RecordedField): string {
  return typeof field['x-relation'] === 'string' ? field['x-relation'] : ''
}

function requiredNames(schema: RecordedSchema): readonly string[] {
  return Array.isArray(schema['required']) ? (schema['required'] as string[]) : []
}

function elementOf(type: Type): Type | null {
  return type.kind === 'list' ? type.of : type.kind === 'unknown' ? type : null
}
