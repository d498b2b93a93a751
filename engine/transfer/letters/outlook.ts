import type { AlertLinks } from '../../core/alert/compose.ts'
import { maskLetter } from '../../core/personal/mask.ts'
import { escalated, pruneDeadLetters } from '../../store/aging.ts'
import { clusters } from '../../store/clusters.ts'
import { deadLetters } from '../../store/dead-letters.ts'
import type { Drain } from '../../store/drains.ts'
import { type DueTimes, dueTimes } from '../../store/due-now.ts'
import type { Store } from '../../store/open.ts'
import { pruneOutbox } from '../../store/outbox.ts'
import { appliedPlan, type StoredPlan } from '../../store/plans.ts'
import { deadLetterDetails } from './details.ts'
import { advanceDrain } from './drain.ts'
import { escalateOld } from './escalate.ts'

/** How the dead letters of a mapping stand now, and what is to be done next. */
export interface LettersOutlook {
  readonly applied: StoredPlan
  readonly parked: number
  readonly details: string
  /** Whether a run is to try again what is due. */
  readonly retry: boolean
  /** When to look again at the latest (epoch ms). */
  readonly until: number
  /** Whether people are to be told of dead letters that are open for too long. */
  readonly told: boolean
}

/** A scheduled run that comes within this time takes what is due with it. */
const SOON_MS = 60_000
/** Looked at again by itself after this time: signals may get lost. */
const MOST_MS = 3_600_000
const MOST_ESCALATED = 1_000
/** How long it can be looked up what people were told. */
const KEEP_SENT_MS = 90 * 86_400_000

/**
 * Looks after the dead letters of a mapping: takes the records out of those settled long ago, has people told of those that have been
 * open for too long, tries again what another plan may have mended, and says what comes next. What people were told long ago goes too.
 * `nextRunAt`: when a scheduled run comes, or null. Null when the mapping is not applied.
 */
export async function lookAfterLetters(
  store: Store,
  {
    project,
    mapping,
    nextRunAt,
    links,
  }: { project: string; mapping: string; nextRunAt: number | null; links: AlertLinks },
): Promise<LettersOutlook | null> {
  const applied = await appliedPlan(store, project, mapping)
  if (applied === null) return null
  const { escalate, keepPayload } = applied.plan.errors.parked
  const { escalation, drain } = await store.transaction(async (trx) => {
    await pruneDeadLetters(trx, project, mapping, trx.now() - keepPayload)
    await pruneOutbox(trx, project, trx.now() - KEEP_SENT_MS)
    return {
      escalation: await escalateOld(trx, project, applied.plan, links),
      drain: await advanceDrain(trx, project, mapping, applied.hash),
    }
  })
  const times = await dueTimes(store, project, mapping)
  const now = store.now()
  const retry = isToRetry(times, drain, now, nextRunAt)
  const escalateAt =
    escalate === null || times.oldest === null ? null : Math.max(times.oldest + escalate, escalation.nextAt)
  // What is due and left to a scheduled run is looked at again once that has had its time.
  const runAt = times.due > 0 && !retry && nextRunAt !== null ? nextRunAt + SOON_MS / 2 : null
  const { parked, details } = await situationOf(store, project, applied, times, drain)
  return {
    applied,
    parked,
    details,
    retry,
    told: escalation.told,
    until: Math.max(
      now,
      Math.min(now + MOST_MS, ...[times.nextAt, escalateAt, runAt].filter((at) => at !== null)),
    ),
  }
}

/** A person who decided, and another plan, do not wait for the schedule. */
function isToRetry(times: DueTimes, drain: Drain, now: number, nextRunAt: number | null): boolean {
  if (times.due === 0) return false
  if (times.decided > 0 || drain.finishedAt === null) return true
  return nextRunAt === null || nextRunAt > now + SOON_MS
}

async function situationOf(
  store: Store,
  project: string,
  { plan, hash: planHash }: StoredPlan,
  times: DueTimes,
  drain: Drain,
): Promise<{ readonly parked: number; readonly details: string }> {
  const { mapping } = plan
  const found = await clusters(store, project, { mapping })
  const parked = found.reduce((sum, { count }) => sum + count, 0)
  const ids = found.slice(0, 20).flatMap(({ examples }) => examples)
  const letters = ids.length === 0 ? [] : await deadLetters(store, project, { ids, limit: ids.length })
  const late = await escalated(store, project, { mapping, limit: MOST_ESCALATED })
  const details = deadLetterDetails({
    plan,
    planHash,
    parked,
    clusters: found,
    examples: new Map(letters.map((letter) => [letter.id, maskLetter(plan, letter)])),
    times,
    escalated: late.length,
    drain,
  })
  return { parked, details }
}
