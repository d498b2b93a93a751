import { FAILURES, failureKindOf, SyncError } from '../core/model/failure.ts'
import type { JsonValue } from '../core/model/json.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import { addTallies, balances, EMPTY_TALLY, type Tally } from '../core/model/tally.ts'
import { maskLetter } from '../core/personal/mask.ts'
import { hashOf } from '../core/transform/fingerprint.ts'
import { clearCursor } from '../store/cursor.ts'
import { deadLetters, openDeadLetterCount } from '../store/dead-letters.ts'
import { appliedPlan } from '../store/plans.ts'
import { finishRun, lockedRun, runById, startRun, type WaitingState } from '../store/runs.ts'
import { selectedKeys } from '../store/selections.ts'
import { haltOf, runGoesOn, runWaits, type Waiting } from '../store/waiting-runs.ts'
import type { Lane } from './context.ts'
import { noteRefusal, noteTaken, stopWhereRefused } from './credentials/refusal.ts'
import { runDetails } from './details.ts'
import { noteMissingFields } from './drift.ts'
import { type LegDependencies, runLeg } from './leg.ts'
import { preflight } from './preflight.ts'
import { besideHalt, waitFor } from './run-waits.ts'
import { lookAtShapes } from './shapes.ts'

/** One leg of a run, told apart from the others by the run's id alone. */
export interface RunRequest {
  /** Project and environment: what the store keeps everything under. */
  readonly project: string
  readonly mapping: string
  readonly lane: Lane
  /** The plan the run was asked for; the applied one is what runs. */
  readonly planHash: string
  /** A list of source keys kept in the store (`run --only`), or null. */
  readonly selectionId: string | null
  readonly runId: string
  readonly workflowId: string
  readonly budgetMs: number
  /** Whether a failure of this leg ends the run: then its row says so. */
  readonly lastAttempt: boolean
  readonly signal: AbortSignal
  progress(tally: Tally): void
}

export interface RunProgress {
  /** The waiting states: see the workflow's messages. */
  readonly state: 'more' | 'done' | 'busy' | WaitingState | 'halted-beside'
  readonly until: number | null
  /** Of the whole run, from the store. */
  readonly tally: Tally
  readonly parked: number
  readonly details: string
}

/**
 * Moves a run on by one leg. The first leg opens the run's row and looks for what stands in the way; the last one closes it. What
 * stops a run for now is no failure but its state.
 */
export async function runOneLeg(dependencies: LegDependencies, request: RunRequest): Promise<RunProgress> {
  const { store } = dependencies
  const { plan, hash, sourceMap } = await planOf(dependencies, request)
  const known = await runById(store, request.project, request.runId)
  if (known === null) {
    await store.transaction((trx) =>
      startRun(trx, {
        id: request.runId,
        project: request.project,
        mapping: request.mapping,
        lane: request.lane,
        workflowId: request.workflowId,
        planHash: hash,
        startedAt: store.now(),
      }),
    )
  }
  const waits = async (waiting: Waiting, state: RunProgress['state'] = waiting.state) => {
    await store.transaction((trx) => runWaits(trx, request.runId, waiting))
    return progressOf(dependencies, request, plan, { state, until: waiting.until, tally: EMPTY_TALLY })
  }
  const other = await haltOf(store, request.project, request.mapping, request.runId)
  // Under another plan the mapping may go on: the halt was of the old one.
  if (other !== null && other.planHash === hash) return waits(besideHalt(other, store.now()), 'halted-beside')
  try {
    // A run that waited was told to go on, or looks by itself: it tries.
    const told = known?.state === 'awaiting-credentials' || known?.decision?.kind === 'resume'
    const tries = told || (await stopWhereRefused(dependencies, request.project, plan))
    if (known === null || known.pages === 0)
      await preflight(dependencies, request.project, plan, request.signal)
    if (known === null || known.pages === 0 || known.state === 'halted' || told) {
      const { project, runId, signal } = request
      await lookAtShapes(dependencies, { project, plan, planHash: hash, sourceMap, runId, signal })
    }
    const before = known?.tally ?? null
    const result = await runLeg(dependencies, {
      scope: request.project,
      plan,
      planHash: hash,
      sourceMap,
      runId: request.runId,
      lane: request.lane,
      holder: request.runId,
      budgetMs: request.budgetMs,
      only:
        request.selectionId === null ? null : await selectedKeys(store, request.project, request.selectionId),
      signal: request.signal,
      progress: (tally) => request.progress(before === null ? tally : addTallies(before, tally)),
    })
    if (tries && result.state !== 'busy') await noteTaken(dependencies, request.project, plan)
    if (known !== null && known.state !== 'running')
      await store.transaction((trx) => runGoesOn(trx, request.runId))
    if (result.state === 'done') await finish(dependencies, request, hash)
    return await progressOf(dependencies, request, plan, result)
  } catch (thrown) {
    const kind = failureKindOf(thrown)
    await noteRefusal(dependencies, request.project, thrown)
    const error = await noteMissingFields(store, request.project, plan, sourceMap, thrown)
    const waiting = request.signal.aborted ? null : waitFor(error, hash, store.now())
    if (waiting !== null) {
      const { mapping, runId: run } = request
      dependencies.log('a run waits', { mapping, run, kind, why: waiting.message })
      return await waits(waiting)
    }
    if (!request.signal.aborted && (!FAILURES[kind].retry || request.lastAttempt)) {
      await store.transaction((trx) =>
        finishRun(trx, {
          id: request.runId,
          finishedAt: trx.now(),
          state: 'failed',
          failureKind: kind,
          failureMessage:
            error instanceof SyncError
              ? error.message
              : 'A fault inside Tidelock; the log of the worker has the cause.',
          planHash: hash,
        }),
      )
    }
    throw error
  }
}

/** A run of which no leg will come again: its row is closed unless one of its legs did. */
export async function endRun(
  { store }: Pick<LegDependencies, 'store'>,
  end: {
    readonly project: string
    readonly runId: string
    readonly state: 'failed' | 'cancelled'
    readonly message: string
  },
): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await lockedRun(trx, end.project, end.runId)
    if (row === null || row.finishedAt !== null) return
    await finishRun(trx, {
      id: end.runId,
      finishedAt: trx.now(),
      state: end.state,
      failureKind: end.state === 'failed' ? 'unavailable' : null,
      failureMessage: end.message,
    })
  })
}

/** The applied plan, checked against its hash: a worker runs nothing that `apply` did not record. */
async function planOf(
  dependencies: LegDependencies,
  request: RunRequest,
): Promise<{ plan: Plan; hash: string; sourceMap: SourceMap }> {
  const stored = await appliedPlan(dependencies.store, request.project, request.mapping)
  if (stored === null) {
    throw new SyncError(
      'invalid-plan',
      `${request.mapping} is not applied (any more): run tidelock apply, or remove its schedule.`,
    )
  }
  if (hashOf(stored.plan as unknown as JsonValue) !== stored.hash) {
    throw new SyncError(
      'invalid-plan',
      `The plan ${stored.hash.slice(0, 12)} of ${request.mapping} was altered in the store: run tidelock apply.`,
    )
  }
  return { plan: stored.plan, hash: stored.hash, sourceMap: stored.sourceMap }
}

async function finish(dependencies: LegDependencies, request: RunRequest, planHash: string): Promise<void> {
  const { store } = dependencies
  await store.transaction(async (trx) => {
    await finishRun(trx, {
      id: request.runId,
      finishedAt: trx.now(),
      state: 'done',
      failureKind: null,
      failureMessage: null,
      planHash,
    })
    // A backfill begins anew the next time it is asked for.
    if (request.lane === 'backfill') await clearCursor(trx, request.project, request.mapping, 'backfill')
  })
  const row = await runById(store, request.project, request.runId)
  if (row !== null && !balances(row.tally)) {
    throw new SyncError(
      'bug',
      `The run of ${request.mapping} does not balance: ${JSON.stringify(row.tally)}.`,
    )
  }
}

async function progressOf(
  dependencies: LegDependencies,
  request: RunRequest,
  plan: Plan,
  result: Pick<RunProgress, 'state' | 'until' | 'tally'>,
): Promise<RunProgress> {
  const { store } = dependencies
  const row = await runById(store, request.project, request.runId)
  const tally = row?.tally ?? result.tally
  const parked = await openDeadLetterCount(store, request.project, request.mapping)
  const letters =
    parked === 0
      ? []
      : await deadLetters(store, request.project, { mapping: request.mapping, open: true, limit: 20 })
  return {
    state: result.state,
    until: result.until,
    tally,
    parked,
    details: runDetails(
      plan,
      request.planHash,
      tally,
      letters.map((letter) => maskLetter(plan, letter)),
      parked,
      row,
    ),
  }
}
