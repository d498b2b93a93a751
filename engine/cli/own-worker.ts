import { workerIsUp } from '../temporal/client.ts'
import { type RunningWorker, startWorker } from '../temporal/worker.ts'
import type { Session } from './session.ts'

/**
 * Runs `work`, and works as a worker itself meanwhile when none is up. `begin` starts that worker later, where the one that seemed
 * to be up turns out not to be.
 */
export async function withOwnWorker<Result>(
  session: Session,
  work: (begin: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const temporal = await session.temporal()
  let worker: RunningWorker | null = null
  const begin = async (): Promise<void> => {
    worker ??= await startWorker({
      temporal: temporal.settings,
      dependencies: session.workerDependencies(),
      concurrency: session.workerConcurrency,
    })
  }
  try {
    if (!(await workerIsUp(temporal))) await begin()
    return await work(begin)
  } finally {
    await (worker as RunningWorker | null)?.stop()
  }
}
