import { hashOf } from '../../engine/core/transform/fingerprint.ts'
import { checkStore } from '../../engine/store/check/check.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { openIntents } from '../../engine/store/ledger.ts'
import type { Store } from '../../engine/store/open.ts'
import { runs } from '../../engine/store/runs.ts'
import type { Letter } from './check.ts'

/** What only the store can tell: whether runs balance, whether a write was never settled, and what is parked. */
export async function tellings(
  store: Store,
  mappings: readonly string[],
  settledBefore: number,
): Promise<{ readonly lost: readonly string[]; readonly letters: readonly Letter[] }> {
  const lost: string[] = []
  for (const run of await runs(store, 'acme', { limit: 100_000 }))
    if (run.balanced === false) lost.push(`a run of ${run.mapping} does not balance: ${run.id}`)
  for (const mapping of mappings)
    for (const row of await openIntents(store, 'acme', mapping, { limit: 1_000 }))
      if ((row.sentAt ?? 0) < settledBefore)
        lost.push(`${mapping} ${row.label ?? row.key}: its write was never settled`)
  for (const { code, message } of (await checkStore(store, hashOf)).findings)
    lost.push(`the store is not sound: ${code} ${message}`)
  const letters = await deadLetters(store, 'acme', { open: true, limit: 100_000 })
  return {
    lost,
    letters: letters.map(({ mapping, key, class: why, message }) => ({
      mapping,
      id: decodeURIComponent(key),
      class: why,
      message,
    })),
  }
}
