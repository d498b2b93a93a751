import type { Exchange } from '../core/model/connector.ts'
import type { Queryable } from './open.ts'
import { openCell } from './sealed.ts'

/** What was sent for a record that the target refused, and what came back: an excerpt, without secrets. */
export interface KeptExchange extends Exchange {
  /** The personal values that stand in it. */
  readonly personal: readonly string[]
}

/** What was sent and answered when a dead letter was tried last; null where nothing was sent, or when it was pruned. */
export async function keptExchange(
  store: Queryable,
  project: string,
  id: string,
): Promise<KeptExchange | null> {
  const row = await store.db
    .selectFrom('dead_letter')
    .select('exchange')
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst()
  const text = openCell(store, 'dead_letter', 'exchange', row?.exchange ?? null)
  return text === null ? null : (JSON.parse(text) as KeptExchange)
}
