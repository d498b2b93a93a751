const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `5m` → milliseconds. The text has passed the language's schema. */
export function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text)
  if (match === null) throw new RangeError(`"${text}" is not a duration such as 30s, 5m, 2h or 1d.`)
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]
}

/** `20%` → 0.2. The text has passed the language's schema. */
export function parsePercent(text: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (match === null) throw new RangeError(`"${text}" is not a share such as 20%.`)
  return Number(match[1]) / 100
}
