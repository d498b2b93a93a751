import { SyncError } from '../core/model/failure.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import { fromText, toText } from './json.ts'
import type { Store, Transaction } from './open.ts'

export interface StoredPlan {
  readonly hash: string
  readonly plan: Plan
  readonly sourceMap: SourceMap
}

export interface Applied extends StoredPlan {
  readonly appliedAt: number
  readonly author: string | null
  readonly commit: string | null
}

/** Keeps a plan under its hash. The same plan again only renews where its parts stand in the files. */
export async function savePlan(trx: Transaction, row: Applied): Promise<void> {
  await trx
    .insertInto('plan')
    .values({ hash: row.hash, plan: toText(row.plan), sourceMap: toText(row.sourceMap), savedAt: row.appliedAt, author: row.author, commit: row.commit })
    .onConflict((conflict) => conflict.column('hash').doUpdateSet({ sourceMap: toText(row.sourceMap) }))
    .execute()
}

/** Makes a kept plan the one that runs. */
export async function setAppliedPlan(
  trx: Transaction,
  project: string,
  mapping: string,
  hash: string,
  stamp: { readonly appliedAt: number; readonly author: string | null; readonly commit: string | null },
): Promise<void> {
  await trx
    .insertInto('applied_plan')
    .values({ project, mapping, hash, ...stamp })
    .onConflict((conflict) => conflict.columns(['project', 'mapping']).doUpdateSet({ hash, ...stamp }))
    .execute()
}

export async function removeApplied(trx: Transaction, project: string, mapping: string): Promise<void> {
  await trx.deleteFrom('applied_plan').where('project', '=', project).where('mapping', '=', mapping).execute()
}

export async function planByHash(store: Store, hash: string): Promise<StoredPlan | null> {
  const row = await store.db.selectFrom('plan').selectAll().where('hash', '=', hash).executeTakeFirst()
  return row === undefined ? null : { hash: row.hash, plan: fromText(row.plan), sourceMap: fromText(row.sourceMap) }
}

export async function appliedPlan(store: Store, project: string, mapping: string): Promise<Applied | null> {
  return (await applied(store, project, mapping))[0] ?? null
}

/** All applied plans of a project, by name. */
export async function appliedPlans(store: Store, project: string): Promise<readonly Applied[]> {
  return applied(store, project, null)
}

async function applied(store: Store, project: string, mapping: string | null): Promise<readonly Applied[]> {
  let query = store.db
    .selectFrom('applied_plan')
    .innerJoin('plan', 'plan.hash', 'applied_plan.hash')
    .select(['applied_plan.hash', 'plan.plan', 'plan.sourceMap', 'applied_plan.appliedAt', 'applied_plan.author', 'applied_plan.commit'])
    .where('applied_plan.project', '=', project)
    .orderBy('applied_plan.mapping')
  if (mapping !== null) query = query.where('applied_plan.mapping', '=', mapping)
  const rows = await query.execute()
  return rows.map((row) => ({ ...row, plan: fromText<Plan>(row.plan), sourceMap: fromText<SourceMap>(row.sourceMap) }))
}

/** One target belongs to one environment of a store. Throws `invalid-plan` for another one. */
export async function claimTarget(trx: Transaction, project: string, environment: string, target: string): Promise<void> {
  const owner = await trx.selectFrom('target_owner').select('environment').where('target', '=', target).where('project', '=', project).executeTakeFirst()
  if (owner === undefined) {
    await trx.insertInto('target_owner').values({ target, project, environment }).execute()
  } else if (owner.environment !== environment) {
    throw new SyncError('invalid-plan', `The environment "${owner.environment}" writes to that target (${target.replace('|', ', database ')}); "${environment}" may not, their keys would collide.`)
  }
}
