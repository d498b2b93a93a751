import { ensureDevServer, runningDevServer, stopDevServer } from '../../temporal/dev-server/server.ts'
import { type Command, EXIT, UsageError } from '../command.ts'

export const dev: Command = {
  positionals: '[start|stop|status]',
  options: {},
  examples: [
    ['tidelock dev', 'starts it (or finds the one that runs) and prints its addresses'],
    ['tidelock dev stop', 'ends it; its data stay in .tidelock/temporal.db'],
  ],
  async run({ positionals, options, output, environment, cwd }) {
    const folder = String(options['folder'] ?? cwd)
    const [what = 'start'] = positionals
    if (what === 'stop') {
      const stopped = await stopDevServer(folder)
      output.data({ stopped })
      output.line(stopped ? 'The dev server is stopped. Its data stay.' : 'No dev server runs here.')
      return EXIT.ok
    }
    if (what === 'status') {
      const running = await runningDevServer(folder)
      output.data({ running })
      output.line(
        running === null
          ? 'No dev server runs here.'
          : `Temporal ${running.address}, UI ${running.ui}, pid ${running.pid}`,
      )
      return running === null ? EXIT.failed : EXIT.ok
    }
    if (what !== 'start') throw new UsageError(`"${what}" is neither start, stop nor status`)
    const server = await ensureDevServer({ folder, namespace: 'default', environment, say: output.note })
    output.data(server)
    output.line(`Temporal ${server.address}`)
    output.line(`UI       ${server.ui}`)
    output.line('tidelock dev stop ends it.')
    return EXIT.ok
  },
}
