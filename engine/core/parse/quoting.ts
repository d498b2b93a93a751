import { type Document, isCollection, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml'
import { FUNCTIONS } from '../expression/functions.ts'
import { parseExpression } from '../expression/parse.ts'
import { quoteExpression, quotingFaults } from '../expression/quoting.ts'
import type { Code } from '../model/diagnostics.ts'
import type { Path } from './document.ts'
import { keyText, type YamlFault } from './plain.ts'
import { isExpressionPath } from './positions.ts'

/** Characters that begin something of YAML's own, and no expression. */
const NO_START = /^[*&%@`|>]/

/**
 * Expressions of a mapping file that YAML would change without a word (` #` begins a comment, a comma ends a value inside `{ }`,
 * `!` begins a tag, `: ` begins a block), each with the line as it should be written. Found by reading the source again at every
 * place where an expression stands.
 */
export function expressionFaults(source: string, document: Document): readonly YamlFault[] {
  const faults: YamlFault[] = []
  const lines = new Set<number>()
  const errorAt = document.errors.map((error) => error.pos[0])
  for (const { node, path, start, flow } of expressionsOf(source, document.contents, [], false)) {
    const line = source.lastIndexOf('\n', start - 1)
    // What YAML cut off stands on the same line as keys and values of its own.
    if (lines.has(line)) continue
    const rest = source.slice(start, endOfLine(source, start)).trimEnd()
    const isBroken = errorAt.some((offset) => offset >= start && offset <= start + rest.length)
    const bite = biteOf({ node, rest, flow, isBroken, mayBeList: path.at(-1) === 'identity' })
    if (bite === null) continue
    lines.add(line)
    const { message, hint, replaced, code = 'quote-expression' } = bite
    const edits = [{ start, end: start + (replaced?.length ?? 0), text: replaced?.by ?? '' }]
    faults.push({
      offset: start,
      length: replaced?.length ?? rest.replace(/\s+#.*$/, '').length,
      code,
      message,
      hint,
      ...(replaced === undefined
        ? {}
        : { fix: { title: `Write ${replaced.by}`, safe: replaced.safe, edits } }),
    })
  }
  return faults
}

interface Place {
  readonly node: unknown
  readonly path: Path
  /** The first character of what was written there, tags and anchors included. */
  readonly start: number
  /** Whether it stands inside `{ }` or `[ ]`. */
  readonly flow: boolean
}

/** Every place where a mapping has an expression, whatever stands there. */
function* expressionsOf(source: string, node: unknown, path: Path, inFlow: boolean): Iterable<Place> {
  if (isMap(node)) {
    const flow = inFlow || node.flow === true
    for (const pair of node.items) {
      const name = keyText(pair)
      if (name === null) continue
      const at = [...path, name]
      if (isExpressionPath(at)) yield { node: pair.value, path: at, start: valueStart(source, pair), flow }
      yield* expressionsOf(source, pair.value, at, flow)
    }
  } else if (isSeq(node)) {
    const flow = inFlow || node.flow === true
    for (const [index, item] of node.items.entries()) {
      const at = [...path, index]
      if (isScalar(item) && path.at(-1) === 'identity' && isExpressionPath(at))
        yield { node: item, path: at, start: item.range?.[0] ?? 0, flow }
      yield* expressionsOf(source, item, at, flow)
    }
  }
}

interface Written {
  readonly node: unknown
  /** What was written, to the end of the line. */
  readonly rest: string
  readonly flow: boolean
  /** Whether the YAML reader stumbled within it. */
  readonly isBroken: boolean
  readonly mayBeList: boolean
}

interface Bite {
  /** (Default: `quote-expression`) */
  readonly code?: Code
  readonly message: string
  readonly hint: string
  /** How much of what was written is replaced, and by what. Safe: the expression is taken as it is written. */
  readonly replaced?: { readonly length: number; readonly by: string; readonly safe: boolean }
}

/** What YAML takes away from an expression; null when it comes through. */
function biteOf({ node, rest, flow, isBroken, mayBeList }: Written): Bite | null {
  if (isBlockText(rest, node)) return null
  const bare = rest.replace(/\s+#.*$/, '')
  if (NO_START.test(rest)) {
    const text = flow ? bare.replace(/\s*[,}\]].*$/, '') : bare
    return {
      message: `YAML reads a leading ${rest[0]} as something of its own, and no expression begins with it.`,
      hint: `For the text, write { constant: ${JSON.stringify(text)} }.`,
    }
  }
  if (isFormOfOurs(node) || (isQuoted(node) && !isBroken)) return null
  if (isCollection(node) && !isBroken) {
    const isList = isSeq(node) && node.flow === true && node.items.length > 0 && node.items.every(isScalar)
    if (!isList || flow || mayBeList) return null
    return {
      message: 'YAML reads [ ] as a list of its own, not as a list in an expression.',
      hint: `Put the whole expression in quotation marks: ${quoteExpression(bare)}`,
      // Words in brackets may be meant as texts.
      replaced: { length: bare.length, by: quoteExpression(bare), safe: false },
    }
  }
  const value = isScalar(node) && node.tag === undefined ? textOf(node) : null
  const [fault] = quotingFaults(rest, { flow, value })
  if (fault === undefined) return null
  const length = rest.length - (fault.fixed.length - fault.quoted.length)
  return mendOf(rest.slice(0, length), flow, fault.message)
}

/** What to write for an expression that YAML cuts: in quotation marks, where it is one then. */
function mendOf(written: string, flow: boolean, message: string): Bite {
  const { length } = written
  const quoted = (expression: string): Bite => {
    const by = quoteExpression(expression)
    return {
      message,
      hint: `Put the whole expression in quotation marks: ${by}`,
      replaced: { length, by, safe: true },
    }
  }
  if (isExpression(written)) return quoted(written)
  // The marks around it are those of texts inside it.
  const inner = /^(["'])(.*)\1$/s.exec(written)?.[2]
  if (inner !== undefined && isExpression(inner)) return quoted(inner.replace(/'([^'"]*)'/g, '"$1"'))
  const next = flow ? /^(.*?\S)\s+(\w+):(?:\s|$)/s.exec(written) : null
  if (next !== null && isExpression(next[1]!.replace(/^(["'])(.*)\1$/s, '$2')))
    return {
      code: 'yaml-syntax',
      message: `A comma is missing before "${next[2]}".`,
      hint: 'Inside { } a comma stands between one key and the next.',
      replaced: { length: next[1]!.length, by: `${next[1]},`, safe: true },
    }
  const call = /^(.*\S):\s+(\w+)$/s.exec(written)
  return {
    message,
    hint:
      call !== null && Object.hasOwn(FUNCTIONS, call[2]!) && isExpression(call[1]!)
        ? `A function stands before what it is given: ${call[2]}(${call[1]})`
        : 'Write an expression here, or { constant: … } for a text. In quotation marks as it stands, it would be none either.',
  }
}

function isExpression(text: string): boolean {
  return parseExpression(text).ok
}

/** `{ value: … }` and its like: broken or not, what stands inside is looked at by itself. */
function isFormOfOurs(node: unknown): boolean {
  if (!isMap(node) || node.flow !== true) return false
  const key = node.items[0]?.key
  return isScalar(key) && key.type === 'PLAIN' && FORMS.has(String(key.value))
}

const FORMS = new Set([
  'value',
  'constant',
  'firstTimeOnly',
  'as',
  'when',
  'otherwise',
  'fields',
  'each',
  'identity',
])

/** A text over several lines (`|`, `>`), rather than a value that begins with such a character. */
function isBlockText(rest: string, node: unknown): boolean {
  return /^[|>][-+\d]*\s*(#.*)?$/.test(rest) || (isScalar(node) && String(node.type).startsWith('BLOCK'))
}

function isQuoted(node: unknown): boolean {
  return isScalar(node) && (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE')
}

/** The scalar's text as the author sees it. */
function textOf(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

/** Where the value of a pair begins in the source, tags and anchors included. */
function valueStart(source: string, pair: Pair): number {
  const keyEnd = (pair.key as Node).range?.[1] ?? 0
  const between = /^\s*:[ \t]*/.exec(source.slice(keyEnd, keyEnd + 200))
  const start = keyEnd + (between?.[0].length ?? 0)
  const beginsBelow = /^\s*(#|\r?\n|$)/.test(source.slice(start, start + 200))
  return beginsBelow ? ((pair.value as Node | null)?.range?.[0] ?? start) : start
}

function endOfLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset)
  return end < 0 ? source.length : end
}
