import { deadLetterCounts } from '../../store/dead-letters.ts'
import { ledgerCounts } from '../../store/ledger.ts'
import { appliedPlans } from '../../store/plans.ts'
import { latestRuns } from '../../store/runs.ts'
import { workerIsUp } from '../../temporal/client.ts'
import { prefixText } from '../../temporal/names.ts'
import { liveSchedules } from '../../temporal/schedules.ts'
import { type Command, EXIT } from '../command.ts'
import { instantText, table } from '../output.ts'
import { withSession } from '../with-session.ts'

export const status: Command = {
  positionals: '',
  options: {},
  examples: [['tidelock status', 'one line a mapping']],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session }) => {
        const { output } = invocation
        const { store, prefix } = session
        const scope = prefixText(prefix)
        const temporal = await session.temporal()
        const live = await liveSchedules(temporal, prefix)
        const runs = new Map((await latestRuns(store, scope)).map((row) => [row.mapping, row]))
        const counts = await deadLetterCounts(store, scope)
        const mappings = []
        for (const { plan, hash } of await appliedPlans(store, scope)) {
          const last = runs.get(plan.mapping) ?? null
          const delivered = await ledgerCounts(store, scope, plan.namespace)
          const open = counts
            .filter((count) => count.mapping === plan.mapping && count.open)
            .reduce((sum, count) => sum + count.count, 0)
          const schedule = live.get(plan.mapping) ?? null
          mappings.push({
            mapping: plan.mapping,
            plan: hash.slice(0, 12),
            schedule: schedule?.timing ?? 'by hand',
            paused: schedule?.paused ?? false,
            nextAt: schedule?.nextAt ?? null,
            lastRun:
              last === null
                ? null
                : {
                    state: last.state,
                    startedAt: last.startedAt,
                    finishedAt: last.finishedAt,
                    tally: last.tally,
                    error: last.failureMessage,
                  },
            delivered: delivered.delivered,
            parked: open,
          })
        }
        const worker = await workerIsUp(temporal)
        const ui = session.devServer()?.ui ?? null
        output.data({
          environment: prefix.environment,
          temporal: temporal.settings.address,
          ui,
          worker,
          mappings,
        })
        output.line(
          `Temporal ${temporal.settings.address}${ui === null ? '' : `, UI ${ui}`}; ${worker ? 'a worker is up' : output.style('yellow', 'no worker is up (tidelock worker)')}`,
        )
        output.line()
        const rows = mappings.map((row) => [
          row.mapping,
          row.paused ? 'paused' : row.schedule,
          row.lastRun === null ? 'never' : `${row.lastRun.state} ${instantText(row.lastRun.startedAt)}`,
          row.delivered,
          row.parked,
          instantText(row.nextAt),
        ])
        for (const line of table(
          ['mapping', 'schedule', 'last run', 'delivered', 'parked', 'next run'],
          rows,
        ))
          output.line(line)
        for (const row of mappings)
          if (row.lastRun?.error != null) output.line(`${row.mapping}: ${row.lastRun.error}`)
        return EXIT.ok
      },
      { filesMustBeSound: false },
    ),
}
