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

/** Paths of fields below a name that an expression reads: `order.id`, `order.?customer.id`, `row["Order No"]`. */
function pathsIn(expression: ExpressionPlan, name: string, selection: Selection): readonly string[] {
  if (!('cel' in expression)) return []
  const reads = new RegExp(`(?<![\\w.])${name}((?:\\.\\??\\w+|\\[\\??(?:"[^"]*"|'[^']*')\\])+)`, 'g')
  return [...expression.cel.matchAll(reads)].flatMap(([, steps]) => {
    const names = [...steps!.matchAll(/\w+(?=[.[]|$)|"([^"]*)"|'([^']*)'/g)].map(
      ([word, double, single]) => double ?? single ?? word,
    )
    const path = longestPath(names, selection)
    return path === null ? [] : [path]
  })
}

/** What follows a field is a call. */
function longestPath(names: readonly string[], selection: Selection): string | null {
  const path: string[] = []
  let level: Selection | undefined = selection
  for (const name of names) {
    if (level === undefined || !Object.hasOwn(level, name)) break
    path.push(name)
    level = level[name]!.fields
  }
  return path.length === 0 ? null : path.join('.')
}

function selectionAt(selection: Selection, path: string): Selection {
  return path.split('.').reduce((level: Selection, name) => level[name]?.fields ?? {}, selection)
}
