/** A mapping's last judgements, oldest first, a letter each: `.` delivered or unchanged, `x` refused. */
export type Judgements = string
export const PASSED = '.'
export const REFUSED = 'x'

export interface BreakerLimits {
  /** The share of refused records (0 to 1) above which the mapping halts. */
  readonly rejected: number
  /** Of so many judged records, the last ones. Fewer never halt it. */
  readonly window: number
}

export interface BreakerVerdict {
  /** What is kept: never more than the window. */
  readonly window: Judgements
  /** How many of a full window were refused where it was above the limit for the first time; null where it never was. */
  readonly tripped: number | null
  /** The full window where it was so; null where it never was. */
  readonly at: Judgements | null
}

/** So many of the refused ones went through after all: their refusals count no more, the oldest first. */
export function mendJudgements(judgements: Judgements, count: number): Judgements {
  let left = count
  return judgements.replaceAll(REFUSED, () => (left-- > 0 ? PASSED : REFUSED))
}

/**
 * Judges what a page adds to the last judgements, record by record in their order, so that it does not matter how the records came in
 * pages: a window full of refusals halts the mapping also where good ones followed.
 */
export function judgeBreaker(before: Judgements, added: Judgements, limits: BreakerLimits): BreakerVerdict {
  const { window, rejected } = limits
  const all = before.slice(-window) + added
  const start = all.length - added.length
  let refused = 0
  let tripped: number | null = null
  let at: Judgements | null = null
  for (let index = 0; index < all.length && tripped === null; index++) {
    if (all[index] === REFUSED) refused++
    if (index >= window && all[index - window] === REFUSED) refused--
    // A good one raises no share: over the limit before, by what halted it then, it stays so until a refusal comes on top.
    const rises = all[index] === REFUSED || index + 1 === window
    if (rises && index >= start && index + 1 >= window && refused > rejected * window) {
      tripped = refused
      at = all.slice(index + 1 - window, index + 1)
    }
  }
  return { window: all.slice(-window), tripped, at }
}
