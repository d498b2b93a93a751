import type { UpsertRequest } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { type Client, searchRead } from './client.ts'
import { findKeys } from './look-up.ts'
import { idOf } from './values.ts'

/** What stands at the target before anything is written. Items by their position in the request. */
export interface Standing {
  readonly highestId: number
  /** Items whose record is not there any more: `load` would make a new one of the few fields that changed. */
  readonly gone: ReadonlySet<number>
  /** Items that are new for certain and whose first-time fields are required: these have to go with the first load. */
  readonly withFirstTime: ReadonlySet<number>
}

/** Two reads a batch at most, and one a key of the few that need more. Throws `unavailable` as not sent: it writes nothing. */
export async function standingOf(client: Client, request: UpsertRequest): Promise<Standing> {
  try {
    const gone = await goneItems(client, request)
    const isNew = request.items.some((item) => item.targetId === null)
    return {
      gone,
      highestId: isNew ? await highestId(client, request) : 0,
      withFirstTime: await itemsWithFirstTime(client, request),
    }
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== 'unavailable') throw error
    throw new SyncError('unavailable', error.message, {
      maybeSent: false,
      fields: error.fields,
      cause: error,
    })
  }
}

async function highestId(client: Client, { shape, signal }: UpsertRequest): Promise<number> {
  const args = { domain: [], fields: ['id'], order: 'id desc', limit: 1 }
  const [row] = await searchRead(client, shape.resource, args, signal, { active_test: false })
  return Number(row?.id ?? 0)
}

async function goneItems(
  client: Client,
  { shape, items, signal }: UpsertRequest,
): Promise<ReadonlySet<number>> {
  const ids = items
    .flatMap((item) => (item.targetId === null ? [] : [idOf(item.targetId)]))
    .filter((id) => id !== null)
  if (ids.length === 0) return new Set()
  const args = { domain: [['id', 'in', ids]], fields: ['id'], order: 'id' }
  const rows = await searchRead(client, shape.resource, args, signal, { active_test: false })
  const there = new Set(rows.map((row) => String(row.id)))
  const missing = [...items.entries()].filter(
    ([, item]) => item.targetId !== null && !there.has(item.targetId),
  )
  // Merging two records in Odoo moves the external id to the one that stays.
  const keys = missing.flatMap(([, item]) => (item.adopted ? [] : [item.key]))
  const moved = keys.length === 0 ? new Map() : await findKeys(client, shape.resource, keys, signal)
  return new Set(missing.flatMap(([index, item]) => (moved.has(item.key) ? [] : [index])))
}

async function itemsWithFirstTime(
  client: Client,
  { shape, items, signal }: UpsertRequest,
): Promise<ReadonlySet<number>> {
  const asking = [...items.entries()].filter(
    ([, item]) =>
      item.targetId === null &&
      Object.entries(item.firstTimeFields).some(
        ([field, value]) => value !== null && shape.fields[field]?.required === true,
      ),
  )
  if (asking.length === 0) return new Set()
  const keys = asking.map(([, item]) => item.key)
  const found = await findKeys(client, shape.resource, keys, signal)
  return new Set(asking.flatMap(([index, item]) => (found.has(item.key) ? [] : [index])))
}
