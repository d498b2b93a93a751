import { sql } from 'kysely'
import { isOneOf } from './bulk.ts'
import { CLUSTER } from './clusters.ts'
import type { Queryable, Transaction } from './open.ts'
import { OPEN_STATES } from './open-state.ts'

/** When the dead letters of a mapping have to be looked at next. */
export interface DueTimes {
  /** How many are open. */
  readonly open: number
  /** How many are due. */
  readonly due: number
  /** Of these: by the decision of a person, who waits for it. */
  readonly decided: number
  /** When the next of the others is due (epoch ms), or null. */
  readonly nextAt: number | null
  /** Since when the oldest has been open that was not escalated yet, or null. */
  readonly oldest: number | null
}

export async function dueTimes(store: Queryable, project: string, mapping: string): Promise<DueTimes> {
  const now = store.now()
  const { rows } = await sql<{ [name in keyof DueTimes]: number | null }>`
    select count(*) as open, sum(case when due_at <= ${now} then 1 else 0 end) as due,
      sum(case when due_at <= ${now} and state = 'retrying' then 1 else 0 end) as decided,
      min(case when due_at > ${now} then due_at end) as "nextAt",
      min(case when escalated_at is null then first_seen_at end) as oldest
    from dead_letter where project = ${project} and mapping = ${mapping} and state in ${OPEN_STATES}`.execute(
    store.db,
  )
  const [row] = rows
  const number = (value: number | null | undefined) => (value == null ? null : Number(value))
  return {
    open: number(row?.open) ?? 0,
    due: number(row?.due) ?? 0,
    decided: number(row?.decided) ?? 0,
    nextAt: number(row?.nextAt),
    oldest: number(row?.oldest),
  }
}

/** Open dead letters that were judged by another plan than this one, by cause: how many, and the ids of the first three. */
export async function judgedByOtherPlans(
  store: Queryable,
  project: string,
  mapping: string,
  planHash: string,
  probes: number,
): Promise<
  readonly {
    readonly cluster: string
    readonly class: string
    readonly cause: string
    readonly at: string | null
    readonly count: number
    readonly probes: readonly string[]
  }[]
> {
  const { rows } = await sql<{
    cluster: string
    class: string
    cause: string | null
    at: string | null
    count: number
  }>`
    select ${CLUSTER} as cluster, min(class) as class, min(cause) as cause, min(at) as at, count(*) as count
    from dead_letter where project = ${project} and mapping = ${mapping} and state in ${OPEN_STATES}
      and plan_hash <> ${planHash}
    group by ${CLUSTER} order by count(*) desc, ${CLUSTER}`.execute(store.db)
  const found = []
  for (const { cluster, class: kind, cause, at, count } of rows) {
    const first = await ofOtherPlans(store, project, mapping, planHash, cluster)
      .select('id')
      .orderBy('id')
      .limit(probes)
      .execute()
    const ids = first.map(({ id }) => id)
    found.push({ cluster, class: kind, cause: cause ?? '', at, count: Number(count), probes: ids })
  }
  return found
}

/** All of a cause that were judged by another plan are due now; gives how many there are. */
export async function clusterDueNow(
  trx: Transaction,
  project: string,
  mapping: string,
  planHash: string,
  cluster: string,
): Promise<number> {
  const rows = await ofOtherPlans(trx, project, mapping, planHash, cluster).select('id').execute()
  await lettersDueNow(
    trx,
    rows.map(({ id }) => id),
  )
  return rows.length
}

/** These are due now, where they are open and not due already. */
export async function lettersDueNow(trx: Transaction, ids: readonly string[]): Promise<void> {
  const now = trx.now()
  await trx.db
    .updateTable('dead_letter')
    .set({ due_at: now })
    .where('state', 'in', OPEN_STATES)
    .where(isOneOf(trx, 'id', ids))
    .where(({ eb, or }) => or([eb('due_at', 'is', null), eb('due_at', '>', now)]))
    .execute()
}

/** How dead letters stand that were tried: still open for the same cause under this plan, not tried yet, or else. */
export async function probeStates(
  store: Queryable,
  ids: readonly string[],
  planHash: string,
  cluster: string,
): Promise<{ readonly untried: readonly string[]; readonly failed: number; readonly other: number }> {
  const rows = await store.db
    .selectFrom('dead_letter')
    .select(['id', 'state', 'plan_hash', CLUSTER.as('cluster')])
    .where(isOneOf(store, 'id', ids))
    .execute()
  const open = rows.filter(({ state }) => ['parked', 'waiting', 'retrying'].includes(state))
  const untried = open.filter((row) => row.plan_hash !== planHash).map(({ id }) => id)
  const failed = open.filter((row) => row.plan_hash === planHash && row.cluster === cluster).length
  return { untried, failed, other: ids.length - untried.length - failed }
}

/** How many of a cause were settled since an instant. */
export async function settledSince(
  store: Queryable,
  project: string,
  mapping: string,
  cluster: string,
  since: number,
): Promise<number> {
  const row = await store.db
    .selectFrom('dead_letter')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where(CLUSTER, '=', cluster)
    .where('resolved_at', '>=', since)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

function ofOtherPlans(store: Queryable, project: string, mapping: string, planHash: string, cluster: string) {
  return store.db
    .selectFrom('dead_letter')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('state', 'in', OPEN_STATES)
    .where('plan_hash', '<>', planHash)
    .where(CLUSTER, '=', cluster)
}
