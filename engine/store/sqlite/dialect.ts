import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'

/** A statement is compiled once and kept; this many are, the oldest is dropped first. */
const MOST_STATEMENTS = 200

/**
 * Kysely's own SQLite dialect over Node's own SQLite. WAL and `synchronous=FULL`: with NORMAL a power cut could lose the intent of a
 * write that happened. Transactions begin IMMEDIATE: the CLI and a worker may hold the file at once, and a reader that turns writer
 * in the middle could not be retried.
 */
export function sqliteDialect(path: string): SqliteDialect {
  const database = new DatabaseSync(path)
  database.exec('pragma busy_timeout = 15000')
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = full')
  const statements = new Map<string, StatementSync>()
  const statementOf = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    if (statements.size >= MOST_STATEMENTS) statements.delete(statements.keys().next().value!)
    statements.set(sql, statement)
    return statement
  }
  const adapter: SqliteDatabase = {
    close: () => {
      statements.clear()
      database.close()
    },
    prepare(sql) {
      const statement = statementOf(sql === 'begin' ? 'begin immediate' : sql)
      const adapted: SqliteStatement = {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      }
      return adapted
    },
  }
  return new SqliteDialect({ database: adapter })
}
