import type { AlertChange, AlertMessage } from '../core/alert/message.ts'
import type { AlertStateTable } from './alert-tables.ts'
import { holdLock } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'

/** Where a rule stands, and what people know of it. */
export interface AlertState {
  /** Null: of a connection. */
  readonly mapping: string | null
  readonly rule: string
  readonly kind: string
  readonly firing: boolean
  /** Since when it stands so. */
  readonly since: number
  readonly escalated: boolean
  /** Of a rule that holds in steps: the last one. */
  readonly stage: number | null
  /** Of its last change; 0: none yet. */
  readonly sequence: number
  /** Channels that were told that it fires, and nothing since. */
  readonly told: readonly string[]
  /** What its last change says to people. */
  readonly message: AlertMessage | null
  /** Up to when it was judged. */
  readonly evaluatedAt: number
}

/** A change of a rule's state, as history keeps it. */
export interface AlertChangeRow {
  readonly mapping: string | null
  readonly rule: string
  readonly sequence: number
  readonly change: AlertChange
  readonly at: number
  readonly since: number
  readonly count: number | null
  readonly summary: string
}

/** Until the transaction ends nobody else judges the rules of this mapping (null: those of connections). */
export async function lockAlerts(trx: Transaction, project: string, mapping: string | null): Promise<void> {
  await holdLock(trx, ['alerts', project, mapping ?? ''], 'alone')
}

/** By id of the rule; `mapping` null: those of connections. */
export async function alertStatesOf(
  store: Queryable,
  project: string,
  mapping: string | null,
): Promise<ReadonlyMap<string, AlertState>> {
  const rows = await store.db
    .selectFrom('alert_state')
    .selectAll()
    .where('project', '=', project)
    .where('mapping', '=', mapping ?? '')
    .execute()
  return new Map(rows.map((row) => [row.rule, stateOf(row)]))
}

/** All of a project, by mapping and rule. */
export async function alertStates(store: Queryable, project: string): Promise<readonly AlertState[]> {
  const rows = await store.db
    .selectFrom('alert_state')
    .selectAll()
    .where('project', '=', project)
    .orderBy('mapping')
    .orderBy('rule')
    .execute()
  return rows.map(stateOf)
}

export async function saveAlertState(trx: Transaction, project: string, state: AlertState): Promise<void> {
  const said = {
    kind: state.kind,
    firing: state.firing ? 1 : 0,
    since: state.since,
    escalated: state.escalated ? 1 : 0,
    stage: state.stage,
    sequence: state.sequence,
    told: JSON.stringify(state.told),
    message: state.message === null ? null : JSON.stringify(state.message),
    evaluated_at: state.evaluatedAt,
  }
  await trx.db
    .insertInto('alert_state')
    .values({ project, mapping: state.mapping ?? '', rule: state.rule, ...said })
    .onConflict((conflict) => conflict.columns(['project', 'mapping', 'rule']).doUpdateSet(said))
    .execute()
}

/** The rule is watched no more. Its history stays. */
export async function dropAlertState(
  trx: Transaction,
  project: string,
  { mapping, rule }: Pick<AlertState, 'mapping' | 'rule'>,
): Promise<void> {
  await trx.db
    .deleteFrom('alert_state')
    .where('project', '=', project)
    .where('mapping', '=', mapping ?? '')
    .where('rule', '=', rule)
    .execute()
}

export async function addAlertChange(
  trx: Transaction,
  project: string,
  { mapping, ...change }: AlertChangeRow,
): Promise<void> {
  await trx.db
    .insertInto('alert_change')
    .values({ project, mapping: mapping ?? '', ...change })
    .execute()
}

/** The number of the last change of a rule, which it keeps when it is watched again. */
export async function lastSequence(
  store: Queryable,
  project: string,
  mapping: string | null,
  rule: string,
): Promise<number> {
  const row = await store.db
    .selectFrom('alert_change')
    .select(({ fn }) => fn.max('sequence').as('last'))
    .where('project', '=', project)
    .where('mapping', '=', mapping ?? '')
    .where('rule', '=', rule)
    .executeTakeFirst()
  return Number(row?.last ?? 0)
}

/** When the state of a rule changed last; null: never. */
export async function lastChangeAt(
  store: Queryable,
  project: string,
  mapping: string | null,
  rule: string,
): Promise<number | null> {
  const row = await store.db
    .selectFrom('alert_change')
    .select(({ fn }) => fn.max('at').as('last'))
    .where('project', '=', project)
    .where('mapping', '=', mapping ?? '')
    .where('rule', '=', rule)
    .executeTakeFirst()
  return row?.last == null ? null : Number(row.last)
}

/** In order of time. */
export async function alertChanges(
  store: Queryable,
  project: string,
  filter: { readonly mapping?: string | null; readonly rule?: string; readonly from?: number } = {},
): Promise<readonly AlertChangeRow[]> {
  let query = store.db.selectFrom('alert_change').selectAll().where('project', '=', project)
  if (filter.mapping !== undefined) query = query.where('mapping', '=', filter.mapping ?? '')
  if (filter.rule !== undefined) query = query.where('rule', '=', filter.rule)
  if (filter.from !== undefined) query = query.where('at', '>=', filter.from)
  const rows = await query.orderBy('at').orderBy('mapping').orderBy('rule').orderBy('sequence').execute()
  return rows.map(({ project: _of, mapping, change, ...row }) => ({
    ...row,
    mapping: mapping === '' ? null : mapping,
    change: change as AlertChange,
  }))
}

function stateOf(row: AlertStateTable): AlertState {
  return {
    mapping: row.mapping === '' ? null : row.mapping,
    rule: row.rule,
    kind: row.kind,
    firing: row.firing === 1,
    since: row.since,
    escalated: row.escalated === 1,
    stage: row.stage,
    sequence: row.sequence,
    told: JSON.parse(row.told) as readonly string[],
    message: row.message === null ? null : (JSON.parse(row.message) as AlertMessage),
    evaluatedAt: row.evaluated_at,
  }
}
