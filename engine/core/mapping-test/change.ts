import type { JsonObject, JsonValue } from '../model/json.ts'

/** A copy of a record with values replaced by path: `lineItems.0.sku`. A path that leads nowhere is a fault. */
export function changeRecord(
  record: JsonObject,
  change: Readonly<Record<string, JsonValue>>,
): { readonly record: JsonObject } | { readonly fault: string } {
  const copy = structuredClone(record) as Record<string, JsonValue>
  for (const [path, value] of Object.entries(change)) {
    const parts = path.split('.')
    const last = parts.pop()!
    let node: unknown = copy
    for (const part of parts) node = childOf(node, part)
    if (typeof node !== 'object' || node === null || (Array.isArray(node) && !/^\d+$/.test(last)))
      return { fault: `The sample has nothing at "${path}" that could be changed.` }
    ;(node as Record<string, JsonValue>)[last] = value
  }
  return { record: copy }
}

function childOf(node: unknown, part: string): unknown {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, part)
    ? (node as Record<string, unknown>)[part]
    : undefined
}
