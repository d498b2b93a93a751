import { sql } from 'kysely'
import type { Queryable } from './open.ts'
import type { Database } from './tables.ts'

const TABLES = {
  plan: true,
  applied_plan: true,
  target_owner: true,
  lease: true,
  cursor: true,
  ledger: true,
  dead_letter: true,
  decision: true,
  run: true,
  run_page: true,
  selection: true,
  usage: true,
  migration: true,
} as const satisfies { readonly [table in keyof Database]: true }

/** How many rows each table has. */
export async function tableCounts(store: Queryable): Promise<Readonly<Record<keyof Database, number>>> {
  const counts: Partial<Record<keyof Database, number>> = {}
  for (const table of Object.keys(TABLES) as (keyof Database)[]) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
      store.db,
    )
    counts[table] = Number(rows[0]?.count ?? 0)
  }
  return counts as Record<keyof Database, number>
}
