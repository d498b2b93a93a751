import { sql } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import {
  dueRecords,
  parkRecords,
  releaseWaiting,
  resolveDeadLetters,
} from '../../../engine/store/dead-letters.ts'
import { acquireLease } from '../../../engine/store/lease.ts'
import { confirmRows } from '../../../engine/store/ledger.ts'
import { openStore, type Store, type Transaction } from '../../../engine/store/open.ts'
import { saveSelection } from '../../../engine/store/selections.ts'
import { openedStore, START } from '../opened.ts'
import { deadLetter, ledgerRow } from '../rows.ts'

const waits = (key: string, namespace: string, linked: string, mapping = 'shopify-orders') =>
  deadLetter(key, {
    mapping,
    class: 'missing-reference',
    state: 'waiting',
    dueAfterMs: [1e9],
    waitsFor: { namespace, mapping: `shopify-${namespace}`, key: linked },
  })

const park = (trx: Transaction) => parkRecords(trx, [waits('1', 'customers', '7')], START)

const deliver = async (trx: Transaction) => {
  await confirmRows(trx, [ledgerRow('7', { namespace: 'customers' })])
  await releaseWaiting(trx, 'acme', 'customers', ['7'], START)
}

/** Somebody waits for a lock of somebody else. */
async function isBlocked(store: Store): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(store.db)
  return rows[0]!.n > 0
}

describe('a record that waits and the one it waits for, at the same time', () => {
  test.each([
    ['parked first', park, deliver],
    ['delivered first', deliver, park],
  ])('%s: it is due', async (_, first, second) => {
    const { store, again, now } = await openedStore()
    const other = await again()
    const wrote = Promise.withResolvers<void>()
    const mayCommit = Promise.withResolvers<void>()
    const one = store.transaction(async (trx) => {
      await first(trx)
      wrote.resolve()
      await mayCommit.promise
    })
    await wrote.promise
    let over = false
    const two = other.transaction(second).finally(() => {
      over = true
    })
    // Either it waits for the first, or it is through without having seen it.
    await expect.poll(async () => over || (await isBlocked(store))).toBe(true)
    mayCommit.resolve()
    await Promise.all([one, two])
    const due = await dueRecords(store, 'acme', 'shopify-orders', { now: now(), limit: 9 })
    expect(due.map(({ key }) => key)).toEqual(['1'])
  })

  test('in a storm of pages none is missed, and no two transactions wait for one another', async () => {
    const { store, again, now } = await openedStore()
    const handles = [store, await again(), await again()]
    const LINKS = { customers: [], orders: ['customers'], returns: ['orders', 'customers'] } as const
    const names = Object.keys(LINKS) as (keyof typeof LINKS)[]
    let tries = 0
    // Every mapping goes on page by page, as its lease has it; each page parks what waits, settles and delivers.
    const pages = names.map(async (name, index) => {
      for (let page = 0; page < 25; page++) {
        const key = (n: number) => String((page * 7 + n * 3) % 40)
        await handles[index]!.transaction(async (trx) => {
          tries++
          const delivered = [1, 2, 3].map(key)
          await confirmRows(
            trx,
            delivered.map((row) => ledgerRow(row, { namespace: name, targetId: `${name} ${row}` })),
          )
          await parkRecords(
            trx,
            LINKS[name].flatMap((linked, n) => [
              waits(key(n), linked, key(n + 4), name),
              waits(key(n + 9), linked, key(n + 5), name),
            ]),
            now(),
          )
          await resolveDeadLetters(trx, 'acme', name, [8, 7, 6].map(key), 'resolved', now())
          await releaseWaiting(trx, 'acme', name, delivered, now())
        })
      }
    })
    await Promise.all(pages)
    const { rows: missed } = await sql`select d.mapping, d.key from dead_letter d
      join ledger l on l.namespace = d.wait_namespace and l.key = d.wait_key
      where d.state = 'waiting' and l.target_id is not null and d.due_at > ${now()}`.execute(store.db)
    expect(missed).toEqual([])
    expect(tries).toBe(75)
  })
})

test('of two transactions that wait for one another both are written, one of them at its second try', async () => {
  const { store, again } = await openedStore()
  const handles = [store, await again()]
  for (const mapping of ['a', 'b'])
    await acquireLease(store, { project: 'acme', mapping, holder: 'run', lane: 'live', ttlMs: 1 })
  const tries: string[] = []
  const locked = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() }
  const touch = (trx: Transaction, mapping: string) =>
    trx.db.updateTable('lease').set({ lane: 'touched' }).where('mapping', '=', mapping).execute()
  const both = (handle: Store, mine: 'a' | 'b', theirs: 'a' | 'b') =>
    handle.transaction(async (trx) => {
      tries.push(mine)
      await touch(trx, mine)
      locked[mine].resolve()
      await locked[theirs].promise
      await touch(trx, theirs)
      await saveSelection(trx, 'acme', [mine], START)
    })
  await Promise.all([both(handles[0]!, 'a', 'b'), both(handles[1]!, 'b', 'a')])
  expect(tries).toHaveLength(3)
  const rows = await store.db.selectFrom('selection').select('keys').orderBy('keys').execute()
  expect(rows.map(({ keys }) => keys)).toEqual(['["a"]', '["b"]'])
})

test('workers whose clocks differ agree when a lease ends: by the database’s clock', async () => {
  const { url, folder } = await openedStore()
  const ask = async (skewMs: number, holder: string) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skewMs })
    try {
      const store = await openStore(url, { folder })
      const lease = { project: 'acme', mapping: 'orders', holder, lane: 'live', ttlMs: 60_000 }
      const answer = await acquireLease(store, lease)
      const now = store.now()
      await store.close()
      return { answer, now }
    } finally {
      vi.useRealTimers()
    }
  }
  const real = Date.now()
  const late = await ask(-3_600_000, 'late')
  expect(late.answer).toEqual({ epoch: 1 })
  expect(Math.abs(late.now - real)).toBeLessThan(30_000)
  const early = await ask(3_600_000, 'early')
  expect(early.answer).toMatchObject({ heldBy: 'late' })
  expect(early.now).toBeGreaterThanOrEqual(late.now)
})
