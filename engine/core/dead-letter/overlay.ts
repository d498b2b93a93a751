import { parseDecimal } from '../expression/decimal.ts'
import { canonicalInstant } from '../expression/time.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { FieldType } from '../model/recorded.ts'
import type { SelectedField, Selection } from '../model/selection.ts'

/** A correction: values by the path of a field of the source record (`email`, `lines.0.sku`). Null clears. */
export type Overlay = { readonly [path: string]: JsonValue }

/** Why a correction cannot be taken: where, what was found, what was expected. */
export interface OverlayFault {
  readonly path: string
  readonly message: string
}

/** The record as it would be read with these values. Paths that lead nowhere change nothing. */
export function overlaid(data: JsonObject, overlay: Overlay, selection: Selection): JsonObject {
  let corrected: JsonValue = data
  for (const [path, value] of Object.entries(overlay)) {
    const steps = stepsOf(path, selection)
    if (!('fault' in steps)) corrected = withValue(corrected, steps.steps, value)
  }
  return corrected as JsonObject
}

/**
 * All faults of a correction at once: paths that the mapping does not read, or that say which record it is, lines that are not there,
 * values of another type.
 */
export function overlayFaults(
  overlay: Overlay,
  selection: Selection,
  data: JsonObject,
  isIdentity: (path: string) => boolean,
): readonly OverlayFault[] {
  const paths = Object.entries(overlay)
  if (paths.length === 0) return [{ path: '', message: 'It changes nothing: name at least one field.' }]
  return paths.flatMap(([path, value]) => {
    const found = stepsOf(path, selection)
    if ('fault' in found) return [{ path, message: found.fault }]
    if (isIdentity(path))
      return [
        {
          path,
          message:
            'It says which record or line this is, so with another value it would be another one, and the target would have it twice. Correct it at the source.',
        },
      ]
    const missing = missingLine(data, found.steps)
    if (missing !== null) return [{ path, message: missing }]
    const fault = typeFault(found.field, value)
    return fault === null ? [] : [{ path, message: fault }]
  })
}

type Step = string | number

/** Names may hold dots (columns of a CSV file): at each level the longest that fits. */
function stepsOf(
  path: string,
  selection: Selection,
): { readonly steps: readonly Step[]; readonly field: SelectedField } | { readonly fault: string } {
  const steps: Step[] = []
  let level = selection
  let rest = path
  for (;;) {
    const name = Object.keys(level)
      .filter((candidate) => rest === candidate || rest.startsWith(`${candidate}.`))
      .sort((a, b) => b.length - a.length)[0]
    if (name === undefined)
      return {
        fault: `The mapping reads no field "${rest}"${steps.length === 0 ? '' : ` in ${steps.join('.')}`}; it reads ${Object.keys(level).sort().join(', ')}.`,
      }
    const field = level[name]!
    steps.push(name)
    rest = rest.slice(name.length + 1)
    if (isList(field) && field.fields !== undefined) {
      const index = /^(0|[1-9]\d*)(?:\.|$)/.exec(rest)
      if (index === null)
        return { fault: `${steps.join('.')} is a list: name one of it by its number, from 0 on.` }
      steps.push(Number(index[1]))
      rest = rest.slice(index[0].length)
    }
    if (field.fields === undefined)
      return rest === ''
        ? { steps, field }
        : { fault: `${steps.join('.')} is a single value; there is no "${rest}" in it.` }
    if (rest === '')
      return {
        fault: `${steps.join('.')} is a record: name a field in it, one of ${Object.keys(field.fields).sort().join(', ')}.`,
      }
    level = field.fields
  }
}

function isList(field: SelectedField): boolean {
  return field.list !== undefined || ['one2many', 'many2many', 'list'].includes(field.type)
}

function missingLine(data: JsonObject, steps: readonly Step[]): string | null {
  let value: JsonValue | undefined = data
  for (const [depth, step] of steps.entries()) {
    if (typeof step === 'number') {
      const count: number = Array.isArray(value) ? value.length : 0
      if (step >= count)
        return `${steps.slice(0, depth).join('.')} has ${count} ${count === 1 ? 'entry' : 'entries'}; there is no number ${step}.`
      value = (value as readonly JsonValue[])[step]
    } else value = isJsonObject(value) ? value[step] : undefined
  }
  return null
}

function withValue(data: JsonValue | undefined, steps: readonly Step[], value: JsonValue): JsonValue {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (typeof step === 'number') {
    if (!Array.isArray(data) || step >= data.length) return data ?? null
    return data.map((element, index) => (index === step ? withValue(element, rest, value) : element))
  }
  const record = isJsonObject(data) ? data : {}
  return { ...record, [step]: withValue(record[step], rest, value) }
}

const EXPECTED: Partial<Record<FieldType, readonly [string, (value: JsonValue) => boolean]>> = {
  text: ['a text', isText],
  html: ['a text', isText],
  selection: ['a text', isText],
  binary: ['a text', isText],
  reference: ['a text', isText],
  integer: ['a whole number', (value) => /^-?\d+$/.test(String(value)) && typeof value !== 'boolean'],
  decimal: ['a number', isNumber],
  float: ['a number', isNumber],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  date: ['a date (YYYY-MM-DD)', (value) => isText(value) && /^\d{4}-\d{2}-\d{2}$/.test(String(value))],
  datetime: ['an instant (ISO 8601)', (value) => isText(value) && canonicalInstant(String(value)) !== null],
  many2one: ['an id', (value) => isText(value) || typeof value === 'number'],
}

function typeFault(field: SelectedField, value: JsonValue): string | null {
  if (value === null) return null
  if (isList(field)) return Array.isArray(value) ? null : `It is ${shown(value)}; expected a list.`
  const [expected, fits] = EXPECTED[field.type] ?? ['', () => true]
  return fits(value) ? null : `It is ${shown(value)}; expected ${expected}, or null.`
}

/** Not the value itself: it may be personal. */
function shown(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list'
  return (
    { string: 'a text of another form', number: 'a number', boolean: 'true or false' }[
      typeof value as string
    ] ?? 'a record'
  )
}

function isText(value: JsonValue): boolean {
  return typeof value === 'string'
}

function isNumber(value: JsonValue): boolean {
  return typeof value === 'number' || (typeof value === 'string' && parseDecimal(value) !== null)
}
