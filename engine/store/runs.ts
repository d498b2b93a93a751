import type { FailureKind } from '../core/model/failure.ts'
import { addTallies, balances, EMPTY_TALLY, type Tally } from '../core/model/tally.ts'
import { endHalt } from './halts.ts'
import { forUpdate } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import type { RunTable } from './run-tables.ts'

/**
 * What a run can wait for: a time (`throttled`), credentials (`awaiting-credentials`), a person or another plan (`halted`).
 */
export const WAITING_STATES = ['throttled', 'awaiting-credentials', 'halted'] as const
export type WaitingState = (typeof WAITING_STATES)[number]
export const OPEN_RUN_STATES = ['running', ...WAITING_STATES] as const
export const RUN_STATES = [...OPEN_RUN_STATES, 'done', 'failed', 'cancelled'] as const
export type RunState = (typeof RUN_STATES)[number]

export interface RunRow {
  readonly id: string
  readonly project: string
  readonly mapping: string
  readonly lane: string
  readonly workflowId: string
  /** The plan it ended under; until then the one it began or waits under. */
  readonly planHash: string
  readonly state: RunState
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly tally: Tally
  /** Pages committed. */
  readonly pages: number
  /** Null while it runs. */
  readonly balanced: boolean | null
  /** Why it failed, or waits. */
  readonly failureKind: FailureKind | null
  readonly failureMessage: string | null
  /** When it came into its state (epoch ms). */
  readonly since: number
  /** When a waiting run goes on by itself; null: not by time. */
  readonly until: number | null
  /** The connection a waiting run waits for, where one is to blame. */
  readonly waitsFor: string | null
  /** What was decided of it last. */
  readonly decision: RunDecision | null
}

/** What a person decided of a waiting run: go on, or end. */
export interface RunDecision {
  readonly kind: 'resume' | 'abort'
  readonly by: string
  readonly reason: string
  readonly at: number
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
    trx.db
      .selectFrom('run')
      .select(['project', 'mapping', 'tally', 'pages', 'state'])
      .where('id', '=', runId),
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
    .set({
      tally: JSON.stringify(addTallies(tallyOf(run.tally), tally)),
      pages: run.pages + 1,
      // What it waited for is there.
      ...(isWaiting(run.state) ? { ...AT_WORK, state_since: trx.now() } : {}),
    })
    .where('id', '=', runId)
    .execute()
  if (run.state === 'halted') await endHalt(trx, runId)
  return true
}

/** The columns of a run that does not wait (any more). */
export const AT_WORK = {
  state: 'running',
  state_until: null,
  waits_for: null,
  failure_kind: null,
  failure_message: null,
} as const

function isWaiting(state: string): boolean {
  return (WAITING_STATES as readonly string[]).includes(state)
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
  readonly state: Exclude<RunState, (typeof OPEN_RUN_STATES)[number]>
  readonly failureKind: FailureKind | null
  readonly failureMessage: string | null
  /** The plan it ended under. Default: the one its row names. */
  readonly planHash?: string
}

/** Closes a run's row and says whether what it read adds up. */
export async function finishRun(trx: Transaction, end: RunEnd): Promise<void> {
  const run = await forUpdate(
    trx,
    trx.db.selectFrom('run').select(['tally', 'state']).where('id', '=', end.id),
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
      state_since: null,
      state_until: null,
      ...(end.planHash === undefined ? {} : { plan_hash: end.planHash }),
    })
    .where('id', '=', end.id)
    .execute()
  if (run.state === 'halted') await endHalt(trx, end.id)
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

export function runOf(row: RunTable): RunRow {
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
    since: row.state_since ?? row.finished_at ?? row.started_at,
    until: row.state_until,
    waitsFor: row.waits_for,
    decision:
      row.decision === null
        ? null
        : {
            kind: row.decision as RunDecision['kind'],
            by: row.decided_by ?? '',
            reason: row.decided_reason ?? '',
            at: row.decided_at ?? 0,
          },
  }
}

/** A counter added in a later version counts from nothing. */
export function tallyOf(text: string): Tally {
  return { ...EMPTY_TALLY, ...(JSON.parse(text) as Partial<Tally>) }
}
