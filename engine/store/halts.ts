import type { Queryable, Transaction } from './open.ts'

/** A time in which a run was halted; `until` null: it still is. */
export interface Halt {
  readonly runId: string
  readonly since: number
  readonly until: number | null
}

/** A run halted now. One that is halted already stays so. */
export async function noteHalt(
  trx: Transaction,
  { project, mapping, runId, message }: { project: string; mapping: string; runId: string; message: string },
): Promise<void> {
  const open = await trx.db
    .selectFrom('halt')
    .select('since')
    .where('run_id', '=', runId)
    .where('until', 'is', null)
    .executeTakeFirst()
  if (open !== undefined) return
  await trx.db
    .insertInto('halt')
    .values({ run_id: runId, since: trx.now(), project, mapping, message })
    .onConflict((conflict) => conflict.columns(['run_id', 'since']).doUpdateSet({ until: null }))
    .execute()
}

/** A run that was halted goes on, or has ended. */
export async function endHalt(trx: Transaction, runId: string): Promise<void> {
  await trx.db
    .updateTable('halt')
    .set({ until: trx.now() })
    .where('run_id', '=', runId)
    .where('until', 'is', null)
    .execute()
}

/** Those of a mapping that ended at `from` or later, or not yet, and began by `to`. */
export async function haltsBetween(
  store: Queryable,
  project: string,
  mapping: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Halt[]> {
  const rows = await store.db
    .selectFrom('halt')
    .select(['run_id', 'since', 'until'])
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('since', '<=', to)
    .where(({ eb, or }) => or([eb('until', 'is', null), eb('until', '>=', from)]))
    .orderBy('since')
    .execute()
  return rows.map(({ run_id, ...halt }) => ({ runId: run_id, ...halt }))
}
