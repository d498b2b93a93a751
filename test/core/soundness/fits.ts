import type { FieldValue } from '../../../engine/core/model/connector.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'

/** Why an encoded value is none that the target's field takes; null when it is one. Written from the field types alone. */
export function unfit(value: FieldValue, field: JsonObject, required: boolean): string | null {
  if (value === null) return required ? 'nothing in a required field' : null
  const shown = JSON.stringify(value)
  const fits = (() => {
    switch (field['x-type']) {
      case 'selection':
        return typeof value === 'string' && (!Array.isArray(field.enum) || field.enum.includes(value))
      case 'decimal':
      case 'float':
        return typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/.test(value) && value !== '-0'
      case 'integer':
        return Number.isSafeInteger(value)
      case 'boolean':
        return typeof value === 'boolean'
      case 'date':
        return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && isMoment(`${value}T00:00:00Z`)
      case 'datetime':
        return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && isMoment(value)
      case 'many2one':
        return typeof value === 'string' && value !== ''
      case 'many2many':
        return Array.isArray(value) && value.every((id) => typeof id === 'string' && id !== '')
      default:
        return typeof value === 'string'
    }
  })()
  return fits ? null : `${shown} is no ${String(field['x-type'])}`
}

function isMoment(text: string): boolean {
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text.slice(0, 10)
}

/** Kinds of values that met where the checker should have kept them apart. */
const KINDS =
  /(?:is|compares|joins|with|and) (?:nothing|a text|true or false|a number|a reference|a list|an object)\b/

/**
 * Whether a checked mapping may park a record for this reason: look-ups and tables, keys of theirs that are empty, and values that
 * only the record knows to be no number, no date, no address, 0 to divide by, or beyond all bounds.
 */
export function mayPark({
  class: kind,
  message,
}: {
  readonly class: string
  readonly message: string
}): boolean {
  if (kind === 'missing-reference' || kind === 'ambiguous') return true
  if (kind === 'missing-value')
    return / and (?:match|link|table)\(/.test(message) || message.startsWith('The identity is empty')
  return kind === 'value' && !KINDS.test(message) && !message.includes('the field takes')
}
