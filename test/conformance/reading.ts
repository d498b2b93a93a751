import { describe, expect, test } from 'vitest'
import type { Cursor, Page, SourceRecord } from '../../engine/core/model/connector.ts'
import { SyncError } from '../../engine/core/model/failure.ts'
import type { Subject } from './kit.ts'

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const LIMIT = 20

export function lawsOfReading(subjectOf: () => Subject): void {
  const signal = new AbortController().signal
  const page = async (cursor: Cursor | null, options: { limit?: number; signal?: AbortSignal } = {}) => {
    const { connection, read } = subjectOf()
    return connection.readPage({
      resource: read.resource,
      selection: read.selection,
      cursor,
      since: null,
      limit: LIMIT,
      lookbackMs: connection.facts.lookbackMs,
      signal,
      ...options,
    })
  }
  /** One run. Cursors go through JSON, as the store keeps them. */
  const run = async (from: Cursor | null, between: (pages: number) => Promise<unknown> = async () => {}) => {
    const records: SourceRecord[] = []
    for (let cursor = from, pages = 1; ; pages++) {
      const read: Page = await page(cursor)
      records.push(...read.records)
      cursor = JSON.parse(JSON.stringify(read.next)) as Cursor
      if (read.caughtUp) return { records, cursor, pages }
      await between(pages)
    }
  }
  const keysOf = (records: readonly SourceRecord[]) => records.map((record) => record.key)
  const latest = (records: readonly SourceRecord[], key: string) =>
    records.filter((record) => record.key === key).at(-1)

  test('paging to the end sees every key', async () => {
    const { records, pages } = await run(null)
    expect(pages).toBeGreaterThan(1)
    expect(new Set(keysOf(records))).toEqual(new Set(await subjectOf().read.keys()))
  })

  test('a page holds no more than was asked for, and its cursor is JSON', async () => {
    const read = await page(null, { limit: 3 })
    expect(read.records.length).toBeLessThanOrEqual(3)
    expect(JSON.parse(JSON.stringify(read.next))).toEqual(read.next)
  })

  test('the same cursor gives the same page, also in the middle', async () => {
    const first = await page(null)
    expect(keysOf((await page(null)).records)).toEqual(keysOf(first.records))
    expect(first.caughtUp).toBe(false)
    const second = await page(first.next)
    expect(keysOf((await page(first.next)).records)).toEqual(keysOf(second.records))
    expect(keysOf(second.records)).not.toEqual(keysOf(first.records))
  })

  test('every record has a stamp that is an instant, and exactly the fields asked for', async () => {
    const fields = Object.keys(subjectOf().read.selection).sort()
    for (const { key, stamp, data } of (await run(null)).records) {
      expect([key, stamp]).toEqual([key, expect.stringMatching(INSTANT)])
      expect(Object.keys(data).sort()).toEqual(fields)
    }
  })

  test('the next run begins before the last change, which it repeats', async () => {
    const first = await run(null)
    const highest = first.records
      .map(({ stamp }) => stamp)
      .sort()
      .at(-1)
    const second = await run(first.cursor)
    const newest = first.records.filter(({ stamp }) => stamp === highest)
    expect(keysOf(second.records)).toEqual(expect.arrayContaining(keysOf(newest)))
  })

  test('a run after the last one sees what changed since, and again what is as new', async () => {
    const before = await run(null)
    const key = await subjectOf().read.change()
    const after = await run(before.cursor)
    expect(keysOf(after.records)).toContain(key)
    expect(latest(after.records, key)?.data).not.toEqual(latest(before.records, key)?.data)
    expect(keysOf((await run(after.cursor)).records)).toContain(key)
  })

  test('what changes while pages are read is seen in its new version, at the latest by the next run', async () => {
    const changed = new Set<string>()
    const first = await run(null, async (pages) => {
      if (pages <= 2) changed.add(await subjectOf().read.change())
    })
    const seen = [...first.records, ...(await run(first.cursor)).records]
    expect(changed.size).toBeGreaterThan(0)
    const { connection, read } = subjectOf()
    const now = await connection.readKeys({ ...read, keys: [...changed], signal })
    for (const key of changed) expect(latest(seen, key)?.data).toEqual(latest(now, key)?.data)
  })

  test('records come by key as they come by page; what is not there is left out', async () => {
    const { connection, read } = subjectOf()
    const [one, two] = await read.keys()
    const missing = one!.replace(/\d+$/, '999999999')
    const { records } = await run(null)
    const asked = await connection.readKeys({ ...read, keys: [one!, missing, two!], signal })
    expect(new Set(keysOf(asked))).toEqual(new Set([one, two]))
    for (const record of asked) expect(record).toEqual(latest(records, record.key))
    for (const key of [missing, 'nonsense', ''])
      expect(await connection.readKeys({ ...read, keys: [key], signal })).toEqual([])
    expect(await connection.readKeys({ ...read, keys: [], signal })).toEqual([])
  })

  test('listing keys gives all of them', async () => {
    const { connection, read } = subjectOf()
    const keys: string[] = []
    let cursor: Cursor | null = null
    do {
      const listed = await connection.listKeys({ resource: read.resource, cursor, limit: LIMIT, signal })
      keys.push(...listed.keys)
      cursor = listed.next
    } while (cursor !== null)
    expect(new Set(keys)).toEqual(new Set(await read.keys()))
  })

  test('the live shape has the fields that were read', async () => {
    const { connection, read } = subjectOf()
    const live = await connection.discover(read.resource, signal)
    expect(Object.keys(live['properties'] as object)).toEqual(
      expect.arrayContaining(Object.keys(read.selection)),
    )
  })

  test('a read that was given up before it began is refused', async () => {
    await expect(page(null, { signal: AbortSignal.abort() })).rejects.toThrow()
  })

  test('a read that is given up ends at once, not when the answer comes', async () => {
    const { slow } = subjectOf()
    await slow(5_000)
    try {
      const started = Date.now()
      await expect(page(null, { signal: AbortSignal.timeout(50) })).rejects.toThrow()
      expect(Date.now() - started).toBeLessThan(2_000)
    } finally {
      await slow(0)
    }
  })

  describe('refused credentials', () => {
    test.each(['readPage', 'readKeys', 'listKeys', 'discover', 'preflight'] as const)(
      '%s says so, without a secret',
      async (method) => {
        const { refused, read, secrets } = subjectOf()
        const { resource, selection } = read
        const asked = { resource, selection, cursor: null, since: null, limit: LIMIT, lookbackMs: 0, signal }
        const key = (await read.keys())[0]!
        const calls = {
          readPage: () => refused.readPage(asked),
          readKeys: () => refused.readKeys({ ...asked, keys: [key] }),
          listKeys: () => refused.listKeys(asked),
          discover: () => refused.discover(resource, signal),
          preflight: () =>
            refused.preflight({ direction: 'source', resource, scopes: [], since: null }, signal),
        }
        const error = await calls[method]().catch((caught: unknown) => caught)
        if (method === 'preflight' && Array.isArray(error)) {
          // A connector may tell it as a problem instead.
          expect(error).not.toEqual([])
        } else {
          expect(error).toBeInstanceOf(SyncError)
          expect(error).toMatchObject({ kind: 'auth-expired' })
        }
        const told =
          error instanceof Error
            ? `${error.message} ${error.stack} ${JSON.stringify(error)}`
            : JSON.stringify(error)
        for (const secret of secrets) expect(told).not.toContain(secret)
      },
    )
  })

  test('a resource that is not there is refused by name', async () => {
    const { connection, read } = subjectOf()
    const asked = {
      ...read,
      resource: 'no.such.thing',
      cursor: null,
      since: null,
      limit: 1,
      lookbackMs: 0,
      signal,
    }
    await expect(connection.readPage(asked)).rejects.toMatchObject({
      message: expect.stringContaining('no.such.thing'),
    })
  })
}
