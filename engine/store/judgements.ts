import type { Queryable, Transaction } from './open.ts'

/**
 * The last judgements of a mapping under one plan, as text. Another plan begins with none, and so does a mapping that a person let
 * go on. Never more than the breaker's window, so nothing has to be pruned.
 */
export async function lastJudgements(
  store: Queryable,
  project: string,
  mapping: string,
  planHash: string,
): Promise<string> {
  const row = await store.db
    .selectFrom('judgement')
    .select('last')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('plan_hash', '=', planHash)
    .executeTakeFirst()
  return row?.last ?? ''
}

export async function keepJudgements(
  trx: Transaction,
  project: string,
  mapping: string,
  planHash: string,
  last: string,
): Promise<void> {
  const values = { plan_hash: planHash, last }
  await trx.db
    .insertInto('judgement')
    .values({ project, mapping, ...values })
    .onConflict((conflict) => conflict.columns(['project', 'mapping']).doUpdateSet(values))
    .execute()
}

/** The next records of the mapping are judged by themselves. */
export async function forgetJudgements(trx: Transaction, project: string, mapping: string): Promise<void> {
  await trx.db.deleteFrom('judgement').where('project', '=', project).where('mapping', '=', mapping).execute()
}
