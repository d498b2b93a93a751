import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cursor, Page } from '../../../engine/core/model/connector.ts'
import { answer19, type Scripted, startScripted } from './scripted.ts'

const { signal } = new AbortController()

interface Row {
  readonly id: number
  /** With the microseconds that the database has and no answer shows. */
  readonly written: string
}

/** `write_date` as PostgreSQL compares and Odoo answers: sorted by microsecond, shown by second. */
let table: Row[] = []
let scripted: Scripted

type Term = readonly [field: string, operator: string, value: string | number | readonly number[]]

function matches(row: Row, [field, operator, value]: Term): boolean {
  if (field === 'id')
    return operator === '>' ? row.id > Number(value) : (value as readonly number[]).includes(row.id)
  if (operator === '>=') return row.written >= String(value)
  if (operator === '<') return row.written < String(value)
  throw new Error(`${operator} on write_date does not mean the same on 18.0 and 19.0`)
}

beforeAll(async () => {
  scripted = await startScripted(
    answer19((_, body) => {
      const { domain, order, limit } = body as { domain: readonly Term[]; order: string; limit?: number }
      const rows = table.filter((row) => domain.every((term) => matches(row, term)))
      const byStamp = order.startsWith('write_date')
      rows.sort((a, b) =>
        byStamp && a.written !== b.written ? (a.written < b.written ? -1 : 1) : a.id - b.id,
      )
      return {
        body: rows.slice(0, limit).map((row) => ({ id: row.id, write_date: row.written.slice(0, 19) })),
      }
    }),
  )
})
afterAll(() => scripted.close())

async function readAll(
  cursor: Cursor | null,
  limit: number,
  lookbackMs = 0,
): Promise<{ pages: Page[]; last: Cursor }> {
  const pages: Page[] = []
  for (let next = cursor; ; ) {
    const page = await scripted.connection.readPage({
      resource: 'res.partner',
      selection: {},
      cursor: next,
      since: null,
      limit,
      lookbackMs,
      signal,
    })
    pages.push(page)
    if (page.caughtUp) return { pages, last: page.next }
    next = JSON.parse(JSON.stringify(page.next)) as Cursor
  }
}

const keysOf = (pages: readonly Page[]) => pages.flatMap((page) => page.records.map((record) => record.key))
const second = (n: number, micro = 0) =>
  `2026-11-23 12:00:${String(n).padStart(2, '0')}.${String(micro).padStart(6, '0')}`

describe('a read page by page', () => {
  const drawn = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 })), {
    maxLength: 30,
  })

  test('hands over every record once, seconds in order, whatever the page size and however many share a second', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, fc.integer({ min: 1, max: 8 }), async (stamps, limit) => {
        table = stamps.map(([s, micro], index) => ({ id: index + 1, written: second(s, micro) }))
        const { pages } = await readAll(null, limit)
        const keys = keysOf(pages)
        expect([...keys].sort()).toEqual(table.map((row) => String(row.id)).sort())
        const stampsSeen = pages.flatMap((page) => page.records.map((record) => record.stamp))
        expect(stampsSeen).toEqual([...stampsSeen].sort())
        expect(pages.every((page) => page.records.length <= limit)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('the next run goes back behind the last stamp, and so sees what was committed late', async () => {
    table = [
      { id: 1, written: second(10) },
      { id: 2, written: second(40) },
    ]
    const { last } = await readAll(null, 10)
    expect(last).toEqual({ watermark: '2026-11-23 12:00:40' })
    // Began before record 2 was written, ended after it was read.
    table.push({ id: 3, written: second(30, 598_000) })
    const { pages, last: after } = await readAll(last, 10, 20_000)
    expect(keysOf(pages)).toEqual(['3', '2'])
    expect(after).toEqual(last)
  })

  test('a read that finds nothing keeps its place', async () => {
    table = []
    const { last } = await readAll({ watermark: '2026-11-23 12:00:40' }, 10, 1000)
    expect(last).toEqual({ watermark: '2026-11-23 12:00:40' })
  })

  test('`since` is never gone behind', async () => {
    table = [
      { id: 1, written: second(1) },
      { id: 2, written: second(9) },
    ]
    const page = await scripted.connection.readPage({
      resource: 'res.partner',
      selection: {},
      cursor: { watermark: '2026-11-23 12:00:09' },
      since: '2026-11-23T12:00:05Z',
      limit: 10,
      lookbackMs: 300_000,
      signal,
    })
    expect(page.records.map((record) => record.key)).toEqual(['2'])
  })
})

test('all keys, a page at a time', async () => {
  table = Array.from({ length: 7 }, (_, index) => ({ id: index * 3 + 1, written: second(0) }))
  const keys: string[] = []
  let cursor: Cursor | null = null
  do {
    const page = await scripted.connection.listKeys({ resource: 'res.partner', cursor, limit: 3, signal })
    keys.push(...page.keys)
    cursor = page.next
  } while (cursor !== null)
  expect(keys).toEqual(['1', '4', '7', '10', '13', '16', '19'])
})
