import type { JsonObject } from '../../core/model/json.ts'
import { applyEnvironment } from '../../core/parse/repository.ts'
import { appliedPlans } from '../../store/plans.ts'
import { prefixText } from '../../temporal/names.ts'
import { appliedLimits, useText } from '../budgets.ts'
import { type Command, EXIT, UsageError } from '../command.ts'
import { type CostReport, costReport, type Spending } from '../cost-report.ts'
import { instantText, type Output, table } from '../output.ts'
import { withSession } from '../with-session.ts'

export const cost: Command = {
  positionals: '',
  options: {
    month: { type: 'string', value: 'YYYY-MM', help: 'which month (default: the present one)' },
  },
  examples: [
    ['tidelock cost', 'calls, bytes, refusals and money of this month, and what it comes to at its end'],
    ['tidelock cost --month 2026-10 --json', 'a month that is over, for machines'],
  ],
  run: (invocation) =>
    withSession(
      invocation,
      async ({ session, workspace }) => {
        const { output, options } = invocation
        const { store } = session
        const scope = prefixText(session.prefix)
        const plans = (await appliedPlans(store, scope)).map(({ plan }) => plan)
        const now = store.now()
        const month = String(options['month'] ?? new Date(now).toISOString().slice(0, 7))
        if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
          throw new UsageError(`--month is "${month}", expected a month such as 2026-11`)
        const files = applyEnvironment(workspace.repository!, workspace.environment)?.connections ?? {}
        const report = await costReport(store, scope, {
          month,
          now,
          limits: appliedLimits(plans),
          prices: new Map(
            Object.entries(files).map(([name, file]) => [name, (file['price'] ?? null) as JsonObject | null]),
          ),
        })
        output.data(report)
        show(report, output)
        return EXIT.ok
      },
      { filesMustBeSound: false },
    ),
}

const COLUMNS = ['calls', 'writes', 'bytes in', 'bytes out', 'refused', 'money']

function show(report: CostReport, output: Output): void {
  if (report.mappings.length === 0) {
    output.line(`No calls in ${report.month}.`)
    return
  }
  const lines = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) => {
    for (const line of table([...head, ...COLUMNS], rows)) output.line(line)
    output.line()
  }
  lines(
    ['connection', 'mapping'],
    report.mappings.map((row) => [row.connection, row.mapping, ...cells(row)]),
  )
  lines(
    ['day', 'connection', 'mapping'],
    report.days.map((row) => [row.day, row.connection, row.mapping, ...cells(row)]),
  )
  for (const connection of report.connections) {
    const { forecast, budgets } = connection
    const money = forecast.money === null ? '' : `, ${moneyText(forecast.money, connection.currency)}`
    output.line(
      `${connection.connection}: ${connection.calls} calls${connection.money === null ? '' : `, ${moneyText(connection.money, connection.currency)}`} in ${report.month}; at its end ${forecast.calls} calls${money}`,
    )
    for (const budget of budgets)
      output.line(`    ${useText(budget)}; a new one begins ${instantText(budget.period.until)}`)
  }
}

function cells(row: Spending): readonly (string | number)[] {
  return [
    row.calls,
    row.writeCalls,
    row.bytesIn,
    row.bytesOut,
    row.refusals,
    row.money === null ? '–' : moneyText(row.money, row.currency),
  ]
}

/** Cents, and finer where it is less than one. */
function moneyText(amount: number, currency: string | null): string {
  return `${amount.toFixed(amount > 0 && amount < 0.1 ? 4 : 2)} ${currency ?? ''}`.trim()
}
