import { type Compiled, compileExpression, type References, type Scope } from '../expression/compile.ts'
import { parseExpression } from '../expression/parse.ts'
import { compileDecoder, encodeValue, type Value, type ValueObject } from '../expression/value.ts'
import type { FieldValue, FieldValues, TargetShape } from '../model/connector.ts'
import type { Parking } from '../model/dead-letter.ts'
import { SyncError } from '../model/failure.ts'
import type { JsonObject } from '../model/json.ts'
import type { ExpressionPlan, Plan, ValuePlan } from '../model/plan.ts'
import { joinKey } from '../model/record-key.ts'
import type { FieldType } from '../model/recorded.ts'
import type { Identified, MappedLine, MappedOwnRecord, Transformed } from './mapped.ts'

/** A plan with its expressions compiled once. Pure: look-ups are answered by what is handed in. */
export interface Transformer {
  /** Key and label of a decoded record. */
  identify(source: ValueObject): Identified
  /** The first `keep` rule that sends the record away: its reason; null when it stays. */
  filter(
    source: ValueObject,
    deliveredBefore: boolean,
  ): { readonly reason: string } | { readonly parking: Parking } | null
  transform(source: ValueObject, references: References): Transformed
  /** `when` and `unless` of a step on the target as it is now. */
  stepIsDone(step: number, source: ValueObject, target: JsonObject, references: References): boolean
  decode(data: JsonObject): ValueObject
}

/** Raised inside this file to leave a record at its first fault; never leaves it. */
class Parked extends Error {
  readonly parking: Parking
  readonly waitsFor: { mapping: string; key: string } | null
  constructor(parking: Parking, waitsFor: { mapping: string; key: string } | null = null) {
    super(parking.message)
    this.parking = parking
    this.waitsFor = waitsFor
  }
}

/** The value; undefined while look-ups are pending. Throws {@link Parked}. */
type Evaluator = (scope: Scope) => Value | undefined

const NO_REFERENCES: References = {
  match: () => ({ status: 'missing' }),
  link: () => ({ status: 'missing' }),
  ref: () => ({ status: 'missing' }),
}

export function createTransformer(plan: Plan): Transformer {
  const evaluator = (expression: ExpressionPlan, at: string): Evaluator => {
    if ('constant' in expression) {
      const constant = expression.constant as Value
      return () => constant
    }
    const compiled = compiledOf(expression.cel)
    return (scope) => {
      const evaluation = compiled(scope)
      if (evaluation.ok) return evaluation.value
      if (evaluation.kind === 'pending') return undefined
      throw new Parked(
        { class: evaluation.class, message: evaluation.message, at },
        evaluation.reference === undefined
          ? null
          : { mapping: evaluation.reference.mapping, key: joinKey([evaluation.reference.key]) },
      )
    }
  }
  const { tables } = plan
  const scopeOf = (source: ValueObject, references: References): Scope => ({
    variables: { [plan.source.as]: source },
    tables,
    references,
  })
  const identity = plan.target.identity.map((part, index) => evaluator(part, `target.identity.${index}`))
  const label = plan.target.label === null ? null : evaluator(plan.target.label, 'target.label')
  const keep = plan.source.keep.map((rule, index) => ({
    rule,
    when: evaluator(rule.when, `source.keep.${index}`),
    at: `source.keep.${index}`,
  }))
  const names = Object.keys(plan.fields).sort()
  const members = Object.entries(plan.fields).map(([field, fieldPlan]) =>
    memberOf(field, fieldPlan, plan, evaluator),
  )
  const agree = plan.agree.map((rule, index) => evaluator(rule.equals, `agree.${index}`))
  const steps = plan.steps.map((step, index) => ({
    when: step.when === null ? null : evaluator(step.when, `then.${index}`),
    unless: step.unless === null ? null : evaluator(step.unless, `then.${index}`),
    decode: compileDecoder(step.reads),
  }))
  const decode = compileDecoder(plan.source.selection)
  const filter: Transformer['filter'] = (source, deliveredBefore) => {
    const scope = scopeOf(source, NO_REFERENCES)
    for (const { rule, when } of keep) {
      if (rule.firstTimeOnly && deliveredBefore) continue
      try {
        if (when(scope) !== true) return { reason: rule.otherwise }
      } catch (error) {
        return { parking: parkedOf(error).parking }
      }
    }
    return null
  }

  return {
    decode,
    identify(source) {
      const scope = scopeOf(source, NO_REFERENCES)
      try {
        const key = keyOf(identity, scope, 'target.identity')
        const named = label === null ? null : label(scope)
        return {
          status: 'identified',
          key,
          label: named === null || named === undefined ? null : textOf(named),
        }
      } catch (error) {
        const parked = parkedOf(error)
        // Rules may be what keeps records without a key away.
        const out = filter(source, false)
        return out !== null && 'reason' in out
          ? { status: 'filtered', reason: out.reason }
          : { status: 'parked', parking: parked.parking }
      }
    },
    filter,
    transform(source, references) {
      const draft = new Draft()
      const scope = scopeOf(source, references)
      try {
        for (const member of members) member(scope, draft)
        const wanted: number[] = []
        for (const [index, step] of steps.entries()) {
          const when = step.when === null ? true : step.when(scope)
          if (when === undefined) draft.pending = true
          else if (when === true) wanted.push(index)
        }
        const expected = agree.map((rule) => {
          const value = rule(scope)
          if (value === undefined) draft.pending = true
          return value === undefined || value === null ? null : textOf(value)
        })
        if (draft.pending) return { status: 'pending' }
        return {
          status: 'mapped',
          mapped: {
            fields: byName(draft.fields, names),
            firstTimeFields: draft.firstTimeFields,
            lines: draft.lines,
            records: draft.records,
            steps: wanted,
            agree: expected,
          },
        }
      } catch (error) {
        const parked = parkedOf(error)
        return { status: 'parked', parking: parked.parking, waitsFor: parked.waitsFor }
      }
    },
    stepIsDone(step, source, target, references) {
      const { unless, decode: decodeTarget } = steps[step]!
      if (unless === null) return false
      const variables = { [plan.source.as]: source, target: decodeTarget(target) }
      return unless({ variables, tables, references }) === true
    },
  }
}

/** What a transform has put together so far. */
class Draft {
  fields: Record<string, FieldValue> = {}
  firstTimeFields: Record<string, FieldValue> = {}
  lines: MappedLine[] = []
  records: MappedOwnRecord[] = []
  pending = false
}

type Member = (scope: Scope, draft: Draft) => void

function memberOf(
  field: string,
  fieldPlan: Plan['fields'][string],
  plan: Plan,
  evaluator: (expression: ExpressionPlan, at: string) => Evaluator,
): Member {
  const at = `fields.${field}`
  if (fieldPlan.kind === 'value') {
    const cell = cellOf(field, fieldPlan, plan.target.shape, at, evaluator)
    return (scope, draft) => {
      const value = cell(scope)
      if (value === undefined) draft.pending = true
      else if (fieldPlan.firstTimeOnly) draft.firstTimeFields[field] = value
      else draft.fields[field] = value
    }
  }
  if (fieldPlan.kind === 'record') {
    const when = fieldPlan.when === null ? null : evaluator(fieldPlan.when, at)
    const otherwise =
      fieldPlan.otherwise === null
        ? null
        : cellOf(
            field,
            { kind: 'value', value: fieldPlan.otherwise, firstTimeOnly: false },
            plan.target.shape,
            `${at}.otherwise`,
            evaluator,
          )
    const cells = Object.entries(fieldPlan.fields).map(
      ([name, value]) =>
        [name, cellOf(name, value, fieldPlan.shape, `${at}.fields.${name}`, evaluator)] as const,
    )
    const names = Object.keys(fieldPlan.fields).sort()
    return (scope, draft) => {
      const wanted = when === null ? true : when(scope)
      if (wanted === undefined) {
        draft.pending = true
      } else if (wanted === true) {
        const fields = byName(rowOf(cells, scope, draft), names)
        draft.records.push({ field, as: fieldPlan.as, shape: fieldPlan.shape, fields })
      } else if (otherwise !== null) {
        const value = otherwise(scope)
        if (value === undefined) draft.pending = true
        else draft.fields[field] = value
      }
    }
  }
  const lineShape = plan.target.shape.fields[field]?.lines
  if (lineShape === undefined)
    throw new SyncError(
      'invalid-plan',
      `The plan of ${plan.mapping} has no shape for the lines of ${field}: apply again.`,
    )
  const blocks = fieldPlan.blocks.map((block, index) => {
    const place = `${at}.${index}`
    return {
      as: block.as,
      each: evaluator(block.each, `${place}.each`),
      identity: block.identity.map((part, n) => evaluator(part, `${place}.identity.${n}`)),
      place,
      cells: Object.entries(block.fields).map(
        ([name, value]) =>
          [name, cellOf(name, value, lineShape, `${place}.fields.${name}`, evaluator)] as const,
      ),
      names: Object.keys(block.fields).sort(),
    }
  })
  return (scope, draft) => {
    const seen = new Set<string>()
    for (const block of blocks) {
      const each = block.each(scope)
      if (each === undefined) {
        draft.pending = true
        continue
      }
      if (each === null) continue
      // One for all elements: nothing keeps it beyond an evaluation.
      const variables: Record<string, Value> = { ...scope.variables }
      const inner: Scope = { ...scope, variables }
      const withoutReferences: Scope = { ...inner, references: NO_REFERENCES }
      for (const element of each as readonly Value[]) {
        variables[block.as] = element
        const key = keyOf(block.identity, withoutReferences, `${block.place}.identity`)
        const unique = `${block.as}/${key}`
        if (seen.has(unique)) {
          throw new Parked({
            class: 'value',
            message: `Two lines of ${field} have the identity ${key} in the block "${block.as}": an identity must be unique within its record.`,
            at: `${block.place}.identity`,
          })
        }
        seen.add(unique)
        const fields = byName(rowOf(block.cells, inner, draft), block.names)
        draft.lines.push({ field, as: block.as, key, fields })
      }
    }
  }
}

/** Evaluated in the order of the file, kept in that of the names: what is hashed needs no sorting then. */
function byName(row: Readonly<Record<string, FieldValue>>, names: readonly string[]): FieldValues {
  const ordered: Record<string, FieldValue> = {}
  for (const name of names) {
    const value = row[name]
    if (value !== undefined) ordered[name] = value
  }
  return ordered
}

function rowOf(
  cells: readonly (readonly [string, Cell])[],
  scope: Scope,
  draft: Draft,
): Record<string, FieldValue> {
  const row: Record<string, FieldValue> = {}
  for (const [name, cell] of cells) {
    const value = cell(scope)
    if (value === undefined) draft.pending = true
    else row[name] = value
  }
  return row
}

type Cell = (scope: Scope) => FieldValue | undefined

/** One target field: evaluated, then put into the form the target's type asks for. */
function cellOf(
  field: string,
  value: ValuePlan,
  shape: TargetShape,
  at: string,
  evaluator: (expression: ExpressionPlan, at: string) => Evaluator,
): Cell {
  const target = shape.fields[field]
  const type: FieldType = target?.type ?? 'text'
  const required = target?.required === true
  const evaluate = evaluator(value.value, at)
  return (scope) => {
    const found = evaluate(scope)
    if (found === undefined) return undefined
    if (found === null) {
      if (required) {
        throw new Parked({
          class: 'missing-value',
          message: `${shape.resource}.${field} is required and the record has no value for it.`,
          at,
        })
      }
      return type === 'many2many' ? [] : null
    }
    const encoded = encodeValue(found, type)
    if (typeof encoded === 'object' && encoded !== null && 'fault' in encoded) {
      throw new Parked({ class: 'value', message: `${shape.resource}.${field}: ${encoded.fault}`, at })
    }
    return encoded as FieldValue
  }
}

function keyOf(identity: readonly Evaluator[], scope: Scope, at: string): string {
  const parts = identity.map((part, index) => {
    const value = part(scope)
    if (value === null || value === undefined || value === '') {
      throw new Parked({
        class: 'missing-value',
        message: 'The identity is empty: a record without a key cannot be told from another.',
        at: `${at}.${index}`,
      })
    }
    return textOf(value)
  })
  return joinKey(parts)
}

function textOf(value: Value): string {
  const encoded = encodeValue(
    value,
    typeof value === 'object' && value !== null && !Array.isArray(value) ? 'decimal' : 'text',
  )
  if (typeof encoded === 'string') return encoded
  return String(value)
}

function parkedOf(error: unknown): Parked {
  if (error instanceof Parked) return error
  throw error
}

const compiledByText = new Map<string, Compiled>()

/** Expressions are compiled once a process; their text says all. */
function compiledOf(text: string): Compiled {
  const known = compiledByText.get(text)
  if (known !== undefined) return known
  const parsed = parseExpression(text)
  if (!parsed.ok)
    throw new SyncError(
      'invalid-plan',
      `The plan holds an expression that does not parse (${parsed.fault.message}): apply again.`,
    )
  const compiled = compileExpression(parsed.expression)
  compiledByText.set(text, compiled)
  return compiled
}
