import type {
  FieldValues,
  Outcome,
  TargetShape,
  UpsertItem,
  UpsertRequest,
} from '../../core/model/connector.ts'
import type { Client } from './client.ts'
import { firstTimeRecords } from './first-time.ts'
import { withPermissions } from './permissions.ts'
import { loadAll, type Progress } from './progress.ts'
import { removeLines } from './removed-lines.ts'
import { recordsOf } from './rows.ts'
import { raiseHighestId, type Standing, standingOf } from './standing.ts'

/**
 * Creates or updates by external id, one outcome per item. Throws what stopped it (`throttled`, `auth-expired`) only when
 * nothing was written by then; a connection lost while writing is an outcome.
 */
export async function upsert(client: Client, request: UpsertRequest): Promise<readonly Outcome[]> {
  const { shape, items, signal } = request
  if (items.length === 0) return []
  const standing = await standingOf(client, request)
  const progress: Progress = {
    client,
    signal,
    request,
    stoppedBy: null,
    failed: new Map(),
    idByItem: new Map(),
  }
  for (const index of standing.gone) progress.failed.set(index, goneOutcome(shape, items[index]!))

  const parts = items.map((item, index) =>
    hasNothingToLoad(item)
      ? []
      : recordsOf(
          shape,
          item,
          index,
          firstFields(item, standing.withFirstTime.has(index)),
          standing.archived.has(index),
        ),
  )
  const mostParts = Math.max(...parts.map((records) => records.length))
  for (let part = 0; part < mostParts; part++) {
    await loadAll(
      progress,
      shape.resource,
      parts.flatMap((records) => records.slice(part, part + 1)),
    )
  }
  const created = createdItems(progress, standing)
  await loadAll(progress, shape.resource, await firstTimeRecords(progress, created, standing))
  // What is sent again because an answer got lost is new still, so that its first-time fields are sent again too.
  if (client.highestIds.has(shape.resource) && progress.stoppedBy === null)
    raiseHighestId(client, shape.resource, progress.idByItem.values())
  await removeLines(progress)

  const outcomes = items.map((item, index): Outcome => {
    const targetId = String(progress.idByItem.get(index) ?? item.targetId)
    return progress.failed.get(index) ?? { status: created.has(index) ? 'created' : 'updated', targetId }
  })
  const { stoppedBy } = progress
  const untouched = outcomes.every((outcome) => outcome.status === 'unattempted')
  if (stoppedBy !== null && stoppedBy.kind !== 'unavailable' && untouched) throw stoppedBy
  return withPermissions(progress, outcomes)
}

/** Known, and only lines leave it. */
function hasNothingToLoad(item: UpsertItem): boolean {
  return item.targetId !== null && item.lines.length === 0 && Object.keys(item.fields).length === 0
}

function firstFields(item: UpsertItem, withFirstTime: boolean): FieldValues {
  return withFirstTime ? { ...item.firstTimeFields, ...item.fields } : item.fields
}

/**
 * Ids only ever rise, so a record with an id above all that stood there before is new. (Comparing `create_date` with
 * `write_date` would not do: both are the start of a transaction, read to the second, and a second delivery may follow
 * within the second.)
 */
function createdItems(progress: Progress, standing: Standing): ReadonlySet<number> {
  const created = new Set<number>()
  const ids = new Set<number>()
  for (const [index, id] of progress.idByItem) {
    if (progress.request.items[index]!.targetId !== null || id <= standing.highestId || ids.has(id)) continue
    created.add(index)
    ids.add(id)
  }
  return created
}

function goneOutcome(shape: TargetShape, item: UpsertItem): Outcome {
  return {
    status: 'rejected',
    class: 'deleted-at-target',
    message: `${shape.resource} ${item.targetId} is not in Odoo any more (or hidden from the user by a record rule).`,
    field: null,
    line: null,
  }
}
