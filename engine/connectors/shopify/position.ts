import type { Order } from './query.ts'
import type { Size } from './sizes.ts'

/** A list ends at 25,000 objects without a word (shopify.dev, limits): a new result set is begun before. */
const MOST_IN_ONE_LIST = 24_000
const DAY_MS = 86_400_000

/**
 * Where a read stands. One with nothing but a watermark begins the next run; all others go on in the middle of a result set.
 *
 * The watermark is the highest stamp seen. Sorted by last change, whatever changes while the list is read moves to its end, is
 * seen again there, and nothing below the watermark is missing. Sorted by id, a record that changes after its page was read is not
 * seen again in this run: so there the watermark never passes the moment at which the first page was read, by the shop's own clock
 * (`cap`), and the next run sees it.
 */
export type Position = {
  readonly watermark: string | null
  /** The result set: changed at or after `from`, ids above `above`. */
  readonly from?: string | null
  readonly above?: string | null
  /** How it is sorted. */
  readonly by?: Order
  /** The page after this place, valid within the one result set. */
  readonly after?: string | null
  /** Objects read of it. */
  readonly count?: number
  /** Stamp (sorted by last change) or numeric id of the last record read of it: where a new result set can begin. */
  readonly last?: string | null
  /** Sorted by id: the highest stamp seen so far, and the instant that the watermark may not pass. */
  readonly high?: string | null
  readonly cap?: string | null
  readonly size?: Size
}

/** What a page has to say of its place: own stamps and ids of its records, in order. */
export interface PageFacts {
  readonly marks: readonly { readonly stamp: string; readonly id: string }[]
  readonly hasNextPage: boolean
  readonly endCursor: string | null
  /** An instant by the shop's clock before which the page was certainly not read; null when it gave none. */
  readonly notBefore: string | null
  readonly size: Size
}

/** Begins where the last run ended, `lookbackMs` earlier: a change may be committed after one with a later stamp. */
export function begin(
  cursor: Position | null,
  since: string | null,
  lookbackMs: number,
  order: Order,
): Position {
  if (cursor !== null && cursor.from !== undefined) return cursor
  const watermark = cursor?.watermark ?? null
  const from =
    watermark !== null
      ? secondText(Date.parse(watermark) - lookbackMs)
      : since === null
        ? null
        : secondText(Date.parse(since))
  return {
    watermark,
    from,
    above: null,
    by: order,
    after: null,
    count: 0,
    last: null,
    ...(cursor?.size === undefined ? {} : { size: cursor.size }),
  }
}

/**
 * A new result set for what the current one had not given yet; null when there is nothing to begin it at. `wholeDays`: the filter
 * may not tell times within a day apart, so a list cannot be cut at one.
 */
export function anchorAgain(position: Position, wholeDays: boolean): Position | null {
  const last = position.last ?? null
  if (last === null) return null
  const begun: Position = { ...position, after: null, count: 0, last: null }
  if (position.by === 'id') return { ...begun, above: last }
  // More changed in one second than a list may hold: ids go on where times cannot.
  if (wholeDays || last === position.from) return { ...begun, by: 'id', above: null }
  return { ...begun, from: last }
}

/**
 * The first page of a run, when what the run before saw last is missing from it: changed since, or a filter that begins later than
 * it was told. Null when all is well; else a day earlier, which is as far as a filter by days can be off.
 */
export function widened(position: Position, page: Pick<PageFacts, 'marks'>): Position | null {
  const { watermark, from, after, count } = position
  if (watermark === null || from == null || after != null || count !== 0) return null
  if (page.marks.some(({ stamp }) => stamp <= watermark)) return null
  return { ...position, from: secondText(Date.parse(from) - DAY_MS) }
}

/** After a page: the next place, and whether the resource is read to its end. */
export function advance(
  position: Position,
  page: PageFacts,
  wholeDays: boolean,
): { readonly next: Position; readonly caughtUp: boolean } {
  const highest = page.marks.reduce<string | null>((high, { stamp }) => later(high, stamp), null)
  const mark = page.marks.at(-1)
  const count = (position.count ?? 0) + page.marks.length
  const moved: Position =
    position.by === 'updated'
      ? { ...position, watermark: later(position.watermark, highest), size: page.size }
      : {
          ...position,
          high: later(position.high ?? null, highest),
          // Without a clock: nothing the first page missed is older than what it held.
          cap: position.cap ?? page.notBefore ?? highest,
          size: page.size,
        }
  if (page.hasNextPage) {
    const last = mark === undefined ? (position.last ?? null) : position.by === 'id' ? mark.id : mark.stamp
    const next: Position = { ...moved, after: page.endCursor, count, last }
    const again = count >= MOST_IN_ONE_LIST ? anchorAgain(next, wholeDays) : null
    return { next: again ?? next, caughtUp: false }
  }
  const reached = position.by === 'updated' ? null : earlier(moved.high ?? null, moved.cap ?? null)
  return { next: { watermark: later(moved.watermark, reached), size: page.size }, caughtUp: true }
}

/** Times are quoted: an unquoted one is taken apart at its colons and silently filters something else. */
export function filterOf({ from, above }: Position): string | null {
  const parts = [
    from == null ? null : `updated_at:>='${from}'`,
    above == null ? null : `id:>=${BigInt(above) + 1n}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(' ')
}

export function secondText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** The later of two ISO instants. */
export function later(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a
}

function earlier(a: string | null, b: string | null): string | null {
  return a === null || b === null ? null : a < b ? a : b
}
