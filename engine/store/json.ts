import type { JsonValue } from '../core/model/json.ts'

export const toText = (value: JsonValue | object): string => JSON.stringify(value)

/** What we wrote ourselves is trusted; a null column stays null. */
export function fromText<T>(text: string): T
export function fromText<T>(text: string | null): T | null
export function fromText<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}

/** Lists longer than SQLite takes as parameters, in parts. */
export function parts<T>(items: readonly T[], size = 400): T[][] {
  const all: T[][] = []
  for (let start = 0; start < items.length; start += size) all.push(items.slice(start, start + size))
  return all
}
