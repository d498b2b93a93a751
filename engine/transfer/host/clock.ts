/** What one answer says of the remote's clock. */
export interface ClockReading {
  /** How far it is ahead of ours. Milliseconds. */
  readonly skewMs: number
  /** How long the answer took: within it, the remote may have looked at its clock at any time. */
  readonly tookMs: number
}

/** By the Date of an answer, which has whole seconds; null where there is none, or the answer was kept by somebody in between. */
export function readClock(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  sentAt: number,
  answeredAt: number,
): ClockReading | null {
  const { date, age } = headers
  const at = typeof date === 'string' && age === undefined ? Date.parse(date) : Number.NaN
  if (Number.isNaN(at)) return null
  return { skewMs: Math.round(at + 500 - (sentAt + answeredAt) / 2), tookMs: answeredAt - sentAt }
}

/** The one of two readings that took less time; of equal ones the later. */
export function surer(before: ClockReading | null, reading: ClockReading | null): ClockReading | null {
  if (reading === null) return before
  return before === null || reading.tookMs <= before.tookMs ? reading : before
}
