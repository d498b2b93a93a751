import { sql } from 'kysely'
import { everyRow } from './every-row.ts'
import type { Queryable, Store } from './open.ts'
import { sealedColumns, TABLE_NAMES, TABLES, type TableName } from './shape.ts'

/** What a text of a column is sealed for, so that it opens nowhere else. */
function purposeOf(table: TableName, column: string): string {
  return `${table}.${column}`
}

/** A value for a column that {@link TABLES} says is sealed. */
export function sealCell(store: Queryable, table: TableName, column: string, text: string): string
export function sealCell(
  store: Queryable,
  table: TableName,
  column: string,
  text: string | null,
): string | null
export function sealCell(store: Queryable, table: TableName, column: string, text: string | null) {
  return text === null ? null : store.sealer.seal(text, purposeOf(table, column))
}

/** What {@link sealCell} sealed, or what an earlier version wrote as it is. */
export function openCell(store: Queryable, table: TableName, column: string, cell: string): string
export function openCell(
  store: Queryable,
  table: TableName,
  column: string,
  cell: string | null,
): string | null
export function openCell(store: Queryable, table: TableName, column: string, cell: string | null) {
  return cell === null ? null : store.sealer.open(cell, purposeOf(table, column))
}

/** How many texts were sealed anew, by `table.column`. */
export type ResealCounts = Readonly<Record<string, number>>

/**
 * Seals all that is to be sealed with the key that seals now: what an older key sealed, and what an earlier version kept as it
 * was. Others may work meanwhile: a cell that changed under it was sealed with the newest key by whoever wrote it. Stopped halfway,
 * it goes on where it is started again.
 */
export async function reseal(store: Store): Promise<ResealCounts> {
  const counts: Record<string, number> = {}
  for (const table of TABLE_NAMES) {
    for (const column of sealedColumns(table)) {
      counts[purposeOf(table, column)] = await resealColumn(store, table, column)
    }
  }
  return counts
}

async function resealColumn(store: Store, table: TableName, column: string): Promise<number> {
  const { key } = TABLES[table]
  const { sealer } = store
  let count = 0
  for await (const rows of everyRow(store, table)) {
    const old = rows.filter((row) => {
      const cell = row[column]
      return typeof cell === 'string' && sealer.keyOf(cell) !== sealer.current
    })
    if (old.length === 0) continue
    await store.transaction(async (trx) => {
      for (const row of old) {
        const cell = String(row[column])
        const sealed = sealCell(trx, table, column, openCell(trx, table, column, cell))
        const same = sql.join(
          [...key, column].map((name) => sql`${sql.ref(name)} = ${row[name]}`),
          sql` and `,
        )
        await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sealed} where ${same}`.execute(trx.db)
      }
    })
    count += old.length
  }
  return count
}
