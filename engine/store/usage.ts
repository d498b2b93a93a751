import type { Queryable, Transaction } from './open.ts'

/** What a connection was asked on behalf of a mapping. */
export interface Usage {
  readonly calls: number
  readonly writeCalls: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Answers that refused the call whatever it asked for: 429, THROTTLED, 401, 403. */
  readonly refusals: number
}

export interface UsageEntry extends Usage {
  readonly project: string
  readonly connection: string
  readonly mapping: string
  /** YYYY-MM-DD in the zone of the connection's limits. Default: today, UTC. */
  readonly day?: string
}

export interface UsageRow extends UsageEntry {
  readonly day: string
}

/** Adds to the counters of its day. */
export async function addUsage(trx: Transaction, entry: UsageEntry): Promise<void> {
  const { project, connection, mapping } = entry
  if (entry.calls + entry.writeCalls + entry.bytesIn + entry.bytesOut + entry.refusals === 0) return
  await trx.db
    .insertInto('usage')
    .values({
      project,
      connection,
      mapping,
      day: entry.day ?? new Date(trx.now()).toISOString().slice(0, 10),
      calls: entry.calls,
      write_calls: entry.writeCalls,
      bytes_in: entry.bytesIn,
      bytes_out: entry.bytesOut,
      refusals: entry.refusals,
    })
    .onConflict((conflict) =>
      conflict.columns(['project', 'connection', 'mapping', 'day']).doUpdateSet(({ eb, ref }) => ({
        calls: eb(ref('usage.calls'), '+', ref('excluded.calls')),
        write_calls: eb(ref('usage.write_calls'), '+', ref('excluded.write_calls')),
        bytes_in: eb(ref('usage.bytes_in'), '+', ref('excluded.bytes_in')),
        bytes_out: eb(ref('usage.bytes_out'), '+', ref('excluded.bytes_out')),
        refusals: eb(ref('usage.refusals'), '+', ref('excluded.refusals')),
      })),
    )
    .execute()
}

/** Day by day, oldest first. `since` and `until` (YYYY-MM-DD) are part of it. */
export async function usageOf(
  store: Queryable,
  project: string,
  filter: {
    readonly connection?: string
    readonly mapping?: string
    readonly since?: string
    readonly until?: string
  } = {},
): Promise<readonly UsageRow[]> {
  let query = store.db.selectFrom('usage').selectAll().where('project', '=', project)
  if (filter.connection !== undefined) query = query.where('connection', '=', filter.connection)
  if (filter.mapping !== undefined) query = query.where('mapping', '=', filter.mapping)
  if (filter.since !== undefined) query = query.where('day', '>=', filter.since)
  if (filter.until !== undefined) query = query.where('day', '<=', filter.until)
  const rows = await query.orderBy('day').orderBy('connection').orderBy('mapping').execute()
  return rows.map((row) => ({
    project: row.project,
    connection: row.connection,
    mapping: row.mapping,
    day: row.day,
    calls: row.calls,
    writeCalls: row.write_calls,
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
    refusals: row.refusals,
  }))
}

/** Calls of all mappings through a connection, by day (UTC), from a day on. */
export async function callsADay(
  store: Queryable,
  project: string,
  connection: string,
  from: string,
): Promise<readonly { readonly day: string; readonly calls: number }[]> {
  const rows = await store.db
    .selectFrom('usage')
    .select(({ fn }) => ['day', fn.sum('calls').as('calls')])
    .where('project', '=', project)
    .where('connection', '=', connection)
    .where('day', '>=', from)
    .groupBy('day')
    .orderBy('day')
    .execute()
  return rows.map(({ day, calls }) => ({ day, calls: Number(calls) }))
}
