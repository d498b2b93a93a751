import type { Advice } from '../model/diagnostic.ts'

/** The candidate closest to what was typed, when it is close enough to be what was meant. */
export function nearest(found: string, candidates: Iterable<string>): string | null {
  return allNearest(found, candidates)[0] ?? null
}

/** All candidates that are as close as the closest one. Half of a name that is another is no slip of the pen. */
function allNearest(found: string, candidates: Iterable<string>): readonly string[] {
  let best: string[] = []
  const half = Math.ceil(found.length / 2)
  let bestDistance = Math.min(Math.max(2, Math.floor(found.length / 3)) + 1, half)
  for (const candidate of new Set(candidates)) {
    const distance = editDistance(found.toLowerCase(), candidate.toLowerCase(), bestDistance + 1)
    if (distance > bestDistance || (best.length === 0 && distance === bestDistance)) continue
    best = distance < bestDistance ? [candidate] : [...best, candidate]
    bestDistance = distance
  }
  return best
}

/** "Did you mean …?", with the name as what to write instead where one is closest; null when none is close. */
export function didYouMean(found: string, candidates: Iterable<string>): Advice | null {
  const near = allNearest(found, candidates)
  const [first] = near
  if (first === undefined) return null
  if (near.length === 1) return { hint: `Did you mean "${first}"?`, replace: first, isName: true }
  const shown = near.slice(0, 3).map((name) => `"${name}"`)
  return { hint: `Did you mean ${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}?` }
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
