import {
  type CompiledQuery,
  type DatabaseConnection,
  type DataTypeNode,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import pg from 'pg'
import { SyncError } from '../../core/model/failure.ts'
import type { DatabaseClock } from './clock.ts'
import { faultOf, isLost } from './fault.ts'
import type { PostgresSettings } from './settings.ts'

/** How long a statement waits for a lock of another transaction: as long as SQLite's writers wait for the file. */
const PATIENCE_MS = 20_000
/**
 * How long a transaction may do nothing. Ours do nothing but ask the store, so this one's process was stopped or cut off:
 * its locks must not keep others waiting.
 */
const IDLE_MS = 15_000
/** How long a statement may take until its connection counts as lost; a network can swallow answers without a word. */
const ANSWER_MS = 60_000
/** How many prepared statements a connection may keep. */
const MOST_STATEMENTS = 256

const INT8 = 20

export interface PoolOptions {
  readonly settings: PostgresSettings
  readonly clock: DatabaseClock
  readonly readOnly?: boolean
  /** For new versions, checks and copies: everything may take as long as it takes. */
  readonly patient?: boolean
}

/** Kysely on a small pool of connections. Errors come as {@link SyncError} where they are not ours. */
export function postgresDialect(options: PoolOptions): Dialect {
  return {
    createDriver: () => createDriver(options),
    createQueryCompiler: () => new Compiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

/**
 * Texts are ordered by their bytes, as SQLite does: every database gives the same order, and no update of the machine's
 * locales can break a unique index.
 */
class Compiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node)
    if (node.dataType === 'text' && this.parentNode?.kind === 'ColumnDefinitionNode')
      this.append(' collate "C"')
  }
}

function createDriver({ settings, clock, readOnly = false, patient = false }: PoolOptions): Driver {
  const where = `${settings.host}:${settings.port}/${settings.database}`
  const pool = new pg.Pool({
    ...withoutUndefined(settings),
    max: 4,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: PATIENCE_MS,
    idleTimeoutMillis: 60_000,
    application_name: 'tidelock',
    types: { getTypeParser },
    onConnect: async (client) => {
      const access = readOnly ? 'set session characteristics as transaction read only; ' : ''
      clock.set(timeIn(await client.query(`${access}${TIME}`)))
    },
  })
  // Of an idle connection: the next one to ask gets a new one.
  pool.on('error', () => {})
  const names = new Map<string, string>()
  const ofConnection = new WeakMap<DatabaseConnection, { release(): void; ask: Ask }>()

  return {
    async init() {},
    async acquireConnection() {
      const client = await pool.connect().catch((error: unknown) => {
        throw faultOf(error, where)
      })
      // Lost while it was out: told by the statement under way.
      const ignore = (): void => {}
      client.on('error', ignore)
      let lost = false
      const ask: Ask = async (query) => {
        try {
          return await client.query(patient ? query : { query_timeout: ANSWER_MS, ...query })
        } catch (error) {
          lost ||= isLost(error)
          throw faultOf(error, where)
        }
      }
      const connection = connectionOf(ask, names)
      ofConnection.set(connection, {
        ask,
        release() {
          client.off('error', ignore)
          client.release(lost)
        },
      })
      return connection
    },
    async releaseConnection(connection) {
      ofConnection.get(connection)!.release()
    },
    async beginTransaction(connection, { isolationLevel = 'read committed', accessMode }) {
      // In one message: no way there and back more than the bare begin.
      const answers = await ofConnection.get(connection)!.ask({
        text: `begin isolation level ${isolationLevel}, ${accessMode ?? (readOnly ? 'read only' : 'read write')};
          set local lock_timeout = ${patient ? 0 : PATIENCE_MS};
          set local idle_in_transaction_session_timeout = ${patient ? 0 : IDLE_MS};
          ${TIME}`,
      })
      clock.set(timeIn(answers))
    },
    async commitTransaction(connection) {
      const { command } = await ofConnection.get(connection)!.ask({ text: 'commit' })
      // What PostgreSQL answers when a statement had failed before.
      if (command === 'ROLLBACK')
        throw new SyncError('bug', 'A transaction went on after one of its statements had failed.')
    },
    async rollbackTransaction(connection) {
      // A connection that is lost has rolled back.
      await ofConnection
        .get(connection)!
        .ask({ text: 'rollback' })
        .catch(() => {})
    },
    destroy: () => pool.end(),
  }
}

const TIME = 'select extract(epoch from clock_timestamp()) * 1000 as now'

/** Of several statements in one message `pg` gives several results. */
function timeIn(answers: pg.QueryResult | readonly pg.QueryResult[]): number {
  const last = (Array.isArray(answers) ? answers : [answers]).at(-1) as pg.QueryResult<{ now: string }>
  return Number(last.rows[0]!.now)
}

type Ask = (query: pg.QueryConfig & { readonly query_timeout?: number }) => Promise<pg.QueryResult>

function connectionOf(ask: Ask, names: Map<string, string>): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const name = nameOf(text, names)
      const { command, rowCount, rows } = await ask({
        text,
        values: parameters.map(parameterOf),
        ...(name === undefined ? {} : { name }),
      })
      return {
        rows: rows as Row[],
        ...(WRITES.includes(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}),
      }
    },
    // biome-ignore lint/correctness/useYield: nothing is streamed
    async *streamQuery() {
      throw new SyncError('bug', 'The store streams nothing on PostgreSQL.')
    },
  }
}

const WRITES = ['INSERT', 'UPDATE', 'DELETE']

/**
 * Statements that write are prepared: their texts are few and long. Those that give rows are not: prepared ones fail for good
 * once another process has added a column.
 */
function nameOf(text: string, names: Map<string, string>): string | undefined {
  if (!/^(insert|update|delete) /.test(text) || / returning /.test(text)) return undefined
  const known = names.get(text)
  if (known !== undefined || names.size >= MOST_STATEMENTS) return known
  const name = `tidelock_${names.size}`
  names.set(text, name)
  return name
}

/** PostgreSQL has no text with a zero byte in it. */
function parameterOf(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value
}

/** Whole numbers come as numbers; the store has none beyond 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return oid === INT8 ? Number : (pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown)
}

function withoutUndefined<Shape extends object>(shape: Shape): Partial<Shape> {
  return Object.fromEntries(
    Object.entries(shape).filter(([, value]) => value !== undefined),
  ) as Partial<Shape>
}
