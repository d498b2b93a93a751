import type { Host, Page, PageRequest, SourceRecord } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'
import type { Selection } from '../../core/model/selection.ts'
import { decodeNode, itemsOf } from './decode.ts'
import { completeRecords } from './nested.ts'
import {
  advance,
  anchorAgain,
  begin,
  filterOf,
  later,
  type PageFacts,
  type Position,
  secondText,
  widened,
} from './position.ts'
import { buildQuery, NESTED, RESOURCES } from './query.ts'
import type { Answer } from './reply.ts'
import type { Fetcher } from './sizes.ts'

/** Before anything is known of what a query costs. */
const FIRST_PAGE = 40

/** One page of a resource, every nested list whole. */
export async function readPage(fetcher: Fetcher, host: Host, request: PageRequest): Promise<Page> {
  const { resource, selection, signal } = request
  const { order, wholeDays } = RESOURCES[resource]!
  const position = begin(request.cursor as Position | null, request.since, request.lookbackMs, order)
  let page = await fetchPage(fetcher, host, request, position)
  const earlier = wholeDays ? widened(position, page) : null
  if (earlier !== null) page = await fetchPage(fetcher, host, request, earlier)
  const nodes = await completeRecords(fetcher, resource, page.nodes, selection, signal)
  const records = nodes.map((node) => recordOf(resource, node, selection))
  const { next, caughtUp } = advance(page.position, page, wholeDays)
  return { records, next, caughtUp }
}

/** A node as it is handed over. The stamp is the later of its own last change and of that of the object that counts as part of it. */
export function recordOf(resource: string, node: JsonObject, selection: Selection): SourceRecord {
  const { stampAlso } = RESOURCES[resource]!
  const own = String(node['updatedAt'])
  const other = stampAlso === null ? null : (node[stampAlso] ?? null)
  const also = isJsonObject(other) ? String(other['updatedAt']) : null
  return {
    key: String(node['id']),
    stamp: later(own, also) ?? own,
    data: decodeNode(node, selection),
  }
}

interface Fetched extends PageFacts {
  /** Where it was read: elsewhere than asked when the place had become void. */
  readonly position: Position
  readonly nodes: readonly JsonObject[]
}

async function fetchPage(
  fetcher: Fetcher,
  host: Host,
  request: PageRequest,
  position: Position,
): Promise<Fetched> {
  const { resource, selection, limit, signal } = request
  const started = host.now()
  const query = {
    text: (level: number) => buildQuery(resource, selection, { ...NESTED, level }, position.by),
    start: FIRST_PAGE,
    most: limit,
    variables: (first: number) => ({ first, after: position.after ?? null, query: filterOf(position) }),
    hint: position.size,
  }
  try {
    const { answer, next } = await fetcher.fetch(query, signal)
    return {
      ...pageOf(answer, resource),
      position,
      notBefore: notBefore(answer, host.now() - started),
      size: next,
    }
  } catch (error) {
    // A place in a list holds within one result set only, and nobody promises for how long. A query that passes without it was
    // refused for it.
    const again =
      isRefusal(error) && position.after != null
        ? anchorAgain(position, RESOURCES[resource]!.wholeDays)
        : null
    if (again === null) throw error
    host.log('the place in the list is not known any more; a new list is begun at the last record read', {
      resource,
    })
    return fetchPage(fetcher, host, request, again)
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof SyncError && error.kind === 'bug' && error.fields['code'] !== undefined
}

/** The shop's clock stands in the answer; the page was read at some time in the interval that the request took. */
function notBefore({ at }: Answer, tookMs: number): string | null {
  return at === null ? null : secondText(at - Math.max(0, tookMs))
}

function pageOf({ data }: Answer, resource: string) {
  const connection = data[RESOURCES[resource]!.field] ?? null
  const page = isJsonObject(connection) ? connection['pageInfo'] : undefined
  if (!isJsonObject(connection) || !isJsonObject(page ?? null))
    throw new SyncError('unavailable', `Shopify answered without the list of ${resource}.`)
  const { hasNextPage, endCursor } = page as { hasNextPage: boolean; endCursor: string | null }
  const nodes = itemsOf(connection) as readonly JsonObject[]
  const marks = nodes.map((node) => ({
    stamp: String(node['updatedAt']),
    get id() {
      return numericId(node)
    },
  }))
  return { nodes, marks, hasNextPage, endCursor }
}

function numericId(node: JsonObject): string {
  return /\/(\d+)(?:\?.*)?$/.exec(String(node['id']))?.[1] ?? '0'
}
