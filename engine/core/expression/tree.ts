import type { Decimal } from './decimal.ts'

/** Where a part of an expression stands in its text, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=', 'in'] as const
export const ARITHMETIC = ['+', '-', '*', '/', '%'] as const
export type BinaryOperator = (typeof COMPARISONS)[number] | (typeof ARITHMETIC)[number]

export const MACROS = ['map', 'filter', 'all', 'exists', 'exists_one'] as const
export type MacroName = (typeof MACROS)[number]

/** An expression as a tree, macros told from calls. What is checked and what is compiled. */
export type Node = LiteralNode | VariableNode | MemberNode | IndexNode | CallNode | MacroNode | OtherNode

export interface LiteralNode extends Span {
  readonly op: 'literal'
  readonly value: null | boolean | string | number | Decimal
}

export interface VariableNode extends Span {
  readonly op: 'variable'
  readonly name: string
}

export interface MemberNode extends Span {
  readonly op: 'member'
  readonly object: Node
  readonly name: string
  readonly nameSpan: Span
}

export interface IndexNode extends Span {
  readonly op: 'index'
  readonly object: Node
  readonly index: Node
}

/** `f(a, b)`; as `a.f(b)` when `method`, the receiver being the first argument. */
export interface CallNode extends Span {
  readonly op: 'call'
  readonly name: string
  readonly nameSpan: Span
  readonly method: boolean
  readonly args: readonly Node[]
}

/** `list.map(variable, body)`; `condition` only in `map(variable, condition, body)`. */
export interface MacroNode extends Span {
  readonly op: 'macro'
  readonly name: MacroName
  readonly list: Node
  readonly variable: string
  readonly condition: Node | null
  readonly body: Node
}

type OtherNode = Span &
  (
    | { readonly op: 'has'; readonly argument: Node }
    | { readonly op: 'list'; readonly items: readonly Node[] }
    | { readonly op: 'map'; readonly entries: readonly (readonly [Node, Node])[] }
    | { readonly op: 'conditional'; readonly condition: Node; readonly yes: Node; readonly no: Node }
    | { readonly op: 'and' | 'or'; readonly left: Node; readonly right: Node }
    | { readonly op: 'not' | 'negate'; readonly operand: Node }
    | { readonly op: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  )

export function childrenOf(node: Node): readonly Node[] {
  switch (node.op) {
    case 'literal':
    case 'variable':
      return []
    case 'member':
      return [node.object]
    case 'index':
      return [node.object, node.index]
    case 'call':
      return node.args
    case 'macro':
      return node.condition === null ? [node.list, node.body] : [node.list, node.condition, node.body]
    case 'has':
      return [node.argument]
    case 'list':
      return node.items
    case 'map':
      return node.entries.flat()
    case 'conditional':
      return [node.condition, node.yes, node.no]
    case 'and':
    case 'or':
    case 'binary':
      return [node.left, node.right]
    case 'not':
    case 'negate':
      return [node.operand]
  }
}

/** The text of a literal text, else null: names of models, tables and mappings must be written out. */
export function literalText(node: Node | undefined): string | null {
  return node?.op === 'literal' && typeof node.value === 'string' ? node.value : null
}
