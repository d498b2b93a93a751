import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Selection } from '../../core/model/selection.ts'
import type { GraphqlClient } from './client.ts'
import { itemsOf } from './decode.ts'
import { nestedQuery, typeAt } from './query.ts'

/** Nested connections stop silently at their `first`: whatever has more is read to its end, at any depth. */
export async function completeLists(
  client: GraphqlClient,
  resource: string,
  node: JsonObject,
  selection: Selection,
  signal: AbortSignal,
  path: readonly string[] = [],
): Promise<JsonObject> {
  let complete = node
  for (const [name, field] of Object.entries(selection)) {
    const value = complete[name] ?? null
    if (field.fields === undefined || value === null) continue
    let items = itemsOf(value)
    if (field.list === 'connection' && isJsonObject(value))
      items = await restOf(client, resource, complete, name, selection, value, signal, path)
    if (field.list !== undefined) {
      const inner: JsonValue[] = []
      for (const item of items)
        inner.push(
          isJsonObject(item)
            ? await completeLists(client, resource, item, field.fields, signal, [...path, name])
            : item,
        )
      complete = { ...complete, [name]: inner }
    } else if (isJsonObject(value)) {
      complete = {
        ...complete,
        [name]: await completeLists(client, resource, value, field.fields, signal, [...path, name]),
      }
    }
  }
  return complete
}

const MORE = 100

async function restOf(
  client: GraphqlClient,
  resource: string,
  parent: JsonObject,
  name: string,
  selection: Selection,
  first: JsonObject,
  signal: AbortSignal,
  path: readonly string[],
): Promise<readonly JsonValue[]> {
  const items = [...itemsOf(first)]
  let page = first['pageInfo'] as { hasNextPage?: boolean; endCursor?: string } | undefined
  const type = typeAt(resource, path)
  while (page?.hasNextPage === true) {
    if (type === null || typeof parent['id'] !== 'string') {
      throw new SyncError(
        'bug',
        `The list ${[...path, name].join('.')} of ${resource} goes on and cannot be asked for by itself.`,
      )
    }
    const variables = { id: parent['id'], first: MORE, after: page.endCursor ?? null }
    const { data } = await client.query(nestedQuery(type, name, selection[name]!), variables, signal)
    const connection = (data['node'] as JsonObject | null)?.[name]
    if (!isJsonObject(connection ?? null)) break
    items.push(...itemsOf(connection as JsonObject))
    page = (connection as JsonObject)['pageInfo'] as { hasNextPage?: boolean; endCursor?: string }
  }
  return items
}
