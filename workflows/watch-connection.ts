import { getExternalWorkflowHandle, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../engine/temporal/activities.ts'
import { RUN_SIGNALS, type WatchInput, type WatchOutput } from './messages.ts'

const { watch } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '10 seconds', maximumAttempts: 3 },
})

/** One look at a connection: its keys, what they may do, when they end. Runs that waited for credentials which are taken again hear it. */
export async function watchConnection(input: WatchInput): Promise<WatchOutput> {
  const found = await watch(input)
  for (const workflowId of found.wake) {
    // One that has ended meanwhile needs nothing.
    await getExternalWorkflowHandle(workflowId)
      .signal(RUN_SIGNALS.credentialsRenewed)
      .catch(() => {})
  }
  return found
}
