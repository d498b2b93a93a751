import { type Budget, UNKNOWN_BUDGET } from '../../core/pace/budget.ts'
import { changeBudget, keptBudgets } from '../../store/budget.ts'
import type { Store } from '../../store/open.ts'
import type { BudgetBook } from './gate.ts'

/** The budget that all processes of a project share. */
export function storeBook(store: Store, project: string, connection: string): BudgetBook {
  return {
    now: () => store.now(),
    async read() {
      const [kept] = await keptBudgets(store, project, connection)
      return budgetOf(kept?.state ?? '{}')
    },
    change: (change) =>
      changeBudget(store, project, connection, (state, now) => {
        const [budget, answer] = change(budgetOf(state), now)
        return { state: JSON.stringify(budget), answer }
      }),
  }
}

/** A budget that nobody else knows. */
export function ownBook(now: () => number): BudgetBook {
  let budget = UNKNOWN_BUDGET
  return {
    now,
    read: async () => budget,
    async change(change) {
      const [next, answer] = change(budget, now())
      budget = next
      return answer
    },
  }
}

/** What a later version adds is not known to an earlier budget. */
export function budgetOf(state: string): Budget {
  return { ...UNKNOWN_BUDGET, ...(JSON.parse(state) as Partial<Budget>) }
}
