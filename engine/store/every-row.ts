import { sql } from 'kysely'
import type { Queryable } from './open.ts'
import { TABLES, type TableName } from './shape.ts'

/** A row as it stands in whatever version of the store. */
export type AnyRow = Readonly<Record<string, string | number | null>>

const PAGE = 1_000

/** All rows of a table in the order of its key, a page at a time: memory stays flat however many there are. */
export async function* everyRow(store: Queryable, table: TableName): AsyncIterable<readonly AnyRow[]> {
  const { key } = TABLES[table]
  const names = sql.join(key.map((name) => sql.ref(name)))
  let after = sql``
  for (;;) {
    const { rows } =
      await sql<AnyRow>`select * from ${sql.table(table)} ${after} order by ${names} limit ${sql.lit(
        PAGE,
      )}`.execute(store.db)
    if (rows.length > 0) yield rows
    if (rows.length < PAGE) return
    after = sql`where (${names}) > (${sql.join(key.map((name) => rows.at(-1)![name]))})`
  }
}
