import { nameOf } from '../expression/walk.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { ExpressionPlan } from '../model/plan.ts'
import { type Context, expressionAt, type Variables } from './context.ts'

/** What people call a record: a text, or what can be read as one. */
export function labelOf(context: Context, written: unknown, variables: Variables): ExpressionPlan | null {
  const where = ['target', 'label']
  const label = expressionAt(context, where, written, 'target.label', variables, { lookUps: false })
  if (label === null) return null
  const { kind } = label.type
  if (kind === 'boolean' || kind === 'list' || kind === 'map' || kind === 'reference') {
    const found = nameOf(label.type)
    context.report.add(
      'error',
      'wrong-type',
      where,
      `A label is a text, and this gives ${found}.`,
      'Name a field that people know the record by.',
    )
    return null
  }
  return label.plan
}

/**
 * What can be done with a record that disappeared at the source is for its model to say. None of it is done so far: saying so here
 * is better than records that stay although the file says otherwise.
 */
export function checkGone(context: Context, written: string | undefined): void {
  const faults = context.report.diagnostics.length
  checkModel(context, written)
  if (written === undefined || written === 'ignore' || context.report.diagnostics.length > faults) return
  context.report.add(
    'error',
    'not-yet',
    ['target', 'gone'],
    `"gone: ${written}" is not done by this version: a record that leaves the source would stay as it is.`,
    { hint: 'Write gone: ignore.', replace: 'ignore' },
  )
}

function checkModel(context: Context, written: string | undefined): void {
  const { title, properties, 'x-actions': actions } = context.targetSchema
  if (written === 'archive' && properties['active'] === undefined)
    context.report.add(
      'error',
      'cannot-go',
      ['target', 'gone'],
      `${title} has no field "active": its records cannot be archived.`,
      { hint: 'Write gone: ignore.', replace: 'ignore' },
    )
  if (written === 'cancel' && !cancels(actions))
    context.report.add('error', 'cannot-go', ['target', 'gone'], `No action of ${title} cancels it.`, {
      hint: 'Write gone: ignore.',
      replace: 'ignore',
    })
}

function cancels(actions: JsonValue | undefined): boolean {
  return (
    isJsonObject(actions ?? null) &&
    Object.values(actions as Record<string, JsonValue>).some(
      (action) => isJsonObject(action) && action['to'] === 'cancel',
    )
  )
}
