import { parseExpression } from '../expression/parse.ts'
import { namesOf, pathsBelow } from '../expression/paths.ts'
import type { ExpressionPlan, Plan } from '../model/plan.ts'
import type { Selection } from '../model/selection.ts'

/**
 * Says of a path in a correction (`id`, `lines.0.id`) whether what a record or a line is told by is made of it. Another value there
 * would not correct the record: it would be taken for another one, and the target would have it twice.
 */
export function isIdentityOf(plan: Pick<Plan, 'source' | 'target' | 'fields'>): (path: string) => boolean {
  const { as, selection } = plan.source
  const paths = new Set(plan.target.identity.flatMap((part) => pathsIn(part, as, selection)))
  for (const field of Object.values(plan.fields)) {
    if (field.kind !== 'lines') continue
    for (const block of field.blocks)
      for (const list of pathsIn(block.each, as, selection)) {
        const inner = selectionAt(selection, list)
        for (const part of block.identity)
          for (const path of pathsIn(part, block.as, inner)) paths.add(`${list}.${path}`)
      }
  }
  return (path) => paths.has(path.replace(/\.\d+(?=\.|$)/g, ''))
}

/** Paths of fields below a name that an expression reads: `order.id`, `row["Order No"]`. */
function pathsIn(expression: ExpressionPlan, name: string, selection: Selection): readonly string[] {
  const parsed = 'cel' in expression ? parseExpression(expression.cel) : null
  if (!parsed?.ok) return []
  const paths = [...pathsBelow(parsed.expression.tree, (variable) => variable === name)]
  return paths.map((path) => fieldsAlong(namesOf(path), selection).join('.')).filter((path) => path !== '')
}

/** What follows a field is not the record's. */
function fieldsAlong(names: readonly string[], selection: Selection): readonly string[] {
  const [name, ...rest] = names
  if (name === undefined || !Object.hasOwn(selection, name)) return []
  return [name, ...fieldsAlong(rest, selection[name]!.fields ?? {})]
}

function selectionAt(selection: Selection, path: string): Selection {
  return path.split('.').reduce((level: Selection, name) => level[name]?.fields ?? {}, selection)
}
