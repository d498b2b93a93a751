import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { GraphqlClient } from './client.ts'
import { NESTED_LEVELS } from './query.ts'
import { type Answer, TooCostly } from './reply.ts'

/** `first` and lists of ids may not be longer (shopify.dev, limits). */
const LARGEST = 250
/** One query may ask for 1,000 points, judged before it runs; sizes aim below. */
const COST_AIM = 900
/** Fewer records a page than this, and the lists inside them are asked for in smaller pieces instead. */
const FEW_RECORDS = 10
/** So many halvings of nested lists are tried to make pages larger; more only where not even one record fits. */
const LEVELS_FOR_LARGER_PAGES = 2

/** How large a page of a query may be: learned from what it cost, kept for its next page and in cursors. */
export type Size = {
  readonly first: number
  /** How often the sizes of nested lists were halved. */
  readonly level: number
}

export interface SizedQuery {
  /** The text at a level of nested sizes; the text of level 0 names what was learned. */
  text(level: number): string
  /** Size of the very first page, and the most wanted. */
  readonly start: number
  readonly most: number
  variables(first: number): JsonObject
  /** What an earlier process learned. */
  readonly hint?: Size | undefined
}

export interface Fetcher {
  /** Answers with as many as the cost allows, at most `most`. */
  fetch(
    query: SizedQuery,
    signal: AbortSignal,
  ): Promise<{ readonly answer: Answer; readonly asked: number; readonly next: Size }>
}

/** `each`: points for one element, by the last page; 0 when not known. */
type Learned = Size & { readonly each: number }

/**
 * Sends queries whose size is not known beforehand. The first page is small; from what it was admitted at the next ones are
 * scaled, never beyond 250. A query that is refused as too costly is halved until it passes; the vendor keeps the formula to itself.
 */
export function createFetcher(client: GraphqlClient): Fetcher {
  const learned = new Map<string, Learned>()

  return {
    async fetch(query, signal) {
      const key = query.text(0)
      let size: Learned = learned.get(key) ?? { ...(query.hint ?? { first: query.start, level: 0 }), each: 0 }
      for (;;) {
        const asked = Math.max(1, Math.min(query.most, LARGEST, size.first))
        const text = query.text(size.level)
        try {
          const answer = await client.query(
            text,
            query.variables(asked),
            signal,
            size.each === 0 ? undefined : Math.ceil(size.each * asked),
          )
          size = afterAnswer(size, asked, answer.cost)
          learned.set(key, size)
          return { answer, asked, next: { first: size.first, level: size.level } }
        } catch (error) {
          if (!(error instanceof TooCostly)) throw error
          size = afterRefusal(size, asked, error)
          learned.set(key, size)
        }
      }
    },
  }
}

function afterAnswer(size: Learned, asked: number, cost: number): Learned {
  if (cost <= 0) return size
  const fits = Math.max(1, Math.min(LARGEST, Math.floor((asked * COST_AIM) / cost)))
  if (fits < FEW_RECORDS && size.level < LEVELS_FOR_LARGER_PAGES)
    return { first: fits, level: size.level + 1, each: cost / asked }
  return { first: fits, level: size.level, each: cost / asked }
}

function afterRefusal(size: Learned, asked: number, { cost, most }: TooCostly): Learned {
  if (asked > 1) {
    const scaled = cost > 0 ? Math.floor((asked * COST_AIM) / cost) : asked
    return { ...size, first: Math.max(1, Math.min(Math.floor(asked / 2), scaled)), each: 0 }
  }
  if (size.level < NESTED_LEVELS) return { ...size, level: size.level + 1, each: 0 }
  throw new SyncError(
    'invalid-plan',
    `One record alone costs ${cost} points and Shopify allows ${most} a query: the mapping reads too many fields at once.`,
  )
}
