import { randomUUID } from 'node:crypto'
import type { Transaction } from './open.ts'

/** Notes beside the decisions on dead letters that somebody looked at the personal values in them. */
export async function noteOpened(
  trx: Transaction,
  project: string,
  ids: readonly string[],
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  const decidedAt = trx.now()
  for (const id of ids)
    await trx.db
      .insertInto('decision')
      .values({
        id: randomUUID(),
        project,
        dead_letter_id: id,
        kind: 'opened',
        by,
        reason,
        source_hash: null,
        overlay: null,
        decided_at: decidedAt,
        update_id: null,
      })
      .execute()
}
