import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  visit,
} from 'yaml'
import type { Diagnostic, Place } from '../model/diagnostic.ts'
import { quotingFaults } from './quoting.ts'

export type Path = readonly (string | number)[]

/** A file's text as values that know where they were written. */
export interface ParsedDocument {
  readonly file: string
  /** Plain data; null when the file could not be read as YAML at all. */
  readonly value: unknown
  readonly diagnostics: readonly Diagnostic[]
  /** Where the value at a path begins; the nearest thing around it when it is not there. */
  placeOf(path: Path): Place
  /** Where the key of the last part of a path stands. */
  placeOfKey(path: Path): Place
  /** A scalar as it was written, quotes included; null when there is none at the path. */
  rawOf(path: Path): { readonly text: string; readonly place: Place } | null
}

/** Reads one YAML file. Never throws: every fault is a diagnostic. */
export function parseDocument(file: string, text: string): ParsedDocument {
  const lines = new LineCounter()
  const source = text.startsWith('\ufeff') ? text.slice(1) : text
  const documents = parseAllDocuments(source, {
    lineCounter: lines,
    keepSourceTokens: true,
    uniqueKeys: true,
    version: '1.2',
    prettyErrors: false,
    logLevel: 'silent',
  })
  const all = Array.isArray(documents) ? documents : []
  const document = all[0] as Document<Node> | undefined
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, offset))
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const diagnostics: Diagnostic[] = []
  const add = (offset: number, code: string, message: string, hint: string | null) =>
    diagnostics.push({ ...placeAt(offset), code, severity: 'error', message, hint })
  if (document === undefined || document.contents === null) {
    add(
      0,
      'empty-file',
      'The file is empty.',
      'Write a mapping, a connection, channels or settings; or delete the file.',
    )
  }
  if (all.length > 1) {
    add(
      (all[1] as Document).range?.[0] ?? 0,
      'several-documents',
      'The file holds several YAML documents (---).',
      'Write one file for each.',
    )
  }
  const quoting = document === undefined ? [] : quotingFaults(source, document)
  for (const fault of quoting) add(fault.offset, 'quote-expression', fault.message, fault.hint)
  if (quoting.length === 0) {
    // After the first one the reader has lost the thread, and what it says follows from that. Keys written twice are told one by one.
    const errors = document?.errors ?? []
    const told =
      errors[0]?.code === 'DUPLICATE_KEY'
        ? errors.filter((error) => error.code === 'DUPLICATE_KEY')
        : errors.slice(0, 1)
    for (const error of told) {
      const { code, message, hint } = yamlFault(error.code, error.message)
      add(error.pos[0], code, message, hint)
    }
  }
  if (document !== undefined && quoting.length === 0) refuseCleverYaml(document, add)
  const value = safeValue(document)
  const root = document?.contents ?? null
  return {
    file,
    value,
    diagnostics,
    placeOf: (path) => placeAt(offsetOf(nodeAt(root, path).node, root)),
    placeOfKey(path) {
      const { pair, node } = nodeAt(root, path)
      const key = pair?.key
      return placeAt(isNode(key) ? offsetOf(key, root) : offsetOf(node, root))
    },
    rawOf(path) {
      const { node, exact } = nodeAt(root, path)
      if (!exact || !isScalar(node) || node.range == null) return null
      return { text: source.slice(node.range[0], node.range[1]), place: placeAt(node.range[0]) }
    },
  }
}

function safeValue(document: Document | undefined): unknown {
  try {
    return document?.toJS({ maxAliasCount: 0 }) ?? null
  } catch {
    return null
  }
}

/** The node at a path, or the deepest one on the way to it. */
function nodeAt(root: Node | null, path: Path): { node: Node | null; pair: Pair | null; exact: boolean } {
  let node: Node | null = root
  let pair: Pair | null = null
  for (const part of path) {
    if (isMap(node)) {
      const found: Pair | undefined = node.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(part),
      )
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

function offsetOf(node: Node | null, root: Node | null): number {
  return node?.range?.[0] ?? root?.range?.[0] ?? 0
}

function yamlFault(code: string, message: string): { code: string; message: string; hint: string | null } {
  const text = message.replace(/ at line \d+.*$/s, '')
  if (code === 'DUPLICATE_KEY')
    return { code: 'duplicate-key', message: 'This key stands here twice.', hint: 'Keep one of them.' }
  if (code === 'TAB_AS_INDENT')
    return {
      code: 'yaml-tab',
      message: 'A tab indents this line; YAML takes spaces only.',
      hint: 'Replace the tab by spaces.',
    }
  return {
    code: 'yaml-syntax',
    message: `This is not YAML: ${text}.`,
    hint: 'Check indentation, quotes and brackets here and on the line above.',
  }
}

/** Anchors, aliases and tags make a file mean something else than it says. */
function refuseCleverYaml(
  document: Document,
  add: (offset: number, code: string, message: string, hint: string | null) => void,
): void {
  visit(document, {
    Node(_key, node) {
      const offset = node.range?.[0] ?? 0
      if (isAlias(node))
        add(
          offset,
          'yaml-alias',
          'An alias (*name) stands here.',
          'Write the value out, or quote it if it was meant as text.',
        )
      else if ((isCollection(node) || isScalar(node)) && node.anchor !== undefined)
        add(offset, 'yaml-anchor', 'An anchor (&name) stands here.', 'Write the value out where it is used.')
      else if ((node as Scalar).tag !== undefined && !isPair(node))
        add(
          offset,
          'yaml-tag',
          `A tag (${(node as Scalar).tag}) stands here.`,
          'Quote the value if it was meant as text.',
        )
    },
  })
}
