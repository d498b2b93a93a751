import { childrenOf, literalText, type Node } from './tree.ts'

/** The longest paths that an expression reads below variables: `order.customer.id`, not `order.customer` beside it. */
export function* pathsBelow(node: Node, isVariable: (name: string) => boolean): Iterable<Node> {
  if (node.op === 'member' || node.op === 'index') {
    const root = rootOf(node)
    if (root !== null && isVariable(root)) {
      yield node
      return
    }
  }
  // Inside a macro its own variable is an element of the list, which is read as a whole.
  for (const child of node.op === 'macro' ? [node.list] : childrenOf(node))
    yield* pathsBelow(child, isVariable)
}

/** The names on the way from the variable: `customer`, `id`. What is picked by anything but a written name ends it. */
export function namesOf(path: Node): readonly string[] {
  if (path.op !== 'member' && path.op !== 'index') return []
  const above = namesOf(path.object)
  const name = path.op === 'member' ? path.name : literalText(path.index)
  return name === null ? above : [...above, name]
}

function rootOf(node: Node): string | null {
  if (node.op === 'variable') return node.name
  return node.op === 'member' || node.op === 'index' ? rootOf(node.object) : null
}
