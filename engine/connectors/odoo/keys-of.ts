import type { KeysOfRequest } from '../../core/model/connector.ts'
import { isJsonObject } from '../../core/model/json.ts'
import type { Client } from './client.ts'
import { failureOfRead } from './fault.ts'
import { idOf } from './values.ts'

/**
 * One external id a record. `get_external_id` only reads and needs no Settings rights (`export_data` would make an id up:
 * observed on 18.0); a record without one has ''.
 */
export async function keysOf(
  client: Client,
  { resource, ids, signal }: KeysOfRequest,
): Promise<ReadonlyMap<string, string>> {
  const numbers = ids.map(idOf).filter((id) => id !== null)
  if (numbers.length === 0) return new Map()
  const reply = await client.call({
    model: resource,
    method: 'get_external_id',
    ids: numbers,
    purpose: 'read',
    signal,
  })
  if (!reply.ok) throw failureOfRead(reply.fault, `read external ids of ${resource}`)
  if (!isJsonObject(reply.value)) return new Map()
  return new Map(
    Object.entries(reply.value).flatMap(([id, key]) =>
      typeof key === 'string' && key !== '' ? [[id, key] as const] : [],
    ),
  )
}
