import type { Parking } from '../model/dead-letter.ts'
import type { JsonValue } from '../model/json.ts'
import type { Plan } from '../model/plan.ts'
import { MASK } from '../personal/mask.ts'
import { fingerprintOf } from '../transform/fingerprint.ts'

/** Why records are parked, without anything of the one record in it: what one repair of mapping or data settles together. */
export interface Cause {
  /** The same for all dead letters of one cause: `c-` and 12 characters. */
  readonly cluster: string
  /** The message with `…` in place of values, so that it can be shown where no record may be. */
  readonly text: string
}

const VALUE = '…'
/** Shorter values of a record stand in too many words by chance. */
const SHORTEST_VALUE = 4
const MOST_TEXT = 400

/**
 * Told by class, place in the mapping, and message. From the message goes what is the record's own: its values, what is quoted and is
 * no word of the plan, and everything with a digit in it.
 */
export function causeOf(parking: Parking, record: JsonValue, words: ReadonlySet<string>): Cause {
  const own = ownValues(record)
  const text = withoutValues(parking.message, own, words).slice(0, MOST_TEXT)
  return { cluster: `c-${clusterHash([parking.class, parking.at, text])}`, text }
}

/** Hashes hold `-` and `_`, which are hard to type and to select. */
function clusterHash(parts: readonly JsonValue[]): string {
  return fingerprintOf([...parts])
    .replaceAll('-', 'x')
    .replaceAll('_', 'y')
}

const wordsByPlan = new WeakMap<Plan, ReadonlySet<string>>()

/** Names that a plan uses: fields, resources, tables, mappings. Quoted in a message they belong to the cause. */
export function wordsOf(plan: Plan): ReadonlySet<string> {
  const known = wordsByPlan.get(plan)
  if (known !== undefined) return known
  const words = new Set<string>()
  const add = (value: JsonValue, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 12) return
    for (const [name, member] of Object.entries(value)) {
      if (!/^\d/.test(name)) words.add(name)
      add(member as JsonValue, depth + 1)
    }
  }
  // Tables hold the values of records as their keys.
  const { tables, fields, target, source, links } = plan
  for (const name of [...Object.keys(tables), ...Object.keys(links), source.resource, target.resource])
    words.add(name)
  add(fields as unknown as JsonValue, 0)
  add(target.shape as unknown as JsonValue, 0)
  for (const [, field] of Object.entries(target.shape.fields))
    if (field.relation !== undefined) words.add(field.relation)
  for (const step of plan.steps) words.add(step.call)
  wordsByPlan.set(plan, words)
  return words
}

function withoutValues(message: string, own: ReadonlySet<string>, words: ReadonlySet<string>): string {
  const quoted = message
    .replaceAll(MASK, VALUE)
    .replace(/\s+/g, ' ')
    .replace(/"([^"]*)"|“([^”]*)”|«([^»]*)»/g, (whole, a?: string, b?: string, c?: string) => {
      const inside = a ?? b ?? c ?? ''
      return words.has(inside) && !own.has(inside) ? whole : whole.replace(inside, VALUE)
    })
  let text = quoted
  for (const value of own) {
    if (value.length < SHORTEST_VALUE || words.has(value) || /^[a-z]+$/.test(value)) continue
    text = text.replaceAll(value, VALUE)
  }
  return text
    .trim()
    .split(' ')
    .map((token) => (/\d/.test(token) || token.includes('@') ? maskToken(token) : token))
    .join(' ')
}

/** `order:` of `#1042:` and the like stays readable: the marks around a value are kept. */
function maskToken(token: string): string {
  const [, before = '', after = ''] = /^([("'[]*).*?([)"'\],.:;]*)$/.exec(token) ?? []
  return `${before}${VALUE}${after}`
}

/** Texts and numbers of the record, the longest first. */
function ownValues(record: JsonValue): ReadonlySet<string> {
  const found: string[] = []
  const collect = (value: JsonValue): void => {
    if (typeof value === 'string' || typeof value === 'number') found.push(String(value))
    else if (typeof value === 'object' && value !== null)
      for (const member of Object.values(value)) collect(member as JsonValue)
  }
  collect(record)
  return new Set(found.filter((value) => value !== '').sort((a, b) => b.length - a.length))
}
