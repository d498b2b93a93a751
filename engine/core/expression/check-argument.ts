import { FUNCTIONS, type Parameter } from './functions.ts'
import { safePattern } from './pattern.ts'
import { signature } from './signature.ts'
import { isZone } from './time.ts'
import { literalText, type Node } from './tree.ts'
import type { Type } from './type.ts'
import { didYouMean, expect, notePresence, refuseWhole, report, sourceOf, type Walk } from './walk.ts'

/** Whether the kind of an argument fits; what is wrong with it is reported. */
export function checkArgument(
  name: string,
  parameter: Parameter,
  node: Node,
  type: Type,
  walk: Walk,
): boolean {
  const text = literalText(node)
  if (parameter.literal === true && text === null) {
    report(
      walk,
      node,
      'not-literal',
      `The ${parameter.name} of ${name} must be a text written out.`,
      node.op === 'variable' && !Object.hasOwn(walk.variables, node.name)
        ? { hint: `Write it in quotation marks: "${node.name}".`, replace: `"${node.name}"` }
        : `Write it in quotation marks: "…".`,
    )
    return false
  }
  let fits = type.kind !== 'object'
  if (parameter.takes !== 'any') {
    const kinds = parameter.takes.join(' or ')
    fits = expect(
      type,
      parameter.takes,
      node,
      walk,
      `${signature(name, FUNCTIONS[name]!)} takes ${kinds} as ${parameter.name}.`,
      fixFor(parameter, type, sourceOf(walk, node)),
    )
    if (type.kind === 'list') notePresence(type, walk)
  } else refuseWhole(type, node, walk)
  if (text === null) return fits
  if (parameter.values !== undefined && !parameter.values.includes(text)) {
    report(
      walk,
      node,
      'unknown-value',
      `"${text}" is not a ${parameter.name} of ${name}; there are: ${parameter.values.join(', ')}.`,
      didYouMean(text, parameter.values),
    )
  }
  if (parameter.name === 'zone' && !isZone(text))
    report(
      walk,
      node,
      'unknown-zone',
      `"${text}" is not a time zone.`,
      'Write one such as "Europe/Brussels" or "UTC".',
    )
  if (parameter.name === 'pattern') {
    const pattern = safePattern(text)
    if (typeof pattern === 'string') report(walk, node, 'wrong-pattern', pattern)
  }
  return fits
}

function fixFor(parameter: Parameter, type: Type, text: string): string | null {
  const takes = parameter.takes === 'any' ? [] : parameter.takes
  if (type.kind === 'text' && takes.includes('decimal')) return `Make it a number: decimal(${text}).`
  if (type.kind === 'text' && takes.includes('integer')) return `Make it a number: integer(${text}).`
  if ((type.kind === 'integer' || type.kind === 'decimal') && takes.includes('text'))
    return `Make it a text: text(${text}).`
  if (type.kind === 'decimal' && takes.includes('integer')) return `Round it: round(${text}).`
  if (type.kind === 'datetime' && takes.includes('date'))
    return `Say in which zone the day is meant: date(${text}, "Europe/Brussels").`
  return null
}
