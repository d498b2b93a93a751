import type { FailureKind } from '../core/model/failure.ts'
import { endHalt, noteHalt } from './halts.ts'
import { forUpdate } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import {
  AT_WORK,
  OPEN_RUN_STATES,
  type RunDecision,
  type RunRow,
  runOf,
  WAITING_STATES,
  type WaitingState,
} from './runs.ts'

/** Why a run does not go on. */
export interface Waiting {
  readonly state: WaitingState
  readonly kind: FailureKind
  readonly message: string
  /** When it goes on by itself (epoch ms); null: not by time. */
  readonly until: number | null
  /** The connection to blame, where one is. */
  readonly connection: string | null
  /** The plan it was stopped under. */
  readonly planHash: string
}

/** A run waits from now on, or goes on waiting: since when it does stays as it was. A run that has ended stays so. */
export async function runWaits(trx: Transaction, runId: string, waiting: Waiting): Promise<void> {
  const row = await forUpdate(
    trx,
    trx.db.selectFrom('run').select(['project', 'mapping', 'state', 'state_since']).where('id', '=', runId),
  ).executeTakeFirst()
  if (row === undefined || !isOpen(row.state)) return
  await trx.db
    .updateTable('run')
    .set({
      state: waiting.state,
      state_since: row.state === waiting.state ? (row.state_since ?? trx.now()) : trx.now(),
      state_until: waiting.until,
      waits_for: waiting.connection,
      failure_kind: waiting.kind,
      failure_message: waiting.message,
      plan_hash: waiting.planHash,
    })
    .where('id', '=', runId)
    .execute()
  const { project, mapping } = row
  // Of several that one halt holds up, it is the one that halted.
  if (waiting.state === 'halted' && waiting.until === null)
    await noteHalt(trx, { project, mapping, runId, message: waiting.message })
  else await endHalt(trx, runId)
}

/** A run that waited is at work again. */
export async function runGoesOn(trx: Transaction, runId: string): Promise<void> {
  await trx.db
    .updateTable('run')
    .set({ ...AT_WORK, state_since: trx.now() })
    .where('id', '=', runId)
    .where('state', 'in', WAITING_STATES)
    .execute()
  await endHalt(trx, runId)
}

/** Keeps who decided what of a waiting run, and why. */
export async function noteDecision(trx: Transaction, runId: string, decision: RunDecision): Promise<void> {
  await trx.db
    .updateTable('run')
    .set({
      decision: decision.kind,
      decided_by: decision.by,
      decided_reason: decision.reason,
      decided_at: decision.at,
    })
    .where('id', '=', runId)
    .execute()
}

/**
 * Runs that have not ended, oldest first: whom to tell that a plan was applied or credentials were renewed. `connection`: only
 * those that wait for it, or for one that nobody named.
 */
export async function openRuns(
  store: Queryable,
  project: string,
  filter: {
    readonly mapping?: string
    readonly state?: (typeof OPEN_RUN_STATES)[number]
    readonly connection?: string
  } = {},
): Promise<readonly RunRow[]> {
  let query = store.db
    .selectFrom('run')
    .selectAll()
    .where('project', '=', project)
    .where('finished_at', 'is', null)
  const { mapping, state, connection } = filter
  if (mapping !== undefined) query = query.where('mapping', '=', mapping)
  if (state !== undefined) query = query.where('state', '=', state)
  if (connection !== undefined)
    query = query.where((where) =>
      where.or([where('waits_for', '=', connection), where('waits_for', 'is', null)]),
    )
  return (await query.orderBy('started_at').orderBy('id').execute()).map(runOf)
}

/**
 * The run whose halt stops all others of its mapping; null when none does. A run that halts only because another one does, until
 * it looks again, stops nobody.
 */
export async function haltOf(
  store: Queryable,
  project: string,
  mapping: string,
  besideRun: string | null,
): Promise<RunRow | null> {
  const halted = await openRuns(store, project, { mapping, state: 'halted' })
  return halted.find((run) => run.until === null && run.id !== besideRun) ?? null
}

function isOpen(state: string): boolean {
  return (OPEN_RUN_STATES as readonly string[]).includes(state)
}
