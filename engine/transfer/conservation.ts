import type { SourceRecord } from '../core/model/connector.ts'
import { SyncError } from '../core/model/failure.ts'

/**
 * Conservation, counted twice and independently: every record that the connector handed over must come out of the page with one
 * outcome, key by key. Throws a `bug` otherwise, before anything of the page is committed, so that the page is read again.
 */
export function assertConserved(
  mapping: string,
  handed: readonly SourceRecord[],
  judged: readonly SourceRecord[],
): void {
  const open = new Map<string, number>()
  for (const { key } of handed) open.set(key, (open.get(key) ?? 0) + 1)
  for (const { key } of judged) open.set(key, (open.get(key) ?? 0) - 1)
  const lost = [...open.values()].filter((count) => count > 0).length
  const made = [...open.values()].filter((count) => count < 0).length
  if (lost + made === 0) return
  throw new SyncError(
    'bug',
    `A page of ${mapping} does not add up: of ${handed.length} records read, ${lost} have no outcome and ${made} have one too many. Nothing of it was committed.`,
  )
}
