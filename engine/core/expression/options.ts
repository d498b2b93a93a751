import { literalText, type Node } from './tree.ts'

/** The entries of a map of options, by literal name. */
export function optionNodes(node: Node | undefined): ReadonlyMap<string, Node> {
  const options = new Map<string, Node>()
  if (node?.op === 'map') {
    for (const [key, value] of node.entries) {
      const name = literalText(key)
      if (name !== null) options.set(name, value)
    }
  }
  return options
}
