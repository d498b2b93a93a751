import { compileExpression, type References } from '../expression/compile.ts'
import { parseExpression } from '../expression/parse.ts'
import { pathsBelow } from '../expression/paths.ts'
import type { Value } from '../expression/value.ts'
import type { JsonValue } from '../model/json.ts'
import type { ExpressionPlan } from '../model/plan.ts'
import { plainValue } from './plain-value.ts'

/** What one expression made of one record. */
export interface ExplainedExpression {
  /** As it is written; a constant as JSON. */
  readonly expression: string
  /** What it read of the record, in the order of the text. */
  readonly reads: readonly { readonly path: string; readonly value: JsonValue }[]
  readonly result:
    | { readonly status: 'value'; readonly value: Value }
    | { readonly status: 'pending' }
    | { readonly status: 'parked'; readonly class: string; readonly message: string }
}

export interface ExplainScope {
  readonly variables: Readonly<Record<string, Value>>
  readonly tables: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>
  readonly references: References
}

/** Evaluates an expression and what it reads. Never throws for what a record holds. */
export function explainExpression(plan: ExpressionPlan, scope: ExplainScope): ExplainedExpression {
  if ('constant' in plan) {
    const value = plan.constant as Value
    return { expression: JSON.stringify(plan.constant), reads: [], result: { status: 'value', value } }
  }
  const parsed = parseExpression(plan.cel)
  if (!parsed.ok) {
    const { message } = parsed.fault
    return { expression: plan.cel, reads: [], result: { status: 'parked', class: 'value', message } }
  }
  const { tree } = parsed.expression
  const evaluated = compileExpression(parsed.expression)(scope)
  const reads = new Map<string, JsonValue>()
  for (const node of pathsBelow(tree, (name) => Object.hasOwn(scope.variables, name))) {
    const path = plan.cel.slice(node.start, node.end)
    const read = compileExpression({ text: plan.cel, tree: node })(scope)
    if (read.ok) reads.set(path, plainValue(read.value))
  }
  return {
    expression: plan.cel,
    reads: [...reads].map(([path, value]) => ({ path, value })),
    result: evaluated.ok
      ? { status: 'value', value: evaluated.value }
      : evaluated.kind === 'pending'
        ? { status: 'pending' }
        : { status: 'parked', class: evaluated.class, message: evaluated.message },
  }
}
