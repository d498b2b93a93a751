import { FUNCTIONS } from './functions.ts'
import { ARITHMETIC, type MacroNode, type Node } from './tree.ts'
import { type Type, typeWithPresent } from './type.ts'
import type { Walk } from './walk.ts'

/**
 * Parts of expressions that have a value wherever some condition came out one way, by what they say (`order.customer.email`).
 * Expressions are pure, so what is known of one holds for every other that says the same of the same variables.
 */
export type Facts = ReadonlySet<string>

/** It cannot come out that way, so anything holds there. */
const NEVER = Symbol('never')
type Known = Facts | typeof NEVER

const NOTHING: Facts = new Set()

/** What has a value where the condition is true (`holds`), or where it is not. */
export function factsOf(condition: Node, holds: boolean, walk: Walk): Facts {
  const known = knownOf(condition, holds, walk)
  return known === NEVER ? NOTHING : known
}

/** The walk for a part that is only evaluated where the condition came out that way. */
export function where(condition: Node, holds: boolean, walk: Walk): Walk {
  return withFacts(walk, factsOf(condition, holds, walk))
}

/** The walk inside a macro: its variable hides what was known under its name. */
export function inMacro(node: MacroNode, element: Type, walk: Walk): Walk {
  const hidden = new RegExp(`\\b${node.variable}\\b`)
  const present = Object.hasOwn(walk.variables, node.variable)
    ? new Set([...walk.present].filter((place) => !hidden.test(place)))
    : walk.present
  return {
    ...walk,
    lenient: false,
    present,
    variables: { ...walk.variables, [node.variable]: element },
  }
}

/** The items of a list for which a condition on `variable` is true: what it says of an item is known of all of them. */
export function filteredItem(element: Type, variable: string, condition: Node, inner: Walk): Type {
  const facts = [...factsOf(condition, true, inner)]
  const item = facts.includes(variable) ? { ...element, nullable: false } : element
  const below = facts.filter((place) => place.startsWith(`${variable}.`))
  return typeWithPresent(
    item,
    below.map((place) => place.slice(variable.length + 1)),
  )
}

/** What a part says, the same for all ways to write it; null where it is too much to be said again. */
export function placeOf(node: Node): string | null {
  switch (node.op) {
    case 'variable':
      return node.name
    case 'literal':
      return typeof node.value === 'string' ? JSON.stringify(node.value) : String(node.value)
    case 'member': {
      const object = placeOf(node.object)
      return object === null ? null : `${object}.${node.name}`
    }
    case 'index': {
      const [object, index] = [placeOf(node.object), placeOf(node.index)]
      if (object === null || index === null) return null
      const named = node.index.op === 'literal' && typeof node.index.value === 'string'
      return named ? `${object}.${String((node.index as { value: unknown }).value)}` : `${object}[${index}]`
    }
    case 'call': {
      const args = node.args.map(placeOf)
      return args.includes(null) ? null : `${node.name}(${args.join(', ')})`
    }
    default:
      return null
  }
}

function withFacts(walk: Walk, facts: Facts): Walk {
  return facts.size === 0 ? walk : { ...walk, present: new Set([...walk.present, ...facts]) }
}

function knownOf(node: Node, holds: boolean, walk: Walk): Known {
  switch (node.op) {
    case 'literal':
      return (node.value === true) === holds ? NOTHING : NEVER
    case 'not':
      return knownOf(node.operand, !holds, walk)
    case 'and':
      return holds
        ? inTurn(node.left, true, node.right, true, walk)
        : either(knownOf(node.left, false, walk), inTurn(node.left, true, node.right, false, walk))
    case 'or':
      return holds
        ? either(knownOf(node.left, true, walk), inTurn(node.left, false, node.right, true, walk))
        : inTurn(node.left, false, node.right, false, walk)
    case 'conditional':
      return choice(node.condition, node.yes, node.no, holds, walk)
    case 'has':
      return holds ? presenceOf(node.argument) : NOTHING
    case 'binary':
      return ofComparison(node, holds, walk)
    case 'call':
      if (node.name === 'when' && node.args.length === 3)
        return choice(node.args[0]!, node.args[1]!, node.args[2]!, holds, walk)
      if (node.name === 'coalesce' && holds)
        return node.args
          .map((arg) => knownOf(arg, true, walk))
          .reduce<Known>((all, one) => either(all, one), NEVER)
      return holds ? presenceOf(node) : NOTHING
    default:
      return holds ? presenceOf(node) : NOTHING
  }
}

function choice(condition: Node, yes: Node, no: Node, holds: boolean, walk: Walk): Known {
  return either(inTurn(condition, true, yes, holds, walk), inTurn(condition, false, no, holds, walk))
}

/** The second is evaluated where the first came out so, and comes out so too. */
function inTurn(first: Node, firstHolds: boolean, second: Node, secondHolds: boolean, walk: Walk): Known {
  const before = knownOf(first, firstHolds, walk)
  if (before === NEVER) return NEVER
  const after = knownOf(second, secondHolds, withFacts(walk, before))
  return after === NEVER ? NEVER : new Set([...before, ...after])
}

function either(a: Known, b: Known): Known {
  if (a === NEVER) return b
  if (b === NEVER) return a
  return new Set([...a].filter((place) => b.has(place)))
}

/** `==` and `!=` always answer; what equals a value has one. Comparisons of size are true only of values. */
function ofComparison(node: Node & { op: 'binary' }, holds: boolean, walk: Walk): Known {
  const { operator, left, right } = node
  if (operator === '==' || operator === '!=') {
    const equal = (operator === '==') === holds
    if (isNull(left) || isNull(right)) return equal ? NOTHING : presenceOf(isNull(left) ? right : left)
    if (!equal) return NOTHING
    return union(
      hasValue(right, walk) ? presenceOf(left) : NOTHING,
      hasValue(left, walk) ? presenceOf(right) : NOTHING,
    )
  }
  if (operator === 'in') {
    if (!holds) return NOTHING
    const items = silentType(right, walk)
    return items.kind === 'list' && !items.of.nullable ? presenceOf(left) : NOTHING
  }
  return holds ? union(presenceOf(left), presenceOf(right)) : NOTHING
}

function isNull(node: Node): boolean {
  return node.op === 'literal' && node.value === null
}

function hasValue(node: Node, walk: Walk): boolean {
  const type = silentType(node, walk)
  return !type.nullable && type.kind !== 'unknown'
}

/** The type of a part that is checked elsewhere. */
function silentType(node: Node, walk: Walk): Type {
  return walk.typeOf(node, { ...walk, faults: [], reads: new Map(), lookUps: [], rows: [] })
}

function union(a: Facts, b: Facts): Facts {
  return new Set([...a, ...b])
}

/** All that has a value when this has one. */
function presenceOf(node: Node): Facts {
  const facts = new Set<string>()
  collectPresence(node, facts)
  return facts
}

function collectPresence(node: Node, facts: Set<string>): void {
  const place = node.op === 'literal' ? null : placeOf(node)
  if (place !== null) facts.add(place)
  switch (node.op) {
    case 'member':
    case 'index':
      collectPresence(node.object, facts)
      return
    case 'call': {
      const nulls = FUNCTIONS[node.name]?.nulls
      if (nulls === 'gives' || nulls === 'parks') for (const arg of node.args) collectPresence(arg, facts)
      return
    }
    case 'negate':
      collectPresence(node.operand, facts)
      return
    case 'binary':
      if ((ARITHMETIC as readonly string[]).includes(node.operator)) {
        collectPresence(node.left, facts)
        collectPresence(node.right, facts)
      }
      return
    default:
      return
  }
}
