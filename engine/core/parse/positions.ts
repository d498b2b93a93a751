import type { Path } from './document.ts'

/** Keys below `fields` that hold something other than an expression. */
const NO_EXPRESSION = new Set<string | number>(['as', 'firstTimeOnly', 'constant', 'gone', 'adopt'])

/** Whether a mapping file has an expression at this path (should there be a scalar). */
export function isExpressionPath(path: Path): boolean {
  const [section, second, third] = path
  const last = path.at(-1)
  switch (section) {
    case 'source':
      return second === 'keep' && path.length === 4 && last === 'when'
    case 'target':
      return (second === 'identity' && path.length <= 3) || (second === 'label' && path.length === 2)
    case 'agree':
      return path.length === 3 && last === 'equals'
    case 'then':
      return path.length === 3 && (last === 'when' || last === 'unless')
    case 'fields':
      return path.length > 1 && typeof third !== 'undefined'
        ? !path.slice(2).some((part, index) => NO_EXPRESSION.has(part) && !isFieldName(path, index + 2))
        : path.length === 2
    default:
      return false
  }
}

/** A field may be called `as` or `gone`: what stands directly below a `fields` is the target's name for it. */
function isFieldName(path: Path, index: number): boolean {
  return path[index - 1] === 'fields'
}
