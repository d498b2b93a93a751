import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../engine/temporal/activities.ts'
import type { AlertsInput } from './messages.ts'

/**
 * One look at all alert rules of a project and environment, and delivery of what is to be told. Started by a schedule every minute,
 * and at once by a leg that changed something. What cannot be delivered now is tried again by a later one: it waits in the store.
 */
export async function alerts(input: AlertsInput): Promise<void> {
  const { judge, deliver } = proxyActivities<Activities>({
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '60 seconds',
    retry: { initialInterval: '1 second', maximumInterval: '20 seconds', maximumAttempts: 3 },
  })
  const { waiting } = await judge(input)
  if (waiting) await deliver(input)
}
