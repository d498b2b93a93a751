import type { Outcome, UpsertRequest } from '../../core/model/connector.ts'
import { type Loading, loadRecords } from './load.ts'
import { batchesOf, type LoadRecord } from './rows.ts'

/** The best number of records a load carries: beyond it Odoo gains little and a refusal costs more. */
export const BATCH_SIZE = 50

/** A request under way: what has ended badly, and the ids of what was written. */
export interface Progress extends Loading {
  readonly request: UpsertRequest
  readonly failed: Map<number, Outcome>
  readonly idByItem: Map<number, number>
}

/** Loads what has not failed yet and notes what becomes of it. */
export async function loadAll(
  progress: Progress,
  model: string,
  records: readonly LoadRecord[],
): Promise<void> {
  const { failed, idByItem } = progress
  const open = records.filter((record) => !failed.has(record.item))
  for (const batch of batchesOf(open, BATCH_SIZE)) {
    for (const [record, loaded] of await loadRecords(progress, model, batch)) {
      if (loaded.status === 'loaded') {
        if (model === progress.request.shape.resource) idByItem.set(record.item, loaded.id)
      } else if (loaded.status === 'unattempted' && idByItem.has(record.item)) {
        failed.set(record.item, interrupted())
      } else {
        failed.set(record.item, loaded)
      }
    }
  }
}

/** Of an item of which something is written already, “certainly not written” would be wrong. */
export function interrupted(): Outcome {
  return { status: 'unknown', message: 'Only part of it was written before Odoo was interrupted.' }
}
