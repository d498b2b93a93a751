import type { JsonObject } from '../core/model/json.ts'
import { type BudgetUse, budgetUses } from '../core/pace/budget-use.ts'
import { forecastOfMonth } from '../core/pace/forecast.ts'
import { readLimits } from '../core/pace/limits.ts'
import { costOf, type Price, readPrice } from '../core/pace/price.ts'
import type { Queryable } from '../store/open.ts'
import { type Usage, type UsageRow, usageOf } from '../store/usage.ts'

/** What was used, and what that costs; `money` null where the connection has no price. */
export interface Spending extends Usage {
  readonly money: number | null
  readonly currency: string | null
}

export interface CostReport {
  /** YYYY-MM. */
  readonly month: string
  readonly connections: readonly (Spending & {
    readonly connection: string
    /** At the end of the month. */
    readonly forecast: { readonly calls: number; readonly money: number | null }
    /** Of the present day and month. */
    readonly budgets: readonly BudgetUse[]
  })[]
  readonly mappings: readonly (Spending & { readonly connection: string; readonly mapping: string })[]
  readonly days: readonly (Spending & {
    readonly day: string
    readonly connection: string
    readonly mapping: string
  })[]
}

/** A month's usage from real calls, at the prices of the files. */
export async function costReport(
  store: Queryable,
  scope: string,
  asked: {
    readonly month: string
    readonly now: number
    readonly limits: ReadonlyMap<string, JsonObject | null>
    readonly prices: ReadonlyMap<string, JsonObject | null>
  },
): Promise<CostReport> {
  const { month, now } = asked
  const all = await usageOf(store, scope)
  const rows = all.filter(({ day }) => day.startsWith(month))
  const spent = (connection: string, some: readonly UsageRow[]): Spending =>
    spendingOf(readPrice(asked.prices.get(connection) ?? null), some)
  const grouped = (keyOf: (row: UsageRow) => readonly string[]) =>
    [...Map.groupBy(rows, (row) => JSON.stringify(keyOf(row)))]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, some]) => [JSON.parse(key) as readonly string[], some] as const)
  return {
    month,
    connections: grouped(({ connection }) => [connection]).map(([[connection = ''], some]) => {
      const price = readPrice(asked.prices.get(connection) ?? null)
      const own = all.filter((row) => row.connection === connection)
      const amounts = (of: (row: UsageRow) => number) => own.map((row) => ({ day: row.day, amount: of(row) }))
      return {
        connection,
        ...spendingOf(price, some),
        forecast: {
          calls: Math.round(
            forecastOfMonth(
              month,
              amounts(({ calls }) => calls),
              now,
            ),
          ),
          money:
            price === null
              ? null
              : forecastOfMonth(
                  month,
                  amounts((row) => costOf(price, row)),
                  now,
                ),
        },
        budgets: budgetUses(readLimits(asked.limits.get(connection) ?? null), own, now),
      }
    }),
    mappings: grouped(({ connection, mapping }) => [connection, mapping]).map(
      ([[connection = '', mapping = ''], some]) => ({ connection, mapping, ...spent(connection, some) }),
    ),
    days: rows.map((row) => ({
      day: row.day,
      connection: row.connection,
      mapping: row.mapping,
      ...spent(row.connection, [row]),
    })),
  }
}

function spendingOf(price: Price | null, rows: readonly Usage[]): Spending {
  const sum = (key: keyof Usage) => rows.reduce((total, row) => total + row[key], 0)
  const used: Usage = {
    calls: sum('calls'),
    writeCalls: sum('writeCalls'),
    bytesIn: sum('bytesIn'),
    bytesOut: sum('bytesOut'),
    refusals: sum('refusals'),
  }
  return {
    ...used,
    money: price === null ? null : costOf(price, used),
    currency: price === null ? null : price.currency,
  }
}
