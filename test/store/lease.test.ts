import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acquireLease, assertLease, leaseOf, offerLease, releaseLease } from '../../engine/store/lease.ts'
import type { Store } from '../../engine/store/open.ts'
import { openedStore, START } from './opened.ts'

const CONTENDER = fileURLToPath(new URL('contender.ts', import.meta.url))
const TTL = 60_000

const ask = (store: Store, holder: string, lane = 'live', mapping = 'orders') =>
  acquireLease(store, { project: 'acme', mapping, holder, lane, ttlMs: TTL })

const held = (holder: string, epoch: number) => ({ project: 'acme', mapping: 'orders', holder, epoch })

const mayWrite = (store: Store, holder: string, epoch: number): Promise<boolean> =>
  store
    .transaction((trx) => assertLease(trx, { ...held(holder, epoch), ttlMs: TTL }))
    .then(
      () => true,
      () => false,
    )

describe('a lease', () => {
  test('is one a mapping', async () => {
    const { store } = await openedStore()
    expect(await ask(store, 'a')).toEqual({ epoch: 1 })
    expect(await ask(store, 'b')).toEqual({ heldBy: 'a', lane: 'live', until: START + TTL })
    expect(await ask(store, 'b', 'live', 'customers')).toEqual({ epoch: 1 })
  })

  test('is renewed by every transaction of its holder', async () => {
    const { store, pass } = await openedStore()
    await ask(store, 'a')
    pass(TTL - 1)
    expect(await mayWrite(store, 'a', 1)).toBe(true)
    expect(await leaseOf(store, 'acme', 'orders')).toMatchObject({ expiresAt: START + TTL - 1 + TTL })
  })

  test('taken again by its own holder has a new epoch: the earlier attempt of the run writes no more', async () => {
    const { store } = await openedStore()
    await ask(store, 'a')
    expect(await ask(store, 'a')).toEqual({ epoch: 2 })
    expect(await mayWrite(store, 'a', 1)).toBe(false)
    await releaseLease(store, held('a', 1))
    expect(await mayWrite(store, 'a', 2)).toBe(true)
  })

  test('passes on when it has expired, and the one before writes no more', async () => {
    const { store, pass } = await openedStore()
    await ask(store, 'a')
    pass(TTL)
    expect(await ask(store, 'b')).toEqual({ epoch: 2 })
    expect(await mayWrite(store, 'a', 1)).toBe(false)
    expect(await mayWrite(store, 'b', 2)).toBe(true)
  })

  test('given up is free at once, and whoever comes next has a higher epoch', async () => {
    const { store } = await openedStore()
    await ask(store, 'a')
    await releaseLease(store, held('b', 1))
    expect(await ask(store, 'b')).toMatchObject({ heldBy: 'a' })
    await releaseLease(store, held('a', 1))
    expect(await mayWrite(store, 'a', 1)).toBe(false)
    expect(await ask(store, 'a')).toEqual({ epoch: 2 })
  })

  test('stale: the error is lease-lost', async () => {
    const { store } = await openedStore()
    await expect(
      store.transaction((trx) => assertLease(trx, { ...held('a', 1), ttlMs: TTL })),
    ).rejects.toMatchObject({
      kind: 'lease-lost',
    })
  })
})

describe('lanes take turns', () => {
  test('a page ends and the waiting lane has its turn, then the other again', async () => {
    const { store } = await openedStore()
    await ask(store, 'schedule', 'live')
    expect(await offerLease(store, held('schedule', 1))).toEqual({ offeredTo: null })
    await ask(store, 'by-hand', 'backfill')
    expect(await offerLease(store, held('schedule', 1))).toEqual({ offeredTo: 'backfill' })
    expect(await mayWrite(store, 'schedule', 1)).toBe(false)
    expect(await ask(store, 'schedule', 'live')).toMatchObject({ heldBy: null, lane: 'backfill' })
    expect(await ask(store, 'by-hand', 'backfill')).toEqual({ epoch: 2 })
    await ask(store, 'schedule', 'live')
    expect(await offerLease(store, held('by-hand', 2))).toEqual({ offeredTo: 'live' })
    expect(await ask(store, 'schedule', 'live')).toEqual({ epoch: 3 })
  })

  test('a lane that does not come loses its turn and is offered nothing more', async () => {
    const { store, pass } = await openedStore()
    await ask(store, 'schedule', 'live')
    await ask(store, 'gone', 'backfill')
    await offerLease(store, held('schedule', 1))
    pass(30_000)
    expect(await ask(store, 'schedule', 'live')).toEqual({ epoch: 2 })
    expect(await offerLease(store, held('schedule', 2))).toEqual({ offeredTo: null })
  })

  test('another run of the same lane waits for the end, not for a page', async () => {
    const { store } = await openedStore()
    await ask(store, 'schedule', 'live')
    await ask(store, 'by-hand', 'live')
    expect(await offerLease(store, held('schedule', 1))).toEqual({ offeredTo: null })
  })

  test('whoever has lost the lease has nothing to offer', async () => {
    const { store, pass } = await openedStore()
    await ask(store, 'a', 'live')
    await ask(store, 'c', 'retry')
    pass(TTL)
    await ask(store, 'b', 'live')
    expect(await offerLease(store, held('a', 1))).toEqual({ offeredTo: null })
    expect(await mayWrite(store, 'b', 2)).toBe(true)
  })
})

describe('two may never write at once', () => {
  const holders = fc.constantFrom('a', 'b', 'c')
  const command = fc.oneof(
    fc.record({
      kind: fc.constant('acquire' as const),
      holder: holders,
      lane: fc.constantFrom('live', 'backfill', 'retry'),
    }),
    fc.record({ kind: fc.constant('release' as const), holder: holders }),
    fc.record({ kind: fc.constant('offer' as const), holder: holders }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 2 * TTL }) }),
  )

  test('whatever is asked in whatever order', async () => {
    const { store, again, pass } = await openedStore()
    const other = await again()
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
        const mapping = `m${number++}`
        const given = new Map<string, number>()
        const issued = new Map<number, string>()
        for (const [index, step] of commands.entries()) {
          const handle = index % 2 === 0 ? store : other
          if (step.kind === 'pass') pass(step.ms)
          else {
            const lease = {
              project: 'acme',
              mapping,
              holder: step.holder,
              epoch: given.get(step.holder) ?? 0,
            }
            if (step.kind === 'release') await releaseLease(handle, lease)
            if (step.kind === 'offer') await offerLease(handle, lease)
            if (step.kind === 'acquire') {
              const answer = await acquireLease(handle, { ...lease, lane: step.lane, ttlMs: TTL })
              if ('epoch' in answer) {
                expect(answer.epoch).toBeGreaterThanOrEqual(Math.max(0, ...issued.keys()))
                expect(issued.get(answer.epoch) ?? step.holder).toBe(step.holder)
                issued.set(answer.epoch, step.holder)
                given.set(step.holder, answer.epoch)
              }
            }
          }
          // Every epoch ever given, not only the last of each holder.
          const able: number[] = []
          for (const [epoch, holder] of issued) {
            const allowed = await other
              .transaction((trx) => assertLease(trx, { project: 'acme', mapping, holder, epoch, ttlMs: TTL }))
              .then(
                () => true,
                () => false,
              )
            if (allowed) able.push(epoch)
          }
          expect(able.length).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('three processes racing for it each write under epochs of their own', async () => {
    const { store, url, folder } = await openedStore()
    const codes = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const process_ = spawn(process.execPath, [CONTENDER, 'lease', url, folder, name], {
          stdio: ['ignore', 'ignore', 'inherit'],
        })
        return (await once(process_, 'exit'))[0]
      }),
    )
    expect(codes).toEqual([0, 0, 0])
    const rows = await store.db
      .selectFrom('selection')
      .select('created_at as epoch')
      .orderBy('created_at')
      .execute()
    expect(rows.map((row) => row.epoch)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
  })
})
