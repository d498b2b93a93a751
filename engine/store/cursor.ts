import { SyncError } from '../core/model/failure.ts'
import type { JsonObject } from '../core/model/json.ts'
import { fromText, toText } from './json.ts'
import type { Store, Transaction } from './open.ts'

export interface StoredCursor {
  readonly cursor: JsonObject
  readonly sequence: number
}

export async function cursorOf(store: Store, project: string, mapping: string, lane: string): Promise<StoredCursor | null> {
  const row = await store.db
    .selectFrom('cursor')
    .select(['cursor', 'sequence'])
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('lane', '=', lane)
    .executeTakeFirst()
  return row === undefined ? null : { cursor: fromText<JsonObject>(row.cursor), sequence: row.sequence }
}

/** Moves the cursor by exactly one page. Throws `lease-lost` when somebody else moved it in between. */
export async function advanceCursor(
  trx: Transaction,
  step: { readonly project: string; readonly mapping: string; readonly lane: string; readonly cursor: JsonObject; readonly sequence: number; readonly runId: string; readonly now: number },
): Promise<void> {
  const { project, mapping, lane, sequence, runId, now } = step
  const row = await trx
    .selectFrom('cursor')
    .select('sequence')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('lane', '=', lane)
    .executeTakeFirst()
  if ((row?.sequence ?? 0) !== sequence - 1) throw new SyncError('lease-lost', `The cursor of ${mapping} moved while a page was on its way.`)
  const values = { cursor: toText(step.cursor), sequence, runId, updatedAt: now }
  await trx
    .insertInto('cursor')
    .values({ project, mapping, lane, ...values })
    .onConflict((conflict) => conflict.columns(['project', 'mapping', 'lane']).doUpdateSet(values))
    .execute()
}

export async function clearCursor(trx: Transaction, project: string, mapping: string, lane: string): Promise<void> {
  await trx.deleteFrom('cursor').where('project', '=', project).where('mapping', '=', mapping).where('lane', '=', lane).execute()
}
