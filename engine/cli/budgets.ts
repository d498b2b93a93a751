import type { JsonObject } from '../core/model/json.ts'
import type { Plan } from '../core/model/plan.ts'
import type { BudgetUse } from '../core/pace/budget-use.ts'
import type { Queryable } from '../store/open.ts'
import { budgetUse, type Throttle, throttles } from '../transfer/budget-use.ts'
import { instantText } from './output.ts'

/** What people are told of a connection without being asked. */
const WORTH_TELLING = 0.8

/** A connection's budget that is nearly used. */
export interface UsedBudget extends BudgetUse {
  readonly connection: string
}

/** `limits:` by connection, as they are applied. */
export function appliedLimits(plans: readonly Plan[]): ReadonlyMap<string, JsonObject | null> {
  return new Map(
    plans.flatMap(({ source, target }) => [source, target].map((end) => [end.connection.name, end.limits])),
  )
}

/** Budgets that run short, and who waits for one. */
export async function shortBudgets(
  store: Queryable,
  scope: string,
  plans: readonly Plan[],
  now: number,
): Promise<{ readonly budgets: readonly UsedBudget[]; readonly throttles: readonly Throttle[] }> {
  const limits = appliedLimits(plans)
  const budgets: UsedBudget[] = []
  for (const [connection, written] of limits) {
    const use = await budgetUse(store, scope, connection, written, now)
    if (use !== null && use.share >= WORTH_TELLING) budgets.push({ connection, ...use })
  }
  return { budgets, throttles: await throttles(store, scope, limits, now) }
}

export function budgetLines(found: Awaited<ReturnType<typeof shortBudgets>>): readonly string[] {
  return [
    ...found.budgets.map(
      (budget) =>
        `${budget.connection}: ${useText(budget)}; a new one begins ${instantText(budget.period.until)}`,
    ),
    ...found.throttles.map(({ connection, mapping, until }) =>
      mapping === null
        ? `${connection} asked not to be called before ${instantText(until)}`
        : `${mapping} waits for the budget of ${connection} until ${instantText(until)}`,
    ),
  ]
}

/** `84 % of the day's calls are used (840 of 1000)`. */
export function useText({ of, used, most, share }: BudgetUse): string {
  return `${Math.floor(share * 100)} % of the ${of === 'perDay' ? "day's" : "month's"} calls are used (${used} of ${most})`
}
