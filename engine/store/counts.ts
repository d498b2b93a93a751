import { sql } from 'kysely'
import type { Queryable } from './open.ts'
import { presentTables } from './present-tables.ts'
import { TABLE_NAMES, type TableName } from './shape.ts'

export type TableCounts = Readonly<Record<TableName, number>>

/** How many rows each table has. One that the store does not have yet has none. */
export async function tableCounts(store: Queryable): Promise<TableCounts> {
  const counts = Object.fromEntries(TABLE_NAMES.map((table) => [table, 0])) as Record<TableName, number>
  for (const table of await presentTables(store)) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
      store.db,
    )
    counts[table] = Number(rows[0]?.count ?? 0)
  }
  return counts
}
