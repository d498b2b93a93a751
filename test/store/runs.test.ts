import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addTallies, balances, EMPTY_TALLY, type Tally } from '../../engine/core/model/tally.ts'
import { tableCounts } from '../../engine/store/counts.ts'
import { advanceCursor, clearCursor, cursorOf } from '../../engine/store/cursor.ts'
import type { Store } from '../../engine/store/open.ts'
import { addToRun, finishRun, latestRuns, runById, runs, startRun } from '../../engine/store/runs.ts'
import { openedStore, START } from './opened.ts'

const start = (store: Store, id: string, particular: { mapping?: string; startedAt?: number } = {}) =>
  store.transaction((trx) =>
    startRun(trx, {
      id,
      project: 'acme',
      mapping: 'shopify-orders',
      lane: 'live',
      workflowId: `acme/sync/${id}`,
      planHash: 'plan',
      startedAt: START,
      ...particular,
    }),
  )

const tally = (created: number, filtered = 0): Tally => ({
  ...EMPTY_TALLY,
  read: created + filtered,
  created,
  filtered,
  filteredBy: filtered > 0 ? { 'test order': filtered } : {},
})

const advance = (store: Store, sequence: number, particular: { lane?: string; runId?: string } = {}) =>
  store.transaction((trx) =>
    advanceCursor(trx, {
      project: 'acme',
      mapping: 'shopify-orders',
      lane: 'live',
      cursor: { page: sequence },
      sequence,
      runId: 'run-1',
      now: START + sequence,
      ...particular,
    }),
  )

describe('a run', () => {
  test('from its start to its end', async () => {
    const { store } = await openedStore()
    await start(store, 'run-1')
    await start(store, 'run-1', { startedAt: START + 99 })
    expect(await runById(store, 'acme', 'run-1')).toEqual({
      id: 'run-1',
      project: 'acme',
      mapping: 'shopify-orders',
      lane: 'live',
      workflowId: 'acme/sync/run-1',
      planHash: 'plan',
      state: 'running',
      startedAt: START,
      finishedAt: null,
      tally: EMPTY_TALLY,
      pages: 0,
      balanced: null,
      failureKind: null,
      failureMessage: null,
      since: START,
      until: null,
      waitsFor: null,
      decision: null,
    })
    await store.transaction((trx) => addToRun(trx, 'run-1', tally(3, 1), 1))
    await store.transaction((trx) =>
      finishRun(trx, {
        id: 'run-1',
        finishedAt: START + 5,
        state: 'done',
        failureKind: null,
        failureMessage: null,
      }),
    )
    expect(await runById(store, 'acme', 'run-1')).toMatchObject({
      state: 'done',
      finishedAt: START + 5,
      pages: 1,
      balanced: true,
      tally: tally(3, 1),
    })
    expect(await runById(store, 'acme.test', 'run-1')).toBeNull()
  })

  test('that does not add up says so', async () => {
    const { store } = await openedStore()
    await start(store, 'run-1')
    await store.transaction(async (trx) => {
      await addToRun(trx, 'run-1', { ...tally(3), read: 4 }, 1)
      await finishRun(trx, {
        id: 'run-1',
        finishedAt: START,
        state: 'failed',
        failureKind: 'bug',
        failureMessage: 'one is missing',
      })
    })
    expect(await runById(store, 'acme', 'run-1')).toMatchObject({
      balanced: false,
      failureKind: 'bug',
      failureMessage: 'one is missing',
    })
  })

  test('lists: newest first, and the last of each mapping', async () => {
    const { store } = await openedStore()
    await start(store, 'a', { startedAt: START })
    await start(store, 'b', { startedAt: START + 2 })
    await start(store, 'c', { startedAt: START + 1, mapping: 'shopify-customers' })
    await start(store, 'd', { startedAt: START + 2 })
    const ids = (rows: readonly { readonly id: string }[]) => rows.map((row) => row.id)
    expect(ids(await runs(store, 'acme', { limit: 3 }))).toEqual(['d', 'b', 'c'])
    expect(ids(await runs(store, 'acme', { limit: 9, mapping: 'shopify-customers' }))).toEqual(['c'])
    expect(ids(await latestRuns(store, 'acme'))).toEqual(['c', 'd'])
    expect(await latestRuns(store, 'other')).toEqual([])
  })
})

describe('a page is counted once', () => {
  const page = fc.record({
    sequence: fc.integer({ min: 1, max: 6 }),
    created: fc.nat({ max: 250 }),
    filtered: fc.nat({ max: 9 }),
  })

  test('however often and in whatever order legs repeat it', async () => {
    const { store } = await openedStore()
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(page, { maxLength: 20 }), async (commits) => {
        const id = `run-${number++}`
        await start(store, id)
        const first = new Map<number, Tally>()
        for (const { sequence, created, filtered } of commits) {
          const counted = await store.transaction((trx) =>
            addToRun(trx, id, tally(created, filtered), sequence),
          )
          expect(counted).toBe(!first.has(sequence))
          if (counted) first.set(sequence, tally(created, filtered))
        }
        const run = await runById(store, 'acme', id)
        expect(run?.tally).toEqual([...first.values()].reduce(addTallies, EMPTY_TALLY))
        expect(run?.pages).toBe(first.size)
        expect(balances(run!.tally)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('and not at all when its transaction fails', async () => {
    const { store } = await openedStore()
    await start(store, 'run-1')
    await advance(store, 1)
    const page = store.transaction(async (trx) => {
      await addToRun(trx, 'run-1', tally(5), 1)
      await advanceCursor(trx, {
        project: 'acme',
        mapping: 'shopify-orders',
        lane: 'live',
        cursor: {},
        sequence: 1,
        runId: 'run-1',
        now: START,
      })
    })
    await expect(page).rejects.toMatchObject({ kind: 'lease-lost' })
    expect(await runById(store, 'acme', 'run-1')).toMatchObject({ pages: 0, tally: EMPTY_TALLY })
    expect((await tableCounts(store)).run_page).toBe(0)
  })

  test('records that came from no cursor are counted each time, beside the pages', async () => {
    const { store } = await openedStore()
    await start(store, 'run-1')
    await store.transaction(async (trx) => {
      await addToRun(trx, 'run-1', tally(1), null)
      await addToRun(trx, 'run-1', tally(2), 1)
      await addToRun(trx, 'run-1', tally(4), null)
    })
    expect(await runById(store, 'acme', 'run-1')).toMatchObject({ pages: 3, tally: tally(7) })
  })
})

describe('a cursor', () => {
  test('moves page by page, each lane on its own', async () => {
    const { store } = await openedStore()
    expect(await cursorOf(store, 'acme', 'shopify-orders', 'live')).toBeNull()
    await advance(store, 1)
    await advance(store, 2)
    await advance(store, 1, { lane: 'backfill', runId: 'run-2' })
    expect(await cursorOf(store, 'acme', 'shopify-orders', 'live')).toEqual({
      cursor: { page: 2 },
      sequence: 2,
      runId: 'run-1',
      updatedAt: START + 2,
    })
    expect((await cursorOf(store, 'acme', 'shopify-orders', 'backfill'))?.sequence).toBe(1)
  })

  test.each([1, 2, 4, 99])('standing at page 2 it is not moved to page %i', async (sequence) => {
    const { store } = await openedStore()
    await advance(store, 1)
    await advance(store, 2)
    await expect(advance(store, sequence)).rejects.toMatchObject({ kind: 'lease-lost' })
    expect((await cursorOf(store, 'acme', 'shopify-orders', 'live'))?.cursor).toEqual({ page: 2 })
  })

  test('begins anew without using a page number twice, and a page under way is refused', async () => {
    const { store } = await openedStore()
    await advance(store, 1)
    await store.transaction((trx) => clearCursor(trx, 'acme', 'shopify-orders', 'live'))
    await expect(advance(store, 2)).rejects.toMatchObject({ kind: 'lease-lost' })
    expect(await cursorOf(store, 'acme', 'shopify-orders', 'live')).toMatchObject({
      cursor: null,
      sequence: 2,
    })
    await advance(store, 3)
    expect((await cursorOf(store, 'acme', 'shopify-orders', 'live'))?.cursor).toEqual({ page: 3 })
  })
})
