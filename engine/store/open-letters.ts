import type { DeadLetterClass, DeadLetterState } from '../core/model/dead-letter.ts'
import { isOneOf } from './bulk.ts'
import { keptRecordOf } from './dead-letter-row.ts'
import { holdLock } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import { OPEN_STATES } from './open-state.ts'

/** Why a key is parked. */
export interface OpenDeadLetter {
  readonly id: string
  readonly key: string
  readonly state: DeadLetterState
  readonly class: DeadLetterClass
  readonly message: string
  readonly at: string | null
  /** The source's stamp of the version that is parked. */
  readonly stamp: string
  /** The version that is parked. */
  readonly parkedHash: string | null
  /** The same; null when it is due, so that it is judged again whether the source changed or not. */
  readonly sourceHash: string | null
  readonly planHash: string
}

/** By key, and by the source's own key: a record may have been parked before its key was known. */
export interface OpenDeadLetters {
  readonly byKey: ReadonlyMap<string, OpenDeadLetter>
  readonly bySourceKey: ReadonlyMap<string, OpenDeadLetter>
}

/** Records without an open dead letter are left out. */
export async function openDeadLettersOf(
  store: Queryable,
  project: string,
  mapping: string,
  keys: readonly string[],
  sourceKeys: readonly string[],
): Promise<OpenDeadLetters> {
  const now = store.now()
  // One after the other: with "or" between them a database reads all open ones.
  const rows = [
    ...(await openRows(store, project, mapping, 'key', keys)),
    ...(await openRows(store, project, mapping, 'source_key', sourceKeys)),
  ]
  const letters = rows.map((row) => ({
    sourceKey: row.source_key,
    letter: {
      id: row.id,
      key: row.key,
      state: row.state as DeadLetterState,
      class: row.class as DeadLetterClass,
      message: row.message,
      at: row.at,
      stamp: row.source_stamp ?? keptRecordOf(store, row.payload!).stamp,
      parkedHash: row.source_hash,
      sourceHash: row.due_at !== null && row.due_at <= now ? null : row.source_hash,
      planHash: row.plan_hash,
    },
  }))
  return {
    byKey: new Map(letters.map(({ letter }) => [letter.key, letter])),
    bySourceKey: new Map(
      letters.flatMap(({ sourceKey, letter }) => (sourceKey === null ? [] : [[sourceKey, letter]])),
    ),
  }
}

function openRows(
  store: Queryable,
  project: string,
  mapping: string,
  column: 'key' | 'source_key',
  values: readonly string[],
) {
  return selectOpen(store, project, mapping)
    .select([
      'id',
      'key',
      'source_key',
      'state',
      'class',
      'message',
      'at',
      'payload',
      'source_hash',
      'source_stamp',
      'plan_hash',
      'due_at',
    ])
    .where(isOneOf(store, column, values))
    .execute()
}

/**
 * Whether nobody decided on these dead letters since they were read. Until the transaction ends nobody will: what a page makes of
 * their records would pass a decision by that came while it was on its way.
 */
export async function areUndecided(
  trx: Transaction,
  project: string,
  mapping: string,
  letters: readonly OpenDeadLetter[],
): Promise<boolean> {
  if (letters.length === 0) return true
  await holdLock(trx, ['dead letters', project, mapping], 'alone')
  const ids = letters.map(({ id }) => id)
  const rows = await selectOpen(trx, project, mapping)
    .select(['id', 'state'])
    .where(isOneOf(trx, 'id', ids))
    .execute()
  const states = new Map(rows.map(({ id, state }) => [id, state]))
  return letters.every(({ id, state }) => {
    const now = states.get(id)
    return now !== undefined && (now === state || now !== 'retrying')
  })
}

/**
 * A record that was parked under another key has this one now: its dead letter goes on under it, unless the key has an open one of
 * its own already, which stands for both then.
 */
export async function rekeyDeadLetter(
  trx: Transaction,
  project: string,
  mapping: string,
  { id, key }: { readonly id: string; readonly key: string },
  now: number,
): Promise<void> {
  const own = await selectOpen(trx, project, mapping).select('id').where('key', '=', key).executeTakeFirst()
  await trx.db
    .updateTable('dead_letter')
    .set(own === undefined ? { key } : { state: 'superseded', resolved_at: now, due_at: null })
    .where('id', '=', id)
    .where('state', 'in', OPEN_STATES)
    .execute()
}

/** The open dead letters of a mapping. */
export function selectOpen(store: Queryable, project: string, mapping: string) {
  return store.db
    .selectFrom('dead_letter')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('state', 'in', OPEN_STATES)
}
