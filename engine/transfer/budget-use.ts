import type { JsonObject } from '../core/model/json.ts'
import { upToDate } from '../core/pace/budget.ts'
import { type BudgetUse, budgetUses } from '../core/pace/budget-use.ts'
import { readLimits } from '../core/pace/limits.ts'
import { periodAt } from '../core/pace/period.ts'
import type { Priority } from '../core/pace/queue.ts'
import { keptBudgets } from '../store/budget.ts'
import type { Queryable } from '../store/open.ts'
import { usageOf } from '../store/usage.ts'
import { budgetOf } from './host/book.ts'

/**
 * Of a connection's budgets of the day and the month the one that is used most, as of any instant; null where `limits` (as in the plan)
 * name none. From the calls that were really made. What a day had in the end is what it has at each of its instants.
 */
export async function budgetUse(
  store: Queryable,
  project: string,
  connection: string,
  limits: JsonObject | null,
  now: number,
): Promise<BudgetUse | null> {
  const read = readLimits(limits)
  if (read.day === null && read.month === null) return null
  const month = periodAt('month', now, read.zone).name
  const rows = await usageOf(store, project, { connection, since: `${month}-01`, until: `${month}-31` })
  const [fullest] = [...budgetUses(read, rows, now)].sort((a, b) => b.share - a.share)
  return fullest ?? null
}

/** Who has to wait for a connection now. */
export interface Throttle {
  readonly connection: string
  /** Null: everybody, because the remote asked not to be called. */
  readonly mapping: string | null
  readonly priority: Priority | null
  /** Epoch ms. */
  readonly until: number
}

/** What keeps mappings from calling, by connection. Waits of a few seconds are not worth telling and left out. */
export async function throttles(
  store: Queryable,
  project: string,
  limits: ReadonlyMap<string, JsonObject | null>,
  now: number,
): Promise<readonly Throttle[]> {
  const kept = await keptBudgets(store, project)
  return kept.flatMap(({ connection, state }) => {
    const budget = upToDate(budgetOf(state), readLimits(limits.get(connection) ?? null), now)
    const closed: Throttle[] =
      budget.closedUntil > now
        ? [{ connection, mapping: null, priority: null, until: budget.closedUntil }]
        : []
    const waiting = budget.waiting
      .filter(({ from }) => from > now)
      .map(({ mapping, priority, from }) => ({ connection, mapping, priority, until: from }))
    return [...closed, ...waiting]
  })
}
