import { nearest } from '../expression/nearest.ts'

/** "Did you mean …?", or null. */
export function didYouMean(found: string, candidates: Iterable<string>): string | null {
  const near = nearest(found, candidates)
  return near === null ? null : `Did you mean "${near}"?`
}
