import { startWorker } from '../../temporal/worker.ts'
import { type Command, EXIT } from '../command.ts'
import { withSession } from '../with-session.ts'

export const worker: Command = {
  positionals: '',
  options: {
    beside: {
      type: 'boolean',
      help: 'although another worker has the SQLite store: for tests and emergencies; it stays right and gets slower',
    },
  },
  examples: [
    ['tidelock worker', 'the worker of this repository; a SQLite store has one such process'],
    [
      'tidelock worker --env production',
      'one worker of the production environment; on PostgreSQL more of them share the work',
    ],
  ],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session }) => {
        const { options, output, signal } = invocation
        const place = options['beside'] === true ? null : session.takeWorkerPlace()
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
        place?.release()
        return EXIT.ok
      },
      { filesMustBeSound: false },
    ),
}
