import { SyncError } from '../core/model/failure.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import type { Queryable, Transaction } from './open.ts'

/** Who recorded a plan, when (epoch ms), from which commit. */
export interface PlanStamp {
  readonly appliedAt: number
  readonly author: string | null
  readonly commit: string | null
}

export interface StoredPlan extends PlanStamp {
  readonly hash: string
  readonly plan: Plan
  readonly sourceMap: SourceMap
}

/** Keeps a plan under its hash. The same plan from moved lines keeps its first stamp and takes the new places. */
export async function savePlan(trx: Transaction, stored: StoredPlan): Promise<void> {
  const source_map = JSON.stringify(stored.sourceMap)
  await trx.db
    .insertInto('plan')
    .values({
      hash: stored.hash,
      plan: JSON.stringify(stored.plan),
      source_map,
      applied_at: stored.appliedAt,
      author: stored.author,
      commit_id: stored.commit,
    })
    .onConflict((conflict) => conflict.column('hash').doUpdateSet({ source_map }))
    .execute()
}

export async function planByHash(store: Queryable, hash: string): Promise<StoredPlan | null> {
  const row = await store.db.selectFrom('plan').selectAll().where('hash', '=', hash).executeTakeFirst()
  return row === undefined ? null : planOf(row)
}

/** Makes a saved plan the one that runs. */
export async function setAppliedPlan(
  trx: Transaction,
  project: string,
  mapping: string,
  hash: string,
  stamp: PlanStamp,
): Promise<void> {
  const values = {
    plan_hash: hash,
    applied_at: stamp.appliedAt,
    author: stamp.author,
    commit_id: stamp.commit,
  }
  await trx.db
    .insertInto('applied_plan')
    .values({ project, mapping, ...values })
    .onConflict((conflict) => conflict.columns(['project', 'mapping']).doUpdateSet(values))
    .execute()
}

export async function appliedPlan(
  store: Queryable,
  project: string,
  mapping: string,
): Promise<StoredPlan | null> {
  const row = await selectApplied(store, project)
    .where('applied_plan.mapping', '=', mapping)
    .executeTakeFirst()
  return row === undefined ? null : planOf(row)
}

/** By name of the mapping. */
export async function appliedPlans(store: Queryable, project: string): Promise<readonly StoredPlan[]> {
  const rows = await selectApplied(store, project).orderBy('applied_plan.mapping').execute()
  return rows.map(planOf)
}

/** The connections that applied mappings use, by name. */
export async function connectionsInUse(store: Queryable, project: string): Promise<readonly string[]> {
  const plans = await appliedPlans(store, project)
  const names = plans.flatMap(({ plan }) => [plan.source.connection.name, plan.target.connection.name])
  return [...new Set(names)].sort()
}

/** The mapping runs no more. Its plans, ledger and dead letters stay. */
export async function removeApplied(trx: Transaction, project: string, mapping: string): Promise<void> {
  await trx.db
    .deleteFrom('applied_plan')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .execute()
}

/** Gives a target to an environment of a project. Throws `invalid-plan` when another environment of it has the target. */
export async function claimTarget(
  trx: Transaction,
  project: string,
  environment: string,
  target: string,
): Promise<void> {
  await trx.db
    .insertInto('target_owner')
    .values({ project, target, environment, claimed_at: trx.now() })
    .onConflict((conflict) => conflict.columns(['project', 'target']).doNothing())
    .execute()
  const owner = await trx.db
    .selectFrom('target_owner')
    .select('environment')
    .where('project', '=', project)
    .where('target', '=', target)
    .executeTakeFirstOrThrow()
  if (owner.environment !== environment) {
    throw new SyncError(
      'invalid-plan',
      `The environment "${owner.environment}" writes to ${target}; "${environment}" would overwrite the same records. One target belongs to one environment.`,
    )
  }
}

function selectApplied(store: Queryable, project: string) {
  return store.db
    .selectFrom('applied_plan')
    .innerJoin('plan', 'plan.hash', 'applied_plan.plan_hash')
    .select([
      'plan.hash',
      'plan.plan',
      'plan.source_map',
      'applied_plan.applied_at',
      'applied_plan.author',
      'applied_plan.commit_id',
    ])
    .where('applied_plan.project', '=', project)
}

function planOf(row: {
  hash: string
  plan: string
  source_map: string
  applied_at: number
  author: string | null
  commit_id: string | null
}): StoredPlan {
  return {
    hash: row.hash,
    plan: JSON.parse(row.plan) as Plan,
    sourceMap: JSON.parse(row.source_map) as SourceMap,
    appliedAt: row.applied_at,
    author: row.author,
    commit: row.commit_id,
  }
}
