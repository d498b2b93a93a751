import { startWorker } from '../../temporal/worker.ts'
import { type Command, EXIT } from '../command.ts'
import { withSession } from '../with-session.ts'

export const worker: Command = {
  name: 'worker',
  summary: 'runs what schedules and people ask for, until it is stopped',
  positionals: '',
  options: {},
  examples: [
    [
      'tidelock worker --env production',
      'one worker of the production environment; more of them share the work',
    ],
  ],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session }) => {
        const { output, signal } = invocation
        const temporal = await session.temporal()
        const running = await startWorker({
          temporal: temporal.settings,
          dependencies: session.workerDependencies(),
          concurrency: session.workerConcurrency,
        })
        output.note(
          `Working for ${temporal.settings.namespace}/${temporal.settings.taskQueue} at ${temporal.settings.address}. Ctrl-C stops after the page in hand.`,
        )
        output.data({
          ready: true,
          address: temporal.settings.address,
          taskQueue: temporal.settings.taskQueue,
        })
        const asked = new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        )
        await Promise.race([asked, running.ended])
        await running.stop()
        return EXIT.ok
      },
      { filesMustBeSound: false },
    ),
}
