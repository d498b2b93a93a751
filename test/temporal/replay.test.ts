import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import proto from '@temporalio/proto'
import { Worker } from '@temporalio/worker'
import { expect, test } from 'vitest'
import { workflowCode } from '../../engine/temporal/workflow-code.ts'
import { ROOT } from '../core/compile/repository.ts'

const { History } = proto.temporal.api.history.v1
const folder = join(ROOT, 'test', 'histories')
const recorded = readdirSync(folder).filter((name) => name.endsWith('.binpb'))
const historyOf = (name: string) => History.decode(readFileSync(join(folder, name)))
const replay = async (history: ReturnType<typeof historyOf>) =>
  Worker.runReplayHistory({ workflowBundle: await workflowCode() }, history)

/** Histories of runs as they happened (protobuf): the workflow code of today has to take the same steps. */
test.each(recorded)('%s replays', { timeout: 60_000 }, async (name) => {
  await expect(replay(historyOf(name))).resolves.toBeUndefined()
})

test('a history that today’s code would not have written does not replay', { timeout: 60_000 }, async () => {
  const history = historyOf(recorded[0]!)
  const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes != null)!
  scheduled.activityTaskScheduledEventAttributes!.activityType!.name = 'another'
  await expect(replay(history)).rejects.toThrow(/[Nn]ondetermin/)
})
