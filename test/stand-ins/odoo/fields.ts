import { readFileSync } from 'node:fs'
import { FIELD_LABELS, SELECTION_LABELS } from './labels.ts'

export type Version = '18.0' | '19.0'

export interface Field {
  readonly name: string
  readonly type: string
  readonly label: string
  readonly required: boolean
  readonly readonly: boolean
  readonly stored: boolean
  readonly companyDependent: boolean
  readonly relation: string | null
  /** Digits after the point to which a float is rounded when written; null: not at all. */
  readonly digits: number | null
  readonly size: number | null
  readonly selection: readonly (readonly [key: string, label: string])[]
}

export type Fields = ReadonlyMap<string, Field>

/**
 * Fields of each model, as `fields_get` of a server with sales, stock and accounting gives them. In the files one text a
 * field: the type; then `!` required, `r` read-only, `~` not stored, `c` of each company its own; `@` relation; `.` digits;
 * `#` size; `=` choices.
 */
export function readFields(version: Version): Map<string, Fields> {
  const text = readFileSync(new URL(`./fields/${version}.json`, import.meta.url), 'utf8')
  const models = JSON.parse(text) as Record<string, Record<string, string>>
  return new Map(
    Object.entries(models).map(([model, fields]) => [
      model,
      new Map(
        Object.entries(fields).map(([name, definition]) => [name, fieldOf(version, model, name, definition)]),
      ),
    ]),
  )
}

function fieldOf(version: Version, model: string, name: string, definition: string): Field {
  const [type, ...parts] = definition.split(' ')
  const part = (sign: string) => parts.find((one) => one.startsWith(sign))?.slice(1) ?? null
  const flags = parts.find((one) => /^[!r~c]+$/.test(one)) ?? ''
  const keys = definition.includes(' =') ? definition.slice(definition.indexOf(' =') + 2).split('|') : []
  const digits = part('.')
  const size = part('#')
  return {
    name,
    type: type!,
    label: FIELD_LABELS[`${model}.${name}`] ?? FIELD_LABELS[name] ?? titleOf(name),
    required: flags.includes('!'),
    readonly: flags.includes('r'),
    stored: !flags.includes('~'),
    companyDependent: flags.includes('c'),
    relation: part('@'),
    digits: digits === null ? null : Number(digits),
    size: size === null ? null : Number(size),
    selection: keys.map((key) => [key, choiceLabel(version, model, name, key)] as const),
  }
}

function choiceLabel(version: Version, model: string, name: string, key: string): string {
  const labels = SELECTION_LABELS[`${version} ${model}.${name}`] ?? SELECTION_LABELS[`${model}.${name}`]
  return labels?.[key] ?? titleOf(key)
}

function titleOf(name: string): string {
  const words = name.replace(/_ids?$/, '').split('_')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}
