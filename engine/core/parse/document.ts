import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml'
import type { Diagnostic, Edit, Stretch } from '../model/diagnostic.ts'
import { keyText, plainOf, type YamlFault } from './plain.ts'
import { expressionFaults } from './quoting.ts'
import { offsetsOf, pieceIn, scalarFor } from './scalar-text.ts'
import { cleverYaml, notText, syntaxFault, tooDeepIn, unclosedIn } from './yaml-faults.ts'

export type Path = readonly (string | number)[]

/** A file's text as values that know where they were written. */
export interface ParsedDocument {
  readonly file: string
  /** Plain data, keys as they are written; null where the file could not be read as YAML. */
  readonly value: unknown
  readonly diagnostics: readonly Diagnostic[]
  /** Where the value at a path stands (of a block the first key); the nearest thing around it when it is not there. */
  placeOf(path: Path): Stretch
  /** Where the key of the last part of a path stands. */
  placeOfKey(path: Path): Stretch
  /** Where a part of a scalar's text stands, counted in the text without blanks around it. */
  placeIn(path: Path, offset: number, length: number): Stretch
  /** A scalar as it was written, quotes included; null when there is none at the path. */
  rawOf(path: Path): { readonly text: string; readonly place: Stretch } | null
  /** What stands at a path with all that belongs to it; null when nothing does. */
  sourceOf(path: Path): { readonly text: string; readonly place: Stretch; readonly isBlock: boolean } | null
  /** The end of the file, and whether a line ends there. */
  readonly end: { readonly place: Stretch; readonly endsLine: boolean }
  /** Another scalar value, or key, written in its place; null when no scalar stands there. */
  replacing(path: Path, text: string, of?: 'key' | 'value'): Edit | null
  /** Another part of a scalar's text, counted as in `placeIn`. */
  replacingIn(path: Path, offset: number, length: number, text: string): Edit | null
}

/** Reads one YAML file. Never throws: every fault is a diagnostic. A byte order mark and CRLF do not move any column. */
export function parseDocument(file: string, text: string): ParsedDocument {
  const lines = new LineCounter()
  const source = text.startsWith('\ufeff') ? text.slice(1) : text
  const documents = readYaml(source, lines)
  const document = documents[0]
  const deep = tooDeepIn(document?.contents ?? null)
  const root = deep === null ? (document?.contents ?? null) : null
  const stretch = (start: number, end = start): Stretch => {
    const from = lines.linePos(Math.max(0, start))
    const to = lines.linePos(Math.max(0, start, end))
    const [line, column] = [Math.max(1, from.line), Math.max(1, from.col)]
    return { file, line, column, endLine: Math.max(line, to.line), endColumn: Math.max(1, to.col) }
  }
  const { value, faults } = plainOf(root, source, (offset) => stretch(offset).line)
  const diagnostics = (deep === null ? faultsOf(source, documents, faults) : [deep]).map((fault) =>
    diagnosticOf(fault, stretch),
  )
  const placeOfNode = (node: Node | null) => stretch(...extentOf(node ?? root))
  const keyAt = (path: Path): Node | null => {
    const { pair, node } = nodeAt(root, path)
    return isNode(pair?.key) ? pair.key : node
  }
  const scalarAt = (path: Path) => {
    const { node, exact, flow } = nodeAt(root, path)
    if (!exact || !isScalar(node) || node.range == null) return null
    const [start, end] = node.range
    const raw = source.slice(start, end)
    const whole = typeof node.value === 'string' ? node.value : (node.source ?? '')
    const blanks = whole.length - whole.trimStart().length
    const offsets = offsetsOf(raw, whole)
    const extentIn = (offset: number, length: number): readonly [number, number] | null => {
      // What is missing at the end is shown there.
      const at = (index: number) => offsets?.[Math.min(blanks + index, whole.length)]
      const [from, to] = [at(offset), at(offset + length)]
      return from === undefined || to === undefined ? null : [start + from, start + to]
    }
    return { start, end, raw, flow, text: whole.trim(), extentIn }
  }
  return {
    file,
    value,
    diagnostics,
    placeOf: (path) => placeOfNode(nodeAt(root, path).node),
    placeOfKey: (path) => placeOfNode(keyAt(path)),
    placeIn(path, offset, length) {
      const extent = scalarAt(path)?.extentIn(offset, length)
      return extent == null ? placeOfNode(nodeAt(root, path).node) : stretch(...extent)
    },
    rawOf(path) {
      const scalar = scalarAt(path)
      return scalar === null ? null : { text: scalar.raw, place: stretch(scalar.start, scalar.end) }
    },
    sourceOf(path) {
      const { node, exact } = nodeAt(root, path)
      if (!exact || node?.range == null) return null
      const text = source.slice(node.range[0], node.range[1]).trimEnd()
      const isBlock = isCollection(node) && node.flow !== true
      return { text, place: stretch(node.range[0], node.range[0] + text.length), isBlock }
    },
    end: { place: stretch(source.length), endsLine: source.endsWith('\n') },
    replacing(path, text, of = 'value') {
      const { node, exact, flow } = nodeAt(root, path)
      const scalar = of === 'key' ? keyAt(path) : node
      if (!exact || !isScalar(scalar) || scalar.range == null) return null
      const [start, end] = scalar.range
      return { ...stretch(start, end), text: scalarFor(text, source.slice(start, end) || null, flow) }
    },
    replacingIn(path, offset, length, text) {
      const scalar = scalarAt(path)
      const extent = scalar?.extentIn(offset, length)
      if (scalar == null || extent == null) return null
      const whole = scalar.text.slice(0, offset) + text + scalar.text.slice(offset + length)
      const piece = pieceIn(scalar.raw, text)
      if (piece === null && scalarFor(whole, null, scalar.flow) !== whole)
        return { ...stretch(scalar.start, scalar.end), text: scalarFor(whole, "'", scalar.flow) }
      return { ...stretch(...extent), text: piece ?? text }
    },
  }
}

function readYaml(source: string, lineCounter = new LineCounter()): Document<Node>[] {
  const read = parseAllDocuments(source, {
    lineCounter,
    uniqueKeys: false,
    version: '1.2',
    prettyErrors: false,
    logLevel: 'silent',
  })
  return Array.isArray(read) ? (read as Document<Node>[]) : []
}

/** Of a block only its first key: a fault of the whole of it would mark half the file. */
function extentOf(node: Node | null): readonly [number, number] {
  const [start = 0, end = 0] = node?.range ?? []
  if (isMap(node) && node.flow !== true) {
    const first = node.items[0]?.key
    if (isNode(first) && first.range != null) return [first.range[0], first.range[1]]
  }
  return isSeq(node) && node.flow !== true ? [start, start + 1] : [start, end]
}

function diagnosticOf(
  { offset, length = 0, code, message, hint, fix, related = [] }: YamlFault,
  stretch: (start: number, end?: number) => Stretch,
): Diagnostic {
  const others = related.map((other) => ({
    ...stretch(other.offset, other.offset + other.length),
    message: other.message,
  }))
  return {
    ...stretch(offset, offset + length),
    code,
    severity: 'error',
    message,
    hint,
    ...(others.length > 0 ? { related: others } : {}),
    ...(fix === undefined
      ? {}
      : {
          fix: { ...fix, edits: fix.edits.map(({ start, end, text }) => ({ ...stretch(start, end), text })) },
        }),
  }
}

function faultsOf(
  source: string,
  documents: readonly Document<Node>[],
  inData: readonly YamlFault[],
): readonly YamlFault[] {
  const garbled = notText(source)
  if (garbled !== null) return [garbled]
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
  const open = unclosedIn(document, source)
  // What stands behind an open bracket is read as part of it: what is said of that means nothing.
  if (open !== null && (quoting.length === 0 || staysOpen(source, quoting, open)))
    return [...faults, ...quoting.filter(({ offset }) => offset < open.offset), open]
  // After the first one the reader has lost the thread, and what it says follows from that.
  const first = document.errors[0]
  if (first !== undefined && quoting.length === 0) return [...faults, syntaxFault(first, document, source)]
  faults.push(...quoting)
  if (quoting.length === 0) faults.push(...cleverYaml(document), ...inData)
  return faults
}

/** Whether a bracket is open even when every expression is quoted. */
function staysOpen(source: string, quoting: readonly YamlFault[], open: YamlFault): boolean {
  const others = quoting.filter(({ offset }) => offset !== open.offset)
  const edits = others.flatMap(({ fix }) => fix?.edits ?? [])
  const quoted = edits
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), source)
  const again = unclosedIn(readYaml(quoted)[0]!, quoted)
  return again?.offset === open.offset && again.message === open.message
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === ''
}

interface Found {
  readonly node: Node | null
  readonly pair: Pair | null
  readonly exact: boolean
  /** Whether it stands inside `{ }` or `[ ]`. */
  readonly flow: boolean
}

/** The node at a path, or the deepest one on the way to it. */
function nodeAt(root: Node | null, path: Path): Found {
  let node: Node | null = root
  let pair: Pair | null = null
  let flow = false
  for (const part of path) {
    if (isMap(node)) {
      flow ||= node.flow === true
      const found: Pair | undefined = node.items.find((item) => keyText(item) === String(part))
      if (found === undefined) return { node, pair, exact: false, flow }
      pair = found
      if (!isNode(found.value))
        return { node: isNode(found.key) ? found.key : node, pair, exact: false, flow }
      node = found.value
    } else if (isSeq(node)) {
      flow ||= node.flow === true
      const item: unknown = node.items[Number(part)]
      if (!isNode(item)) return { node, pair, exact: false, flow }
      node = item
      pair = null
    } else {
      return { node, pair, exact: false, flow }
    }
  }
  return { node, pair, exact: true, flow }
}
