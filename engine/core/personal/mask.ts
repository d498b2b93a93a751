import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import { joinKey } from '../model/record-key.ts'
import type { Selection } from '../model/selection.ts'
import { isLabelPersonal, type PersonalPlan, personalValues } from './values.ts'

/** What stands in place of a personal value. */
export const MASK = '•••'

/** What of a dead letter may hold personal values. */
interface Letter {
  readonly key: string
  readonly label: string | null
  readonly message: string
  readonly payload: { readonly key: string; readonly data: JsonObject } | null
  readonly mapped: JsonObject | null
  readonly sourceKey?: string | null
  readonly waitsFor?: { readonly key: string } | null
}

/**
 * A dead letter as anybody may see it: personal fields of both payloads masked, and their values wherever key, label and
 * message quote them. `plan`: the one it was judged by; null (no longer known): neither payloads nor label are shown.
 */
export function maskLetter<Row extends Letter>(plan: PersonalPlan | null, letter: Row): Row {
  const { payload, mapped } = letter
  const values =
    plan === null ? [] : personalValues(plan, { data: payload?.data ?? null, mapped: letter.mapped })
  return {
    ...letter,
    key: maskField(letter.key, values),
    label: labelOf(plan, letter, values),
    message: maskText(letter.message, values),
    ...(letter.sourceKey == null ? {} : { sourceKey: maskField(letter.sourceKey, values) }),
    ...(letter.waitsFor == null
      ? {}
      : { waitsFor: { ...letter.waitsFor, key: maskField(letter.waitsFor.key, values) } }),
    payload:
      payload === null || plan === null
        ? null
        : {
            ...payload,
            key: maskField(payload.key, values),
            data: maskRecord(plan.source.selection, payload.data, values),
          },
    mapped: mapped === null || plan === null ? null : maskMapped(plan, mapped, values),
  }
}

function labelOf(plan: PersonalPlan | null, { label, payload }: Letter, values: readonly string[]) {
  if (label === null || plan === null) return null
  // Without the record nothing tells which values are personal.
  return payload === null && isLabelPersonal(plan) ? MASK : maskText(label, values)
}

/** A source record with its personal fields masked, and their values where other fields repeat them. */
export function maskRecord(selection: Selection, data: JsonObject, values: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const field = selection[name]
      // Of what the plan does not read it does not say whether it is personal.
      if (field === undefined || field.personal === true) return [name, maskAll(value)]
      if (field.fields !== undefined) return [name, maskBelow(field.fields, value, values)]
      return [name, maskTexts(value, values)]
    }),
  )
}

function maskBelow(selection: Selection, value: JsonValue, values: readonly string[]): JsonValue {
  if (Array.isArray(value)) return value.map((item) => maskBelow(selection, item, values))
  return isJsonObject(value) ? maskRecord(selection, value, values) : maskTexts(value, values)
}

/** What a record is to become, with the target's personal fields masked, and personal values of the source wherever they stand. */
export function maskMapped(plan: PersonalPlan, mapped: JsonObject, values: readonly string[]): JsonObject {
  const { fields } = plan.target.shape
  return Object.fromEntries(
    Object.entries(mapped).map(([name, value]) => [
      name,
      fields[name] === undefined || fields[name].personal === true
        ? maskAll(value)
        : maskTexts(value, values),
    ]),
  )
}

/** What is there stays to be seen, not what it is. */
export function maskAll(value: JsonValue): JsonValue {
  if (value === null || value === '' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(maskAll)
  if (!isJsonObject(value)) return MASK
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskAll(member)]))
}

/** A value that somebody is shown by itself: `values` masked wherever they stand in it, and where it is one of them. */
export function maskValue(value: JsonValue, values: readonly string[]): JsonValue {
  if (typeof value === 'string') return maskText(value, values)
  if (typeof value === 'number') return values.includes(String(value)) ? MASK : value
  if (Array.isArray(value)) return value.map((item) => maskValue(item, values))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskValue(member, values)]))
}

function maskTexts(value: JsonValue, values: readonly string[]): JsonValue {
  if (typeof value === 'string') return maskField(value, values)
  if (Array.isArray(value)) return value.map((item) => maskTexts(item, values))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskTexts(member, values)]))
}

/** In a field of its own a post code looks like any other number. */
export function maskField(text: string, values: readonly string[]): string {
  return maskText(
    text,
    values.filter((value) => /\P{N}/u.test(value)),
  )
}

/** Looked for from the beginnings of words only: a long text without blanks is not gone through from each of its characters. */
const EMAIL = /(?<![^\s@<>"'(),;:=[\]{}])[^\s@<>"'(),;:=[\]{}]+@[^\s@<>"'(),;:=[\]{}]+\.\p{L}+/gu
/** With its country, as telephones of customers are written. Not an amount with a sign. */
const TELEPHONE = /\+\d[\d\s()/-]{6,}\d(?![\d.,])/g

/**
 * A text without the personal values it quotes: whole words of it only, in capitals or not, also written as JSON, keys and Odoo's
 * instants are, and cut short by `…`; and without any address of electronic mail or telephone, known or not.
 */
export function maskText(text: string, values: readonly string[]): string {
  const hasAddress = (value: string) => /[@+]/.test(value)
  // First what has an address within it: else of such a value the rest would be left.
  const masked = maskValues(text, values.filter(hasAddress)).replace(EMAIL, MASK).replace(TELEPHONE, MASK)
  return maskValues(
    masked,
    values.filter((value) => !hasAddress(value)),
  )
}

function maskValues(text: string, values: readonly string[]): string {
  let masked = text
  const forms = [...new Set(values.flatMap(formsOf))]
  const [short, long] = [forms.filter(isShort), forms.filter((form) => !isShort(form))]
  if (long.length > 0) masked = masked.replace(wordsOf(long, 'giu'), MASK)
  // A short name is written in small letters where it is a word of the language.
  if (short.length > 0) masked = masked.replace(wordsOf(short, 'gu'), MASK)
  return masked.includes('…') ? maskCutShort(masked, long) : masked
}

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/

/** How a value may be written. */
export function formsOf(value: string): readonly string[] {
  const forms = [value, JSON.stringify(value).slice(1, -1), joinKey([value.toWellFormed()])]
  const instant = INSTANT.exec(value)
  return instant === null ? forms : [...forms, `${instant[1]} ${instant[2]}`]
}

function isShort(form: string): boolean {
  return form.length < 4
}

function wordsOf(forms: readonly string[], flags: string): RegExp {
  const longestFirst = forms.toSorted((a, b) => b.length - a.length)
  const alternatives = longestFirst.map((form) =>
    form
      .split(/\s+/)
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
      .join('\\s+'),
  )
  // What JSON and keys escape ends in a letter or number that is none.
  const escaped = '(?<=\\\\(?:[bfnrt]|u[0-9a-f]{4})|%[0-9A-F]{2})'
  return new RegExp(
    `(?:${escaped}|(?<![\\p{L}\\p{N}]|\\p{N}[.,]))(?:${alternatives.join('|')})(?![\\p{L}\\p{N}]|[.,]\\p{N})`,
    flags,
  )
}

/** The beginnings of values that stand right before a `…`. */
function maskCutShort(text: string, values: readonly string[]): string {
  return text
    .split('…')
    .map((part, index, parts) => {
      if (index === parts.length - 1) return part
      const beginning = longestBeginning(part.toLowerCase(), values)
      return beginning === 0 ? part : part.slice(0, -beginning) + MASK
    })
    .join('…')
}

/** How much of the end of a text is the beginning of one of the values. */
function longestBeginning(text: string, values: readonly string[]): number {
  let longest = 0
  for (const value of values) {
    const whole = value.toLowerCase()
    for (let length = Math.min(whole.length, text.length); length > Math.max(3, longest); length--)
      if (text.endsWith(whole.slice(0, length))) longest = length
  }
  return longest
}
