import type { LegContext } from './context.ts'

/**
 * Sends items in batches, several at a time where the target takes that well: `limits.concurrency` of its connection, else what its
 * connector knows. Items of one call have keys of their own, so batches never meet. What one batch throws is thrown when none is
 * on its way any more; batches not begun by then are not sent.
 */
export async function sendBatches<Item>(
  { plan, target }: Pick<LegContext, 'plan' | 'target'>,
  items: readonly Item[],
  send: (batch: readonly Item[]) => Promise<void>,
): Promise<void> {
  const limit = plan.target.limits?.['concurrency']
  const atOnce = typeof limit === 'number' ? limit : target.facts.concurrency
  const size = target.facts.batchSize
  let next = 0
  const failures: unknown[] = []
  const sendInTurn = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const batch = items.slice(next, next + size)
      next += size
      try {
        await send(batch)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, Math.ceil(items.length / size)) }, sendInTurn))
  if (failures.length > 0) throw failures[0]
}
