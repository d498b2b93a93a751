import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { SyncError } from '../core/model/failure.ts'
import { balances, EMPTY_TALLY, type Tally } from '../core/model/tally.ts'
import { deadLetterCounts } from '../store/dead-letters.ts'
import { leaseOf } from '../store/lease.ts'
import type { Store } from '../store/open.ts'
import { appliedPlan } from '../store/plans.ts'
import { runById } from '../store/runs.ts'
import { saveSelection } from '../store/selections.ts'
import { ensureSearchAttributes, workerIsUp } from '../temporal/client.ts'
import { prefixText } from '../temporal/names.ts'
import { startRunByHand } from '../temporal/start.ts'
import { type RunningWorker, startWorker } from '../temporal/worker.ts'
import type { Lane } from '../transfer/context.ts'
import { endRun } from '../transfer/run.ts'
import type { Invocation } from './command.ts'
import { counted } from './output.ts'
import type { Session } from './session.ts'

/** What one run did, as `run --json` gives it. */
export interface MappingResult {
  readonly mapping: string
  readonly read: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly filtered: number
  readonly parked: number
  readonly calls: number
  readonly writeCalls: number
  readonly seconds: number
  readonly due: number
  readonly delivered: number
  readonly balanced: boolean
  readonly state: 'done' | 'failed'
  readonly error: string | null
}

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
  let worker: RunningWorker | null = null
  const work = async (): Promise<void> => {
    worker ??= await startWorker({
      temporal: temporal.settings,
      dependencies: session.workerDependencies(),
      concurrency: session.workerConcurrency,
    })
  }
  const results: MappingResult[] = []
  try {
    if (!(await workerIsUp(temporal))) await work()
    for (const mapping of mappings)
      results.push(await runMapping(invocation, session, mapping, options, registered, work))
  } finally {
    await (worker as RunningWorker | null)?.stop()
  }
  return results
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
  const counts = await deadLetterCounts(store, scope)
  const parked = counts
    .filter((count) => count.mapping === mapping && count.open)
    .reduce((sum, count) => sum + count.count, 0)
  const temporal = await session.temporal()
  const started = Date.now()
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
  while (!over) {
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
    output.progress(progressLine(mapping, row?.tally ?? EMPTY_TALLY, Date.now() - started))
  }
  signal.removeEventListener('abort', cancel)
  output.progress(null)
  const error = await ended
  // Ended from outside (terminated), its workflow could not close the row.
  if (error !== null)
    await endRun({ store }, { project: scope, runId, state: 'failed', message: messageOf(error) })
  const row = await runById(store, scope, runId)
  const tally = row?.tally ?? EMPTY_TALLY
  const result: MappingResult = {
    mapping,
    read: tally.read,
    created: tally.created,
    updated: tally.updated,
    unchanged: tally.unchanged,
    filtered: tally.filtered,
    parked: tally.parked,
    calls: tally.calls,
    writeCalls: tally.writeCalls,
    seconds: Math.round((Date.now() - started) / 100) / 10,
    due: tally.due,
    delivered: tally.delivered,
    balanced: error === null && balances(tally),
    state: error === null ? 'done' : 'failed',
    error: error === null ? null : (row?.failureMessage ?? messageOf(error)),
  }
  showResult(result, invocation)
  return result
}

function progressLine(mapping: string, tally: Tally, ms: number): string {
  const judged = tally.created + tally.updated + tally.unchanged + tally.filtered + tally.parked
  const rate = ms > 0 ? Math.round((judged / ms) * 1000) : 0
  return `${mapping}  read ${tally.read}  created ${tally.created}  updated ${tally.updated}  unchanged ${tally.unchanged}  filtered ${tally.filtered}  parked ${tally.parked}  ${rate}/s`
}

function showResult(result: MappingResult, { output }: Invocation): void {
  if (result.error !== null) output.error(`${result.mapping}: ${result.error}`)
  const parked = result.parked > 0 ? output.style('yellow', `parked ${result.parked}`) : 'parked 0'
  output.line(
    `${result.state === 'done' ? output.style('green', '✓') : output.style('red', '✗')} ${result.mapping}  read ${result.read} = created ${result.created} + updated ${result.updated} + unchanged ${result.unchanged} + filtered ${result.filtered} + ${parked}  (${counted(result.calls, 'call')}, ${counted(result.writeCalls, 'write')}, ${result.seconds} s)`,
  )
  if (result.due > 0) output.line(`  due ${result.due}, of them delivered ${result.delivered}`)
  if (result.parked > 0) output.line(`  tidelock dead-letters list --mapping ${result.mapping} shows why`)
}

function messageOf(error: unknown): string {
  if (error instanceof WorkflowFailedError) return messageOf(error.cause)
  const cause = (error as { cause?: unknown }).cause
  return cause === undefined ? (error instanceof Error ? error.message : String(error)) : messageOf(cause)
}
