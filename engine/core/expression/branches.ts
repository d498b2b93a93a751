import { type Compilation, decide, type Run, textOf, WAITING } from './frame.ts'
import { truth } from './operators.ts'
import { childrenOf, type Node } from './tree.ts'

/** Whether any part may ask a look-up. Parts that cannot are run without looking out for one. */
export function asks(node: Node): boolean {
  if (node.op === 'call' && (node.name === 'match' || node.name === 'link' || node.name === 'ref'))
    return true
  return childrenOf(node).some(asks)
}

export function asTruth(node: Node, to: Compilation): Run {
  const run = to.compile(node, to)
  const text = textOf(to, node)
  return (frame) => truth(run(frame), text)
}

/** Runs one of two branches. A condition that waits for an answer runs neither. */
export function choice(conditionNode: Node, then: Run, otherwise: Run, to: Compilation): Run {
  const condition = to.compile(conditionNode, to)
  const text = textOf(to, conditionNode)
  if (!asks(conditionNode)) return (frame) => (truth(condition(frame), text) ? then(frame) : otherwise(frame))
  return (frame) => {
    const value = decide(condition, frame)
    if (value === WAITING) return null
    return truth(value, text) ? then(frame) : otherwise(frame)
  }
}
