import type { UpsertRequest } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { type Client, searchRead } from './client.ts'
import { findKeys, findKeysAtOnce } from './look-up.ts'
import { idOf } from './values.ts'

/** What stands at the target before anything is written. Items by their position in the request. */
export interface Standing {
  readonly highestId: number
  /** Items whose record is not there any more: `load` would make a new one of the few fields that changed. */
  readonly gone: ReadonlySet<number>
  /** Items whose record was taken over and is archived. */
  readonly archived: ReadonlySet<number>
  /** Items that are new for certain: their first-time fields go with the first load. */
  readonly withFirstTime: ReadonlySet<number>
}

/** A few reads a batch, and one a key of the few items that need it. Throws `unavailable` as not sent: it writes nothing. */
export async function standingOf(client: Client, request: UpsertRequest): Promise<Standing> {
  try {
    const gone = await goneItems(client, request)
    const isNew = request.items.some((item) => item.targetId === null)
    return {
      gone,
      archived: await archivedItems(client, request, gone),
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

/**
 * Asked once a connection: from then on it is known from what is loaded. That others make records meanwhile is of no account,
 * since nobody else makes records of our keys.
 */
async function highestId(client: Client, { shape, signal }: UpsertRequest): Promise<number> {
  const known = client.highestIds.get(shape.resource)
  if (known !== undefined) return known
  const args = { domain: [], fields: ['id'], order: 'id desc', limit: 1 }
  const [row] = await searchRead(client, shape.resource, args, signal, { active_test: false })
  return raiseHighestId(client, shape.resource, [Number(row?.id ?? 0)])
}

/** Ids that are there now. Gives the highest one known. */
export function raiseHighestId(client: Client, model: string, ids: Iterable<number>): number {
  const highest = Math.max(client.highestIds.get(model) ?? 0, ...ids)
  client.highestIds.set(model, highest)
  return highest
}

/** Which of these records are there: all, or only those that are not archived. */
async function existing(
  client: Client,
  { shape, signal }: UpsertRequest,
  ids: readonly string[],
  archived: boolean,
): Promise<ReadonlySet<string>> {
  const numbers = ids.map(idOf).filter((id) => id !== null)
  if (numbers.length === 0) return new Set()
  const args = { domain: [['id', 'in', numbers]], fields: ['id'], order: 'id' }
  const rows = await searchRead(client, shape.resource, args, signal, archived ? { active_test: false } : {})
  return new Set(rows.map((row) => String(row.id)))
}

async function goneItems(client: Client, request: UpsertRequest): Promise<ReadonlySet<number>> {
  const { shape, items, signal } = request
  const known = items.flatMap((item) => item.targetId ?? [])
  const there = await existing(client, request, known, true)
  const missing = [...items.entries()].filter(
    ([, item]) => item.targetId !== null && !there.has(item.targetId),
  )
  // Merging two records in Odoo moves the external id to the one that stays.
  const keys = missing.flatMap(([, item]) => (item.adopted ? [] : [item.key]))
  const moved = keys.length === 0 ? new Map() : await findKeys(client, shape.resource, keys, signal)
  return new Set(missing.flatMap(([index, item]) => (moved.has(item.key) ? [] : [index])))
}

async function archivedItems(
  client: Client,
  request: UpsertRequest,
  gone: ReadonlySet<number>,
): Promise<ReadonlySet<number>> {
  const adopted = [...request.items.entries()].filter(([index, item]) => item.adopted && !gone.has(index))
  const ids = adopted.flatMap(([, item]) => item.targetId ?? [])
  const active = await existing(client, request, ids, false)
  return new Set(adopted.flatMap(([index, item]) => (active.has(String(item.targetId)) ? [] : [index])))
}

/**
 * With Settings rights one read tells what exists, so that first-time fields go with the record in one transaction.
 * Others would have to ask key by key: only for fields without which Odoo would refuse the record.
 */
async function itemsWithFirstTime(
  client: Client,
  { shape, items, signal }: UpsertRequest,
): Promise<ReadonlySet<number>> {
  const having = [...items.entries()].filter(
    ([, item]) =>
      item.targetId === null && Object.values(item.firstTimeFields).some((value) => value !== null),
  )
  if (having.length === 0) return new Set()
  const keysOf = (of: typeof having) => of.map(([, item]) => item.key)
  const newOf = (of: typeof having, found: ReadonlyMap<string, number>) =>
    new Set(of.flatMap(([index, item]) => (found.has(item.key) ? [] : [index])))
  const found = await findKeysAtOnce(client, shape.resource, keysOf(having), signal)
  if (found !== null) return newOf(having, found)
  const needing = having.filter(([, item]) =>
    Object.entries(item.firstTimeFields).some(
      ([field, value]) => value !== null && shape.fields[field]?.required === true,
    ),
  )
  if (needing.length === 0) return new Set()
  return newOf(needing, await findKeys(client, shape.resource, keysOf(needing), signal))
}
