import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml'
import type { Code } from '../model/diagnostics.ts'
import type { JsonValue } from '../model/json.ts'

/** A fault of a file's YAML at an offset of its text. */
export interface YamlFault {
  readonly offset: number
  readonly code: Code
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
  source: string,
  lineOf: (offset: number) => number,
): { readonly value: JsonValue; readonly faults: readonly YamlFault[] } {
  const faults: YamlFault[] = []
  const fault = (node: unknown, code: Code, message: string, hint: string) => {
    const [offset, length] = extentOf(node)
    faults.push({ offset, length, code, message, hint })
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
          faults.push(duplicateKey(name, first, pair, source, lineOf))
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
      if (/^[-+]?0[\dxo]/.test(written)) {
        const message = `Readers of YAML do not agree on what number ${written} is.`
        fault(node, 'yaml-number', message, `Write ${value}, or "${written}" for the text.`)
        return null
      }
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

function extentOf(node: unknown): readonly [offset: number, length: number] {
  const [start = 0, end = 0] = (node as Node | null)?.range ?? []
  return [start, end - start]
}

/** A line that stands there twice, word for word, is safe to remove; of two that differ the author chooses. */
function duplicateKey(
  name: string,
  first: Pair,
  second: Pair,
  source: string,
  lineOf: (offset: number) => number,
): YamlFault {
  const [firstOffset, firstLength] = extentOf(first.key)
  const [offset, length] = extentOf(second.key)
  const line = lineAround(source, second)
  const isSame = line !== null && line.text === lineAround(source, first)?.text
  return {
    offset,
    length,
    code: 'duplicate-key',
    message: `"${name}" stands here twice, first on line ${lineOf(firstOffset)}.`,
    hint: 'Keep one of them.',
    related: [{ offset: firstOffset, length: firstLength, message: 'first written here' }],
    ...(isSame
      ? { fix: { title: 'Remove the second line', safe: true, edits: [{ ...line, text: '' }] } }
      : {}),
  }
}

/** The line of a pair that has one to itself; null where it shares one or goes over several. */
function lineAround(
  source: string,
  { key, value }: Pair,
): { readonly start: number; readonly end: number; readonly text: string } | null {
  const [offset, length] = extentOf(key)
  const start = source.lastIndexOf('\n', offset - 1) + 1
  const next = source.indexOf('\n', offset)
  const end = next < 0 ? source.length : next + 1
  const until = (value as Node | null)?.range?.[1] ?? offset + length
  if (source.slice(start, offset).trim() !== '' || until > end) return null
  return { start, end, text: source.slice(start, end).trim() }
}
