import type { Plan } from '../core/model/plan.ts'
import { deadLetterByLabel } from '../store/dead-letters.ts'
import { ledgerByLabel } from '../store/ledger.ts'
import type { Store } from '../store/open.ts'

/** A label people use (`#1042`) → the key at the source; anything that is no known label is taken as the key itself. */
export async function sourceKeyOf(store: Store, scope: string, plan: Plan, text: string): Promise<string> {
  const parked = await deadLetterByLabel(store, scope, plan.mapping, text)
  if (parked !== null) return parked.payload.key
  const row = await ledgerByLabel(store, scope, plan.namespace, text)
  return row === null ? text : (row.sourceKey ?? decodeURIComponent(row.key))
}
