import { openRuns } from '../store/waiting-runs.ts'
import { prefixText } from '../temporal/names.ts'
import { signalRuns } from '../temporal/signal-runs.ts'
import { counted, type Output } from './output.ts'
import type { Session } from './session.ts'

/** Runs of mappings that have another plan now: those that wait try again under it. */
export async function wakeRuns(session: Session, mappings: readonly string[], output: Output): Promise<void> {
  const project = prefixText(session.prefix)
  const open = (await openRuns(session.store, project)).filter((run) => mappings.includes(run.mapping))
  if (open.length === 0) return
  await signalRuns(await session.temporal(), open, 'planApplied')
  for (const mapping of mappings) {
    const waiting = open.filter((run) => run.mapping === mapping && run.state !== 'running')
    if (waiting.length > 0)
      output.note(`${mapping}: ${counted(waiting.length, 'waiting run')} told, to try again under this plan.`)
  }
}
