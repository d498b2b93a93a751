import type { Queryable, Transaction } from './open.ts'
import type { DrainTable } from './tables.ts'

/** What became of one cause when another plan was applied. */
export interface DrainedCluster {
  readonly cluster: string
  readonly class: string
  readonly cause: string
  readonly at: string | null
  /** Open under another plan when the drain began. */
  readonly count: number
  /** Those that were tried before the rest. */
  readonly probes: readonly string[]
  /**
   * `probing`: the first ones are tried; `draining`: all others too, since one of the first was settled; `drained`: none of them is
   * left as it was; `stays`: the first ones failed again for the same cause, so that the rest was left alone.
   */
  readonly state: 'probing' | 'draining' | 'drained' | 'stays'
  /** Delivered, or settled otherwise. */
  readonly settled: number
  /** Still open, for the same cause or another one. */
  readonly open: number
}

/** Dead letters tried again by themselves because another plan was applied. */
export interface Drain {
  readonly id: string
  readonly mapping: string
  readonly planHash: string
  readonly beganAt: number
  readonly finishedAt: number | null
  readonly clusters: readonly DrainedCluster[]
}

export async function saveDrain(trx: Transaction, project: string, drain: Drain): Promise<void> {
  const row: DrainTable = {
    id: drain.id,
    project,
    mapping: drain.mapping,
    plan_hash: drain.planHash,
    began_at: drain.beganAt,
    finished_at: drain.finishedAt,
    clusters: JSON.stringify(drain.clusters),
  }
  const { id: _, ...rest } = row
  await trx.db
    .insertInto('drain')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
    .execute()
}

/** The last one of a mapping; null when there was none. */
export async function latestDrain(store: Queryable, project: string, mapping: string): Promise<Drain | null> {
  const row = await store.db
    .selectFrom('drain')
    .selectAll()
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .orderBy('began_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    id: row.id,
    mapping: row.mapping,
    planHash: row.plan_hash,
    beganAt: row.began_at,
    finishedAt: row.finished_at,
    clusters: JSON.parse(row.clusters) as DrainedCluster[],
  }
}
