import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml'
import type { Diagnostic, Place } from '../model/diagnostic.ts'
import { keyText, plainOf, type YamlFault } from './plain.ts'
import { expressionFaults } from './quoting.ts'
import { cleverYaml, syntaxFault } from './yaml-faults.ts'

export type Path = readonly (string | number)[]

/** A file's text as values that know where they were written. */
export interface ParsedDocument {
  readonly file: string
  /** Plain data, keys as they are written; null where the file could not be read as YAML. */
  readonly value: unknown
  readonly diagnostics: readonly Diagnostic[]
  /** Where the value at a path begins; the nearest thing around it when it is not there. */
  placeOf(path: Path): Place
  /** Where the key of the last part of a path stands. */
  placeOfKey(path: Path): Place
  /** A scalar as it was written, quotes included; null when there is none at the path. */
  rawOf(path: Path): { readonly text: string; readonly place: Place } | null
}

/** Reads one YAML file. Never throws: every fault is a diagnostic. A byte order mark and CRLF do not move any column. */
export function parseDocument(file: string, text: string): ParsedDocument {
  const lines = new LineCounter()
  const source = text.startsWith('\ufeff') ? text.slice(1) : text
  const read = parseAllDocuments(source, {
    lineCounter: lines,
    keepSourceTokens: true,
    uniqueKeys: false,
    version: '1.2',
    prettyErrors: false,
    logLevel: 'silent',
  })
  const documents = Array.isArray(read) ? (read as Document<Node>[]) : []
  const document = documents[0]
  const root = document?.contents ?? null
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, offset))
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const { value, faults } = plainOf(root, (offset) => placeAt(offset).line)
  const diagnostics = faultsOf(source, documents, faults).map(
    ({ offset, code, message, hint }): Diagnostic => ({
      ...placeAt(offset),
      code,
      severity: 'error',
      message,
      hint,
    }),
  )
  const offsetOf = (node: Node | null) => node?.range?.[0] ?? root?.range?.[0] ?? 0
  return {
    file,
    value,
    diagnostics,
    placeOf: (path) => placeAt(offsetOf(nodeAt(root, path).node)),
    placeOfKey(path) {
      const { pair, node } = nodeAt(root, path)
      const key = pair?.key
      return placeAt(isNode(key) ? offsetOf(key) : offsetOf(node))
    },
    rawOf(path) {
      const { node, exact } = nodeAt(root, path)
      if (!exact || !isScalar(node) || node.range == null) return null
      return { text: source.slice(node.range[0], node.range[1]), place: placeAt(node.range[0]) }
    },
  }
}

function faultsOf(
  source: string,
  documents: readonly Document<Node>[],
  inData: readonly YamlFault[],
): readonly YamlFault[] {
  const [document, second] = documents
  if (document === undefined || document.contents === null || isEmpty(document.contents)) {
    if (document?.errors[0] !== undefined) return [syntaxFault(document.errors[0], document, source)]
    const hint = 'Write a mapping, a connection, channels or settings; or delete the file.'
    return [{ offset: 0, code: 'empty-file', message: 'The file is empty.', hint }]
  }
  const faults: YamlFault[] = []
  if (second !== undefined) {
    const offset = source.lastIndexOf('---', second.contents?.range?.[0] ?? source.length)
    const message = 'The file holds several YAML documents (---).'
    faults.push({ offset, code: 'several-documents', message, hint: 'Write one file for each.' })
  }
  const isMapping = isMap(document.contents) && document.contents.has('mapping')
  const quoting = isMapping ? expressionFaults(source, document) : []
  // After the first one the reader has lost the thread, and what it says follows from that.
  const first = document.errors[0]
  if (first !== undefined && quoting.length === 0) return [...faults, syntaxFault(first, document, source)]
  faults.push(...quoting)
  if (quoting.length === 0) faults.push(...cleverYaml(document), ...inData)
  return faults
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === ''
}

/** The node at a path, or the deepest one on the way to it. */
function nodeAt(root: Node | null, path: Path): { node: Node | null; pair: Pair | null; exact: boolean } {
  let node: Node | null = root
  let pair: Pair | null = null
  for (const part of path) {
    if (isMap(node)) {
      const found: Pair | undefined = node.items.find((item) => keyText(item) === String(part))
      if (found === undefined) return { node, pair, exact: false }
      pair = found
      if (!isNode(found.value)) return { node: isNode(found.key) ? found.key : node, pair, exact: false }
      node = found.value
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)]
      if (!isNode(item)) return { node, pair, exact: false }
      node = item
      pair = null
    } else {
      return { node, pair, exact: false }
    }
  }
  return { node, pair, exact: true }
}
