import { type FailureKind, failureKindOf, SyncError } from '../core/model/failure.ts'
import { forgetJudgements } from '../store/judgements.ts'
import { finishRun, lockedRun, type RunDecision, type RunRow, type WaitingState } from '../store/runs.ts'
import { forgetKnownShapes } from '../store/shapes.ts'
import { noteDecision, runGoesOn, type Waiting } from '../store/waiting-runs.ts'
import type { LegDependencies } from './leg.ts'

/** Failures that heal: the run waits for what would heal them. Of another run's halt the run itself is not to blame. */
const WAITS: Partial<Record<FailureKind, WaitingState>> = {
  throttled: 'throttled',
  'auth-expired': 'awaiting-credentials',
  'schema-drift': 'halted',
  'too-many-rejected': 'halted',
}
/** A run that is halted because of another one says until when: it looks again by itself. */
const OTHER_HALT_MS = 60_000

/** What a run waits for that was stopped by this; null when nothing would heal it. */
export function waitFor(error: unknown, planHash: string, now: number): Waiting | null {
  const kind = failureKindOf(error)
  const state = WAITS[kind]
  if (state === undefined || !(error instanceof SyncError)) return null
  const { connection } = error.fields
  return {
    state,
    kind,
    message: error.message,
    until: error.retryAfterMs === undefined ? null : now + error.retryAfterMs,
    connection: typeof connection === 'string' ? connection : null,
    planHash,
  }
}

/** One halt stops every run of the mapping: what one lane may not pass another may not go around. */
export function besideHalt(other: RunRow, now: number): Waiting {
  return {
    state: 'halted',
    kind: other.failureKind ?? 'too-many-rejected',
    message: `Another run of it is halted (${other.id}, lane ${other.lane}): ${other.failureMessage}`,
    until: now + OTHER_HALT_MS,
    connection: null,
    planHash: other.planHash,
  }
}

/** Keeps what a person decided of a waiting run: it goes on, or it has ended. */
export async function decideRun(
  { store }: Pick<LegDependencies, 'store'>,
  decision: {
    readonly project: string
    readonly runId: string
    readonly kind: RunDecision['kind']
    readonly by: string
    readonly reason: string
  },
): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await lockedRun(trx, decision.project, decision.runId)
    if (row === null || row.finishedAt !== null) return
    const { kind, by, reason } = decision
    await noteDecision(trx, row.id, { kind, by, reason, at: trx.now() })
    if (kind === 'resume') {
      await runGoesOn(trx, row.id)
      // Otherwise what halted it would halt it again with the next record.
      await forgetJudgements(trx, row.project, row.mapping)
      if (row.failureKind === 'schema-drift') await forgetKnownShapes(trx, row.project, row.mapping)
    } else
      await finishRun(trx, {
        id: row.id,
        finishedAt: trx.now(),
        state: 'cancelled',
        failureKind: row.failureKind,
        failureMessage: `Ended by ${by}: ${reason}. It waited: ${row.failureMessage ?? 'no reason known'}`,
      })
  })
}
