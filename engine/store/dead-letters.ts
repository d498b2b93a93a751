import {
  type DeadLetterClass,
  type DeadLetterState,
  OPEN_DEAD_LETTER_STATES,
} from '../core/model/dead-letter.ts'
import { isOneOf } from './bulk.ts'
import { type DeadLetterRow, deadLetterOf, type KeptRecord, keptRecordOf } from './dead-letter-row.ts'
import { arrivalsOf, forUpdate, holdLock } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import { OPEN_STATES, WAITING } from './open-state.ts'

/** Why a key is parked. */
export interface OpenDeadLetter {
  readonly class: DeadLetterClass
  readonly message: string
  readonly at: string | null
  /** The source's stamp of the version that is parked. */
  readonly stamp: string
  /** The source it was judged on; null when it is due, so that it is judged again whether the source changed or not. */
  readonly sourceHash: string | null
  readonly planHash: string
}

/** By key; keys without an open dead letter are left out. */
export async function openDeadLetterKeys(
  store: Queryable,
  project: string,
  mapping: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, OpenDeadLetter>> {
  if (keys.length === 0) return new Map()
  const now = store.now()
  const rows = await selectOpen(store, project, mapping)
    .select(['key', 'class', 'message', 'at', 'payload', 'source_hash', 'plan_hash', 'due_at'])
    .where(isOneOf(store, 'key', keys))
    .execute()
  return new Map(
    rows.map((row) => [
      row.key,
      {
        class: row.class as DeadLetterClass,
        message: row.message,
        at: row.at,
        stamp: keptRecordOf(store, row.payload!).stamp,
        sourceHash: row.due_at !== null && row.due_at <= now ? null : row.source_hash,
        planHash: row.plan_hash,
      },
    ]),
  )
}

/** A record whose time has come, as it was read last. */
export interface DueRecord {
  readonly id: string
  readonly key: string
  readonly payload: KeptRecord
}

/** Released by the arrival of what they waited for, or due by time; the longest due first. */
export async function dueRecords(
  store: Queryable,
  project: string,
  mapping: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<readonly DueRecord[]> {
  const rows = await selectOpen(store, project, mapping)
    .select(['id', 'key', 'payload'])
    .where('due_at', '<=', now)
    .where('payload', 'is not', null)
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, key, payload }) => ({ id, key, payload: keptRecordOf(store, payload!) }))
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
  readonly limit: number
  /** The id of the last one of the list before. */
  readonly after?: string
}

/** Newest first. */
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
  if (filter.after !== undefined) query = query.where('id', '<', filter.after)
  const rows = await query.orderBy('id', 'desc').limit(filter.limit).execute()
  return rows.map((row) => deadLetterOf(store, row))
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

function selectOpen(store: Queryable, project: string, mapping: string) {
  return store.db
    .selectFrom('dead_letter')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('state', 'in', OPEN_STATES)
}

export type { DeadLetterRow, KeptRecord } from './dead-letter-row.ts'
export { type NewDeadLetter, parkRecords } from './park.ts'
