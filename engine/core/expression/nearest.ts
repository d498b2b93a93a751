import type { Advice } from '../model/diagnostic.ts'

/** The candidate closest to what was typed, when it is close enough to be what was meant. */
export function nearest(found: string, candidates: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = Math.max(2, Math.floor(found.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(found.toLowerCase(), candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** "Did you mean …?", with the name as what to write instead; null when none is close. */
export function didYouMean(found: string, candidates: Iterable<string>): Advice | null {
  const near = nearest(found, candidates)
  return near === null ? null : { hint: `Did you mean "${near}"?`, replace: near, isName: true }
}

/** Whether no other candidate comes close to what was typed: only then is what was meant beyond doubt. */
export function isOnlyNear(found: string, near: string, candidates: Iterable<string>): boolean {
  return (
    nearest(
      found,
      [...candidates].filter((candidate) => candidate !== near),
    ) === null
  )
}

/** Optimal string alignment distance (a swap of neighbours counts once), cut off at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
