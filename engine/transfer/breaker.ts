import { type Judgements, judgeBreaker, mendJudgements, PASSED, REFUSED } from '../core/breaker/breaker.ts'
import type { DeadLetterClass } from '../core/model/dead-letter.ts'
import { SyncError } from '../core/model/failure.ts'
import type { SourceMap } from '../core/model/plan.ts'
import { keepJudgements, lastJudgements } from '../store/judgements.ts'
import type { Transaction } from '../store/open.ts'
import type { LegContext } from './context.ts'
import { placeOf } from './place.ts'
import type { Verdict, Work } from './work.ts'

/** Refusals of the record itself: what waits, or lacks a reference or a right, says nothing of the mapping's records. */
const REFUSALS: ReadonlySet<DeadLetterClass> = new Set(['value', 'rejected', 'disagrees', 'step-refused'])
/** Causes that are named in the message. */
const MOST_CAUSES = 3

/**
 * Judges a page before its cursor passes. Gives why the mapping halts, or null; the window is kept either way. Called in the
 * transaction of the page, under the lease, so that pages of several workers are judged one after the other. Of retries it counts
 * only that they went through.
 */
export async function breakerHalt(
  context: LegContext,
  trx: Transaction,
  verdicts: ReadonlyMap<Work, Verdict>,
  as: 'page' | 'retries',
): Promise<SyncError | null> {
  const { scope, plan, planHash } = context
  const limits = plan.errors.halt
  const added = as === 'page' ? judgementsOf(verdicts, planHash) : ''
  const isAgain =
    as === 'page' &&
    [...verdicts].some(([work, verdict]) => isRefusal(verdict) && !isRefused(work, verdict, planHash))
  const mended = [...verdicts].filter(
    ([{ letter }, verdict]) =>
      letter !== null && letter.planHash === planHash && REFUSALS.has(letter.class) && isPassed(verdict),
  ).length
  if (added === '' && !isAgain && mended === 0) return null
  const known = await lastJudgements(trx, scope, plan.mapping, planHash)
  const before = mendJudgements(known, mended)
  // What halted it is still refused, and nobody let it go on: it is at the same place.
  const standing = isAgain ? judgeBreaker('', before, limits) : null
  const isStill = standing !== null && standing.at !== null
  const { window, tripped, at } = isStill ? standing : judgeBreaker(before, added, limits)
  const kept = at ?? window
  if (kept !== known) await keepJudgements(trx, scope, plan.mapping, planHash, kept)
  if (tripped === null) return null
  const percent = Number((limits.rejected * 100).toFixed(1))
  return new SyncError(
    'too-many-rejected',
    `Of ${limits.window} records in a row ${tripped} were refused; more than ${percent}% halt the mapping (errors.halt). ${causesOf(context.sourceMap, verdicts)}They are open dead letters: \`tidelock dead-letters list --mapping ${plan.mapping}\`. The cursor stands before this page.`,
    { fields: { rejected: tripped, window: limits.window } },
  )
}

function judgementsOf(verdicts: ReadonlyMap<Work, Verdict>, planHash: string): Judgements {
  let judged = ''
  for (const [work, verdict] of verdicts) {
    if (isRefused(work, verdict, planHash)) judged += REFUSED
    else if (isPassed(verdict)) judged += PASSED
  }
  return judged
}

/** One that was refused before, in this version and by this plan, is no news: it was counted then. */
function isRefused({ letter, sourceHash }: Work, verdict: Verdict, planHash: string): boolean {
  if (!isRefusal(verdict)) return false
  const isRetry = letter?.planHash === planHash && letter.parkedHash === sourceHash
  return !isRetry
}

function isPassed({ kind }: Verdict): boolean {
  return kind === 'created' || kind === 'updated' || kind === 'unchanged'
}

function isRefusal(verdict: Verdict): boolean {
  return verdict.kind === 'parked' && REFUSALS.has(verdict.parking.class)
}

/** The most frequent places, without a word of any record. */
function causesOf(sourceMap: SourceMap, verdicts: ReadonlyMap<Work, Verdict>): string {
  const counts = new Map<string, number>()
  for (const verdict of verdicts.values()) {
    if (verdict.kind !== 'parked' || !REFUSALS.has(verdict.parking.class)) continue
    const place = placeOf(sourceMap.places, verdict.parking.at)
    const cause = `${verdict.parking.class}${place === null ? '' : ` at ${sourceMap.file}:${place.line}`}`
    counts.set(cause, (counts.get(cause) ?? 0) + 1)
  }
  const causes = [...counts].sort(([, a], [, b]) => b - a)
  if (causes.length === 0) return ''
  const named = causes.slice(0, MOST_CAUSES).map(([cause, count]) => `${count} × ${cause}`)
  return `In this page: ${named.join(', ')}${causes.length > MOST_CAUSES ? ', …' : ''}. `
}
