import type { References } from '../expression/compile.ts'
import { encodeValue, type Value, type ValueObject } from '../expression/value.ts'
import type { TargetShape } from '../model/connector.ts'
import type { JsonValue } from '../model/json.ts'
import type { ExpressionPlan, FieldPlan, Plan, ValuePlan } from '../model/plan.ts'
import { joinKey } from '../model/record-key.ts'
import { type ExplainedExpression, explainExpression } from './expression.ts'
import { plainValue } from './plain-value.ts'

/** One line of a mapping and what it made of a record. */
export interface ExplainedLine extends Omit<ExplainedExpression, 'result'> {
  /** The part of the plan: `fields.order_line.0.fields.price_unit`. */
  readonly at: string
  /** What it fills, as people write it: `order_line.0.price_unit`; of a line block the line's key too. */
  readonly target: string
  /** Of a line: `<as>/<key>`. Null elsewhere. */
  readonly line: string | null
  readonly firstTimeOnly: boolean
  /** What it fills says something of a person. */
  readonly personal?: true
  readonly result:
    | { readonly status: 'value'; readonly value: JsonValue }
    | { readonly status: 'pending' }
    | { readonly status: 'parked'; readonly class: string; readonly message: string }
}

/** Every part of a mapping and what it made of a record. */
export interface ExplainedRecord {
  readonly identity: readonly ExplainedLine[]
  /** Rules that keep a record, with whether they did. */
  readonly keep: readonly (ExplainedLine & { readonly otherwise: string; readonly firstTimeOnly: boolean })[]
  readonly fields: readonly ExplainedLine[]
  readonly agree: readonly ExplainedLine[]
  readonly steps: readonly (ExplainedLine & { readonly call: string })[]
  /** Whether a look-up was asked for that is not answered yet. */
  readonly pending: boolean
}

/** Takes a decoded record through each line of a plan by itself: a line that parks does not hide the others. */
export function explainRecord(plan: Plan, source: ValueObject, references: References): ExplainedRecord {
  const root = { variables: { [plan.source.as]: source }, tables: plan.tables, references }
  const explain = (
    expression: ExpressionPlan,
    at: string,
    {
      target = at,
      variables = root.variables,
      encode = asJson,
      line = null,
      firstTimeOnly = false,
      personal = false,
    }: LineOptions = {},
  ): ExplainedLine => {
    const { result, ...explained } = explainExpression(expression, { ...root, variables })
    return {
      ...explained,
      at,
      target,
      line,
      firstTimeOnly,
      ...(personal ? { personal: true as const } : {}),
      result: result.status === 'value' ? encode(result.value) : result,
    }
  }
  const identity = plan.target.identity.map((part, index) =>
    explain(part, `target.identity.${index}`, { target: 'identity' }),
  )
  const keep = plan.source.keep.map(({ when, otherwise, firstTimeOnly }, index) => ({
    ...explain(when, `source.keep.${index}`, { target: `not "${otherwise}"`, firstTimeOnly }),
    otherwise,
    firstTimeOnly,
  }))
  const fields = Object.entries(plan.fields).flatMap(([name, field]) =>
    fieldLines(name, field, plan.target.shape, root.variables, explain),
  )
  const agree = plan.agree.map((rule, index) =>
    explain(rule.equals, `agree.${index}`, { target: rule.target }),
  )
  const steps = plan.steps.map((step, index) => ({
    ...explain(step.when ?? { constant: true }, `then.${index}`, { target: step.call }),
    call: step.call,
  }))
  const all = [...identity, ...keep, ...fields, ...agree, ...steps]
  return {
    identity,
    keep,
    fields,
    agree,
    steps,
    pending: all.some(({ result }) => result.status === 'pending'),
  }
}

interface LineOptions {
  readonly target?: string
  readonly variables?: Readonly<Record<string, Value>>
  readonly encode?: (value: Value) => ExplainedLine['result']
  readonly line?: string | null
  readonly firstTimeOnly?: boolean
  readonly personal?: boolean
}
type Explain = (expression: ExpressionPlan, at: string, options?: LineOptions) => ExplainedLine

function fieldLines(
  name: string,
  field: FieldPlan,
  shape: TargetShape,
  variables: Readonly<Record<string, Value>>,
  explain: Explain,
): readonly ExplainedLine[] {
  const at = `fields.${name}`
  if (field.kind === 'value')
    return [explain(field.value, at, valueOptions(name, name, field, shape, variables, null))]
  if (field.kind === 'record') {
    const when = field.when === null ? [] : [explain(field.when, at, { target: `${name} (when)` })]
    const [condition] = when
    const taken =
      condition === undefined || (condition.result.status === 'value' && condition.result.value === true)
    if (taken)
      return [
        ...when,
        ...Object.entries(field.fields).map(([inner, value]) =>
          explain(
            value.value,
            `${at}.fields.${inner}`,
            valueOptions(`${name}.${inner}`, inner, value, field.shape, variables, null),
          ),
        ),
      ]
    if (field.otherwise === null) return when
    const otherwise = { value: field.otherwise, firstTimeOnly: false }
    return [
      ...when,
      explain(
        field.otherwise,
        `${at}.otherwise`,
        valueOptions(name, name, otherwise, shape, variables, null),
      ),
    ]
  }
  const lineShape = shape.fields[name]?.lines
  if (lineShape === undefined) return []
  return field.blocks.flatMap((block, index) => {
    const place = `${at}.${index}`
    const each = explain(block.each, `${place}.each`, { target: `${name} (each ${block.as})` })
    const list = each.result.status === 'value' ? elementsOf(block.each, variables, explain, place) : []
    return [
      each,
      ...list.flatMap((element, position) => {
        const inner = { ...variables, [block.as]: element }
        const parts = block.identity.map((part) => explain(part, `${place}.identity`, { variables: inner }))
        const key = joinKey(
          parts.map(({ result }) => (result.status === 'value' ? String(result.value) : '?')),
        )
        return Object.entries(block.fields).map(([cell, value]) =>
          explain(
            value.value,
            `${place}.fields.${cell}`,
            valueOptions(
              `${name} ${block.as} ${position + 1}: ${cell}`,
              cell,
              value,
              lineShape,
              inner,
              `${block.as}/${key}`,
            ),
          ),
        )
      }),
    ]
  })
}

/** The elements as values, not as they are shown. */
function elementsOf(
  each: ExpressionPlan,
  variables: Readonly<Record<string, Value>>,
  explain: Explain,
  place: string,
): readonly Value[] {
  let found: readonly Value[] = []
  explain(each, place, {
    variables,
    encode: (value) => {
      found = Array.isArray(value) ? (value as readonly Value[]) : []
      return asJson(null)
    },
  })
  return found
}

function valueOptions(
  target: string,
  name: string,
  { firstTimeOnly }: Pick<ValuePlan, 'firstTimeOnly'>,
  shape: TargetShape,
  variables: Readonly<Record<string, Value>>,
  line: string | null,
): LineOptions {
  const field = shape.fields[name]
  return {
    target,
    variables,
    line,
    firstTimeOnly,
    personal: field?.personal === true,
    encode: (value) => {
      if (value === null && field?.required === true)
        return {
          status: 'parked',
          class: 'missing-value',
          message: `${shape.resource}.${name} is required and the record has no value for it.`,
        }
      if (value === null) return { status: 'value', value: field?.type === 'many2many' ? [] : null }
      const encoded = encodeValue(value, field?.type ?? 'text')
      return typeof encoded === 'object' && encoded !== null && 'fault' in encoded
        ? { status: 'parked', class: 'value', message: encoded.fault }
        : { status: 'value', value: encoded as JsonValue }
    },
  }
}

function asJson(value: Value): ExplainedLine['result'] {
  const plain = plainValue(value)
  return {
    status: 'value',
    value: typeof plain === 'object' && plain !== null ? JSON.stringify(plain) : plain,
  }
}
