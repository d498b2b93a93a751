import { sql } from 'kysely'
import type { Queryable } from './open.ts'
import { TABLE_NAMES, type TableName } from './shape.ts'

export type TableCounts = Readonly<Record<TableName, number>>

/** How many rows each table has. */
export async function tableCounts(store: Queryable): Promise<TableCounts> {
  const counts: Partial<Record<TableName, number>> = {}
  for (const table of TABLE_NAMES) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
      store.db,
    )
    counts[table] = Number(rows[0]?.count ?? 0)
  }
  return counts as TableCounts
}
