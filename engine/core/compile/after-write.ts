import { didYouMean } from '../expression/nearest.ts'
import { type Type, typeOfRecorded } from '../expression/type.ts'
import type { TargetField } from '../model/connector.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { AgreePlan, StepPlan } from '../model/plan.ts'
import { type Context, condition, expressionAt, pathsBelow, type Variables } from './context.ts'
import { misfit } from './fit.ts'
import { fieldNames, spellField } from './renames.ts'
import { selectionOf } from './selection.ts'
import { shapeFor } from './target-field.ts'

/** What follows the write: `agree` and `then`. */

export interface AgreeRule {
  readonly target: string
  readonly equals: unknown
  readonly adjust?: { readonly line: string; readonly product: string; readonly atMost: number | string }
}

/** The fields of an adjusting line, by the model of the lines; names of the newest version. */
const ADJUSTING_LINES: Readonly<
  Record<string, { product: string; quantity: string; price: string; taxes: string }>
> = {
  'sale.order.line': {
    product: 'product_id',
    quantity: 'product_uom_qty',
    price: 'price_unit',
    taxes: 'tax_ids',
  },
  'account.move.line': { product: 'product_id', quantity: 'quantity', price: 'price_unit', taxes: 'tax_ids' },
}

export function agreeOf(
  context: Context,
  index: number,
  rule: AgreeRule,
  variables: Variables,
  shape: Record<string, TargetField>,
): AgreePlan | null {
  const where = ['agree', index]
  const spelled = spellField(context.schemas, context.targetSchema, rule.target)
  if (spelled === null) {
    context.report.add(
      'error',
      'unknown-target-field',
      [...where, 'target'],
      `"${rule.target}" is not a field of ${context.targetSchema.title}.`,
      didYouMean(rule.target, fieldNames(context.schemas, context.targetSchema)),
    )
  }
  const equals = expressionAt(context, [...where, 'equals'], rule.equals, `agree.${index}`, variables, {
    lookUps: false,
  })
  if (spelled === null || equals === null) return null
  const fault = misfit(equals, spelled.field, spelled.name)
  if (fault !== null) {
    context.report.add('error', fault.code, [...where, 'equals'], fault.message, fault.hint)
    return null
  }
  if (rule.adjust === undefined) return { target: spelled.name, equals: equals.plan, adjust: null }
  if (!['decimal', 'float', 'integer'].includes(spelled.field['x-type'])) {
    const message = `"${spelled.name}" is no amount: there is nothing a line could make up for.`
    context.report.add('error', 'cannot-adjust', [...where, 'adjust'], message, 'Remove adjust.', 'key')
    return null
  }
  const lines = spellField(context.schemas, context.targetSchema, rule.adjust.line)
  const relation = String(lines?.field['x-relation'] ?? '')
  const names = ADJUSTING_LINES[relation]
  const lineSchema = context.schemas.schema(
    context.targetSchema['x-system'],
    context.targetSchema['x-version'],
    relation,
  )
  if (lines === null || names === undefined || lineSchema === null) {
    context.report.add(
      'error',
      'cannot-adjust',
      [...where, 'adjust', 'line'],
      `"${rule.adjust.line}" is not a field with lines that can hold an adjustment.`,
      'Name the field of the lines, such as order_line.',
    )
    return null
  }
  const spell = (name: string) => spellField(context.schemas, lineSchema, name)?.name ?? name
  const fields = {
    product: spell(names.product),
    quantity: spell(names.quantity),
    price: spell(names.price),
    taxes: spell(names.taxes),
  }
  const lineShape = shapeFor(context, lineSchema, Object.values(names))
  const known = shape[lines.name]
  shape[lines.name] = {
    ...known,
    type: 'one2many',
    relation,
    lines: { resource: relation, fields: { ...lineShape.fields, ...known?.lines?.fields } },
  }
  return {
    target: spelled.name,
    equals: equals.plan,
    adjust: { line: lines.name, product: rule.adjust.product, atMost: String(rule.adjust.atMost), fields },
  }
}

/** The model of the product on an adjusting line, where the target has one. */
export function adjustModel(context: Context, agree: readonly AgreePlan[]): string | null {
  if (!agree.some((rule) => rule.adjust !== null)) return null
  return context.schemas.schema(
    context.targetSchema['x-system'],
    context.targetSchema['x-version'],
    'product.product',
  ) === null
    ? null
    : 'product.product'
}

interface StepRule {
  readonly call: string
  readonly when?: unknown
  readonly unless?: unknown
}

export function stepOf(
  context: Context,
  index: number,
  step: StepRule,
  variables: Variables,
  written: readonly string[],
): StepPlan | null {
  const where = ['then', index]
  const actions = context.targetSchema['x-actions']
  const known = isJsonObject((actions ?? null) as JsonValue) ? (actions as JsonObject) : {}
  const action = known[step.call]
  if (!isJsonObject(action ?? null)) {
    context.report.add(
      'error',
      'unknown-action',
      [...where, 'call'],
      `"${step.call}" is not a recorded action of ${context.targetSchema.title}.`,
      didYouMean(step.call, Object.keys(known)) ??
        `Recorded are: ${Object.keys(known).join(', ') || 'none'}.`,
    )
  }
  const withTarget: Record<string, Type> = {
    ...variables,
    target: typeOfRecorded(context.targetSchema, ['target']),
  }
  const when =
    step.when === undefined
      ? null
      : condition(context, [...where, 'when'], step.when, `then.${index}`, variables)
  const unless =
    step.unless === undefined
      ? null
      : condition(context, [...where, 'unless'], step.unless, `then.${index}`, withTarget)
  const reads = selectionOf(context.targetSchema, pathsBelow('target', context.uses.reads))
  if (!isJsonObject(action ?? null)) return null
  const overwrites = ((action as JsonObject)['overwrites'] as readonly string[] | undefined) ?? []
  return {
    call: step.call,
    when: when?.plan ?? null,
    unless: unless?.plan ?? null,
    reads,
    overwrites: overwrites.filter((field) => written.includes(field)),
  }
}
