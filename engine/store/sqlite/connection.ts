import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  CompiledQuery as Compiled,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
} from 'kysely'

/** How many prepared statements a connection keeps; the least recently used one goes first. */
const MOST_STATEMENTS = 256

/** One open database file. `synchronous=FULL`: with less, a power cut can lose the intent of a write that happened. */
export function openFile(path: string, busyTimeoutMs: number): DatabaseSync {
  const file = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
  file.exec('PRAGMA journal_mode = WAL')
  file.exec('PRAGMA synchronous = FULL')
  // 16 MB, four times the default: pages that change again soon are copied into the file once.
  file.exec('PRAGMA wal_autocheckpoint = 4000')
  file.exec('PRAGMA temp_store = MEMORY')
  return file
}

/** The error is SQLite's "someone else has it locked", which passes by itself. */
export function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode
  // The low byte is the primary code: SQLITE_BUSY 5, SQLITE_LOCKED 6 (sqlite.org/rescode.html).
  return typeof code === 'number' && [5, 6].includes(code & 0xff)
}

interface Prepared {
  readonly statement: StatementSync
  readonly givesRows: boolean
}

/** A Kysely connection over an open file. Statements are prepared once and kept. */
export function sqliteConnection(file: DatabaseSync): DatabaseConnection {
  const statements = new Map<string, Prepared>()

  const prepare = (sql: string): Prepared => {
    const known = statements.get(sql)
    if (known !== undefined) {
      statements.delete(sql)
      statements.set(sql, known)
      return known
    }
    const statement = file.prepare(sql)
    const prepared = { statement, givesRows: statement.columns().length > 0 }
    statements.set(sql, prepared)
    if (statements.size > MOST_STATEMENTS) statements.delete(statements.keys().next().value!)
    return prepared
  }

  const execute = <Row>(query: CompiledQuery): QueryResult<Row> => {
    const { statement, givesRows } = prepare(query.sql)
    const parameters = query.parameters as readonly SQLInputValue[]
    if (givesRows) return { rows: statement.all(...parameters) as Row[] }
    const { changes, lastInsertRowid } = statement.run(...parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  return {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      return execute<Row>(query)
    },
    async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
      const parameters = query.parameters as readonly SQLInputValue[]
      // A statement of its own: the kept one may be used again before the stream ends.
      for (const row of file.prepare(query.sql).iterate(...parameters)) yield { rows: [row as Row] }
    },
  }
}

export const BEGIN = Compiled.raw('begin immediate')
/** As of the first read; writers go on. */
export const BEGIN_READING = Compiled.raw('begin')
export const COMMIT = Compiled.raw('commit')
export const ROLLBACK = Compiled.raw('rollback')
