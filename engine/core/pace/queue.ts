/** Of mappings, highest first. */
export const PRIORITIES = ['high', 'normal', 'low'] as const
export type Priority = (typeof PRIORITIES)[number]

/** A mapping that waits for its turn. */
export interface Waiting {
  readonly mapping: string
  readonly priority: Priority
  readonly since: number
  /** What it wants of the remote's bucket. */
  readonly points: number
  /** It looks again at this instant; before it, it could not use its turn. */
  readonly from: number
  /** Whoever did not look again by then has gone. */
  readonly until: number
}

/** Who waits so long counts as one priority higher, twice that as two: those below get a turn in a queue that never ends. */
const RISE_MS = 20_000

/** Those whose turn comes before that of a mapping of this priority, should it ask now. */
export function aheadOf(
  waiting: readonly Waiting[],
  mapping: string,
  priority: Priority,
  now: number,
): readonly Waiting[] {
  const own = waiting.find((candidate) => candidate.mapping === mapping)
  const mine = { priority, since: own?.since ?? now }
  return waiting.filter(
    (other) => other.mapping !== mapping && other.from <= now && comesBefore(other, mine, now),
  )
}

type Place = Pick<Waiting, 'priority' | 'since'>

function comesBefore(a: Place, b: Place, now: number): boolean {
  const difference = rankOf(a, now) - rankOf(b, now)
  return difference < 0 || (difference === 0 && a.since < b.since)
}

function rankOf({ priority, since }: Place, now: number): number {
  return Math.max(0, PRIORITIES.indexOf(priority) - Math.floor((now - since) / RISE_MS))
}
