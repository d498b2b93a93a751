/** What is to go wrong, and how often. Zero: nothing. Counted down as it happens. */
export interface Faults {
  latencyMs: number
  serverErrors: number
  internalErrors: number
  throttled: number
  htmlPages: number
  cut: number
  halfBodies: number
  expiredTokens: number
}

export const NO_FAULTS: Faults = {
  latencyMs: 0,
  serverErrors: 0,
  internalErrors: 0,
  throttled: 0,
  htmlPages: 0,
  cut: 0,
  halfBodies: 0,
  expiredTokens: 0,
}

/** Takes one of a kind, if there is one left. */
export function take(
  faults: Faults,
  kind: Exclude<keyof Faults, 'latencyMs'>,
  hits: Record<string, number>,
): boolean {
  if (faults[kind] <= 0) return false
  faults[kind] -= 1
  hits[kind] = (hits[kind] ?? 0) + 1
  return true
}
