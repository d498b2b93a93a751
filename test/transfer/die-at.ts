import type { Store } from '../../engine/store/open.ts'

/**
 * The store's n-th transaction from now on does not happen: as if the process had died just before it. Gives what brings it
 * to life again.
 */
export function dieAt(store: Store, n: number): () => void {
  const live = store as { transaction: Store['transaction'] }
  const { transaction } = live
  let count = 0
  live.transaction = async (work) => {
    count++
    if (count >= n) throw new Error('died')
    return transaction(work)
  }
  return () => {
    live.transaction = transaction
  }
}
