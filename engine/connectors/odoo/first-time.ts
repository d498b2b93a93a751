import type { FieldValues, UpsertItem } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { searchRead } from './client.ts'
import { interrupted, type Progress } from './progress.ts'
import { type LoadRecord, plainRecord } from './rows.ts'
import type { Standing } from './standing.ts'

/**
 * What is written once: of the records that these very loads created, and, where a write without an answer may have created
 * them, what is still empty. Of new records nothing is there yet, so nulls need no writing.
 */
export async function firstTimeRecords(
  progress: Progress,
  created: ReadonlySet<number>,
  standing: Standing,
): Promise<readonly LoadRecord[]> {
  const { request, idByItem } = progress
  const left = [...idByItem].flatMap(([index, id]) => {
    const item = request.items[index]!
    if (standing.withFirstTime.has(index) || !(created.has(index) || item.mayBeNew === true)) return []
    const fields = Object.entries(item.firstTimeFields).filter(([, value]) => value !== null)
    return fields.length === 0 ? [] : [{ index, id, item, fields: Object.fromEntries(fields) }]
  })
  const rowById = await rowsOf(
    progress,
    left.filter(({ index }) => !created.has(index)),
  )
  return left.flatMap(({ index, id, item, fields }) => {
    const row = created.has(index) ? {} : rowById.get(id)
    const empty = row === undefined ? {} : emptyOf(fields, row)
    return Object.keys(empty).length === 0 ? [] : [plainOf(progress, item, empty, index)]
  })
}

function plainOf({ request }: Progress, item: UpsertItem, fields: FieldValues, index: number): LoadRecord {
  return plainRecord(request.shape, item.key, fields, index)
}

async function rowsOf(
  progress: Progress,
  asked: readonly { readonly index: number; readonly id: number; readonly fields: FieldValues }[],
): Promise<ReadonlyMap<number, JsonObject>> {
  if (asked.length === 0) return new Map()
  const { client, request, signal } = progress
  const fields = [...new Set(asked.flatMap((each) => Object.keys(each.fields)))]
  const args = { domain: [['id', 'in', asked.map(({ id }) => id)]], fields: ['id', ...fields], order: 'id' }
  try {
    const rows = await searchRead(client, request.shape.resource, args, signal, { active_test: false })
    return new Map(rows.map((row) => [Number(row.id), row]))
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    progress.stoppedBy ??= error
    for (const { index } of asked) progress.failed.set(index, interrupted())
    return new Map()
  }
}

/** A number or a yes or no cannot be told from none at all, and so counts as filled. */
function emptyOf(fields: FieldValues, row: JsonObject): FieldValues {
  const isEmpty = (found: JsonValue) =>
    found === false || found === '' || (Array.isArray(found) && found.length === 0)
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => typeof value !== 'boolean' && isEmpty(row[name] ?? false),
    ),
  )
}
