import { sql } from 'kysely'
import type { Queryable } from './open.ts'
import { TABLE_NAMES, type TableName } from './shape.ts'

/** The tables that a store has: one of an earlier version lacks those that came later. */
export async function presentTables({ db, dialect }: Queryable): Promise<readonly TableName[]> {
  const { rows } = await {
    sqlite: sql<{ name: string }>`select name from sqlite_master where type = 'table'`,
    postgres: sql<{
      name: string
    }>`select table_name as name from information_schema.tables where table_schema = current_schema()`,
  }[dialect].execute(db)
  const names = new Set(rows.map(({ name }) => name))
  return TABLE_NAMES.filter((name) => names.has(name))
}
