import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  advance,
  anchorAgain,
  begin,
  filterOf,
  type PageFacts,
  type Position,
  secondText,
  widened,
} from '../../../engine/connectors/shopify/position.ts'
import type { Order } from '../../../engine/connectors/shopify/query.ts'

const LOOKBACK = 120_000
const T0 = Date.parse('2026-11-01T00:00:00Z')
const at = (seconds: number) => secondText(T0 + seconds * 1_000)
const size = { first: 250, level: 0 }

test.each([
  ['from the beginning', null, null, null],
  ['from since, by whole seconds', null, '2026-11-01T12:00:00.700Z', `updated_at:>='2026-11-01T12:00:00Z'`],
  ['from a day', null, '2026-11-01', `updated_at:>='2026-11-01T00:00:00Z'`],
  [
    'lookback before the watermark, whatever since says',
    { watermark: '2026-11-01T12:00:00Z' },
    '2026-01-01T00:00:00Z',
    `updated_at:>='2026-11-01T11:58:00Z'`,
  ],
  [
    'an empty shop again from since',
    { watermark: null },
    '2026-11-01',
    `updated_at:>='2026-11-01T00:00:00Z'`,
  ],
] as const)('a read begins %s', (_name, cursor, since, filter) => {
  expect(filterOf(begin(cursor, since, LOOKBACK, 'updated'))).toBe(filter)
})

test('every time in a filter is quoted, and ids go on above the last', () => {
  expect(filterOf({ watermark: null, from: at(0), above: '9007199254740993' })).toBe(
    `updated_at:>='${at(0)}' id:>=9007199254740994`,
  )
})

interface Row {
  readonly id: number
  readonly stamp: number
}

/** A shop as the connector sees it: filter, order and `after` as Shopify has them, and a clock. `begins`: what it makes of a time. */
function shopOf(
  rows: Map<number, number>,
  clock: { now: number; told: boolean },
  begins: (from: string) => string = (from) => from,
) {
  const all = (): Row[] => [...rows].map(([id, stamp]) => ({ id, stamp }))
  return {
    page(position: Position, first: number): { facts: PageFacts; rows: readonly Row[] } {
      const { from, above, by, after } = position
      const found = all()
        .filter(
          ({ id, stamp }) =>
            (from == null || at(stamp) >= begins(from)) && (above == null || id > Number(above)),
        )
        .sort((a, b) => (by === 'updated' ? a.stamp - b.stamp || a.id - b.id : a.id - b.id))
      const place = after == null ? null : (JSON.parse(after) as Row)
      const rest =
        place === null
          ? found
          : found.filter(({ id, stamp }) =>
              by === 'updated'
                ? stamp > place.stamp || (stamp === place.stamp && id > place.id)
                : id > place.id,
            )
      const given = rest.slice(0, first)
      return {
        rows: given,
        facts: {
          marks: given.map(({ id, stamp }) => ({ id: String(id), stamp: at(stamp) })),
          hasNextPage: rest.length > given.length,
          endCursor: given.length === 0 ? null : JSON.stringify(given.at(-1)),
          notBefore: clock.told ? at(clock.now) : null,
          size,
        },
      }
    },
  }
}

/** One run, page by page; the cursor goes through JSON as the store keeps it. */
function run(
  cursor: Position | null,
  order: Order,
  shop: ReturnType<typeof shopOf>,
  first: number,
  seen: Map<number, number>,
  between: () => void,
  wholeDays = false,
): Position {
  for (let place = cursor, pages = 0; ; pages++) {
    if (pages > 500) throw new Error('no end')
    const begun = begin(place, null, LOOKBACK, order)
    const wider = wholeDays ? widened(begun, shop.page(begun, first).facts) : null
    const position = wider ?? begun
    const { facts, rows } = shop.page(position, first)
    for (const { id, stamp } of rows) seen.set(id, Math.max(stamp, seen.get(id) ?? -1))
    const { next, caughtUp } = advance(position, facts, wholeDays)
    place = JSON.parse(JSON.stringify(next)) as Position
    between()
    if (caughtUp) return place
  }
}

describe.each(['updated', 'id'] as const)('read in the order of %s', (order) => {
  test.each([true, false])(
    'whatever changes while it is read is seen in its last version by the end of the next run (shop tells the time: %s)',
    (told) => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 40 }),
          fc.integer({ min: 1, max: 7 }),
          fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 300 })), { maxLength: 40 }),
          (stamps, first, edits) => {
            const rows = new Map(stamps.map((stamp, id) => [id + 1, stamp]))
            const clock = { now: 4_001, told }
            const shop = shopOf(rows, clock)
            const seen = new Map<number, number>()
            const queue = [...edits]
            const edit = () => {
              const [next] = queue.splice(0, 1)
              if (next === undefined) return
              clock.now += next[1]
              // Also records that were not there before.
              rows.set(next[0] + 1, clock.now)
            }
            let cursor = run(null, order, shop, first, seen, edit)
            while (queue.length > 0) cursor = run(cursor, order, shop, first, seen, edit)
            clock.now += 1
            run(cursor, order, shop, first, seen, () => {})
            expect(seen).toEqual(rows)
          },
        ),
        { numRuns: 300 },
      )
    },
  )
})

const day = (text: string) => `${text.slice(0, 10)}T00:00:00Z`
const hoursOn = (text: string, hours: number) => secondText(Date.parse(text) + hours * 3_600_000)

test.each<[name: string, begins: (from: string) => string]>([
  ['the second', (from) => from],
  ['the day', day],
  ['the day in Honolulu', (from) => hoursOn(day(from), 10)],
  ['the day in Auckland', (from) => hoursOn(day(from), -13)],
  ['the next day', (from) => hoursOn(day(from), 24)],
])('a filter that may know days only loses nothing when it begins at %s', (_name, begins) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 30_000 })), { maxLength: 20 }),
      (stamps, first, edits) => {
        const rows = new Map(stamps.map((stamp, id) => [id + 1, stamp]))
        const clock = { now: 4_001, told: true }
        const shop = shopOf(rows, clock, begins)
        const seen = new Map<number, number>()
        let cursor = run(null, 'updated', shop, first, seen, () => {}, true)
        for (const [id, later] of edits) {
          clock.now += later
          rows.set(id + 1, clock.now)
          cursor = run(cursor, 'updated', shop, first, seen, () => {}, true)
        }
        expect(seen).toEqual(rows)
      },
    ),
    { numRuns: 200 },
  )
})

describe('a list that would grow too long', () => {
  const page = (marks: PageFacts['marks'], hasNextPage = true): PageFacts => ({
    marks,
    hasNextPage,
    endCursor: 'place',
    notBefore: null,
    size,
  })
  const crowd = (stamp: (n: number) => number) =>
    Array.from({ length: 24_000 }, (_, n) => ({ id: String(n + 1), stamp: at(stamp(n)) }))

  test('is begun again at the last stamp, though a later one is known from the run before', () => {
    const position = begin({ watermark: at(1_000_000) }, null, 1_000_000_000, 'updated')
    const { next } = advance(position, page(crowd((n) => n)), false)
    expect(next).toMatchObject({ from: at(23_999), after: null, count: 0, watermark: at(1_000_000) })
  })

  test('goes on by ids from a second that holds too many', () => {
    const position = begin({ watermark: at(120) }, null, LOOKBACK, 'updated')
    const inside = advance(position, page(crowd(() => 0)), false)
    expect(inside.next).toMatchObject({ by: 'id', from: at(0), above: null, after: null, watermark: at(120) })
    const further = advance(inside.next, page(crowd(() => 0)), false)
    expect(further.next).toMatchObject({ by: 'id', from: at(0), above: '24000', count: 0 })
    const told = { ...page([{ id: '24001', stamp: at(400) }], false), notBefore: at(300) }
    const end = advance({ ...further.next, cap: at(300) }, told, false)
    expect(end).toEqual({ next: { watermark: at(300), size }, caughtUp: true })
  })

  test('is never cut at a time where the filter may know days only', () => {
    const position = begin({ watermark: at(120) }, null, LOOKBACK, 'updated')
    const { next } = advance(position, page(crowd((n) => n)), true)
    expect(next).toMatchObject({ by: 'id', from: at(0), above: null, after: null, count: 0 })
  })

  test('goes on above the last id where ids are the order', () => {
    const position = begin(null, null, LOOKBACK, 'id')
    const { next } = advance(position, page(crowd((n) => n)), false)
    expect(next).toMatchObject({ above: '24000', after: null, count: 0, high: at(23_999) })
  })

  test('a place that is void after the first page of a list leads to a new list, none at its very beginning', () => {
    const position = begin(null, null, LOOKBACK, 'updated')
    expect(anchorAgain(position, false)).toBeNull()
    const { next } = advance(position, page([{ id: '7', stamp: at(5) }]), false)
    expect(anchorAgain(next, false)).toMatchObject({ from: at(5), after: null, count: 0 })
  })
})

describe('what the run before saw last', () => {
  const position = begin({ watermark: at(200_000) }, null, LOOKBACK, 'updated')
  const marks = (...stamps: number[]) => ({
    marks: stamps.map((stamp) => ({ id: String(stamp), stamp: at(stamp) })),
  })
  test.each([
    ['is there', position, marks(199_950, 200_100), null],
    ['is missing', position, marks(200_001), at(200_000 - 120 - 86_400)],
    ['is missing, and all else', position, marks(), at(200_000 - 120 - 86_400)],
    ['is not known yet', begin(null, at(0), LOOKBACK, 'updated'), marks(), null],
    ['cannot be on a later page', { ...position, after: 'place', count: 250 }, marks(200_001), null],
  ])('%s', (_name, place, page, from) => {
    expect(widened(place, page)?.from ?? null).toBe(from)
  })
})
