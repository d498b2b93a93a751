import type { Advice } from '../model/diagnostic.ts'
import { isJsonObject } from '../model/json.ts'
import { fieldsOf, type RecordedSchemaNode, type Type, typeOfRecorded } from './type.ts'

/** What an expression fills: the field's name, and the kinds of values that suit it best. */
export interface Filled {
  readonly name: string
  readonly kinds: readonly Type['kind'][]
}

interface Leaf {
  readonly path: readonly string[]
  readonly type: Type
}

/** How far below an object a field is looked for. */
const DEPTH = 3

/** "Perhaps …" for a field that an object does not have and one below it may be; null when none has its name or its words. */
export function fieldBelow(
  object: Type & { readonly kind: 'object' },
  name: string,
  shown: string,
  filled: Filled | undefined,
): Advice | null {
  const wanted = wordsOf(name)
  const rank = ({ path, type }: Leaf) => {
    const last = path.at(-1)!
    const fits = filled === undefined || filled.kinds.includes(type.kind) ? 0 : 20
    if (last.toLowerCase() === name.toLowerCase()) return path.length + fits
    if (holds(wordsOf(last), wanted)) return 10 + path.length + fits - textBonus(path, type)
    return wanted.length > 1 && holds(path.flatMap(wordsOf), wanted) ? 10 + path.length + fits : null
  }
  const ranked = leavesBelow(object.schema)
    .filter(({ path }) => path.length > 1)
    .flatMap((leaf) => {
      const score = rank(leaf)
      return score === null ? [] : [{ score, below: leaf.path.join('.') }]
    })
    .sort((a, b) => a.score - b.score)
  const best = ranked.filter(({ score }) => score === ranked[0]!.score).map(({ below }) => below)
  if (best.length === 0) return null
  const names = best.slice(0, 2).map((below) => `${shown}.${below}`)
  return { hint: `Perhaps ${names.join(' or ')}.`, ...(best.length === 1 ? { replace: best[0]! } : {}) }
}

/** The field of an object that suits best what is filled, as a path below it; null when none suits. */
export function suitingField(
  object: Type & { readonly kind: 'object' },
  filled: Filled,
): readonly string[] | null {
  const wanted = [...wordsOf(filled.name), ...wordsOf(object.path.at(-1)!)]
  const scored = leavesBelow(object.schema)
    .filter(({ type }) => filled.kinds.includes(type.kind))
    .map(({ path, type }) => {
      const words = wordsOf(path.at(-1)!)
      const isNamed = path.at(-1)!.toLowerCase() === filled.name.toLowerCase()
      const common = words.filter((word) => wanted.includes(word)).length
      return { path, score: (isNamed ? 5 : 0) + common * 2 + textBonus(path, type) - path.length }
    })
    .sort((a, b) => b.score - a.score)
  return scored[0]?.path ?? null
}

/** An id, and a word out of a list, are seldom what is meant. */
function textBonus(path: readonly string[], type: Type): number {
  const isId = wordsOf(path.at(-1)!).includes('id')
  return isId ? -6 : type.kind === 'text' && type.values !== undefined ? -3 : 0
}

/** The values inside an object, and inside the objects in it. */
function leavesBelow(schema: RecordedSchemaNode, path: readonly string[] = []): readonly Leaf[] {
  return Object.entries(fieldsOf(schema)).flatMap(([name, field]): readonly Leaf[] => {
    if (!isJsonObject(field)) return []
    const at = [...path, name]
    const type = typeOfRecorded(field, at)
    if (type.kind === 'list') return []
    if (type.kind !== 'object') return [{ path: at, type }]
    return at.length < DEPTH ? leavesBelow(type.schema, at) : []
  })
}

/** `emailAddress`, `email_address` → email, address. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

function holds(words: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((word) => words.includes(word))
}
