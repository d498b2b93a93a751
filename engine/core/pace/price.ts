import type { JsonObject } from '../model/json.ts'

/** `price:` of a connection file. */
export interface Price {
  readonly per1000Calls: number
  /** 10^9 bytes that its answers carried. */
  readonly perGB: number
  readonly currency: string
}

export function readPrice(written: JsonObject | null): Price | null {
  if (written === null) return null
  const number = (key: string): number => (typeof written[key] === 'number' ? written[key] : 0)
  return {
    per1000Calls: number('per1000Calls'),
    perGB: number('perGB'),
    currency: String(written['currency'] ?? ''),
  }
}

export function costOf(price: Price, used: { readonly calls: number; readonly bytesIn: number }): number {
  return (used.calls * price.per1000Calls) / 1_000 + (used.bytesIn * price.perGB) / 1e9
}
