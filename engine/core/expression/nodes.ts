import { asTruth, choice } from './branches.ts'
import { compileCall } from './calls.ts'
import { type Compilation, type Run, type Surroundings, textOf } from './frame.ts'
import { isList, isNumber, isObject, kindOfValue, memberOf, textOfValue, type Value } from './kinds.ts'
import { compileMacro } from './macros.ts'
import { compare, negate, OPERATIONS } from './operators.ts'
import { badValue } from './park.ts'
import type { Expression } from './parse.ts'
import { literalText, type Node } from './tree.ts'

export function compileNode(
  expression: Expression,
  surroundings: Surroundings | null,
): { readonly run: Run; readonly slots: number } {
  let slots = 0
  const run = compile(expression.tree, {
    text: expression.text,
    surroundings,
    locals: new Map(),
    newSlot: () => slots++,
    lenient: false,
    compile,
  })
  return { run, slots }
}

function compile(node: Node, to: Compilation): Run {
  switch (node.op) {
    case 'literal': {
      const { value } = node
      return () => value
    }
    case 'variable':
      return variable(node.name, to)
    case 'member':
      return member(compile(node.object, to), node.name, textOf(to, node.object))
    case 'index':
      return index(node.object, node.index, to)
    case 'call':
      return compileCall(node, to)
    case 'macro':
      return compileMacro(node, to)
    case 'has': {
      const run = compile(node.argument, to)
      return (frame) => run(frame) !== null
    }
    case 'list': {
      const items = node.items.map((item) => compile(item, to))
      return (frame) => items.map((item) => item(frame))
    }
    case 'map': {
      const entries = node.entries.map(([key, value]) => [compile(key, to), compile(value, to)] as const)
      return (frame) =>
        Object.fromEntries(
          entries.map(([key, value]) => [textOfValue(key(frame)) ?? '', value(frame)] as const),
        )
    }
    case 'conditional':
      return choice(node.condition, compile(node.yes, to), compile(node.no, to), to)
    case 'and':
      return choice(node.left, asTruth(node.right, to), () => false, to)
    case 'or':
      return choice(node.left, () => true, asTruth(node.right, to), to)
    case 'not': {
      const operand = asTruth(node.operand, to)
      return (frame) => operand(frame) !== true
    }
    case 'negate': {
      const operand = compile(node.operand, to)
      const text = textOf(to, node.operand)
      return (frame) => negate(operand(frame), text)
    }
    case 'binary':
      return binary(node, to)
  }
}

function variable(name: string, to: Compilation): Run {
  const slot = to.locals.get(name)
  if (slot !== undefined) return (frame) => frame.locals[slot]!
  return (frame) => {
    const { variables } = frame.scope
    return Object.hasOwn(variables, name) ? variables[name]! : null
  }
}

/** Access through null gives null, and so does a member that is not there. */
function member(object: Run, name: string, text: string): Run {
  const inherited = name in Object.prototype
  return (frame) => {
    const value = object(frame)
    if (value === null) return null
    if (!isObject(value)) throw badValue(`${text} is ${kindOfValue(value)}, which has no "${name}".`)
    return inherited ? memberOf(value, name) : (value[name] ?? null)
  }
}

function index(objectNode: Node, indexNode: Node, to: Compilation): Run {
  const object = compile(objectNode, to)
  const name = literalText(indexNode)
  const text = textOf(to, objectNode)
  if (name !== null) return member(object, name, text)
  const position = compile(indexNode, to)
  return (frame) => {
    const value = object(frame)
    const at = position(frame)
    if (value === null || at === null) return null
    if (isList(value)) {
      if (!isNumber(at)) throw badValue(`${text} is a list: its items are asked for by number.`)
      return value[Number(at)] ?? null
    }
    if (isObject(value)) return memberOf(value, textOfValue(at) ?? '')
    throw badValue(`${text} is ${kindOfValue(value)}, which has no items.`)
  }
}

function binary(node: Node & { op: 'binary' }, to: Compilation): Run {
  const left = compile(node.left, to)
  const right = compile(node.right, to)
  const texts = { left: textOf(to, node.left), right: textOf(to, node.right), whole: textOf(to, node) }
  if (node.operator === '==' && node.right.op === 'literal')
    return equalsLiteral(left, node.right.value, false)
  if (node.operator === '!=' && node.right.op === 'literal')
    return equalsLiteral(left, node.right.value, true)
  if (node.operator === '>') return (frame) => compare(left(frame), right(frame), texts) > 0
  const operation = OPERATIONS[node.operator]
  return (frame) => operation(left(frame), right(frame), texts)
}

/** The most frequent comparison: with null, a text or a boolean written out. */
function equalsLiteral(left: Run, literal: Value, negated: boolean): Run {
  if (literal === null || typeof literal === 'string' || typeof literal === 'boolean') {
    return (frame) => (left(frame) === literal) !== negated
  }
  const equals = OPERATIONS['==']
  return (frame) => (equals(left(frame), literal, NO_TEXTS) === true) !== negated
}

const NO_TEXTS = { left: '', right: '', whole: '' }
