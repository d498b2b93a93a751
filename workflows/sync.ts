import { defineSearchAttributeKey } from '@temporalio/common'
import {
  ActivityCancellationType,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../engine/temporal/activities.ts'
import type { LegOutput, RunState, SyncInput } from './messages.ts'

const parkedAttribute = defineSearchAttributeKey('TidelockParked', 'INT')
const stateAttribute = defineSearchAttributeKey('TidelockState', 'KEYWORD')

/**
 * One run of one mapping. Each leg is one activity that moves pages for about a minute; where it stands lives in the store, so a
 * leg that dies is simply repeated. Records never pass through here.
 */
export async function sync(input: SyncInput): Promise<LegOutput['tally']> {
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
  let parked = parkedAtStart()
  for (;;) {
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
    if (result.parked !== parked && hasAttributes()) {
      parked = result.parked
      const state: RunState = parked > 0 ? 'Parked' : 'Running'
      upsertSearchAttributes([
        { key: parkedAttribute, value: parked },
        { key: stateAttribute, value: state },
      ])
    }
    if (result.state === 'done') return result.tally
    // Another run of the mapping writes now: ask again when its lease could have ended.
    if (result.state === 'busy')
      await sleep(Math.max(1_000, Math.min(30_000, (result.until ?? 0) - Date.now())))
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof sync>(input)
  }
}

/** Whether the attributes are registered here is known from the start: the schedule sets them where they are. */
function hasAttributes(): boolean {
  return workflowInfo().typedSearchAttributes.get(parkedAttribute) !== undefined
}

function parkedAtStart(): number {
  return Number(workflowInfo().typedSearchAttributes.get(parkedAttribute) ?? 0)
}
