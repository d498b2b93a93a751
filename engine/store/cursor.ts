import { SyncError } from '../core/model/failure.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Queryable, Transaction } from './open.ts'
import type { CursorTable } from './tables.ts'

/** Where a lane of a mapping stands. */
export interface CursorRow {
  /** Null: at the beginning. */
  readonly cursor: JsonObject | null
  /** The number of the last page committed. Counts up for ever, over runs and new beginnings. */
  readonly sequence: number
  readonly runId: string | null
  readonly updatedAt: number
}

export async function cursorOf(
  store: Queryable,
  project: string,
  mapping: string,
  lane: string,
): Promise<CursorRow | null> {
  const row = await store.db
    .selectFrom('cursor')
    .select(['cursor', 'sequence', 'run_id', 'updated_at'])
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('lane', '=', lane)
    .executeTakeFirst()
  if (row === undefined) return null
  const cursor = row.cursor === null ? null : (JSON.parse(row.cursor) as JsonObject)
  return { cursor, sequence: row.sequence, runId: row.run_id, updatedAt: row.updated_at }
}

export interface CursorAdvance {
  readonly project: string
  readonly mapping: string
  readonly lane: string
  readonly cursor: JsonObject
  /** The page's number: one more than the last one committed. */
  readonly sequence: number
  readonly runId: string
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * Moves on by the page just committed. Throws `lease-lost`, and so undoes the whole page, when the lane does not stand at
 * the page before: someone else committed it, or the lane begins anew.
 */
export async function advanceCursor(trx: Transaction, advance: CursorAdvance): Promise<void> {
  const { project, mapping, lane, sequence } = advance
  const values = {
    cursor: JSON.stringify(advance.cursor),
    sequence,
    run_id: advance.runId,
    updated_at: advance.now,
  }
  if (await moveCursor(trx, { project, mapping, lane }, values)) return
  const before = (await cursorOf(trx, project, mapping, lane))?.sequence ?? 0
  throw new SyncError(
    'lease-lost',
    `Page ${sequence} of ${mapping} (${lane}) was to be committed after page ${before}: another leg moved the cursor.`,
  )
}

/** One statement that looks and moves: of two legs that bring the same page one moves nothing. */
async function moveCursor(
  trx: Transaction,
  { project, mapping, lane }: Pick<CursorTable, 'project' | 'mapping' | 'lane'>,
  values: Omit<CursorTable, 'project' | 'mapping' | 'lane'>,
): Promise<boolean> {
  if (values.sequence === 1) {
    const { numInsertedOrUpdatedRows } = await trx.db
      .insertInto('cursor')
      .values({ project, mapping, lane, ...values })
      .onConflict((conflict) => conflict.columns(['project', 'mapping', 'lane']).doNothing())
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows === 1n
  }
  const { numUpdatedRows } = await trx.db
    .updateTable('cursor')
    .set(values)
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('lane', '=', lane)
    .where('sequence', '=', values.sequence - 1)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** The lane begins anew. A number is used up, so that a page under way is not committed on top. */
export async function clearCursor(
  trx: Transaction,
  project: string,
  mapping: string,
  lane: string,
): Promise<void> {
  await trx.db
    .updateTable('cursor')
    .set(({ eb }) => ({ cursor: null, sequence: eb('sequence', '+', 1), updated_at: trx.now() }))
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('lane', '=', lane)
    .execute()
}
