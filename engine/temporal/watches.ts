import { ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client'
import type { WatchInput } from '../../workflows/messages.ts'
import type { TemporalClient } from './client.ts'
import { type Prefix, prefixText, watchId } from './names.ts'

const HOUR_MS = 3_600_000
/** Connections are not all looked at in the same minute. */
const JITTER_MS = 10 * 60_000

/** One schedule for each of these connections, which looks at it every hour, and none for others. A pause that a person made stays. */
export async function putWatches(
  temporal: TemporalClient,
  prefix: Prefix,
  connections: readonly string[],
): Promise<void> {
  for (const connection of connections) {
    const id = watchId(prefix, connection)
    const options = optionsOf(temporal, prefix, connection)
    try {
      await temporal.client.schedule
        .getHandle(id)
        .update((previous) => ({ ...options, state: previous.state }))
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error
      await temporal.client.schedule.create({ ...options, scheduleId: id })
    }
  }
  const kept = new Set(connections.map((connection) => watchId(prefix, connection)))
  const start = watchId(prefix, '')
  for await (const { scheduleId } of temporal.client.schedule.list())
    if (scheduleId.startsWith(start) && !kept.has(scheduleId))
      await temporal.client.schedule.getHandle(scheduleId).delete()
}

function optionsOf(temporal: TemporalClient, prefix: Prefix, connection: string) {
  const input: WatchInput = { project: prefixText(prefix), connection }
  return {
    spec: { intervals: [{ every: HOUR_MS }], jitter: JITTER_MS },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'watchConnection',
      workflowId: watchId(prefix, connection),
      taskQueue: temporal.settings.taskQueue,
      args: [input],
      staticSummary: `looks at ${connection}: keys, rights, when they end`,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: HOUR_MS },
  }
}
