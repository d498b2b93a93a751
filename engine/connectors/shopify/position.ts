import type { Order } from './query.ts'
import type { Size } from './sizes.ts'

/** A list ends at 25,000 objects without a word (shopify.dev, limits): a new result set is begun before. */
const MOST_IN_ONE_LIST = 24_000

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
  /** The result set: changed at or after `from`, before `to`, ids above `above`. */
  readonly from?: string | null
  readonly to?: string | null
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
    ...fresh({ from, by: order }),
    watermark,
    ...(cursor?.size === undefined ? {} : { size: cursor.size }),
  }
}

/** A new result set for what the current one had not given yet; null when there is nothing to begin it at. */
export function anchorAgain(position: Position): Position | null {
  const last = position.last ?? null
  if (last === null) return null
  if (position.by === 'id') return { ...position, after: null, count: 0, above: last, last: null }
  if (last !== position.from)
    return { ...position, ...fresh({ from: last, by: 'updated' }), watermark: position.watermark }
  // More changed in one second than a list may hold. That second by ids, then on from the next one.
  return {
    ...position,
    ...fresh({ from: last, to: secondText(Date.parse(last) + 1_000), by: 'id' }),
    watermark: position.watermark,
  }
}

/** After a page: the next place, and whether the resource is read to its end. `order` is what the resource allows. */
export function advance(
  position: Position,
  page: PageFacts,
  order: Order,
): { readonly next: Position; readonly caughtUp: boolean } {
  const highest = page.marks.reduce<string | null>((high, { stamp }) => later(high, stamp), null)
  const mark = page.marks.at(-1)
  const count = (position.count ?? 0) + page.marks.length
  const moved: Position =
    order === 'updated'
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
    const again = count >= MOST_IN_ONE_LIST ? anchorAgain(next) : null
    return { next: again ?? next, caughtUp: false }
  }
  if (order === 'updated' && position.to != null)
    return {
      next: { ...moved, ...fresh({ from: position.to, by: 'updated' }), watermark: moved.watermark },
      caughtUp: false,
    }
  const reached = order === 'updated' ? null : earlier(moved.high ?? null, moved.cap ?? null)
  return { next: { watermark: later(moved.watermark, reached), size: page.size }, caughtUp: true }
}

/** Times are quoted: an unquoted one is taken apart at its colons and silently filters something else. */
export function filterOf({ from, to, above }: Position): string | null {
  const parts = [
    from == null ? null : `updated_at:>='${from}'`,
    to == null ? null : `updated_at:<'${to}'`,
    above == null ? null : `id:>=${BigInt(above) + 1n}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(' ')
}

export function secondText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

function fresh(set: { from: string | null; to?: string; by: Order }): Omit<Position, 'watermark'> {
  return { from: set.from, to: set.to ?? null, above: null, by: set.by, after: null, count: 0, last: null }
}

/** The later of two ISO instants. */
export function later(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a
}

function earlier(a: string | null, b: string | null): string | null {
  return a === null || b === null ? null : a < b ? a : b
}
