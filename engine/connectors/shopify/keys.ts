import type { Host, KeyPage, KeysRequest, ListKeysRequest, SourceRecord } from '../../core/model/connector.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'
import { itemsOf } from './decode.ts'
import { completeRecords } from './nested.ts'
import { NESTED, nodesQuery, RESOURCES } from './query.ts'
import { readPage, recordOf } from './read.ts'
import type { Fetcher } from './sizes.ts'

/** Before anything is known of what a record costs. */
const FIRST_CHUNK = 20

/** Records by id, as many at a time as the cost allows. What is no id of this resource is left out, as is what does not exist. */
export async function readKeys(
  fetcher: Fetcher,
  { resource, selection, keys, signal }: KeysRequest,
): Promise<readonly SourceRecord[]> {
  // One id that is none fails the whole query (RESOURCE_NOT_FOUND).
  const form = new RegExp(`^gid://shopify/${RESOURCES[resource]!.type}/\\d+$`)
  const ids = [...new Set(keys)].filter((key) => form.test(key))
  const records: SourceRecord[] = []
  for (let start = 0; start < ids.length; ) {
    const { answer, asked } = await fetcher.fetch(
      {
        text: (level) => nodesQuery(resource, selection, { ...NESTED, level }),
        start: FIRST_CHUNK,
        most: ids.length - start,
        variables: (size) => ({ ids: ids.slice(start, start + size) }),
      },
      signal,
    )
    const found = itemsOf(answer.data['nodes'] ?? null).filter(
      (node): node is JsonObject => isJsonObject(node) && node['id'] !== undefined,
    )
    for (const node of await completeRecords(fetcher, resource, found, selection, signal))
      records.push(recordOf(resource, node, selection))
    start += asked
  }
  return records
}

/** Ids only, a page at a time. */
export async function listKeys(fetcher: Fetcher, host: Host, request: ListKeysRequest): Promise<KeyPage> {
  const page = await readPage(fetcher, host, { ...request, selection: {}, since: null, lookbackMs: 0 })
  return { keys: page.records.map((record) => record.key), next: page.caughtUp ? null : page.next }
}
