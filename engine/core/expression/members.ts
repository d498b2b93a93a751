import { isJsonObject } from '../model/json.ts'
import { fieldBelow } from './better-field.ts'
import type { Node, Span } from './tree.ts'
import { fieldsOf, mergeTypes, type Type, typeOfRecorded, typeWithPresent, unknownType } from './type.ts'
import { didYouMean, note, report, sourceOf, type Walk } from './walk.ts'

/** The type of a field, noted as read when it is one value. */
export function typeAtMember(object: Type, name: string, span: Span, objectNode: Node, walk: Walk): Type {
  switch (object.kind) {
    case 'object':
      return fieldType(object, name, span, objectNode, walk)
    case 'null':
    case 'map':
      return { kind: 'unknown', nullable: true }
    case 'unknown':
      // What is not known because of a fault is not found fault with again.
      return { ...object, nullable: object.path !== undefined }
    case 'list': {
      const text = sourceOf(walk, objectNode)
      report(
        walk,
        span,
        'wrong-type',
        `${text} is a list, which has no field "${name}".`,
        `Ask each item: ${text}.map(x, x.${name}), or first(${text}).${name}.`,
      )
      return unknownType()
    }
    default:
      report(
        walk,
        span,
        'unknown-field',
        `${sourceOf(walk, objectNode)} is one value (${object.kind}), which has no field "${name}".`,
      )
      return unknownType()
  }
}

function fieldType(
  object: Type & { readonly kind: 'object' },
  name: string,
  span: Span,
  objectNode: Node,
  walk: Walk,
): Type {
  const fields = fieldsOf(object.schema)
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!isJsonObject(field)) {
    const names = Object.keys(fields)
    const hint =
      didYouMean(name, names) ??
      fieldBelow(object, name, sourceOf(walk, objectNode), walk.environment.fills) ??
      (names.length > 0 && names.length <= 12 ? `Its fields are: ${names.join(', ')}.` : null)
    report(walk, span, 'unknown-field', `${object.path.join('.')} has no field "${name}".`, hint)
    return unknownType()
  }
  const path = [...object.path, name]
  const found = typeOfRecorded(field, path)
  const below = (object.present ?? []).filter((place) => place.startsWith(`${name}.`))
  const known = typeWithPresent(
    object.present?.includes(name) === true ? { ...found, nullable: false } : found,
    below.map((place) => place.slice(name.length + 1)),
  )
  const type: Type = object.nullable ? { ...known, nullable: true } : known
  const inner = type.kind === 'list' ? type.of : type
  if (inner.kind !== 'object') note(walk, path)
  if (object.alternatives === undefined) return type
  const others = object.alternatives.map((other) =>
    typeAtMember(other, name, span, { op: 'literal', value: null, ...span }, walk),
  )
  return mergeTypes([type, ...others])
}
