import { asTruth } from './branches.ts'
import { type Compilation, decide, type Frame, type Run, textOf, WAITING } from './frame.ts'
import { isList, kindOfValue, type Value } from './kinds.ts'
import { badValue } from './park.ts'
import type { MacroNode } from './tree.ts'

/** `map`, `filter`, `all`, `exists`, `exists_one`. A list that is absent is an empty one. */
export function compileMacro(node: MacroNode, to: Compilation): Run {
  const list = listOf(to.compile(node.list, to), textOf(to, node.list))
  const slot = to.newSlot()
  const inner: Compilation = { ...to, lenient: false, locals: new Map([...to.locals, [node.variable, slot]]) }
  if (node.name !== 'map') return judged(node, list, slot, asTruth(node.body, inner))
  const body = to.compile(node.body, inner)
  if (node.condition === null) {
    return (frame) => {
      const items = list(frame)
      const values = new Array<Value>(items.length)
      for (let index = 0; index < items.length; index++) {
        frame.locals[slot] = items[index]!
        values[index] = body(frame)
      }
      return values
    }
  }
  const condition = asTruth(node.condition, inner)
  return (frame) => {
    const values: Value[] = []
    for (const item of list(frame)) {
      frame.locals[slot] = item
      if (decide(condition, frame) === true) values.push(body(frame))
    }
    return values
  }
}

function judged(node: MacroNode, list: (frame: Frame) => readonly Value[], slot: number, body: Run): Run {
  /** The items for which the body holds. Stops at the first item that settles the answer, unless one waits: then all are asked. */
  const holding = (
    frame: Frame,
    settles: boolean | null,
  ): { readonly held: readonly Value[]; readonly settled: boolean } => {
    const held: Value[] = []
    const before = frame.pending
    for (const item of list(frame)) {
      frame.locals[slot] = item
      const holds = decide(body, frame)
      if (holds === WAITING) continue
      if (holds === true) held.push(item)
      if (holds === settles && frame.pending === before) return { held, settled: true }
    }
    return { held, settled: false }
  }
  switch (node.name) {
    case 'all':
      return (frame) => !holding(frame, false).settled
    case 'exists':
      return (frame) => holding(frame, true).settled
    case 'exists_one':
      return (frame) => holding(frame, null).held.length === 1
    default:
      return (frame) => holding(frame, null).held
  }
}

function listOf(run: Run, text: string): (frame: Frame) => readonly Value[] {
  return (frame) => {
    const value = run(frame)
    if (value === null) return []
    if (!isList(value)) throw badValue(`${text} is ${kindOfValue(value)}, and a list is needed.`)
    return value
  }
}
