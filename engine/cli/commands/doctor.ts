import { type ConnectionWatch, connectionWatches } from '../../store/connection-watch.ts'
import { connectionsInUse } from '../../store/plans.ts'
import { prefixText } from '../../temporal/names.ts'
import { signalRuns } from '../../temporal/signal-runs.ts'
import { watchConnection } from '../../transfer/watch/watch-connection.ts'
import { type Command, EXIT, UsageError } from '../command.ts'
import { connectionData, connectionLines, stateOf } from '../connection-lines.ts'
import { instantText, table } from '../output.ts'
import { withSession } from '../with-session.ts'

export const doctor: Command = {
  positionals: '[CONNECTION]',
  options: {},
  examples: [
    ['tidelock doctor', 'asks every connection in use: credentials, when they end, rights, versions'],
    ['tidelock doctor odoo --json', 'one of them, for machines'],
  ],
  exits: ['1  a connection is refused, cannot be reached, lacks a right, or ends soon'],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session }) => {
        const { output, positionals, signal } = invocation
        const { store } = session
        const project = prefixText(session.prefix)
        const inUse = await connectionsInUse(store, project)
        const [name] = positionals
        if (name !== undefined && !inUse.includes(name))
          throw new UsageError(`no applied mapping uses "${name}"; in use: ${inUse.join(', ') || 'none'}`)
        const dependencies = session.workerDependencies()
        const wake: { readonly workflowId: string }[] = []
        for (const connection of name === undefined ? inUse : [name]) {
          output.progress(`${connection} …`)
          const found = await watchConnection(dependencies, { project, connection, rotates: false, signal })
          wake.push(...found.wake.map((workflowId) => ({ workflowId })))
        }
        output.progress(null)
        if (wake.length > 0) await signalRuns(await session.temporal(), wake, 'credentialsRenewed')
        const watches = (await connectionWatches(store, project)).filter(
          ({ connection }) => connection === name || (name === undefined && inUse.includes(connection)),
        )
        output.data({ connections: watches.map((watch) => connectionData(watch, store.now())) })
        for (const line of table(['connection', 'state', 'account', 'ends', 'what'], watches.map(rowOf)))
          output.line(line)
        for (const line of connectionLines(watches, output)) output.line(line)
        return watches.every((watch) => stateOf(watch) === 'good') ? EXIT.ok : EXIT.failed
      },
      { filesMustBeSound: false },
    ),
}

const rowOf = (watch: ConnectionWatch) => [
  watch.connection,
  stateOf(watch),
  watch.account ?? '',
  watch.expiresAt === null ? '' : instantText(watch.expiresAt),
  watch.expiresOf ?? '',
]
