import { SyncError } from '../core/model/failure.ts'
import { lockedLease } from './lease.ts'
import type { Transaction } from './open.ts'

/** Who holds the lease of a name that a mapping had before: nobody else may take it. */
const MOVED = 'moved to another name'
const FOR_EVER = 8_640_000_000_000_000

/**
 * Gives a mapping another name: where it stands, what is parked, its history. Its ledger is kept under its namespace, which stays.
 * Throws `unavailable` while a run of it is under way. What still runs under the old name finds the lease taken.
 */
export async function renameMapping(
  trx: Transaction,
  project: string,
  from: string,
  to: string,
): Promise<void> {
  const lease = await lockedLease(trx, project, from)
  if (lease !== null && lease.holder !== null && lease.expiresAt > trx.now()) {
    throw new SyncError(
      'unavailable',
      `A run of ${from} is under way; it can be renamed to ${to} when that has ended. Try again in a minute.`,
      { maybeSent: false },
    )
  }
  const { db } = trx
  for (const table of [
    'cursor',
    'dead_letter',
    'edit',
    'overlay',
    'drain',
    'run',
    'run_page',
    'judgement',
    'drift',
    'field_history',
    'known_shape',
    'halt',
    'alert_state',
    'alert_change',
  ] as const)
    await db
      .updateTable(table)
      .set({ mapping: to })
      .where('project', '=', project)
      .where('mapping', '=', from)
      .execute()
  await db
    .updateTable('dead_letter')
    .set({ wait_mapping: to })
    .where('project', '=', project)
    .where('wait_mapping', '=', from)
    .execute()
  for (const table of ['applied_plan', 'lease'] as const)
    await db.deleteFrom(table).where('project', '=', project).where('mapping', '=', from).execute()
  await db
    .insertInto('lease')
    .values({
      project,
      mapping: from,
      holder: MOVED,
      lane: 'live',
      epoch: (lease?.epoch ?? 0) + 1,
      expires_at: FOR_EVER,
    })
    .execute()
}

/** A name is used by a mapping (again): whoever had it before does not keep it. */
export async function freeName(trx: Transaction, project: string, mapping: string): Promise<void> {
  await trx.db
    .deleteFrom('lease')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('holder', '=', MOVED)
    .execute()
}
