import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import type { Advice } from '../model/diagnostic.ts'
import type { Code } from '../model/diagnostics.ts'
import { Decimal } from './decimal.ts'
import { explainSyntax, syntaxFault } from './syntax-faults.ts'
import { type BinaryOperator, MACROS, type MacroName, type Node, type Span } from './tree.ts'

/** One fault of an expression. `offset` and `length` count UTF-16 units of its text. */
export interface Fault {
  readonly code: Code
  readonly message: string
  readonly hint: string | null
  readonly offset: number
  readonly length: number
  /** The hint with what a machine needs; `replace` stands for what is marked. */
  readonly advice?: Advice
}

/** A parsed expression: its text and the tree that is checked and compiled. */
export interface Expression {
  readonly text: string
  readonly tree: Node
}

const grammar = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true })

/** Reads CEL. Never throws: what is no expression is a fault (`syntax`) at the place where reading stopped. */
export function parseExpression(
  text: string,
): { readonly ok: true; readonly expression: Expression } | { readonly ok: false; readonly fault: Fault } {
  if (text.trim() === '') {
    return {
      ok: false,
      fault: syntaxFault('There is no expression here.', 'Write one, such as order.name.', {
        start: 0,
        end: text.length,
      }),
    }
  }
  try {
    return { ok: true, expression: { text, tree: nodeOf(grammar.parse(text).ast, text) } }
  } catch (error) {
    if (error instanceof Unsupported)
      return { ok: false, fault: syntaxFault(error.message, error.hint, error.span) }
    if (error instanceof ParseError) {
      if (/maxDepth|maxAstNodes/.test(error.summary))
        return { ok: false, fault: syntaxFault(TOO_DEEP, SHORTER, error.range ?? { start: 0, end: 1 }) }
      const span = error.range ?? { start: 0, end: text.length }
      return { ok: false, fault: explainSyntax(text, error.summary, span) }
    }
    // The reader calls itself for each level; at some it has no more room.
    if (error instanceof RangeError)
      return { ok: false, fault: syntaxFault(TOO_DEEP, SHORTER, { start: 0, end: text.length }) }
    throw error
  }
}

/** An expression that goes deeper is generated or a mistake; checking it would run out of room somewhere. */
const MOST_LEVELS = 250
const TOO_DEEP = `The expression is too long: its parts are nested more than ${MOST_LEVELS} levels deep.`
const SHORTER = 'Write a shorter one, or a table or list instead of many terms.'

class Unsupported extends Error {
  readonly hint: string
  readonly span: Span
  constructor(message: string, hint: string, span: Span) {
    super(message)
    this.hint = hint
    this.span = span
  }
}

function nodeOf(ast: ASTNode, text: string, level = 1): Node {
  const span = { start: ast.start, end: ast.end }
  if (level > MOST_LEVELS) throw new Unsupported(TOO_DEEP, SHORTER, span)
  const node = (child: ASTNode) => nodeOf(child, text, level + 1)
  switch (ast.op) {
    case 'value':
      return { ...span, op: 'literal', value: literalOf(ast.args, text, span) }
    case 'id':
      return { ...span, op: 'variable', name: ast.args }
    // Access through null gives null, so optional access is plain access.
    case '.':
    case '.?':
      return {
        ...span,
        op: 'member',
        object: node(ast.args[0]),
        name: ast.args[1],
        nameSpan: { start: ast.pos, end: ast.end },
      }
    case '[]':
    case '[?]':
      return { ...span, op: 'index', object: node(ast.args[0]), index: node(ast.args[1]) }
    case 'call': {
      const [name, args] = ast.args
      const nameSpan = { start: ast.start, end: ast.start + name.length }
      if (name === 'has' && args.length === 1) return { ...span, op: 'has', argument: node(args[0]!) }
      return { ...span, op: 'call', name, nameSpan, method: false, args: args.map(node) }
    }
    case 'rcall':
      return methodCall(ast.args[0], ast.args[1], ast.args[2], span, text, node)
    case 'list':
      return { ...span, op: 'list', items: ast.args.map(node) }
    case 'map':
      return {
        ...span,
        op: 'map',
        entries: ast.args.map(([key, value]) => [node(key), node(value)] as const),
      }
    case '?:':
      return {
        ...span,
        op: 'conditional',
        condition: node(ast.args[0]),
        yes: node(ast.args[1]),
        no: node(ast.args[2]),
      }
    case '&&':
      return { ...span, op: 'and', left: node(ast.args[0]), right: node(ast.args[1]) }
    case '||':
      return { ...span, op: 'or', left: node(ast.args[0]), right: node(ast.args[1]) }
    case '!_':
      return { ...span, op: 'not', operand: node(ast.args) }
    case '-_':
      return negation(node(ast.args), span)
    default:
      return {
        ...span,
        op: 'binary',
        operator: ast.op satisfies BinaryOperator,
        left: node(ast.args[0]),
        right: node(ast.args[1]),
      }
  }
}

function methodCall(
  name: string,
  receiver: ASTNode,
  args: readonly ASTNode[],
  span: Span,
  text: string,
  node: (child: ASTNode) => Node,
): Node {
  const list = node(receiver)
  const dot = text.indexOf('.', receiverEnd(text, receiver.end))
  const nameStart = text.indexOf(name, dot)
  const nameSpan = { start: nameStart, end: nameStart + name.length }
  const wanted = name === 'map' ? [2, 3] : [2]
  if ((MACROS as readonly string[]).includes(name) && wanted.includes(args.length) && args[0]!.op === 'id') {
    return {
      ...span,
      op: 'macro',
      name: name as MacroName,
      list,
      variable: args[0]!.args as string,
      condition: args.length === 3 ? node(args[1]!) : null,
      body: node(args.at(-1)!),
    }
  }
  return {
    ...span,
    op: 'call',
    name,
    nameSpan,
    method: true,
    args: [list, ...args.map((arg) => node(arg))],
  }
}

/** The end of a receiver does not count the parentheses around it. */
function receiverEnd(text: string, end: number): number {
  let at = end
  while (/[\s)]/.test(text[at] ?? '')) at++
  return at
}

function negation(operand: Node, span: Span): Node {
  if (operand.op === 'literal' && typeof operand.value === 'number')
    return { ...span, op: 'literal', value: 0 - operand.value }
  if (operand.op === 'literal' && operand.value instanceof Decimal)
    return { ...span, op: 'literal', value: operand.value.neg() }
  return { ...span, op: 'negate', operand }
}

/** Numbers are read from the text itself, so that 0.1 is exactly 0.1. */
function literalOf(value: unknown, text: string, span: Span): null | boolean | string | number | Decimal {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : new Decimal(value.toString())
  }
  if (typeof value === 'number') return new Decimal(text.slice(span.start, span.end))
  throw new Unsupported(
    'Byte and unsigned literals are not part of the language.',
    'Write a plain text or number.',
    span,
  )
}
