import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { DeadLetterClass, DeadLetterState } from '../core/model/dead-letter.ts'
import type { JsonObject } from '../core/model/json.ts'
import { fromText, parts, toText } from './json.ts'
import type { Store, Transaction } from './open.ts'
import type { DeadLetterTable } from './schema.ts'

/** The record as it was read: the evidence, and the input only when the source no longer has it. */
export interface KeptRecord {
  readonly key: string
  readonly stamp: string
  readonly data: JsonObject
}

export interface NewDeadLetter {
  readonly project: string
  readonly mapping: string
  readonly namespace: string
  readonly key: string
  readonly label: string | null
  readonly class: DeadLetterClass
  readonly message: string
  readonly at: string | null
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly state: 'parked' | 'waiting'
  readonly payload: KeptRecord
  readonly sourceHash: string
  readonly mapped: JsonObject | null
  readonly targetId: string | null
  /** When it is tried again, by the number of tries so far; after the last one a person decides. */
  readonly dueAfterMs: readonly number[]
  readonly planHash: string
  readonly runId: string
  readonly waitsFor: { readonly namespace: string; readonly mapping: string; readonly key: string } | null
}

export interface DeadLetterRow {
  readonly id: string
  readonly mapping: string
  readonly key: string
  readonly label: string | null
  readonly class: DeadLetterClass
  readonly message: string
  readonly at: string | null
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly state: DeadLetterState
  readonly payload: KeptRecord
  readonly mapped: JsonObject | null
  readonly targetId: string | null
  readonly attempts: number
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly dueAt: number | null
  readonly planHash: string
  readonly runId: string
  readonly waitsFor: { readonly mapping: string; readonly key: string } | null
  readonly resolvedAt: number | null
}

/** Parks records: one open row a key, its attempts counted up when it is parked again. */
export async function parkRecords(trx: Transaction, letters: readonly NewDeadLetter[], now: number): Promise<void> {
  const byMapping = Map.groupBy(letters, (letter) => `${letter.project}\u0000${letter.mapping}`)
  for (const group of byMapping.values()) {
    const known = new Map<string, number>()
    for (const part of parts(group)) {
      const rows = await trx
        .selectFrom('dead_letter')
        .select(['key', 'attempts'])
        .where('project', '=', part[0]!.project)
        .where('mapping', '=', part[0]!.mapping)
        .where('open', '=', 1)
        .where('key', 'in', part.map((letter) => letter.key))
        .execute()
      for (const row of rows) known.set(row.key, row.attempts)
    }
    for (const letter of group) await parkOne(trx, letter, known.get(letter.key) ?? 0, now)
  }
}

async function parkOne(trx: Transaction, letter: NewDeadLetter, attempts: number, now: number): Promise<void> {
  const wait = letter.dueAfterMs[attempts]
  const { dueAfterMs: _due, waitsFor, payload, mapped, ...columns } = letter
  const values = {
    ...columns,
    payload: toText(payload),
    mapped: mapped === null ? null : toText(mapped),
    attempts: attempts + 1,
    lastSeenAt: now,
    dueAt: wait === undefined ? null : now + wait,
    waitsForNamespace: waitsFor?.namespace ?? null,
    waitsForMapping: waitsFor?.mapping ?? null,
    waitsForKey: waitsFor?.key ?? null,
    resolvedAt: null,
  }
  if (attempts === 0) {
    await trx.insertInto('dead_letter').values({ ...values, id: newId(now), firstSeenAt: now, open: 1 }).execute()
    return
  }
  await trx
    .updateTable('dead_letter')
    .set(values)
    .where('project', '=', letter.project)
    .where('mapping', '=', letter.mapping)
    .where('key', '=', letter.key)
    .where('open', '=', 1)
    .execute()
}

/** Sorts by time, short enough to type: base 36 of the instant and some chance. */
function newId(now: number): string {
  return `${now.toString(36)}${randomUUID().replaceAll('-', '').slice(0, 6)}`
}

/** Closes the open rows of these keys. */
export async function resolveDeadLetters(
  trx: Transaction,
  project: string,
  mapping: string,
  keys: readonly string[],
  how: 'resolved' | 'superseded' | 'discarded',
  now: number,
): Promise<void> {
  for (const part of parts(keys)) {
    await trx
      .updateTable('dead_letter')
      .set({ state: how, open: 0, resolvedAt: now })
      .where('project', '=', project)
      .where('mapping', '=', mapping)
      .where('open', '=', 1)
      .where('key', 'in', part)
      .execute()
  }
}

/** What waited for these records of a namespace is due now. */
export async function releaseWaiting(trx: Transaction, project: string, namespace: string, keys: readonly string[], now: number): Promise<void> {
  for (const part of parts(keys)) {
    await trx
      .updateTable('dead_letter')
      .set({ dueAt: now })
      .where('project', '=', project)
      .where('waitsForNamespace', '=', namespace)
      .where('waitsForKey', 'in', part)
      .where('open', '=', 1)
      .where('state', '=', 'waiting')
      .execute()
  }
}

/** Open rows whose time has come, oldest first. */
export async function dueRecords(
  store: Store,
  project: string,
  mapping: string,
  options: { readonly now: number; readonly limit: number },
): Promise<readonly { readonly key: string; readonly payload: KeptRecord }[]> {
  const rows = await store.db
    .selectFrom('dead_letter')
    .select(['key', 'payload'])
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('open', '=', 1)
    .where('dueAt', '<=', options.now)
    .orderBy('dueAt')
    .limit(options.limit)
    .execute()
  return rows.map((row) => ({ key: row.key, payload: fromText<KeptRecord>(row.payload) }))
}

export interface OpenDeadLetter {
  readonly class: DeadLetterClass
  readonly message: string
  readonly at: string | null
  readonly sourceHash: string | null
  readonly planHash: string
}

/** The open rows among these keys. */
export async function openDeadLetterKeys(store: Store, project: string, mapping: string, keys: readonly string[]): Promise<ReadonlyMap<string, OpenDeadLetter>> {
  const open = new Map<string, OpenDeadLetter>()
  for (const part of parts(keys)) {
    const rows = await store.db
      .selectFrom('dead_letter')
      .select(['key', 'class', 'message', 'at', 'sourceHash', 'planHash'])
      .where('project', '=', project)
      .where('mapping', '=', mapping)
      .where('open', '=', 1)
      .where('key', 'in', part)
      .execute()
    for (const { key, ...row } of rows) open.set(key, { ...row, class: row.class as DeadLetterClass })
  }
  return open
}

export interface DeadLetterFilter {
  readonly mapping?: string
  readonly class?: DeadLetterClass
  /** Only open ones. Default: all. */
  readonly open?: boolean
  readonly limit: number
}

/** Newest first. */
export async function deadLetters(store: Store, project: string, filter: DeadLetterFilter): Promise<readonly DeadLetterRow[]> {
  let query = store.db.selectFrom('dead_letter').selectAll().where('project', '=', project).orderBy('lastSeenAt', 'desc').orderBy('id').limit(filter.limit)
  if (filter.mapping !== undefined) query = query.where('mapping', '=', filter.mapping)
  if (filter.class !== undefined) query = query.where('class', '=', filter.class)
  if (filter.open === true) query = query.where('open', '=', 1)
  return (await query.execute()).map(letterOf)
}

export async function deadLetterById(store: Store, project: string, id: string): Promise<DeadLetterRow | null> {
  const row = await store.db.selectFrom('dead_letter').selectAll().where('project', '=', project).where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : letterOf(row)
}

/** The open row of what people call by that label. */
export async function deadLetterByLabel(store: Store, project: string, mapping: string, label: string): Promise<DeadLetterRow | null> {
  const row = await store.db
    .selectFrom('dead_letter')
    .selectAll()
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('label', '=', label)
    .orderBy('open', 'desc')
    .executeTakeFirst()
  return row === undefined ? null : letterOf(row)
}

export async function deadLetterCounts(store: Store, project: string): Promise<readonly { readonly mapping: string; readonly class: string; readonly open: boolean; readonly count: number }[]> {
  const rows = await store.db
    .selectFrom('dead_letter')
    .select(['mapping', 'class', 'open', sql<number>`count(*)`.as('count')])
    .where('project', '=', project)
    .groupBy(['mapping', 'class', 'open'])
    .execute()
  return rows.map((row) => ({ mapping: row.mapping, class: row.class, open: row.open === 1, count: Number(row.count) }))
}

function letterOf(row: DeadLetterTable): DeadLetterRow {
  return {
    id: row.id,
    mapping: row.mapping,
    key: row.key,
    label: row.label,
    class: row.class as DeadLetterClass,
    message: row.message,
    at: row.at,
    file: row.file,
    line: row.line,
    column: row.column,
    state: row.state as DeadLetterState,
    payload: fromText<KeptRecord>(row.payload),
    mapped: fromText<JsonObject>(row.mapped),
    targetId: row.targetId,
    attempts: row.attempts,
    firstSeenAt: row.firstSeenAt,
    lastSeenAt: row.lastSeenAt,
    dueAt: row.dueAt,
    planHash: row.planHash,
    runId: row.runId,
    waitsFor: row.waitsForMapping === null || row.waitsForKey === null ? null : { mapping: row.waitsForMapping, key: row.waitsForKey },
    resolvedAt: row.resolvedAt,
  }
}
