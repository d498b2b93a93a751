import { sql } from 'kysely'
import type { DeadLetterClass } from '../core/model/dead-letter.ts'
import type { Queryable } from './open.ts'
import { OPEN_STATES } from './open-state.ts'

/** Open dead letters of one cause. */
export interface Cluster {
  readonly mapping: string
  readonly cluster: string
  readonly class: DeadLetterClass
  /** The message without anything of a record in it. */
  readonly cause: string
  readonly at: string | null
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly count: number
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  /** Ids of the three that were parked last. */
  readonly examples: readonly string[]
}

/** Of a dead letter that an earlier version parked the cause is not known yet: its class stands for it. */
export const CLUSTER = sql<string>`coalesce(cluster, class)`

const EXAMPLES = 3

/** The largest first. */
export async function clusters(
  store: Queryable,
  project: string,
  filter: { readonly mapping?: string } = {},
): Promise<readonly Cluster[]> {
  const ofMapping = filter.mapping === undefined ? sql`` : sql`and mapping = ${filter.mapping}`
  const { rows } = await sql<{
    mapping: string
    cluster: string
    class: string
    cause: string | null
    at: string | null
    count: number
    first_seen_at: number
    last_seen_at: number
  }>`
    select mapping, ${CLUSTER} as cluster, min(class) as class, min(cause) as cause, min(at) as at, count(*) as count,
      min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
    from dead_letter where project = ${project} and state in ${OPEN_STATES} ${ofMapping}
    group by mapping, ${CLUSTER} order by count(*) desc, mapping, ${CLUSTER}`.execute(store.db)
  const found: Cluster[] = []
  for (const row of rows) {
    const examples = await store.db
      .selectFrom('dead_letter')
      .select(['id', 'file', 'line', 'column'])
      .where('project', '=', project)
      .where('mapping', '=', row.mapping)
      .where('state', 'in', OPEN_STATES)
      .where(CLUSTER, '=', row.cluster)
      .orderBy('id', 'desc')
      .limit(EXAMPLES)
      .execute()
    const [newest] = examples
    found.push({
      mapping: row.mapping,
      cluster: row.cluster,
      class: row.class as DeadLetterClass,
      cause: row.cause ?? '',
      at: row.at,
      file: newest?.file ?? null,
      line: newest?.line ?? null,
      column: newest?.column ?? null,
      count: Number(row.count),
      firstSeenAt: Number(row.first_seen_at),
      lastSeenAt: Number(row.last_seen_at),
      examples: examples.map(({ id }) => id),
    })
  }
  return found
}
