import { SyncError } from '../model/failure.ts'
import type { Scope } from './compile.ts'
import type { Value } from './kinds.ts'
import type { CallNode, Node } from './tree.ts'

/** One evaluation under way. */
export interface Frame {
  readonly scope: Scope
  /** Variables of `map`, `filter` and the like, by slot. */
  readonly locals: Value[]
  /** Look-ups not answered so far. The rest goes on with null in their place, so that all are asked; the result is thrown away. */
  pending: number
}

export type Run = (frame: Frame) => Value

/** What the compiler knows beside the tree. */
export interface Surroundings {
  readonly mappings: Readonly<Record<string, { readonly resource: string }>>
  fixedResource?(name: string): string | null
}

/** While a tree is compiled. */
export interface Compilation {
  readonly text: string
  readonly surroundings: Surroundings | null
  /** Slots of the variables in sight. */
  readonly locals: ReadonlyMap<string, number>
  readonly newSlot: () => number
  /** Inside `coalesce`: a look-up with an empty key gives null. */
  readonly lenient: boolean
  /** Compiles a part. */
  readonly compile: (node: Node, to: Compilation) => Run
}

export function textOf(compilation: Compilation, node: Node): string {
  return compilation.text.slice(node.start, node.end)
}

export const WAITING = Symbol('waiting')

/** Runs a part that decides what else is run; {@link WAITING} when it needs an answer that is not there yet. */
export function decide(run: Run, frame: Frame): Value | typeof WAITING {
  const before = frame.pending
  const value = run(frame)
  return frame.pending > before ? WAITING : value
}

export function argument(node: CallNode, index: number): Node {
  const found = node.args[index]
  if (found === undefined)
    throw new SyncError('invalid-plan', `${node.name}() has too few arguments: the mapping was not checked.`)
  return found
}
