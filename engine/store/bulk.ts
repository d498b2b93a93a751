import { type RawBuilder, sql } from 'kysely'
import type { Dialect, Queryable, Transaction } from './open.ts'
import type { Database } from './tables.ts'

type Cell = string | number | null
type ColumnType = 'text' | 'integer' | 'bigint'

export interface Upsert<Column extends string> {
  readonly table: keyof Database
  readonly columns: { readonly [name in Column]: ColumnType }
  /** The columns of the unique key that tells whether a row exists. */
  readonly key: readonly NoInfer<Column>[]
  /** SQL for a column of a row that exists; the new value (`excluded`) otherwise. */
  readonly set?: { readonly [name in NoInfer<Column>]?: (dialect: Dialect) => string }
}

/**
 * Writes any number of rows in one statement with one parameter (the rows as JSON), so that its text, and the prepared
 * statement, is the same for every number of rows.
 */
export function createUpsert<Column extends string>(definition: Upsert<Column>) {
  const columns = Object.entries<ColumnType>(definition.columns) as [Column, ColumnType][]
  const names = columns.map(([name]) => quote(name)).join(', ')
  const values = columns.map(([, type], index) => `cast(value ->> ${index} as ${type})`).join(', ')
  const head = `insert into ${quote(definition.table)} (${names}) select ${values} from`
  const tail = (dialect: Dialect): string => {
    const updates = columns
      .filter(([name]) => !definition.key.includes(name))
      .map(([name]) => `${quote(name)} = ${definition.set?.[name]?.(dialect) ?? `excluded.${quote(name)}`}`)
    return `where true on conflict (${definition.key.map(quote).join(', ')}) do update set ${updates.join(', ')}`
  }
  return async (trx: Transaction, rows: readonly { readonly [name in Column]: Cell }[]): Promise<void> => {
    if (rows.length === 0) return
    const json = JSON.stringify(rows.map((row) => columns.map(([name]) => row[name])))
    await sql`${sql.raw(head)} ${elements(trx, json)} ${sql.raw(tail(trx.dialect))}`.execute(trx.db)
  }
}

/** The list as the right side of an `in`: one parameter, whatever its length. */
export function listOf(target: Queryable, values: readonly string[]): RawBuilder<string> {
  return sql<string>`(select value from ${elements(target, JSON.stringify(values))})`
}

/** A JSON list as a table with one column, `value`. */
function elements(_target: Queryable, json: string): RawBuilder<unknown> {
  return sql`json_each(${json})`
}

function quote(name: string): string {
  return `"${name}"`
}
