export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as Python shows it: messages of Odoo quote values that way. */
export function pythonText(value: Json): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string')
    return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `'${key}': ${pythonText(item)}`)
      .join(', ')}}`
  return String(value)
}

/** A leaf of a domain as a Python tuple. */
export function pythonTuple(values: readonly Json[]): string {
  return `(${values.map(pythonText).join(', ')})`
}
