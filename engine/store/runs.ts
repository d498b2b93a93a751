import { addTallies, EMPTY_TALLY, type Tally } from '../core/model/tally.ts'
import { fromText, toText } from './json.ts'
import type { Store, Transaction } from './open.ts'
import type { RunTable } from './schema.ts'

export type RunEnd = 'done' | 'failed' | 'halted' | 'cancelled'

export interface RunRow {
  readonly id: string
  readonly mapping: string
  readonly lane: string
  readonly workflowId: string
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly state: 'running' | RunEnd
  readonly planHash: string
  readonly tally: Tally
  readonly pages: number
  readonly failureKind: string | null
  readonly failureMessage: string | null
}

/** Opens the row of a run; one that is there stays as it is. */
export async function startRun(
  trx: Transaction,
  run: { readonly id: string; readonly project: string; readonly mapping: string; readonly lane: string; readonly workflowId: string; readonly planHash: string; readonly startedAt: number },
): Promise<void> {
  await trx
    .insertInto('run')
    .values({ ...run, finishedAt: null, state: 'running', tally: toText(EMPTY_TALLY), pages: 0, failureKind: null, failureMessage: null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Adds a page to the run's counters. A page with a sequence is counted once, however often its leg is repeated. */
export async function addToRun(trx: Transaction, runId: string, tally: Tally, sequence: number | null): Promise<void> {
  if (sequence !== null) {
    const added = await trx
      .insertInto('run_page')
      .values({ runId, sequence })
      .onConflict((conflict) => conflict.columns(['runId', 'sequence']).doNothing())
      .executeTakeFirst()
    if (Number(added.numInsertedOrUpdatedRows ?? 0) === 0) return
  }
  const row = await trx.selectFrom('run').select(['tally', 'pages']).where('id', '=', runId).executeTakeFirstOrThrow()
  await trx
    .updateTable('run')
    .set({ tally: toText(addTallies(fromText<Tally>(row.tally), tally)), pages: row.pages + 1 })
    .where('id', '=', runId)
    .execute()
}

export async function finishRun(
  trx: Transaction,
  end: { readonly id: string; readonly state: RunEnd; readonly failureKind: string | null; readonly failureMessage: string | null; readonly finishedAt: number },
): Promise<void> {
  const { id, ...values } = end
  await trx.updateTable('run').set(values).where('id', '=', id).execute()
}

export async function runById(store: Store, project: string, id: string): Promise<RunRow | null> {
  const row = await store.db.selectFrom('run').selectAll().where('project', '=', project).where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : rowOf(row)
}

/** Newest first. */
export async function runs(store: Store, project: string, filter: { readonly mapping?: string; readonly limit: number }): Promise<readonly RunRow[]> {
  let query = store.db.selectFrom('run').selectAll().where('project', '=', project).orderBy('startedAt', 'desc').limit(filter.limit)
  if (filter.mapping !== undefined) query = query.where('mapping', '=', filter.mapping)
  return (await query.execute()).map(rowOf)
}

/** The newest run of each mapping. */
export async function latestRuns(store: Store, project: string): Promise<readonly RunRow[]> {
  const rows = await store.db
    .selectFrom('run')
    .selectAll()
    .where('project', '=', project)
    .where((expression) =>
      expression(
        'startedAt',
        '=',
        expression
          .selectFrom('run as newest')
          .select(({ fn }) => fn.max('newest.startedAt').as('at'))
          .whereRef('newest.project', '=', 'run.project')
          .whereRef('newest.mapping', '=', 'run.mapping'),
      ),
    )
    .execute()
  return rows.map(rowOf)
}

function rowOf(row: RunTable): RunRow {
  const { tally, state, project: _project, ...columns } = row
  return { ...columns, state: state as RunRow['state'], tally: fromText<Tally>(tally) }
}
