import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../engine/temporal/activities.ts'
import type { AlertsInput } from './messages.ts'

const { judge } = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds', maximumAttempts: 3 },
})
const { deliver } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '60 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds', maximumAttempts: 3 },
})

/**
 * One look at all alert rules of a project and environment, and delivery of what is to be told. Started by a schedule every minute,
 * and at once by a leg that changed something. What cannot be delivered now waits in the store for a later one.
 */
export async function alerts(input: AlertsInput): Promise<void> {
  const { waiting } = await judge(input)
  if (waiting) await deliver(input)
}
