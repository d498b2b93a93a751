import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { SyncError } from '../core/model/failure.ts'
import { EMPTY_TALLY } from '../core/model/tally.ts'
import { openDeadLetterCount } from '../store/dead-letters.ts'
import { leaseOf } from '../store/lease.ts'
import type { Store } from '../store/open.ts'
import { appliedPlan } from '../store/plans.ts'
import { type RunRow, runById } from '../store/runs.ts'
import { saveSelection } from '../store/selections.ts'
import { haltOf } from '../store/waiting-runs.ts'
import { ensureSearchAttributes, workerIsUp } from '../temporal/client.ts'
import { prefixText } from '../temporal/names.ts'
import { startRunByHand } from '../temporal/start.ts'
import type { Lane } from '../transfer/context.ts'
import { endRun } from '../transfer/run.ts'
import type { Invocation } from './command.ts'
import { withOwnWorker } from './own-worker.ts'
import { isLeft, type MappingResult, progressLine, resultOf, showLeft, showResult } from './run-result.ts'
import type { Session } from './session.ts'

export interface RunOptions {
  readonly lane: Lane
  /** Source keys, for `--only`. */
  readonly only: readonly string[] | null
}

/** Runs mappings one after the other through Temporal; works as a worker itself when none is up. */
export async function runMappings(
  invocation: Invocation,
  session: Session,
  mappings: readonly string[],
  options: RunOptions,
): Promise<readonly MappingResult[]> {
  const temporal = await session.temporal()
  const { registered } = await ensureSearchAttributes(temporal)
  return withOwnWorker(session, async (work) => {
    const results: MappingResult[] = []
    for (const mapping of mappings)
      results.push(await runMapping(invocation, session, mapping, options, registered, work))
    return results
  })
}

/** How often Temporal is asked why a run does not go on. */
const ASK_MS = 3_000

/** Why the leg of a run is being tried again, or which other run it lets finish; null when it is at work. */
async function waitsFor(
  handle: WorkflowHandle,
  runId: string,
  store: Store,
  scope: string,
  mapping: string,
): Promise<string | null> {
  const { raw } = await handle.describe()
  const [activity] = raw.pendingActivities ?? []
  const failure = activity?.lastFailure?.message
  if (failure) return `${failure} (try ${(activity?.attempt ?? 2) - 1})`
  const lease = await leaseOf(store, scope, mapping)
  const isTaken = lease?.holder != null && lease.expiresAt > store.now()
  if (!isTaken || lease.holder === runId) return null
  return `another run of it (lane ${lease.lane}) is writing; see tidelock runs ${mapping}`
}

/** A run that nobody has begun by then is begun by the command itself: the worker that seemed to be up is not. */
const PATIENCE_MS = 5_000

async function runMapping(
  invocation: Invocation,
  session: Session,
  mapping: string,
  options: RunOptions,
  attributes: boolean,
  work: () => Promise<void>,
): Promise<MappingResult> {
  const { output, signal } = invocation
  const { store, prefix } = session
  const scope = prefixText(prefix)
  const applied = await appliedPlan(store, scope, mapping)
  if (applied === null)
    throw new SyncError(
      'invalid-plan',
      `No plan of ${mapping} is applied. Run tidelock apply first, or run with --dry.`,
    )
  const selectionId =
    options.only === null
      ? null
      : await store.transaction((trx) => saveSelection(trx, scope, options.only!, store.now()))
  const parked = await openDeadLetterCount(store, scope, mapping)
  const temporal = await session.temporal()
  const started = Date.now()
  const halt = await haltOf(store, scope, mapping, null)
  if (halt?.planHash === applied.hash) return showLeft(mapping, halt, null, started, output)
  const handle = await startRunByHand(temporal, prefix, applied.plan, applied.hash, {
    lane: options.lane,
    suffix: `by-hand-${randomUUID().slice(0, 8)}`,
    selectionId,
    attributes,
    parked,
  })
  const runId = handle.firstExecutionRunId
  const ended = handle.result().then(
    () => null,
    (error: unknown) => error,
  )
  let over = false
  let asked = started
  let told = ''
  const silent = `Temporal does not answer at ${temporal.settings.address}`
  void ended.finally(() => {
    over = true
  })
  const cancel = () => void handle.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  let left: RunRow | null = null
  while (!over && left === null) {
    await Promise.race([ended, sleep(200)])
    const row = await runById(store, scope, runId)
    if (row === null && Date.now() - started > PATIENCE_MS) await work()
    if (Date.now() - asked > ASK_MS) {
      asked = Date.now()
      // The worker may have been another command's own, which has ended with it.
      const up = await workerIsUp(temporal).catch(() => null)
      if (up === false) await work()
      const why =
        up === null ? silent : await waitsFor(handle, runId, store, scope, mapping).catch(() => silent)
      if (why !== null && why !== told) output.note(`${mapping} waits: ${why}`)
      told = why ?? told
    }
    if (row !== null && isLeft(row, store.now())) left = row
    output.progress(progressLine(mapping, row?.tally ?? EMPTY_TALLY, Date.now() - started))
  }
  signal.removeEventListener('abort', cancel)
  output.progress(null)
  if (left !== null) {
    await seen(handle)
    return showLeft(mapping, left, left, started, output)
  }
  const error = await ended
  // Ended from outside (terminated), its workflow could not close the row.
  if (error !== null)
    await endRun({ store }, { project: scope, runId, state: 'failed', message: messageOf(error) })
  const row = await runById(store, scope, runId)
  const result = resultOf(
    mapping,
    row,
    started,
    error === null ? null : (row?.failureMessage ?? messageOf(error)),
  )
  showResult(result, output)
  return result
}

/** A leg's end is noted by a task of its workflow; the command's own worker stays for it, so that the UI shows what the store says. */
async function seen(handle: WorkflowHandle): Promise<void> {
  for (let asked = 0; asked < 25; asked++) {
    const { raw } = await handle.describe()
    if ((raw.pendingActivities ?? []).length === 0 && raw.pendingWorkflowTask == null) return
    await sleep(200)
  }
}

function messageOf(error: unknown): string {
  if (error instanceof WorkflowFailedError) return messageOf(error.cause)
  const cause = (error as { cause?: unknown }).cause
  return cause === undefined ? (error instanceof Error ? error.message : String(error)) : messageOf(cause)
}
