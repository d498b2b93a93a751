import { type Document, visit } from 'yaml'

/** An expression that YAML would change without a word, with the line as it should be written. */
export interface QuotingFault {
  readonly offset: number
  readonly message: string
  readonly hint: string
}

/**
 * YAML eats CEL silently: ` #` begins a comment, a comma ends a value inside `{ }`, `!` begins a tag, `: ` ends a plain scalar.
 * What gives it away is a plain scalar whose brackets or quotes are left open, or a tag where an expression begins.
 */
export function quotingFaults(source: string, document: Document): readonly QuotingFault[] {
  const faults: QuotingFault[] = []
  const seen = new Set<number>()
  const report = (start: number, message: string) => {
    const lineStart = source.lastIndexOf('\n', start - 1) + 1
    if (seen.has(lineStart)) return
    seen.add(lineStart)
    faults.push({ offset: start, message, hint: `Quote it: ${quotedLine(source, start)}` })
  }
  visit(document, {
    Scalar(_key, node) {
      if (node.range == null) return
      const [start] = node.range
      const plain = node.type === 'PLAIN' || node.type === undefined
      if (node.tag !== undefined && tagged(source, start)) {
        report(
          tagStart(source, start),
          'YAML reads a leading ! as a tag, so this is not the expression it looks like.',
        )
      } else if (plain && typeof node.value === 'string' && isOpen(node.value)) {
        const rest = source.slice(start, endOfLine(source, start))
        const comment = / #/.test(rest)
        report(
          start,
          comment
            ? 'YAML takes everything from " #" on as a comment, so the expression loses its end.'
            : 'YAML ends this value at a comma or colon inside the expression.',
        )
      }
    },
  })
  for (const error of document.errors) {
    const line = source.slice(source.lastIndexOf('\n', error.pos[0] - 1) + 1, endOfLine(source, error.pos[0]))
    const match = /^\s*(?:- )?[A-Za-z_][\w.]*:\s+(?=[^\s'"{[|>#])(.*)$/.exec(line)
    if (match !== null && /: /.test(match[1]!) && looksLikeExpression(match[1]!)) {
      report(
        source.lastIndexOf('\n', error.pos[0] - 1) + 1 + line.indexOf(match[1]!),
        'YAML reads ": " inside an unquoted value as a new key.',
      )
    }
  }
  return faults
}

/** Single-quoted YAML. */
export function quoteScalar(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function looksLikeExpression(text: string): boolean {
  return /[()?]|==|!=|&&|\|\|/.test(text)
}

/** Whether brackets or quotes of an expression are left open. */
function isOpen(text: string): boolean {
  let depth = 0
  let quote: string | null = null
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!
    if (quote !== null) {
      if (character === '\\') index++
      else if (character === quote) quote = null
    } else if (character === '"' || (character === "'" && depth > 0)) quote = character
    else if (character === '(' || character === '[' || character === '{') depth++
    else if (character === ')' || character === ']' || character === '}') depth--
  }
  return quote !== null || depth > 0
}

function tagged(source: string, start: number): boolean {
  return /![A-Za-z_(]/.test(source.slice(source.lastIndexOf('\n', start - 1) + 1, endOfLine(source, start)))
}

function tagStart(source: string, start: number): number {
  const line = source.lastIndexOf('\n', start - 1) + 1
  const at = source.slice(line, endOfLine(source, start)).search(/![A-Za-z_(]/)
  return at < 0 ? start : line + at
}

function endOfLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset)
  return end < 0 ? source.length : end
}

/** The value from its first character to where the expression really ends, quoted. */
function quotedLine(source: string, start: number): string {
  const rest = source.slice(start, endOfLine(source, start)).trimEnd()
  let depth = 0
  let quote: string | null = null
  let end = rest.length
  for (let index = 0; index < rest.length; index++) {
    const character = rest[index]!
    if (quote !== null) {
      if (character === quote) quote = null
    } else if (character === '"') quote = character
    else if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) {
      if (depth === 0) {
        end = index
        break
      }
      depth--
    } else if (character === ',' && depth === 0) {
      end = index
      break
    }
  }
  return quoteScalar(rest.slice(0, end).trim())
}
