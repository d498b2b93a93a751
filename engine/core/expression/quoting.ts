/** What YAML does to an expression that stands unquoted. */
export type QuotingReason = 'comment' | 'comma' | 'tag' | 'colon' | 'quote'

/** YAML reads an expression otherwise than it was written. `offset` and `length` count UTF-16 units of the raw text. */
export interface QuotingFault {
  readonly code: 'quote-expression'
  readonly reason: QuotingReason
  readonly message: string
  /** The whole expression in quotation marks that YAML leaves alone. */
  readonly hint: string
  readonly offset: number
  readonly length: number
  /** The expression in quotation marks alone. */
  readonly quoted: string
  /** The raw text with the expression quoted, to be put in its place. */
  readonly fixed: string
}

export interface Written {
  /** Whether the scalar stands inside `{ … }` or `[ … ]` of YAML. */
  readonly flow: boolean
  /** What YAML made of it; null where it made no scalar of it, left out where that is not known. */
  readonly value?: string | null
}

/**
 * Whether YAML took something away from an expression. `rawSource` is the source from the first character of the value to the end
 * of its line, comments and following flow entries included. Empty when the expression came through as it is written.
 */
export function quotingFaults(rawSource: string, written: Written): readonly QuotingFault[] {
  const raw = rawSource.trimEnd()
  const expression = raw.slice(0, endOf(raw, written.flow)).trimEnd()
  if (expression === '' || isQuoted(expression) || written.value === expression) return []
  const found = firstBite(expression, written.flow)
  if (found === null) return []
  const quoted = quoteExpression(expression)
  return [
    {
      code: 'quote-expression',
      reason: found.reason,
      message: MESSAGES[found.reason],
      hint: `Put the whole expression in quotation marks: ${quoted}`,
      offset: found.offset,
      length: found.length,
      quoted,
      fixed: quoted + rawSource.slice(expression.length),
    },
  ]
}

/** An expression as a YAML single-quoted scalar on one line. */
export function quoteExpression(text: string): string {
  return `'${text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll("'", "''")}'`
}

const MESSAGES: Readonly<Record<QuotingReason, string>> = {
  comment: 'YAML takes " #" for the beginning of a comment and drops the rest of this expression.',
  comma:
    'Inside { } and [ ] YAML ends a value at the first comma or bracket, which cuts this expression in two.',
  tag: 'YAML takes a "!" at the beginning for a tag, not for "not".',
  colon: 'YAML takes ": " for the end of a key, so this is not read as one expression.',
  quote: 'YAML ends the value at the closing quotation mark and does not expect more behind it.',
}

/** Where the expression ends as its author meant it: brackets and texts are closed. */
function endOf(raw: string, flow: boolean): number {
  let depth = 0
  let at = 0
  while (at < raw.length) {
    const character = raw[at]!
    if (character === '"' || character === "'") at = closing(raw, at)
    else if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) {
      if (depth === 0 && flow) return at
      depth = Math.max(0, depth - 1)
    } else if (depth === 0 && flow && character === ',') return at
    else if (depth === 0 && character === '#' && /\s/.test(raw[at - 1] ?? '')) return at
    at++
  }
  return raw.length
}

/** The place of the quotation mark that closes the text beginning here; the end where none does. */
function closing(raw: string, start: number): number {
  const mark = raw[start]!
  for (let at = start + 1; at < raw.length; at++) {
    if (raw[at] === '\\') at++
    else if (raw[at] === mark) return at
  }
  return raw.length
}

/** Already a quoted scalar for YAML: one pair of marks around it all (doubled or escaped ones inside). */
function isQuoted(expression: string): boolean {
  return /^'(?:[^']|'')*'$/s.test(expression) || /^"(?:[^"\\]|\\.)*"$/s.test(expression)
}

interface Bite {
  readonly reason: QuotingReason
  readonly offset: number
  readonly length: number
}

/** The first thing in the expression that YAML reads as its own. */
function firstBite(expression: string, flow: boolean): Bite | null {
  if (expression.startsWith('!')) return { reason: 'tag', offset: 0, length: 1 }
  if (/^["']/.test(expression)) return { reason: 'quote', offset: closing(expression, 0) + 1, length: 1 }
  const pattern = flow ? /(?<=\s)#|[,[\]{}]|:(?=[\s,[\]{}]|$)/ : /(?<=\s)#|:(?=\s|$)/
  const found = pattern.exec(expression)
  if (found === null) return null
  return {
    reason: found[0] === '#' ? 'comment' : found[0] === ':' ? 'colon' : 'comma',
    offset: found.index,
    length: 1,
  }
}
