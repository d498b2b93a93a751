import type { Resolution } from './compile.ts'
import { canonicalDecimal } from './decimal.ts'
import { argument, type Compilation, decide, type Frame, type Run, textOf, WAITING } from './frame.ts'
import { isNumber, kindOfValue, Reference, textOfValue, type Value } from './kinds.ts'
import { optionNodes } from './options.ts'
import { badValue, missingValue, Park } from './park.ts'
import { type CallNode, literalText, type Node } from './tree.ts'

/** A key that is empty text looks nothing up, just as a null one. */
function keyOf(value: Value, text: string, whole: string): string | null {
  if (value === null) return null
  const key = textOfValue(value)
  if (key === null) throw badValue(`${text} is ${kindOfValue(value)}, and ${whole} needs a text or a number.`)
  return key.trim() === '' ? null : key
}

interface Options {
  readonly where: readonly (readonly [string, Run, string])[]
  /** What is given when the key is null. */
  readonly otherwise: Run | null
}

function optionsOf(node: Node | undefined, to: Compilation): Options {
  const options = optionNodes(node)
  const otherwise = options.get('otherwise')
  return {
    where: [...optionNodes(options.get('where'))].map(
      ([field, value]) => [field, to.compile(value, to), textOf(to, value)] as const,
    ),
    otherwise: otherwise === undefined ? null : to.compile(otherwise, to),
  }
}

/** The key of a look-up, or null where the look-up gives `without` instead: no key, or one that waits for another look-up. */
function keyReader(
  keyNode: Node,
  node: CallNode,
  options: Options,
  to: Compilation,
): (frame: Frame) => string | { readonly without: Value } {
  const run = to.compile(keyNode, to)
  const [text, whole] = [textOf(to, keyNode), textOf(to, node)]
  return (frame) => {
    const value = decide(run, frame)
    if (value === WAITING) return NOTHING
    const key = keyOf(value, text, whole)
    if (key !== null) return key
    if (options.otherwise !== null) return { without: options.otherwise(frame) }
    if (to.lenient) return NOTHING
    throw missingValue(text, whole)
  }
}

const NOTHING = { without: null }

export function compileMatch(node: CallNode, to: Compilation): Run {
  const resource = literalText(argument(node, 0)) ?? ''
  const field = literalText(argument(node, 1)) ?? ''
  const options = optionsOf(node.args[3], to)
  const readKey = keyReader(argument(node, 2), node, options, to)
  const whole = textOf(to, node)
  return (frame) => {
    const key = readKey(frame)
    if (typeof key !== 'string') return key.without
    const where = whereOf(options, frame, to, whole)
    if (where === null) return null
    const resolution = frame.scope.references.match({ resource, field, value: key, where })
    return settle(resolution, resource, frame, () => {
      const conditions = [[field, key] as const, ...Object.entries(where)]
        .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
        .join(' and ')
      return {
        missing: `No active ${resource} has ${conditions}. Create it, or correct the value.`,
        many: `active records of ${resource} have ${conditions}`,
        reference: null,
      }
    })
  }
}

/** Further conditions; null while one waits, or when one is empty and the look-up may be left out. */
function whereOf(
  options: Options,
  frame: Frame,
  to: Compilation,
  whole: string,
): Record<string, string | number | boolean> | null {
  const where: Record<string, string | number | boolean> = {}
  for (const [field, run, text] of options.where) {
    const value = decide(run, frame)
    if (value === WAITING) return null
    if (value === null) {
      if (to.lenient) return null
      throw missingValue(text, whole)
    }
    where[field] = conditionOf(value, text)
  }
  return where
}

function conditionOf(value: Value, text: string): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (value instanceof Reference) return /^\d{1,15}$/.test(value.id) ? Number(value.id) : value.id
  if (value !== null && isNumber(value)) return typeof value === 'number' ? value : canonicalDecimal(value)
  throw badValue(
    `${text} is ${kindOfValue(value)}, and a condition of match compares with a text, a number or a boolean.`,
  )
}

export function compileLink(node: CallNode, to: Compilation): Run {
  const mapping = literalText(argument(node, 0)) ?? ''
  const readKey = keyReader(argument(node, 1), node, optionsOf(node.args[2], to), to)
  const resource = to.surroundings?.mappings[mapping]?.resource ?? ''
  return (frame) => {
    const key = readKey(frame)
    if (typeof key !== 'string') return key.without
    return settle(frame.scope.references.link(mapping, key), resource, frame, () => ({
      missing: `${mapping} has not delivered its record ${key} yet.`,
      many: `records were written by ${mapping} for its record ${key}`,
      reference: { mapping, key },
    }))
  }
}

export function compileRef(node: CallNode, to: Compilation): Run {
  const name = literalText(argument(node, 0)) ?? ''
  const resource = to.surroundings?.fixedResource?.(name) ?? ''
  return (frame) =>
    settle(frame.scope.references.ref(name), resource, frame, () => ({
      missing: `The fixed record ${name} does not exist at the target.`,
      many: `records are called ${name}`,
      reference: null,
    }))
}

interface Wording {
  readonly missing: string
  readonly many: string
  readonly reference: { readonly mapping: string; readonly key: string } | null
}

/** A missing or ambiguous reference always parks; one that is asked for waits. */
function settle(resolution: Resolution, resource: string, frame: Frame, wordingOf: () => Wording): Value {
  switch (resolution.status) {
    case 'found':
      return new Reference(resource, resolution.id)
    case 'pending':
      frame.pending++
      return null
    case 'missing': {
      const { missing, reference } = wordingOf()
      throw new Park('missing-reference', resolution.message ?? missing, reference)
    }
    case 'ambiguous': {
      const { many, reference } = wordingOf()
      throw new Park(
        'ambiguous',
        `${resolution.ids.length} ${many}: ids ${resolution.ids.join(', ')}. Exactly one may.`,
        reference,
      )
    }
  }
}
