import type { Outcome, RemovedLine } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { Call } from './call.ts'
import { exchangeOf } from './exchange.ts'
import { findKeys } from './look-up.ts'
import { interrupted, loadAll, type Progress } from './progress.ts'
import { type LoadRecord, plainRecord } from './rows.ts'
import { idOf } from './values.ts'

/**
 * Removes lines that left the source, or writes the values they shall have. Lines that are not there (any more) are done.
 * Odoo refuses to remove lines of a confirmed order: that is a rejection which names the line.
 */
export async function removeLines(progress: Progress): Promise<void> {
  const { request, failed } = progress
  for (const [field, target] of Object.entries(request.shape.fields)) {
    if (target.lines === undefined) continue
    const removed = request.items.flatMap((item, index) =>
      failed.has(index)
        ? []
        : item.removedLines.filter((line) => line.field === field).map((line) => ({ index, line })),
    )
    if (removed.length === 0) continue
    const model = target.lines.resource
    const found = await findLines(progress, model, removed)
    if (found === null) continue
    const changing: LoadRecord[] = []
    const idsByItem = new Map<number, { readonly id: number; readonly key: string }[]>()
    for (const { index, line } of removed) {
      const id = line.adoptedId === undefined ? found.get(line.key) : (idOf(line.adoptedId) ?? undefined)
      if (id === undefined) continue
      if (line.values !== null)
        changing.push(plainRecord(target.lines, line.key, line.values, index, line.adoptedId))
      else idsByItem.set(index, [...(idsByItem.get(index) ?? []), { id, key: line.key }])
    }
    await loadAll(progress, model, changing)
    for (const [index, lines] of idsByItem) {
      if (failed.has(index)) continue
      const outcome = await unlink(progress, model, lines)
      if (outcome !== null) failed.set(index, outcome)
    }
  }
}

async function findLines(
  progress: Progress,
  model: string,
  removed: readonly { readonly index: number; readonly line: RemovedLine }[],
): Promise<ReadonlyMap<string, number> | null> {
  try {
    if (progress.stoppedBy !== null) throw progress.stoppedBy
    return await findKeys(
      progress.client,
      model,
      removed.flatMap(({ line }) => (line.adoptedId === undefined ? [line.key] : [])),
      progress.signal,
    )
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    progress.stoppedBy ??= error
    for (const { index } of removed) progress.failed.set(index, interrupted())
    return null
  }
}

async function unlink(
  progress: Progress,
  model: string,
  lines: readonly { readonly id: number; readonly key: string }[],
): Promise<Outcome | null> {
  if (progress.stoppedBy !== null) return interrupted()
  try {
    const ids = lines.map(({ id }) => id)
    const call: Call = { model, method: 'unlink', ids, purpose: 'write', signal: progress.signal }
    const reply = await progress.client.call(call)
    if (reply.ok || reply.fault.kind === 'missing') return null
    if (reply.fault.kind === 'busy') return interrupted()
    return {
      status: 'rejected',
      class: reply.fault.kind === 'access' ? 'permission' : 'rejected',
      message: reply.fault.message,
      field: null,
      line: lines.length === 1 ? lines[0]!.key : null,
      exchange: await exchangeOf(progress.client, call, reply),
    }
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    progress.stoppedBy = error
    return { status: 'unknown', message: error.message }
  }
}
