import { CompiledQuery, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Dialect, Queryable, Transaction } from './open.ts'
import type { Database } from './tables.ts'

type Cell = string | number | null

export interface Upsert<Column extends string> {
  readonly table: keyof Database
  readonly columns: readonly Column[]
  /** The columns of the unique key that tells whether a row exists. */
  readonly key: readonly NoInfer<Column>[]
  /** SQL for a column of a row that exists; the new value (`excluded`) otherwise. */
  readonly set?: { readonly [name in NoInfer<Column>]?: (dialect: Dialect) => string }
}

/** The most rows in one statement. SQLite gains nothing from more; over a network each statement is a turn. */
const MOST_ROWS = { sqlite: 16, postgres: 128 } as const satisfies { readonly [dialect in Dialect]: number }

/**
 * Writes any number of rows, each inserted or updated. Statements hold a power of two of rows, so that there are a few texts
 * for every number of rows, and all of them are prepared once.
 */
export function createUpsert<const Column extends string>(definition: Upsert<Column>) {
  const texts = new Map<string, string>()
  const textOf = (dialect: Dialect, rows: number): string => {
    const id = `${dialect} ${rows}`
    const text = texts.get(id) ?? upsertText(definition, dialect, rows)
    texts.set(id, text)
    return text
  }
  return async (trx: Transaction, rows: readonly { readonly [name in Column]: Cell }[]): Promise<void> => {
    for (let start = 0, size: number = MOST_ROWS[trx.dialect]; start < rows.length; start += size) {
      while (size > rows.length - start) size /= 2
      const cells: Cell[] = []
      for (const row of rows.slice(start, start + size)) {
        for (const column of definition.columns) cells.push(row[column])
      }
      await trx.db.executeQuery(CompiledQuery.raw(textOf(trx.dialect, size), cells))
    }
  }
}

function upsertText<Column extends string>(
  definition: Upsert<Column>,
  dialect: Dialect,
  rows: number,
): string {
  const { table, columns, key, set } = definition
  const parameter = { sqlite: () => '?', postgres: (index: number) => `$${index + 1}` }[dialect]
  const row = (index: number): string =>
    `(${columns.map((_, column) => parameter(index * columns.length + column)).join(', ')})`
  const updates = columns
    .filter((name) => !key.includes(name))
    .map((name) => `${quote(name)} = ${set?.[name]?.(dialect) ?? `excluded.${quote(name)}`}`)
  return `insert into ${quote(table)} (${columns.map(quote).join(', ')}) values ${Array.from({ length: rows }, (_, index) => row(index)).join(', ')}
    on conflict (${key.map(quote).join(', ')}) do update set ${updates.join(', ')}`
}

/** The column has one of the values: one parameter, whatever their number. */
export function isOneOf(target: Queryable, column: string, values: readonly string[]): RawBuilder<SqlBool> {
  const name = sql.ref(column)
  return {
    sqlite: sql<SqlBool>`${name} in (select value from json_each(${JSON.stringify(values)}))`,
    // Not a subquery: without statistics PostgreSQL would read all rows for it.
    postgres: sql<SqlBool>`${name} = any(${sql.val(values)}::text[])`,
  }[target.dialect]
}

function quote(name: string): string {
  return `"${name}"`
}
