import { type ScheduleClient, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client'
import { rulesOf } from '../core/alert/rule.ts'
import { alertStates } from '../store/alert-states.ts'
import type { Store } from '../store/open.ts'
import { channelsWithMessages } from '../store/outbox.ts'
import { appliedPlans } from '../store/plans.ts'
import type { TemporalClient } from './client.ts'

/** Id of the schedule, and the beginning of the ids of the workflows it starts. */
export function alertsId(project: string): string {
  return `${project}/alerts`
}

/**
 * Sees to it that the rules are judged every minute where there is anything to judge or to deliver, and no longer where there is not.
 * `project`: project and environment.
 */
export async function putAlerts(temporal: TemporalClient, store: Store, project: string): Promise<void> {
  const handle = temporal.client.schedule.getHandle(alertsId(project))
  if (!(await areNeeded(store, project))) {
    await handle.delete().catch(ignoreMissing)
    return
  }
  const options = {
    spec: { intervals: [{ every: '1 minute' }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'alerts',
      workflowId: alertsId(project),
      taskQueue: temporal.settings.taskQueue,
      args: [{ project }],
      staticSummary: `${project}: alert rules`,
    },
    // One that was missed is covered by the next one: rules are judged for all the time since they were judged last.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60_000 },
  }
  try {
    await handle.update((previous) => ({ ...options, state: previous.state }))
  } catch (error) {
    ignoreMissing(error)
    await temporal.client.schedule.create({ ...options, scheduleId: alertsId(project) })
  }
}

async function areNeeded(store: Store, project: string): Promise<boolean> {
  const plans = await appliedPlans(store, project)
  if (plans.some(({ plan }) => rulesOf(plan).length > 0)) return true
  // What was told is still to be taken back, and what waits to be delivered.
  const states = await alertStates(store, project)
  return states.length > 0 || (await channelsWithMessages(store, project)).length > 0
}

/** Has the rules judged and messages delivered now: after the look that is under way, if there is one. */
export async function wakeAlerts(schedules: ScheduleClient, project: string): Promise<void> {
  await schedules
    .getHandle(alertsId(project))
    .trigger(ScheduleOverlapPolicy.BUFFER_ONE)
    .catch(ignoreMissing)
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error
}
