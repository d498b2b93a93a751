import type { FailureKind } from '../core/model/failure.ts'
import { addTallies, balances, EMPTY_TALLY, type Tally } from '../core/model/tally.ts'
import { forUpdate } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import type { RunTable } from './tables.ts'

export const RUN_STATES = ['running', 'done', 'failed', 'halted', 'cancelled'] as const
export type RunState = (typeof RUN_STATES)[number]

export interface RunRow {
  readonly id: string
  readonly project: string
  readonly mapping: string
  readonly lane: string
  readonly workflowId: string
  readonly planHash: string
  readonly state: RunState
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly tally: Tally
  /** Pages committed. */
  readonly pages: number
  /** Null while it runs. */
  readonly balanced: boolean | null
  readonly failureKind: FailureKind | null
  readonly failureMessage: string | null
}

export type NewRun = Pick<
  RunRow,
  'id' | 'project' | 'mapping' | 'lane' | 'workflowId' | 'planHash' | 'startedAt'
>

/** Opens a run's row. The same run again changes nothing. */
export async function startRun(trx: Transaction, run: NewRun): Promise<void> {
  await trx.db
    .insertInto('run')
    .values({
      id: run.id,
      project: run.project,
      mapping: run.mapping,
      lane: run.lane,
      workflow_id: run.workflowId,
      plan_hash: run.planHash,
      state: 'running',
      started_at: run.startedAt,
      tally: JSON.stringify(EMPTY_TALLY),
      pages: 0,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/**
 * Adds what a page did to its run; true unless the page was counted before. `sequence` null: records that come from no
 * cursor (due ones, chosen ones), whose commit is its own proof that it happened once. `fresh`: how many no page brought before.
 */
export async function addToRun(
  trx: Transaction,
  runId: string,
  tally: Tally,
  sequence: number | null,
  fresh = 0,
): Promise<boolean> {
  const run = await forUpdate(
    trx,
    trx.db.selectFrom('run').select(['project', 'mapping', 'tally', 'pages']).where('id', '=', runId),
  ).executeTakeFirstOrThrow()
  const { numInsertedOrUpdatedRows } = await trx.db
    .insertInto('run_page')
    .values({
      run_id: runId,
      sequence: sequence ?? (await nextUnnumbered(trx, runId)),
      tally: JSON.stringify(tally),
      committed_at: trx.now(),
      project: run.project,
      mapping: run.mapping,
      fresh,
    })
    .onConflict((conflict) => conflict.columns(['run_id', 'sequence']).doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows === 0n) return false
  await trx.db
    .updateTable('run')
    .set({ tally: JSON.stringify(addTallies(tallyOf(run.tally), tally)), pages: run.pages + 1 })
    .where('id', '=', runId)
    .execute()
  return true
}

/** Pages without a number of their own count down from -1. */
async function nextUnnumbered(trx: Transaction, runId: string): Promise<number> {
  const row = await trx.db
    .selectFrom('run_page')
    .select(({ fn }) => fn.min('sequence').as('lowest'))
    .where('run_id', '=', runId)
    .executeTakeFirst()
  return Math.min(Number(row?.lowest ?? 0), 0) - 1
}

export interface RunEnd {
  readonly id: string
  readonly finishedAt: number
  readonly state: Exclude<RunState, 'running'>
  readonly failureKind: FailureKind | null
  readonly failureMessage: string | null
}

/** Closes a run's row and says whether what it read adds up. */
export async function finishRun(trx: Transaction, end: RunEnd): Promise<void> {
  const run = await forUpdate(
    trx,
    trx.db.selectFrom('run').select('tally').where('id', '=', end.id),
  ).executeTakeFirst()
  if (run === undefined) return
  await trx.db
    .updateTable('run')
    .set({
      state: end.state,
      finished_at: end.finishedAt,
      balanced: balances(tallyOf(run.tally)) ? 1 : 0,
      failure_kind: end.failureKind,
      failure_message: end.failureMessage,
    })
    .where('id', '=', end.id)
    .execute()
}

export async function runById(store: Queryable, project: string, id: string): Promise<RunRow | null> {
  const row = await selectRun(store, project, id).executeTakeFirst()
  return row === undefined ? null : runOf(row)
}

/** The same, and nobody changes it before the transaction ends. */
export async function lockedRun(trx: Transaction, project: string, id: string): Promise<RunRow | null> {
  const row = await forUpdate(trx, selectRun(trx, project, id)).executeTakeFirst()
  return row === undefined ? null : runOf(row)
}

function selectRun(store: Queryable, project: string, id: string) {
  return store.db.selectFrom('run').selectAll().where('project', '=', project).where('id', '=', id)
}

/** Newest first. */
export async function runs(
  store: Queryable,
  project: string,
  filter: { readonly mapping?: string; readonly limit: number },
): Promise<readonly RunRow[]> {
  let query = store.db.selectFrom('run').selectAll().where('project', '=', project)
  if (filter.mapping !== undefined) query = query.where('mapping', '=', filter.mapping)
  const rows = await query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(filter.limit).execute()
  return rows.map(runOf)
}

/** The last run of each mapping, by name of the mapping. */
export async function latestRuns(store: Queryable, project: string): Promise<readonly RunRow[]> {
  const rows = await store.db
    .selectFrom('run')
    .innerJoin(
      ({ selectFrom }) =>
        selectFrom('run')
          .select(({ fn }) => ['mapping', fn.max('started_at').as('at')])
          .where('project', '=', project)
          .groupBy('mapping')
          .as('newest'),
      (join) => join.onRef('newest.mapping', '=', 'run.mapping').onRef('newest.at', '=', 'run.started_at'),
    )
    .selectAll('run')
    .where('run.project', '=', project)
    .orderBy('run.mapping')
    .orderBy('run.id', 'desc')
    .execute()
  // Two may have started in the same millisecond.
  return rows.filter((row, index) => row.mapping !== rows[index - 1]?.mapping).map(runOf)
}

function runOf(row: RunTable): RunRow {
  return {
    id: row.id,
    project: row.project,
    mapping: row.mapping,
    lane: row.lane,
    workflowId: row.workflow_id,
    planHash: row.plan_hash,
    state: row.state as RunState,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    tally: tallyOf(row.tally),
    pages: row.pages,
    balanced: row.balanced === null ? null : row.balanced === 1,
    failureKind: row.failure_kind as FailureKind | null,
    failureMessage: row.failure_message,
  }
}

/** A counter added in a later version counts from nothing. */
export function tallyOf(text: string): Tally {
  return { ...EMPTY_TALLY, ...(JSON.parse(text) as Partial<Tally>) }
}
