import { type Document, isCollection, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml'
import { quoteExpression, quotingFaults } from '../expression/quoting.ts'
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
  const report = (start: number, message: string, hint: string) => {
    const line = source.lastIndexOf('\n', start - 1)
    if (lines.has(line)) return
    lines.add(line)
    faults.push({ offset: start, code: 'quote-expression', message, hint })
  }
  const inspect = (node: unknown, start: number, flow: boolean) => {
    const rest = source.slice(start, endOfLine(source, start)).trimEnd()
    const broken = errorAt.some((offset) => offset >= start && offset <= start + rest.length)
    if (isBlockText(rest, node)) return
    if (NO_START.test(rest)) {
      const text = rest.replace(/\s+#.*$/, '')
      report(
        start,
        `YAML reads a leading ${rest[0]} as something of its own, and no expression begins with it.`,
        `For the text, write { constant: ${JSON.stringify(flow ? text.replace(/\s*[,}\]].*$/, '') : text)} }.`,
      )
      return
    }
    if (isFormOfOurs(node)) return
    if (isCollection(node) && !broken) {
      if (isSeq(node) && node.flow === true && !flow && node.items.length > 0 && node.items.every(isScalar))
        report(
          start,
          'YAML reads [ ] as a list of its own, not as a list in an expression.',
          `Put the whole expression in quotation marks: ${quoteExpression(rest.replace(/\s+#.*$/, ''))}`,
        )
      return
    }
    if (isScalar(node) && node.type !== 'PLAIN' && isQuoted(node) && !broken) return
    for (const fault of quotingFaults(rest, {
      flow,
      value: isScalar(node) && node.tag === undefined ? written(node) : null,
    }))
      report(start, fault.message, fault.hint)
  }
  const walk = (node: unknown, path: Path, inFlow: boolean) => {
    if (isMap(node))
      for (const pair of node.items) {
        const name = keyText(pair)
        if (name === null) continue
        const at = [...path, name]
        const flow = inFlow || node.flow === true
        if (isExpressionPath(at)) inspect(pair.value, valueStart(source, pair), flow)
        walk(pair.value, at, flow)
      }
    else if (isSeq(node))
      for (const [index, item] of node.items.entries()) {
        const at = [...path, index]
        const flow = inFlow || node.flow === true
        if (isScalar(item) && path.at(-1) === 'identity' && isExpressionPath(at))
          inspect(item, item.range?.[0] ?? 0, flow)
        walk(item, at, flow)
      }
  }
  walk(document.contents, [], false)
  return faults
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

function isQuoted(node: Scalar): boolean {
  return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE'
}

/** The scalar's text as the author sees it. */
function written(node: Scalar): string {
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
