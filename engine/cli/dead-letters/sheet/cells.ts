import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/model/json.ts'
import type { SelectedField, Selection } from '../../../core/model/selection.ts'

/** One value of a record that can be corrected. */
export interface Leaf {
  /** As corrections name it: `lineItems.0.sku`. */
  readonly path: string
  readonly field: SelectedField
  readonly value: JsonValue
}

/** All single values that a mapping reads of a record, in the order of the selection; lists of records entry by entry. */
export function leavesOf(selection: Selection, data: JsonObject, above = ''): readonly Leaf[] {
  return Object.entries(selection).flatMap(([name, field]) => {
    const path = above + name
    const value = data[name] ?? null
    if (field.fields === undefined) return [{ path, field, value }]
    const personal = field.personal
    const below = personal === true ? allPersonal(field.fields) : field.fields
    if (Array.isArray(value))
      return value.flatMap((entry, index) =>
        leavesOf(below, isJsonObject(entry) ? entry : {}, `${path}.${index}.`),
      )
    // Of a list that is not there no entry can be corrected.
    return field.list === undefined ? leavesOf(below, isJsonObject(value) ? value : {}, `${path}.`) : []
  })
}

/** Whether a path may lead to a value of some record: `lineItems.7.sku` may, however many lines this one has. */
export function isLeafPath(selection: Selection, path: string): boolean {
  return Object.entries(selection).some(([name, field]) => {
    if (field.fields === undefined) return path === name
    if (!path.startsWith(`${name}.`)) return false
    const below = path.slice(name.length + 1)
    return isLeafPath(field.fields, field.list === undefined ? below : below.replace(/^\d+\./, ''))
  })
}

function allPersonal(selection: Selection): Selection {
  return Object.fromEntries(
    Object.entries(selection).map(([name, field]) => [name, { ...field, personal: true as const }]),
  )
}

/** A value as a person edits it: nothing for null, lists and the like as JSON. */
export function textOfLeaf(value: JsonValue): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export type Read = { readonly value: JsonValue } | { readonly fault: string }

/** What a person wrote in place of {@link textOfLeaf}. Whether it fits the field in other ways is for the correction to judge. */
export function valueOfText(field: SelectedField, text: string): Read {
  if (text === '') return { value: null }
  if (field.list !== undefined) {
    const value = parsed(text)
    return Array.isArray(value) ? { value } : { fault: 'expected a list in JSON, such as ["a", "b"]' }
  }
  switch (field.type) {
    case 'boolean': {
      // Spreadsheets write it in capitals.
      const lower = text.toLowerCase()
      return lower === 'true' || lower === 'false'
        ? { value: lower === 'true' }
        : { fault: 'expected true or false' }
    }
    case 'integer':
      return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))
        ? { value: Number(text) }
        : { fault: 'expected a whole number' }
    case 'json':
    case 'object': {
      const value = parsed(text)
      return value === undefined ? { fault: 'expected JSON' } : { value }
    }
    default:
      return { value: text }
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal', 'float'])

/** Whether a cell still says what was written into it. Spreadsheets write numbers anew: 28.00 as 28. */
export function isUnchanged(field: SelectedField, before: string, after: string): boolean {
  if (before === after) return true
  if (field.list !== undefined || before === '' || after === '') return false
  if (field.type === 'boolean') return before === after.toLowerCase()
  return NUMBERS.has(field.type) && Number(before) === Number(after)
}

/** What spreadsheets take for the beginning of a formula, in either width. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/
const NUMBER = /^-?\d+(\.\d+)?$/

/** A text that no spreadsheet takes for a formula: an apostrophe stands before what looks like one. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
}

/** Back to the text that {@link withoutFormula} was given. */
export function fromWithoutFormula(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell
}
