import type { Fault } from './parse.ts'
import type { Span } from './tree.ts'

export function syntaxFault(message: string, hint: string | null, span: Span): Fault {
  return { code: 'syntax', message, hint, offset: span.start, length: Math.max(1, span.end - span.start) }
}

const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  RPAREN: '")"',
  LPAREN: '"("',
  RBRACKET: '"]"',
  RBRACE: '"}"',
  COMMA: '","',
  COLON: '":"',
  QUESTION: '"?"',
  DOT: '"."',
  IDENTIFIER: 'a name',
  STRING: 'a text',
  NUMBER: 'a number',
  EQ: '"=="',
  NE: '"!="',
  LT: '"<"',
  LE: '"<="',
  GT: '">"',
  GE: '">="',
  NOT: '"!"',
  PLUS: '"+"',
  MINUS: '"-"',
  AND: '"&&"',
  OR: '"||"',
}

/** Where reading stopped. */
interface Stop {
  /** All that stands before it, and from it on. */
  readonly before: string
  readonly here: string
  /** What the parser said. */
  readonly summary: string
}

/** What people mean who write what CEL does not read; the first that fits is told. */
const MISTAKES: readonly (readonly [(stop: Stop) => boolean, string])[] = [
  [({ here }) => here.startsWith('\u00a0'), 'A non-breaking space stands here: write a plain one.'],
  [
    ({ before, here }) => !isOpen(before) && /\d$/.test(before) && /^,\d/.test(here),
    'Write a decimal point in place of the comma.',
  ],
  [({ here }) => here.startsWith(';'), 'Separate with a comma.'],
  [({ here }) => /^and\b/.test(here), 'Write && for "and".'],
  [({ here }) => /^or\b/.test(here), 'Write || for "or".'],
  [({ before }) => /\bnot\s+$/.test(before), 'Write ! for "not".'],
  [({ here }) => /^if\b/.test(here), 'Write when(condition, a, b).'],
  [({ before, here }) => before.endsWith('!=') && here.startsWith('='), 'Compare with !=.'],
  [({ before, here }) => before.endsWith('<') && here.startsWith('>'), 'Compare with !=.'],
  [({ here }) => here.startsWith('=>'), 'Write the name before a comma: list.map(x, …).'],
  [
    ({ before, here }) => /[+\-*/]$/.test(before) && here.startsWith('='),
    'Write a + b: nothing is assigned.',
  ],
  [({ here }) => here.startsWith('='), 'Compare with ==.'],
  [({ before, here }) => before.endsWith('?') && here.startsWith('?'), 'Write coalesce(a, b) for a ?? b.'],
  [({ here }) => here.startsWith('${'), 'Join texts with +, such as "WEB-" + order.name.'],
  [
    ({ before, here }) => /^[)\]}]/.test(here) && !isOpen(before),
    'This bracket was never opened: remove it.',
  ],
  [({ here }) => /^&(?!&)/.test(here), 'Write && for "and".'],
  [({ here }) => /^\|(?!\|)/.test(here), 'Write || for "or".'],
  [
    ({ before, here }) => before.endsWith('?') && here.startsWith('.'),
    'Write a plain dot: access through null gives null.',
  ],
  [({ here }) => /^[“”‘’]/.test(here), 'Use straight quotation marks: "…".'],
  [({ summary }) => summary.startsWith('Unterminated'), 'Close the quotation mark.'],
  [({ summary }) => summary.startsWith('Reserved'), 'Use another name.'],
  [
    ({ summary }) => summary.includes('iteration variable'),
    'Begin with a name for the items: list.map(x, …).',
  ],
]

/** The parser's complaint in the words of the language, with what to do about it where that can be told. */
export function explainSyntax(text: string, summary: string, span: Span): Fault {
  const stop: Stop = { before: text.slice(0, span.start), here: text.slice(span.start), summary }
  const found = /^(?:\w+|\S)/.exec(stop.here)?.[0] ?? ''
  const message = stop.here.startsWith('\u00a0')
    ? 'Unexpected non-breaking space'
    : summary.startsWith('Unexpected character')
      ? `Unexpected ${JSON.stringify(found)}`
      : summary.replace(/\b[A-Z]{2,}\b/g, (token) => TOKENS[token] ?? token)
  const hint =
    MISTAKES.find(([fits]) => fits(stop))?.[1] ?? (stop.here.trim() === '' ? endsEarly(text) : null)
  return syntaxFault(message.endsWith('.') ? message : `${message}.`, hint, span)
}

function endsEarly(text: string): string {
  const missing = unclosed(text)
  return `The expression ends too early: ${missing === '' ? 'something is missing at its end' : `"${missing}" is missing`}.`
}

function isOpen(text: string): boolean {
  return unclosed(text) !== ''
}

/** The brackets that close what is open at the end of a text. */
function unclosed(text: string): string {
  const open: string[] = []
  const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
  for (const [part] of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()[\]{}]/g)) {
    if (closing[part] !== undefined) open.push(closing[part])
    else if (part === open.at(-1)) open.pop()
  }
  return open.reverse().join('')
}
