import { WorkflowNotFoundError } from '@temporalio/client'
import type { RUN_SIGNALS } from '../../workflows/messages.ts'
import type { TemporalClient } from './client.ts'

/**
 * Tells runs what happened: those that wait for it go on at once, to the others it means nothing. Runs that have ended meanwhile
 * are left out. Gives how many heard it. Throws where Temporal does not answer; they find out later then, by themselves or when told again.
 */
export async function signalRuns(
  { client }: TemporalClient,
  runs: readonly { readonly workflowId: string }[],
  signal: keyof typeof RUN_SIGNALS,
): Promise<number> {
  let heard = 0
  for (const { workflowId } of runs) {
    try {
      await client.workflow.getHandle(workflowId).signal(signal)
      heard++
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
  return heard
}
