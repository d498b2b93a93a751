import { sql } from 'kysely'
import type { Store } from './open.ts'
import type { UsageTable } from './schema.ts'

export type UsageCounts = Omit<UsageTable, 'day'>

/** Adds to today's counts of a connection and mapping. */
export async function addUsage(store: Store, counts: UsageCounts): Promise<void> {
  if (counts.calls === 0) return
  const day = new Date(store.now()).toISOString().slice(0, 10)
  await store.db
    .insertInto('usage')
    .values({ ...counts, day })
    .onConflict((conflict) =>
      conflict.columns(['project', 'connection', 'mapping', 'day']).doUpdateSet({
        calls: sql`usage.calls + excluded.calls`,
        writeCalls: sql`usage."writeCalls" + excluded."writeCalls"`,
        bytesIn: sql`usage."bytesIn" + excluded."bytesIn"`,
        bytesOut: sql`usage."bytesOut" + excluded."bytesOut"`,
        refusals: sql`usage.refusals + excluded.refusals`,
      }),
    )
    .execute()
}

export async function usageOf(store: Store, project: string): Promise<readonly UsageTable[]> {
  return store.db.selectFrom('usage').selectAll().where('project', '=', project).orderBy('day').execute()
}
