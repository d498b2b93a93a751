import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common'
import type { SyncInput } from '../../workflows/messages.ts'
import type { sync } from '../../workflows/sync.ts'
import type { Plan } from '../core/model/plan.ts'
import type { TemporalClient } from './client.ts'
import { type Prefix, prefixText, runWorkflowId } from './names.ts'

/** What every run of a mapping is started with, by a schedule or by hand. */
export function syncInput(
  project: string,
  plan: Plan,
  planHash: string,
  lane: SyncInput['lane'],
  heartbeatMs: number | undefined,
  selectionId: string | null = null,
): SyncInput {
  const { first, max, attempts } = plan.errors.retry
  return {
    project,
    mapping: plan.mapping,
    lane,
    planHash,
    selectionId,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    retry: { firstMs: first, maxMs: max, attempts },
  }
}

/** Set at start, so that a run that never gets a worker can be found too. */
export function searchAttributes(plan: Plan, planHash: string, parked: number): SearchAttributePair[] {
  return [
    { key: defineSearchAttributeKey('TidelockMapping', 'KEYWORD'), value: plan.mapping },
    { key: defineSearchAttributeKey('TidelockState', 'KEYWORD'), value: 'Running' },
    { key: defineSearchAttributeKey('TidelockParked', 'INT'), value: parked },
    { key: defineSearchAttributeKey('TidelockPlan', 'KEYWORD'), value: planHash.slice(0, 12) },
    {
      key: defineSearchAttributeKey('TidelockConnection', 'KEYWORD_LIST'),
      value: [plan.source.connection.name, plan.target.connection.name],
    },
  ]
}

export function staticSummary(plan: Plan): string {
  return `${plan.mapping}: ${plan.source.connection.name} ${plan.source.resource} → ${plan.target.connection.name} ${plan.target.resource}`
}

export function staticDetails(plan: Plan, planHash: string): string {
  return [plan.description ?? '', `owner ${plan.owner ?? 'nobody'} · plan \`${planHash.slice(0, 12)}\``]
    .filter((line) => line !== '')
    .join('\n\n')
}

/** Starts a run by hand. Its id carries the lane and `suffix`. */
export async function startRunByHand(
  temporal: TemporalClient,
  prefix: Prefix,
  plan: Plan,
  planHash: string,
  options: {
    readonly lane: SyncInput['lane']
    readonly suffix: string
    readonly selectionId: string | null
    readonly attributes: boolean
    readonly parked: number
  },
) {
  return temporal.client.workflow.start<typeof sync>('sync', {
    taskQueue: temporal.settings.taskQueue,
    workflowId: runWorkflowId(prefix, plan.mapping, options.lane, options.suffix),
    args: [
      syncInput(
        prefixText(prefix),
        plan,
        planHash,
        options.lane,
        temporal.settings.heartbeatMs,
        options.selectionId,
      ),
    ],
    staticSummary: staticSummary(plan),
    staticDetails: staticDetails(plan, planHash),
    memo: { plan: planHash },
    ...(options.attributes
      ? { typedSearchAttributes: searchAttributes(plan, planHash, options.parked) }
      : {}),
  })
}
