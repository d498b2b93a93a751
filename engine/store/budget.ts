import { forUpdate } from './locks.ts'
import type { Queryable, Store } from './open.ts'

/** What is kept of a connection's budget: JSON that the callers understand. */
export interface KeptBudget {
  readonly connection: string
  readonly state: string
}

/** Budgets of a project's connections, by name. `connection`: only its own. */
export async function keptBudgets(
  store: Queryable,
  project: string,
  connection?: string,
): Promise<readonly KeptBudget[]> {
  let query = store.db.selectFrom('budget').select(['connection', 'state']).where('project', '=', project)
  if (connection !== undefined) query = query.where('connection', '=', connection)
  return query.orderBy('connection').execute()
}

/**
 * Changes the budget of a connection; of all who do so at once each sees what the one before left, the first one `{}`.
 * `change` may be called again.
 */
export async function changeBudget<T>(
  store: Store,
  project: string,
  connection: string,
  change: (state: string, now: number) => { readonly state: string; readonly answer: T },
): Promise<T> {
  return store.transaction(async (trx) => {
    const kept = () =>
      forUpdate(
        trx,
        trx.db
          .selectFrom('budget')
          .select('state')
          .where('project', '=', project)
          .where('connection', '=', connection),
      ).executeTakeFirst()
    let row = await kept()
    if (row === undefined) {
      await trx.db
        .insertInto('budget')
        .values({ project, connection, state: '{}', updated_at: trx.now() })
        .onConflict((conflict) => conflict.columns(['project', 'connection']).doNothing())
        .execute()
      // Another one may have been first.
      row = (await kept())!
    }
    const { state, answer } = change(row.state, trx.now())
    await trx.db
      .updateTable('budget')
      .set({ state, updated_at: trx.now() })
      .where('project', '=', project)
      .where('connection', '=', connection)
      .execute()
    return answer
  })
}
