import { type SqlBool, sql } from 'kysely'
import {
  type DeadLetterClass,
  type DeadLetterState,
  OPEN_DEAD_LETTER_STATES,
} from '../core/model/dead-letter.ts'
import { isOneOf } from './bulk.ts'
import { CLUSTER } from './clusters.ts'
import { type DeadLetterRow, deadLetterOf, type KeptRecord, keptRecordOf } from './dead-letter-row.ts'
import { arrivalsOf, forUpdate, holdLock } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import { selectOpen } from './open-letters.ts'
import { OPEN_STATES, WAITING } from './open-state.ts'

/** A record whose time has come. */
export interface DueRecord {
  readonly id: string
  readonly key: string
  /** What it is read by at the source. */
  readonly sourceKey: string
}

/** Released by the arrival of what they waited for, or due by time; the longest due first. */
export async function dueRecords(
  store: Queryable,
  project: string,
  mapping: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<readonly DueRecord[]> {
  const rows = await selectOpen(store, project, mapping)
    .select(['id', 'key', 'source_key', 'payload'])
    .where('due_at', '<=', now)
    .where('payload', 'is not', null)
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, key, source_key, payload }) => ({
    id,
    key,
    sourceKey: source_key ?? keptRecordOf(store, payload!).key,
  }))
}

/** Records as they were read last, by the id of their dead letter. */
export async function keptRecords(
  store: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KeptRecord>> {
  if (ids.length === 0) return new Map()
  const rows = await store.db
    .selectFrom('dead_letter')
    .select(['id', 'payload'])
    .where(isOneOf(store, 'id', ids))
    .where('payload', 'is not', null)
    .execute()
  return new Map(rows.map(({ id, payload }) => [id, keptRecordOf(store, payload!)]))
}

/** When the next open one is due by time (epoch ms), or null. */
export async function nextDueAt(store: Queryable, project: string, mapping: string): Promise<number | null> {
  const row = await selectOpen(store, project, mapping)
    .select(({ fn }) => fn.min('due_at').as('next'))
    .executeTakeFirst()
  return row?.next ?? null
}

/** Records of a namespace arrived: whatever waits for them is due now. */
export async function releaseWaiting(
  trx: Transaction,
  project: string,
  namespace: string,
  keys: readonly string[],
  now: number,
): Promise<void> {
  await holdLock(trx, arrivalsOf(project, namespace), 'alone')
  const waiting = trx.db
    .selectFrom('dead_letter')
    .select('id')
    .where('project', '=', project)
    .where('state', '=', WAITING)
    .where('wait_namespace', '=', namespace)
    .where(isOneOf(trx, 'wait_key', keys))
  await trx.db
    .updateTable('dead_letter')
    .set({ due_at: now })
    .where('id', 'in', forUpdate(trx, waiting, 'id'))
    .execute()
}

/** Closes the open dead letters of these keys. */
export async function resolveDeadLetters(
  trx: Transaction,
  project: string,
  mapping: string,
  keys: readonly string[],
  how: 'resolved' | 'superseded' | 'discarded',
  now: number,
): Promise<void> {
  const open = selectOpen(trx, project, mapping)
    .select('id')
    .where(isOneOf(trx, 'key', keys))
  await trx.db
    .updateTable('dead_letter')
    .set({ state: how, resolved_at: now, due_at: null })
    .where('id', 'in', forUpdate(trx, open, 'id'))
    .execute()
}

export interface DeadLetterFilter {
  readonly mapping?: string
  readonly class?: DeadLetterClass
  readonly state?: DeadLetterState
  /** Only those that still need something. */
  readonly open?: boolean
  readonly cluster?: string
  /** The place in the mapping. */
  readonly at?: string
  /** Null: those that nobody has. */
  readonly owner?: string | null
  /** A key of the source, of ours, or what people call the record. */
  readonly record?: string
  readonly ids?: readonly string[]
  /** What label or message have in them, in large letters or small. */
  readonly text?: string
  /** First seen before this instant (epoch ms). */
  readonly before?: number
  readonly limit: number
  /** The id of the last one of the list before; in the default order. */
  readonly after?: string
  /** Default: newest. */
  readonly sort?: keyof typeof ORDERS
}

/** Orders of the list; what is alike in it stands newest first. */
const ORDERS = {
  newest: ['id', 'desc'],
  oldest: ['first_seen_at', 'asc'],
  'last-seen': ['last_seen_at', 'desc'],
  attempts: ['attempts', 'desc'],
  due: ['due_at', 'asc'],
} as const satisfies { readonly [order: string]: readonly [string, 'asc' | 'desc'] }
export const DEAD_LETTER_ORDERS = Object.keys(ORDERS) as readonly (keyof typeof ORDERS)[]

export async function deadLetters(
  store: Queryable,
  project: string,
  filter: DeadLetterFilter,
): Promise<readonly DeadLetterRow[]> {
  let query = store.db.selectFrom('dead_letter').selectAll().where('project', '=', project)
  if (filter.mapping !== undefined) query = query.where('mapping', '=', filter.mapping)
  if (filter.class !== undefined) query = query.where('class', '=', filter.class)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.open === true) query = query.where('state', 'in', OPEN_STATES)
  if (filter.cluster !== undefined) query = query.where(CLUSTER, '=', filter.cluster)
  if (filter.at !== undefined) query = query.where('at', '=', filter.at)
  if (filter.owner === null) query = query.where('owner', 'is', null)
  else if (filter.owner !== undefined) query = query.where('owner', '=', filter.owner)
  const { record } = filter
  if (record !== undefined)
    query = query.where(({ eb, or }) =>
      or([eb('key', '=', record), eb('source_key', '=', record), eb('label', '=', record)]),
    )
  if (filter.ids !== undefined) query = query.where(isOneOf(store, 'id', filter.ids))
  if (filter.before !== undefined) query = query.where('first_seen_at', '<', filter.before)
  if (filter.text !== undefined) query = query.where(hasText(filter.text))
  if (filter.after !== undefined) query = query.where('id', '<', filter.after)
  const [column, direction] = ORDERS[filter.sort ?? 'newest']
  const rows = await query.orderBy(column, direction).orderBy('id', 'desc').limit(filter.limit).execute()
  return rows.map((row) => deadLetterOf(store, row))
}

/** Mappings that have or had dead letters, applied or not; by name. */
export async function parkedMappings(store: Queryable, project: string): Promise<readonly string[]> {
  const rows = await store.db
    .selectFrom('dead_letter')
    .select('mapping')
    .distinct()
    .where('project', '=', project)
    .orderBy('mapping')
    .execute()
  return rows.map(({ mapping }) => mapping)
}

/** The text may hold what `like` takes for any character. */
function hasText(text: string) {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const within = (column: string) => sql`lower(${sql.ref(column)}) like ${pattern} escape '\\'`
  return sql<SqlBool>`(${sql.join(['label', 'message'].map(within), sql` or `)})`
}

export async function deadLetterById(
  store: Queryable,
  project: string,
  id: string,
): Promise<DeadLetterRow | null> {
  const row = await store.db
    .selectFrom('dead_letter')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : deadLetterOf(store, row)
}

/** The open one of a mapping by what people call the record. */
export async function deadLetterByLabel(
  store: Queryable,
  project: string,
  mapping: string,
  label: string,
): Promise<(DeadLetterRow & { readonly payload: KeptRecord }) | null> {
  const row = await selectOpen(store, project, mapping)
    .selectAll()
    .where('label', '=', label)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const letter = row === undefined ? null : deadLetterOf(store, row)
  return letter?.payload == null ? null : { ...letter, payload: letter.payload }
}

/** The open one of a record. */
export async function openDeadLetterOf(
  store: Queryable,
  project: string,
  mapping: string,
  key: string,
): Promise<DeadLetterRow | null> {
  const row = await selectOpen(store, project, mapping).selectAll().where('key', '=', key).executeTakeFirst()
  return row === undefined ? null : deadLetterOf(store, row)
}

/** How many of a mapping still need something. */
export async function openDeadLetterCount(
  store: Queryable,
  project: string,
  mapping: string,
): Promise<number> {
  const row = await selectOpen(store, project, mapping)
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export interface DeadLetterCount {
  readonly mapping: string
  readonly state: DeadLetterState
  readonly class: DeadLetterClass
  readonly open: boolean
  readonly count: number
}

export async function deadLetterCounts(
  store: Queryable,
  project: string,
): Promise<readonly DeadLetterCount[]> {
  const rows = await store.db
    .selectFrom('dead_letter')
    .select(({ fn }) => ['mapping', 'state', 'class', fn.countAll().as('count')])
    .where('project', '=', project)
    .groupBy(['mapping', 'state', 'class'])
    .orderBy('mapping')
    .orderBy('state')
    .orderBy('class')
    .execute()
  return rows.map((row) => ({
    mapping: row.mapping,
    state: row.state as DeadLetterState,
    class: row.class as DeadLetterClass,
    open: (OPEN_DEAD_LETTER_STATES as readonly string[]).includes(row.state),
    count: Number(row.count),
  }))
}

export type { DeadLetterRow, KeptRecord } from './dead-letter-row.ts'
export { type NewDeadLetter, parkRecords } from './park.ts'
