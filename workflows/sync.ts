import { defineSearchAttributeKey, rootCause } from '@temporalio/common'
import {
  ActivityCancellationType,
  CancellationScope,
  continueAsNew,
  isCancellation,
  patched,
  proxyActivities,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../engine/temporal/activities.ts'
import type { LegOutput, LegWait, RunState, SyncInput } from './messages.ts'
import { listen, waitsOf } from './waiting.ts'

const parkedAttribute = defineSearchAttributeKey('TidelockParked', 'INT')
const stateAttribute = defineSearchAttributeKey('TidelockState', 'KEYWORD')

const STATE_OF: Readonly<Record<LegWait, RunState>> = {
  throttled: 'Throttled',
  'awaiting-credentials': 'AwaitingCredentials',
  halted: 'Halted',
  'halted-beside': 'Halted',
}

/**
 * One run of one mapping. Each leg is one activity that moves pages for about a minute; where it stands lives in the store, so a
 * leg that dies is simply repeated. What stops it for now is a state in which it waits; see {@link ./waiting.ts}. Records never pass
 * through here.
 */
export async function sync(input: SyncInput): Promise<LegOutput['tally']> {
  const tally = await moveLegs(input).catch(async (error: unknown) => {
    if (patched('end-run')) await CancellationScope.nonCancellable(() => endRun(input, error))
    throw error
  })
  return tally ?? continueAsNew<typeof sync>(input)
}

const { end } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' })

/** The row of a run whose last leg could not close it itself would say for ever that it runs. */
async function endRun(input: SyncInput, error: unknown): Promise<void> {
  const cancelled = isCancellation(error)
  await end({
    project: input.project,
    runId: workflowInfo().firstExecutionRunId,
    state: cancelled ? 'cancelled' : 'failed',
    message: cancelled
      ? 'It was cancelled.'
      : `Its last attempt did not come back (${rootCause(error) ?? 'no reason known'}): the worker died, or was cut off from Temporal.`,
  })
}

/** Null when the history is long enough to go on as a new execution. */
async function moveLegs(input: SyncInput): Promise<LegOutput['tally'] | null> {
  const info = workflowInfo()
  const { leg } = proxyActivities<Activities>({
    startToCloseTimeout: '15 minutes',
    heartbeatTimeout: input.heartbeatMs ?? '60 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: input.retry.firstMs,
      maximumInterval: input.retry.maxMs,
      maximumAttempts: input.retry.attempts,
      backoffCoefficient: 2,
    },
  })
  const waits = listen(input)
  let parked = parkedAtStart()
  let waitedAs = waitedAtStart()
  const show = (state: RunState): void => {
    if (!hasAttributes()) return
    upsertSearchAttributes([
      { key: parkedAttribute, value: parked },
      { key: stateAttribute, value: state },
    ])
  }
  for (;;) {
    waits.legBegins()
    const result = await leg({
      project: input.project,
      mapping: input.mapping,
      lane: input.lane,
      planHash: input.planHash,
      selectionId: input.selectionId,
      runId: info.firstExecutionRunId,
      workflowId: info.workflowId,
    })
    setCurrentDetails(result.details)
    const wait = waitsOf(result)
    const isNew = result.parked !== parked
    parked = result.parked
    const atWork: RunState = parked > 0 ? 'Parked' : 'Running'
    // A run begun by a version that knew no such states went straight on to the next leg.
    if (wait !== null && patched('run-states')) {
      if (isNew || waitedAs !== STATE_OF[wait]) show(STATE_OF[wait])
      const told = await waits.pass({ ...result, state: wait })
      // A mere look does not make it look as if it were at work.
      if (told) show(atWork)
      waitedAs = told ? null : STATE_OF[wait]
    } else {
      if (isNew || waitedAs !== null) show(atWork)
      waitedAs = null
    }
    if (result.state === 'done') return result.tally
    // Another run of the mapping writes now: ask again when its lease could have ended.
    if (result.state === 'busy')
      await sleep(Math.max(1_000, Math.min(30_000, (result.until ?? 0) - Date.now())))
    if (workflowInfo().continueAsNewSuggested) {
      await waits.settled()
      return null
    }
  }
}

/** Whether the attributes are registered here is known from the start: the schedule sets them where they are. */
function hasAttributes(): boolean {
  return workflowInfo().typedSearchAttributes.get(parkedAttribute) !== undefined
}

function parkedAtStart(): number {
  return Number(workflowInfo().typedSearchAttributes.get(parkedAttribute) ?? 0)
}

/** What the execution that this one continues waited as. */
function waitedAtStart(): RunState | null {
  const state = workflowInfo().typedSearchAttributes.get(stateAttribute)
  return Object.values(STATE_OF).find((waiting) => waiting === state) ?? null
}
