import { type ScheduleClient, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client'
import { rulesOf } from '../core/alert/rule.ts'
import { alertStates } from '../store/alert-states.ts'
import type { Store } from '../store/open.ts'
import { appliedPlans } from '../store/plans.ts'
import { hasWork } from '../transfer/outbox/deliver.ts'
import type { TemporalClient } from './client.ts'

/** Id of the schedule, and the beginning of the ids of the workflows it starts. `project`: project and environment. */
export function alertsId(project: string): string {
  return `${project}/alerts`
}

/** Sees to it that rules are judged every minute where there is anything to judge or to deliver. */
export async function putAlerts(temporal: TemporalClient, store: Store, project: string): Promise<void> {
  if (!(await areNeeded(store, project))) return
  const options = {
    spec: { intervals: [{ every: '1 minute' }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'alerts',
      workflowId: alertsId(project),
      taskQueue: temporal.settings.taskQueue,
      args: [{ project }],
      staticSummary: `${project}: alert rules and messages`,
    },
    // One that was missed is covered by the next one: rules are judged for all the time since they were judged last.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60_000 },
  }
  try {
    await temporal.client.schedule
      .getHandle(alertsId(project))
      .update((previous) => ({ ...options, state: previous.state }))
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
    await temporal.client.schedule.create({ ...options, scheduleId: alertsId(project) })
  }
}

/** The last rule is gone, and all is told: nobody looks any more until a mapping with rules is applied. */
export async function removeAlertsUnlessNeeded(
  schedules: ScheduleClient,
  store: Store,
  project: string,
): Promise<void> {
  if (!(await areNeeded(store, project)))
    await schedules.getHandle(alertsId(project)).delete().catch(ignoreMissing)
}

/** Has the rules judged and messages delivered now: after the look that is under way, if there is one. */
export async function wakeAlerts(schedules: ScheduleClient, project: string): Promise<void> {
  await schedules.getHandle(alertsId(project)).trigger(ScheduleOverlapPolicy.BUFFER_ONE).catch(ignoreMissing)
}

async function areNeeded(store: Store, project: string): Promise<boolean> {
  const plans = await appliedPlans(store, project)
  if (plans.some(({ plan }) => rulesOf(plan).length > 0)) return true
  // What was told is still to be taken back, and what is queued to be delivered.
  return (await alertStates(store, project)).length > 0 || hasWork(store, project)
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error
}
