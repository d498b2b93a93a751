import { SyncError } from '../model/failure.ts'
import type { JsonValue } from '../model/json.ts'
import { asks, choice } from './branches.ts'
import { canonicalDecimal, parseDecimal } from './decimal.ts'
import { argument, type Compilation, decide, type Run, textOf, WAITING } from './frame.ts'
import { FUNCTIONS, type FunctionEntry } from './functions.ts'
import { isNumber, showValue, textOfValue, type Value } from './kinds.ts'
import { compileLink, compileMatch, compileRef } from './look-ups.ts'
import { badValue, missingValue, Park } from './park.ts'
import { type CallNode, literalText, type Node } from './tree.ts'

export function compileCall(node: CallNode, to: Compilation): Run {
  switch (node.name) {
    case 'coalesce':
      return coalesce(node.args, to)
    case 'when':
      return choice(
        argument(node, 0),
        to.compile(argument(node, 1), to),
        to.compile(argument(node, 2), to),
        to,
      )
    case 'table':
      return table(node, to)
    case 'match':
      return compileMatch(node, to)
    case 'link':
      return compileLink(node, to)
    case 'ref':
      return compileRef(node, to)
    default:
      return eager(node, to)
  }
}

/** The first argument that is not null. Later ones are not evaluated; nothing is skipped while an earlier one waits. */
function coalesce(args: readonly Node[], to: Compilation): Run {
  const runs = args.map((arg) => to.compile(arg, { ...to, lenient: true }))
  if (!args.some(asks)) {
    return (frame) => {
      for (const run of runs) {
        const value = run(frame)
        if (value !== null) return value
      }
      return null
    }
  }
  return (frame) => {
    for (const run of runs) {
      const value = decide(run, frame)
      if (value === WAITING) return null
      if (value !== null) return value
    }
    return null
  }
}

function eager(node: CallNode, to: Compilation): Run {
  const entry = FUNCTIONS[node.name]
  if (entry?.run == null)
    throw new SyncError('invalid-plan', `There is no function ${node.name}(): the mapping was not checked.`)
  const run = guarded(entry, node, to)
  const args = node.args.map((arg) => to.compile(arg, to))
  const [first, second] = args
  if (args.length === 1) return (frame) => run([first!(frame)])
  if (args.length === 2) return (frame) => run([first!(frame), second!(frame)])
  return (frame) => run(args.map((arg) => arg(frame)))
}

/** The null rules of a function, and its faults with the place they come from. */
function guarded(entry: FunctionEntry, node: CallNode, to: Compilation): (args: readonly Value[]) => Value {
  const texts = node.args.map((arg) => textOf(to, arg))
  const whole = textOf(to, node)
  const { nulls } = entry
  const call = entry.run!
  return (args) => {
    if (nulls !== 'takes') {
      for (let index = 0; index < args.length; index++) {
        if (args[index] !== null) continue
        if (nulls === 'gives' && index === 0) return null
        throw missingValue(texts[index]!, whole)
      }
    }
    try {
      return call(args)
    } catch (error) {
      if (error instanceof Park && error.class === 'value') throw badValue(`${whole}: ${error.message}`)
      throw error
    }
  }
}

function table(node: CallNode, to: Compilation): Run {
  const name = literalText(argument(node, 0)) ?? ''
  const key = to.compile(argument(node, 1), to)
  const keyText = textOf(to, argument(node, 1))
  let known: { readonly rows: object; readonly byNumber: ReadonlyMap<string, Value> } | null = null
  const byNumber = (rows: Readonly<Record<string, JsonValue>>) => {
    if (known === null || known.rows !== rows) known = { rows, byNumber: numberKeys(rows) }
    return known.byNumber
  }
  return (frame) => {
    const found = decide(key, frame)
    if (found === WAITING) return null
    if (found === null) {
      if (to.lenient) return null
      throw missingValue(keyText, `table("${name}")`)
    }
    const rows = frame.scope.tables[name]
    if (rows === undefined) throw badValue(`There is no table "${name}".`)
    if (isNumber(found)) {
      const value = byNumber(rows).get(canonicalDecimal(found))
      if (value !== undefined) return value
    } else {
      const text = textOfValue(found)
      if (text !== null && Object.hasOwn(rows, text)) return rowValue(rows[text]!)
    }
    const spelled = isNumber(found) ? `"${canonicalDecimal(found)}"` : showValue(found)
    throw badValue(
      `The table "${name}" does not list ${spelled} (${keyText}): add a line for it under tables.${name}.`,
    )
  }
}

/** Rows whose key is a number, by its canonical text: "0.20" and "0.2" are one key. */
function numberKeys(rows: Readonly<Record<string, JsonValue>>): ReadonlyMap<string, Value> {
  const byNumber = new Map<string, Value>()
  for (const [key, value] of Object.entries(rows)) {
    const number = parseDecimal(key)
    if (number !== null) byNumber.set(canonicalDecimal(number), rowValue(value))
  }
  return byNumber
}

function rowValue(value: JsonValue): Value {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return parseDecimal(String(value))
  return value as Value
}
