import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml'
import type { JsonValue } from '../model/json.ts'

/** A fault of a file's YAML at an offset of its text. */
export interface YamlFault {
  readonly offset: number
  readonly code: string
  readonly message: string
  readonly hint: string | null
  /** How much of the text is at fault. (Default: 0, a place) */
  readonly length?: number
  readonly related?: readonly { readonly offset: number; readonly length: number; readonly message: string }[]
  readonly fix?: {
    readonly title: string
    readonly safe: boolean
    readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[]
  }
}

/** The text of a key as it was written: `0.10` stays `0.10`. Null: the key is no scalar. */
export function keyText(pair: Pair): string | null {
  const key = pair.key
  if (!isScalar(key)) return null
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}

/** YAML as plain data, keys as text. What data of this kind cannot hold is a fault, and null in the result. */
export function plainOf(
  root: Node | null,
  lineOf: (offset: number) => number,
): { readonly value: JsonValue; readonly faults: readonly YamlFault[] } {
  const faults: YamlFault[] = []
  const fault = (node: unknown, code: string, message: string, hint: string) => {
    const offset = (node as Node | null)?.range?.[0] ?? 0
    faults.push({ offset, code, message, hint })
  }
  const walk = (node: unknown): JsonValue => {
    if (isSeq(node)) return node.items.map(walk)
    if (isMap(node)) {
      const seen = new Map<string, Pair>()
      for (const pair of node.items) {
        const name = keyText(pair)
        if (name === null) {
          fault(
            pair.key,
            'yaml-key',
            'A list or block stands where a key should.',
            'Quote it, or write a name.',
          )
          continue
        }
        const first = seen.get(name)
        if (first === undefined) seen.set(name, pair)
        else {
          const line = lineOf((first.key as Node).range?.[0] ?? 0)
          fault(
            pair.key,
            'duplicate-key',
            `"${name}" stands here twice, first on line ${line}.`,
            'Keep one of them.',
          )
        }
      }
      return Object.fromEntries([...seen].map(([name, pair]) => [name, walk(pair.value)]))
    }
    return isScalar(node) ? scalarOf(node) : null
  }
  const scalarOf = (node: Scalar): JsonValue => {
    const { value } = node
    if (typeof value === 'number') {
      const written = node.source ?? String(value)
      if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return value
      fault(
        node,
        'yaml-number',
        `The number ${written} cannot be kept exactly.`,
        `For the text, write "${written}".`,
      )
      return null
    }
    return typeof value === 'string' || typeof value === 'boolean' ? value : null
  }
  return { value: walk(root), faults }
}
