import { type SqlBool, sql } from 'kysely'
import { isOneOf } from './bulk.ts'
import { type DeadLetterRow, deadLetterOf } from './dead-letter-row.ts'
import { forUpdate } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import { OPEN_STATES } from './open-state.ts'

const MOST_PRUNED = 5_000

/**
 * Takes the records out of dead letters that were settled before an instant: payload, mapped values, what was sent and answered, and corrections go; id, hashes and
 * reasons stay, and so does what was decided. An open one keeps all it has. Gives how many, at most 5,000 a call.
 */
export async function pruneDeadLetters(
  trx: Transaction,
  project: string,
  mapping: string,
  settledBefore: number,
): Promise<number> {
  const rows = await forUpdate(
    trx,
    trx.db
      .selectFrom('dead_letter')
      .select('id')
      .where('project', '=', project)
      .where('mapping', '=', mapping)
      .where('payload', 'is not', null)
      .where('resolved_at', '<', settledBefore)
      .where(sql<SqlBool>`state not in ${OPEN_STATES}`)
      .limit(MOST_PRUNED),
    'id',
  ).execute()
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  await trx.db
    .updateTable('dead_letter')
    .set({ payload: null, mapped: null, exchange: null })
    .where(isOneOf(trx, 'id', ids))
    .execute()
  for (const table of ['decision', 'overlay'] as const)
    await trx.db
      .updateTable(table)
      .set({ overlay: null })
      .where(isOneOf(trx, 'dead_letter_id', ids))
      .execute()
  await trx.db
    .deleteFrom('edit')
    .where(isOneOf(trx, 'dead_letter_id', ids))
    .execute()
  return ids.length
}

/** Marks those that have been open since before an instant, once each; gives how many are new among them. */
export async function escalateDeadLetters(
  trx: Transaction,
  project: string,
  mapping: string,
  openSince: number,
): Promise<number> {
  const { numUpdatedRows } = await trx.db
    .updateTable('dead_letter')
    .set({ escalated_at: trx.now() })
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('state', 'in', OPEN_STATES)
    .where('escalated_at', 'is', null)
    .where('first_seen_at', '<=', openSince)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** Open ones that have been open for longer than their mapping allows, the oldest first. */
export async function escalated(
  store: Queryable,
  project: string,
  filter: { readonly mapping?: string; readonly since?: number; readonly limit: number },
): Promise<readonly DeadLetterRow[]> {
  let query = store.db
    .selectFrom('dead_letter')
    .selectAll()
    .where('project', '=', project)
    .where('state', 'in', OPEN_STATES)
    .where('escalated_at', 'is not', null)
  if (filter.mapping !== undefined) query = query.where('mapping', '=', filter.mapping)
  if (filter.since !== undefined) query = query.where('escalated_at', '>=', filter.since)
  const rows = await query.orderBy('first_seen_at').orderBy('id').limit(filter.limit).execute()
  return rows.map((row) => deadLetterOf(store, row))
}
