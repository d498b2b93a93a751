import { isExpressionPath } from '../parse/positions.ts'
import type { ParsedMapping } from '../parse/repository.ts'
import { leavesOf } from '../parse/rules/rule.ts'

/**
 * The name by which all expressions of a mapping call the record, where it is another than `source.as` says: the one place is wrong
 * rather than all the others. Null where any expression uses the name that is said.
 */
export function meantVariable({ value }: Pick<ParsedMapping, 'value'>): string | null {
  const uses = new Map<string, number>()
  const own = new Set<string>(['target'])
  for (const [leaf, path] of leavesOf(value)) {
    if (typeof leaf !== 'string') continue
    if (path.at(-1) === 'as' && path[0] === 'fields') own.add(leaf)
    if (!isExpressionPath(path)) continue
    const text = leaf.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""')
    for (const [, name] of text.matchAll(/\.(?:map|filter|exists|all|exists_one)\(\s*(\w+)\s*,/g))
      own.add(name!)
    for (const [name] of text.matchAll(/(?<![\w."'])[A-Za-z_]\w*(?=\s*\.\s*\w)/g))
      uses.set(name, (uses.get(name) ?? 0) + 1)
    if (new RegExp(`(?<![\\w.])${value.source.as}(?!\\w)`).test(text)) return null
  }
  const [most] = [...uses].filter(([name]) => !own.has(name)).sort((a, b) => b[1] - a[1])
  return most !== undefined && most[1] > 2 ? most[0] : null
}
