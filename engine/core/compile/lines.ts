import type { Type } from '../expression/type.ts'
import type { TargetField } from '../model/connector.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { FieldPlan, LineBlockPlan, LineGone } from '../model/plan.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import { lineAdoptOf } from './adopt.ts'
import { type Context, constantOf, expressionAt, type Variables } from './context.ts'
import { misfit } from './fit.ts'
import { identityOf } from './identity.ts'
import type { SpelledField } from './renames.ts'
import type { Path } from './report.ts'
import { relatedSchema, shapeOf, targetField } from './target-field.ts'
import { plainValuesOf } from './value.ts'

/** The blocks of a field with lines. */
export function linesOf(
  context: Context,
  at: Path,
  written: readonly unknown[],
  spelled: SpelledField,
  variables: Variables,
  planPath: string,
): { readonly plan: FieldPlan; readonly shape: TargetField } | null {
  if (spelled.field['x-type'] !== 'one2many') {
    const message = `"${spelled.name}" holds one value, not lines.`
    context.report.add('error', 'not-lines', at, message, 'Write an expression.')
    return null
  }
  const schema = relatedSchema(context, at, spelled)
  if (schema === null) return null
  if (!context.uses.written.has(schema.title)) context.uses.written.set(schema.title, at)
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
    const filled = block['fields'] as Readonly<Record<string, unknown>>
    const values =
      inner === null
        ? null
        : plainValuesOf(context, schema, [...where, 'fields'], filled, inner, `${place}.fields`)
    Object.assign(lineShape, values?.shape)
    const identity =
      inner === null
        ? []
        : identityOf(context, [...where, 'identity'], block['identity'], `${place}.identity`, inner, element!)
    if (block['gone'] === 'remove') context.uses.removed.set(schema.title, [...where, 'gone'])
    const gone = goneOf(context, [...where, 'gone'], block['gone'], schema, lineShape)
    const adopt = lineAdoptOf(
      context,
      [...where, 'adopt', 'by'],
      block['adopt'] as { by: string | string[] } | undefined,
      schema,
      filled,
    )
    if (each !== null && values !== null)
      blocks.push({ each: each.plan, as, identity, adopt, gone, fields: values.fields })
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
    const fault = misfit(constantOf(value), line.field, line.name)
    if (fault !== null)
      context.report.add('error', fault.code, [...where, 'set', name], fault.message, fault.hint)
    set[line.name] = typeof value === 'number' && line.field['x-type'] !== 'integer' ? String(value) : value
    lineShape[line.name] ??= shapeOf(schema, line)
  }
  return { set }
}

function elementOf(type: Type): Type | null {
  return type.kind === 'list' ? type.of : type.kind === 'unknown' ? type : null
}
