import { isAtLeast } from '../../core/drift/classes.ts'
import { alertStates } from '../../store/alert-states.ts'
import { appliedChannels } from '../../store/channels.ts'
import { connectionWatches } from '../../store/connection-watch.ts'
import { deadLetterCounts } from '../../store/dead-letters.ts'
import { driftOf } from '../../store/drift.ts'
import { ledgerCounts } from '../../store/ledger.ts'
import { appliedPlans } from '../../store/plans.ts'
import { latestRuns } from '../../store/runs.ts'
import { openRuns } from '../../store/waiting-runs.ts'
import { workerIsUp } from '../../temporal/client.ts'
import { prefixText } from '../../temporal/names.ts'
import { liveSchedules } from '../../temporal/schedules.ts'
import { howToGoOn } from '../../transfer/how-to-go-on.ts'
import { budgetLines, shortBudgets } from '../budgets.ts'
import { type Command, EXIT } from '../command.ts'
import { connectionData, connectionLines } from '../connection-lines.ts'
import { instantText, table } from '../output.ts'
import { withSession } from '../with-session.ts'

/** Differences a mapping that are shown as lines. */
const MOST_DRIFT = 5

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
        const drift = await driftOf(store, scope, { open: true })
        const waiting = (await openRuns(store, scope)).filter((run) => run.state !== 'running')
        const mappings = []
        const applied = await appliedPlans(store, scope)
        for (const { plan, hash } of applied) {
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
            drift: drift.filter((row) => row.mapping === plan.mapping),
            waiting: waiting
              .filter((run) => run.mapping === plan.mapping)
              .map((run) => ({
                run: run.id,
                workflow: run.workflowId,
                state: run.state,
                since: run.since,
                until: run.until,
                connection: run.waitsFor,
                why: run.failureMessage,
                goOn: howToGoOn(run),
              })),
          })
        }
        const alerts = (await alertStates(store, scope))
          .filter(({ firing }) => firing)
          .map(({ mapping, rule, since, message }) => ({
            mapping,
            rule,
            since,
            severity: message?.severity ?? null,
            summary: message?.summary ?? null,
          }))
        const deadChannels = (await appliedChannels(store, scope)).flatMap(({ definition, health }) =>
          health.state === 'dead'
            ? [{ channel: definition.name, since: health.since, error: health.lastError }]
            : [],
        )
        const short = await shortBudgets(
          store,
          scope,
          applied.map(({ plan }) => plan),
          store.now(),
        )
        const connections = await connectionWatches(store, scope)
        const worker = await workerIsUp(temporal)
        const ui = session.devServer()?.ui ?? null
        output.data({
          environment: prefix.environment,
          temporal: temporal.settings.address,
          ui,
          worker,
          mappings,
          connections: connections.map((watch) => connectionData(watch, store.now())),
          alerts,
          deadChannels,
          ...short,
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
          if (row.waiting.length === 0 && row.lastRun?.error != null)
            output.line(`${row.mapping}: ${row.lastRun.error}`)
        for (const row of mappings) {
          // What the mapping uses comes first: an upgrade may bring hundreds of new fields.
          const worst = row.drift.toSorted(
            (a, b) => Number(isAtLeast(b.kind, 'mapped')) - Number(isAtLeast(a.kind, 'mapped')),
          )
          for (const { resource, field, expected, found, firstSeenAt } of worst.slice(0, MOST_DRIFT))
            output.line(
              `${row.mapping}: drift since ${instantText(firstSeenAt)}: ${resource}.${field} was ${expected}, now ${found}`,
            )
          if (worst.length > MOST_DRIFT)
            output.line(`${row.mapping}: ${worst.length - MOST_DRIFT} fields more drifted (--json has all)`)
        }
        for (const row of mappings)
          for (const { state, since, why, goOn } of row.waiting)
            output.line(
              `${row.mapping}: ${output.style('yellow', state)} since ${instantText(since)}: ${why}\n  ${goOn}`,
            )
        for (const { severity, rule, summary } of alerts)
          output.line(output.style('yellow', `${(severity ?? 'warning').toUpperCase()} ${summary ?? rule}`))
        for (const { channel, since, error } of deadChannels)
          output.line(
            output.style('red', `The channel "${channel}" is dead since ${instantText(since)}: ${error}`),
          )
        for (const line of budgetLines(short)) output.line(output.style('yellow', line))
        for (const line of connectionLines(connections, output)) output.line(line)
        return EXIT.ok
      },
      { filesMustBeSound: false },
    ),
}
