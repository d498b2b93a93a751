/** A JSON value. Money and other decimals travel as text, never as floating point. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [name: string]: JsonValue
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * JSON with object keys in code-unit order at every depth, no white space: equal values give equal text.
 * What plan hashes and fingerprints are taken from.
 */
export function canonicalJson(value: JsonValue): string {
  // What the engine makes itself is in order already, and then the built-in does the same many times faster.
  if (isInOrder(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const object = value as JsonObject
  const parts: string[] = []
  for (const name of Object.keys(object).sort()) {
    const member = object[name]
    if (member !== undefined) parts.push(`${JSON.stringify(name)}:${canonicalJson(member)}`)
  }
  return `{${parts.join(',')}}`
}

function isInOrder(value: JsonValue): boolean {
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value)) {
    for (const item of value) if (!isInOrder(item)) return false
    return true
  }
  const names = Object.keys(value)
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!
    if (index > 0 && name < names[index - 1]!) return false
    if (!isInOrder((value as JsonObject)[name]!)) return false
  }
  return true
}
