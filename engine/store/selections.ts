import { randomUUID } from 'node:crypto'
import { fromText, toText } from './json.ts'
import type { Store, Transaction } from './open.ts'

/** Keeps a list of source keys, so that a workflow carries an id and no keys. */
export async function saveSelection(trx: Transaction, project: string, keys: readonly string[], now: number): Promise<string> {
  const id = randomUUID()
  await trx.insertInto('selection').values({ project, id, keys: toText(keys), savedAt: now }).execute()
  return id
}

export async function selectedKeys(store: Store, project: string, id: string): Promise<readonly string[]> {
  const row = await store.db.selectFrom('selection').select('keys').where('project', '=', project).where('id', '=', id).executeTakeFirst()
  return row === undefined ? [] : fromText<string[]>(row.keys)
}
