import { randomUUID } from 'node:crypto'
import { SyncError } from '../core/model/failure.ts'
import type { Queryable, Transaction } from './open.ts'

/** Keeps a list of source keys for a run and gives its id: keys stay out of Temporal's history. */
export async function saveSelection(
  trx: Transaction,
  project: string,
  keys: readonly string[],
  now: number,
): Promise<string> {
  const id = randomUUID()
  await trx.db
    .insertInto('selection')
    .values({ project, id, keys: JSON.stringify(keys), created_at: now })
    .execute()
  return id
}

/** Throws `invalid-plan` when the store does not have the list. */
export async function selectedKeys(
  store: Queryable,
  project: string,
  id: string,
): Promise<readonly string[]> {
  const row = await store.db
    .selectFrom('selection')
    .select('keys')
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined)
    throw new SyncError('invalid-plan', `The store has no list of keys ${id}: start the run again.`)
  return JSON.parse(row.keys) as string[]
}
