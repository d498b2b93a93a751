import type { Cursor, Host, Page, PageRequest, SourceRecord } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Selection } from '../../core/model/selection.ts'
import { type GraphqlClient, TooCostly } from './client.ts'
import { decodeNode, itemsOf } from './decode.ts'
import { completeLists } from './nested.ts'
import { pageQuery, RESOURCES, type ResourceFacts } from './query.ts'

/** A list ends at 25,000 objects without a word (shopify.dev, limits): a new result set is begun before. */
const MOST_IN_ONE_LIST = 24_000
const LARGEST_PAGE = 250
const FIRST_PAGE = 40
/** A query may cost 1,000 points when it is admitted; pages are sized to stay below. */
const COST_AIM = 900

/** Where a read stands. A cursor without `from` begins the next run at its watermark. */
type Position = {
  /** Highest stamp seen; with windows: the end of the last window read whole. */
  readonly watermark: string | null
  readonly from?: string | null
  /** End of the window, exclusive. */
  readonly to?: string | null
  readonly after?: string | null
  /** With windows: only ids above this one, after a result set was given up. */
  readonly aboveId?: string | null
  readonly count?: number
}

/** Reads pages of one connection. Page sizes learned from the cost of a query are kept for its other pages. */
export function createReader(client: GraphqlClient, host: Host) {
  const sizes = new Map<string, number>()

  const readSized = async (text: string, limit: number, variables: JsonObject, signal: AbortSignal) => {
    for (;;) {
      const size = Math.min(limit, LARGEST_PAGE, sizes.get(text) ?? FIRST_PAGE)
      try {
        const answer = await client.query(text, { ...variables, first: size }, signal)
        if (answer.cost > 0)
          sizes.set(text, Math.max(1, Math.min(LARGEST_PAGE, Math.floor((size * COST_AIM) / answer.cost))))
        return answer
      } catch (error) {
        if (!(error instanceof TooCostly)) throw error
        if (size === 1)
          throw new SyncError('bug', `One record alone is too costly a query: ${error.message} points.`)
        sizes.set(text, Math.max(1, Math.floor(size / 2)))
      }
    }
  }

  return async function readPage(request: PageRequest): Promise<Page> {
    const resource = RESOURCES[request.resource]!
    const position = await begin(client, host, resource, request)
    const { data } = await readSized(
      pageQuery(request.resource, request.selection),
      request.limit,
      { after: position.after ?? null, query: filterOf(position) },
      request.signal,
    )
    const connection = data[resource.field] as JsonObject
    const page = connection['pageInfo'] as { hasNextPage: boolean; endCursor: string | null }
    const records: SourceRecord[] = []
    for (const node of itemsOf(connection) as readonly JsonObject[]) {
      records.push(
        recordOf(
          await completeLists(client, request.resource, node, request.selection, request.signal),
          request.selection,
        ),
      )
    }
    return { records, ...advance(resource, position, records, page) }
  }
}

export function recordOf(node: JsonObject, selection: Selection): SourceRecord {
  return {
    key: String(node['id']),
    stamp: String(node['updatedAt'] ?? ''),
    data: decodeNode(node, selection),
  }
}

/** Begins a run where the last one ended, a little earlier; goes on in the middle of one. */
async function begin(
  client: GraphqlClient,
  host: Host,
  resource: ResourceFacts,
  request: PageRequest,
): Promise<Position> {
  const stored = request.cursor as Position | null
  if (stored !== null && stored.from !== undefined) return stored
  const watermark = stored?.watermark ?? null
  const from = watermark === null ? request.since : earlier(watermark, request.lookbackMs)
  if (resource.order === 'updated') return { watermark, from, after: null, count: 0 }
  // Ids say nothing of when a record changed, so only a window that is closed can be read whole. It ends at the shop's own clock.
  const { at } = await client.query('query Clock { shop { id } }', {}, request.signal)
  return { watermark, from, to: secondText(at ?? host.now()), after: null, aboveId: null, count: 0 }
}

function advance(
  resource: ResourceFacts,
  position: Position,
  records: readonly SourceRecord[],
  page: { hasNextPage: boolean; endCursor: string | null },
): { next: Cursor; caughtUp: boolean } {
  const count = (position.count ?? 0) + records.length
  if (resource.order === 'window') {
    if (!page.hasNextPage) return { next: { watermark: position.to ?? null }, caughtUp: true }
    const last = records.at(-1)
    // A new result set of the same window, above the last id read.
    if (count >= MOST_IN_ONE_LIST && last !== undefined) {
      return {
        next: { ...position, after: null, aboveId: numericId(last.key), count: 0 } as Cursor,
        caughtUp: false,
      }
    }
    return { next: { ...position, after: page.endCursor, count } as Cursor, caughtUp: false }
  }
  const watermark = records.reduce<string | null>(
    (highest, { stamp }) => (highest === null || stamp > highest ? stamp : highest),
    position.watermark,
  )
  if (!page.hasNextPage) return { next: { watermark }, caughtUp: true }
  if (count >= MOST_IN_ONE_LIST) {
    if (watermark === position.from)
      throw new SyncError(
        'bug',
        `More than ${MOST_IN_ONE_LIST} records changed in the second ${watermark}; they cannot be told apart by time.`,
      )
    // From the last stamp on, inclusive: what is seen twice is unchanged the second time.
    return { next: { watermark, from: watermark, after: null, count: 0 }, caughtUp: false }
  }
  return { next: { watermark, from: position.from ?? null, after: page.endCursor, count }, caughtUp: false }
}

/** Values are quoted: an unquoted time is taken apart at its colons and silently filters something else. */
function filterOf({ from, to, aboveId }: Position): string | null {
  const parts = [
    from == null ? null : `updated_at:>='${from}'`,
    to == null ? null : `updated_at:<'${to}'`,
    aboveId == null ? null : `id:>${aboveId}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(' ')
}

function earlier(stamp: string, ms: number): string {
  return secondText(Date.parse(stamp) - ms)
}

function secondText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

function numericId(gid: string): string {
  return /(\d+)(?:\?.*)?$/.exec(gid)?.[1] ?? '0'
}
