import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { SelectedField, Selection } from '../../core/model/selection.ts'
import { itemsOf } from './decode.ts'
import { NESTED, type Nested, nestedQuery, nodesQuery, PLAIN_MOST } from './query.ts'
import type { Fetcher } from './sizes.ts'

const FIRST_REST = 100
const MOST = 250

/** Records as the queries gave them, with every nested list whole. Most come whole and stay as they are. */
export async function completeRecords(
  fetcher: Fetcher,
  resource: string,
  nodes: readonly JsonObject[],
  selection: Selection,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const whole: JsonObject[] = []
  for (const node of nodes) {
    whole.push(
      isWhole(node, selection) ? node : await completeRecord(fetcher, resource, node, selection, signal),
    )
  }
  return whole
}

function isWhole(node: JsonObject, selection: Selection): boolean {
  for (const name in selection) {
    const { fields, list } = selection[name]!
    const value = node[name] ?? null
    if (fields === undefined || value === null) continue
    if (list === undefined) {
      if (isJsonObject(value) && !isWhole(value, fields)) return false
      continue
    }
    const items = itemsOf(value)
    if (list === 'connection' && isJsonObject(value) && afterOf(value) !== null) return false
    if (list === 'first' && items.length >= NESTED.plain) return false
    for (const item of items) if (isJsonObject(item) && !isWhole(item, fields)) return false
  }
  return true
}

async function completeRecord(
  fetcher: Fetcher,
  resource: string,
  node: JsonObject,
  selection: Selection,
  signal: AbortSignal,
): Promise<JsonObject> {
  const complete = await completeLists(fetcher, node, selection, NESTED, signal)
  if (!isCut(complete, selection, NESTED.plain)) return complete
  // A list that takes `first` and has no pages is full: the record is asked for again with the longest such lists there are.
  const nested: Nested = { ...NESTED, plain: PLAIN_MOST }
  const { answer } = await fetcher.fetch(
    {
      text: (level) => nodesQuery(resource, selection, { ...nested, level }),
      start: 1,
      most: 1,
      variables: () => ({ ids: [String(node['id'])] }),
    },
    signal,
  )
  const [again] = itemsOf(answer.data['nodes'] ?? null)
  if (!isJsonObject(again ?? null) || (again as JsonObject)['id'] === undefined) throw vanished(node)
  const whole = await completeLists(fetcher, again as JsonObject, selection, nested, signal)
  if (isCut(whole, selection, PLAIN_MOST)) {
    throw new SyncError(
      'bug',
      `${String(node['id'])} has a list of ${PLAIN_MOST} or more elements that Shopify gives no further pages of, so it cannot be read whole.`,
    )
  }
  return whole
}

/** Nested connections stop silently at their `first`: whatever has more is read to its end, at any depth. */
async function completeLists(
  fetcher: Fetcher,
  node: JsonObject,
  selection: Selection,
  nested: Nested,
  signal: AbortSignal,
): Promise<JsonObject> {
  const complete: Record<string, JsonValue> = { ...node }
  for (const [name, field] of Object.entries(selection)) {
    const value = node[name] ?? null
    const { fields } = field
    if (fields === undefined || value === null) continue
    const inside = async (item: JsonValue): Promise<JsonValue> =>
      isJsonObject(item) ? completeLists(fetcher, item, fields, nested, signal) : item
    if (field.list === undefined) {
      complete[name] = await inside(value)
      continue
    }
    const items =
      field.list === 'connection' && isJsonObject(value)
        ? await allOf(fetcher, node, name, field, value, nested, signal)
        : itemsOf(value)
    const whole: JsonValue[] = []
    for (const item of items) whole.push(await inside(item))
    complete[name] = whole
  }
  return complete
}

/** The elements that came, and the others page by page through `node(id:)` of the object that holds them. */
async function allOf(
  fetcher: Fetcher,
  holder: JsonObject,
  name: string,
  field: SelectedField,
  first: JsonObject,
  nested: Nested,
  signal: AbortSignal,
): Promise<readonly JsonValue[]> {
  const items = [...itemsOf(first)]
  let after = afterOf(first)
  while (after !== null) {
    const type = String(holder['__typename'])
    const { answer } = await fetcher.fetch(
      {
        text: (level) => nestedQuery(type, name, field, { ...nested, level }),
        start: FIRST_REST,
        most: MOST,
        variables: (size) => ({ id: holder['id'] ?? null, first: size, after }),
      },
      signal,
    )
    const more = (answer.data['node'] as JsonObject | null)?.[name] ?? null
    if (!isJsonObject(more)) throw vanished(holder)
    items.push(...itemsOf(more))
    after = afterOf(more)
  }
  return items
}

function afterOf(connection: JsonObject): string | null {
  const page = connection['pageInfo'] as { hasNextPage?: boolean; endCursor?: string | null } | undefined
  if (page?.hasNextPage !== true) return null
  if (typeof page.endCursor !== 'string')
    throw new SyncError('unavailable', 'Shopify says that a list goes on and gives no place to go on from.')
  return page.endCursor
}

/** Whether a list that takes `first` came back full, and may be longer. */
function isCut(node: JsonObject, selection: Selection, most: number): boolean {
  return Object.entries(selection).some(([name, field]) => {
    const value = node[name] ?? null
    if (field.list === undefined)
      return field.fields !== undefined && isJsonObject(value) && isCut(value, field.fields, most)
    const items = itemsOf(value)
    if (field.list === 'first' && items.length >= most) return true
    const { fields } = field
    return fields !== undefined && items.some((item) => isJsonObject(item) && isCut(item, fields, most))
  })
}

/** Half a record is never handed over; read again, the page comes without it. */
function vanished(node: JsonObject): SyncError {
  return new SyncError('unavailable', `${String(node['id'])} was deleted while it was being read.`)
}
