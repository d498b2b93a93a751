import { describe, expect, test } from 'vitest'
import {
  deadLetterById,
  deadLetterByLabel,
  deadLetterCounts,
  deadLetters,
  dueRecords,
  keptRecords,
  type NewDeadLetter,
  nextDueAt,
  openDeadLetterCount,
  parkRecords,
  releaseWaiting,
  resolveDeadLetters,
} from '../../engine/store/dead-letters.ts'
import { keptExchange } from '../../engine/store/exchanges.ts'
import { confirmRows } from '../../engine/store/ledger.ts'
import { openDeadLettersOf } from '../../engine/store/open-letters.ts'
import { type OpenedStore, openedStore, START } from './opened.ts'
import { deadLetter, ledgerRow } from './rows.ts'

const MAPPING = 'shopify-orders'

const park = ({ store, now }: OpenedStore, ...letters: NewDeadLetter[]) =>
  store.transaction((trx) => parkRecords(trx, letters, now()))

const dueKeys = async ({ store, now }: OpenedStore) =>
  (await dueRecords(store, 'acme', MAPPING, { now: now(), limit: 100 })).map((due) => due.key)

const only = async ({ store }: OpenedStore) => {
  const letters = await deadLetters(store, 'acme', { limit: 10 })
  expect(letters).toHaveLength(1)
  return letters[0]!
}

describe('parking', () => {
  test('keeps all that is known', async () => {
    const opened = await openedStore()
    const waitsFor = { namespace: 'customers', mapping: 'shopify-customers', key: '7' }
    const letter = deadLetter('1', { class: 'missing-reference', state: 'waiting', waitsFor, targetId: '5' })
    await park(opened, letter)
    const {
      dueAfterMs: _,
      onlyWaits: _waits,
      cause,
      sourceFields: _fields,
      exchange: _sent,
      ...kept
    } = letter
    const row = await only(opened)
    expect(row).toEqual({
      ...kept,
      id: expect.stringMatching(/^[0-9a-z]{22}$/),
      attempts: 1,
      firstSeenAt: START,
      lastSeenAt: START,
      dueAt: START + 10,
      resolvedAt: null,
      sourceKey: 'gid/1',
      cluster: cause.cluster,
      cause: cause.text,
      owner: null,
      escalatedAt: null,
    })
    expect(await deadLetterById(opened.store, 'acme', row.id)).toEqual(row)
    expect(await deadLetterByLabel(opened.store, 'acme', MAPPING, '#1')).toEqual(row)
    expect(await deadLetterById(opened.store, 'other', row.id)).toBeNull()
  })

  test('a key has one open dead letter, which counts the tries and waits as the mapping says', async () => {
    const opened = await openedStore()
    const seen: unknown[] = []
    for (const pass of [0, 10, 100, 100]) {
      opened.pass(pass)
      await park(opened, deadLetter('1'))
      const { attempts, firstSeenAt, dueAt } = await only(opened)
      seen.push([attempts, firstSeenAt - START, dueAt! - opened.now()])
    }
    expect(seen).toEqual([
      [1, 0, 10],
      [2, 0, 100],
      [3, 0, 100],
      [4, 0, 100],
    ])
  })

  test('met again before it is due, for the same reason: seen, not tried', async () => {
    const opened = await openedStore()
    await park(
      opened,
      deadLetter('1', { state: 'waiting', waitsFor: { namespace: 'customers', mapping: 'c', key: '7' } }),
    )
    const before = await only(opened)
    opened.pass(5)
    await park(opened, deadLetter('1', { mapped: null, runId: 'run-2' }))
    expect(await only(opened)).toEqual({ ...before, lastSeenAt: START + 5, runId: 'run-2' })
  })

  test('what was sent and answered is that of the last try', async () => {
    const opened = await openedStore()
    const exchange = (n: number) => ({ request: `POST ${n}`, response: `HTTP 422 ${n}`, personal: ['Ida'] })
    const kept = async () => keptExchange(opened.store, 'acme', (await only(opened)).id)
    await park(opened, deadLetter('1', { exchange: exchange(1) }))
    expect(await kept()).toEqual(exchange(1))
    expect(await keptExchange(opened.store, 'other', (await only(opened)).id)).toBeNull()
    // Seen again before it is due: nothing was sent.
    await park(opened, deadLetter('1'))
    expect(await kept()).toEqual(exchange(1))
    opened.pass(10)
    await park(opened, deadLetter('1', { exchange: exchange(2) }))
    expect(await kept()).toEqual(exchange(2))
    await park(opened, deadLetter('1', { class: 'missing-value', message: 'No name' }))
    expect(await kept()).toBeNull()
  })

  test.each<[string, Partial<NewDeadLetter>]>([
    ['another reason', { message: 'No such product' }],
    ['another class', { class: 'conflict' }],
    ['a changed source', { sourceHash: 'changed' }],
    ['a changed mapping', { planHash: 'changed' }],
  ])('met again before it is due with %s: tried', async (_, particular) => {
    const opened = await openedStore()
    await park(opened, deadLetter('1'))
    await park(opened, deadLetter('1', particular))
    expect(await only(opened)).toMatchObject({ attempts: 2, dueAt: START + 100, ...particular })
  })

  test('without times it is due by itself never', async () => {
    const opened = await openedStore()
    await park(opened, deadLetter('1', { dueAfterMs: [] }))
    opened.pass(1e9)
    expect(await dueKeys(opened)).toEqual([])
    expect(await nextDueAt(opened.store, 'acme', MAPPING)).toBeNull()
  })

  test('many at once', async () => {
    const opened = await openedStore()
    const letters = Array.from({ length: 333 }, (_, index) => deadLetter(String(index)))
    await park(opened, ...letters)
    await park(opened, ...letters)
    expect(await deadLetterCounts(opened.store, 'acme')).toEqual([
      { mapping: MAPPING, state: 'parked', class: 'rejected', open: true, count: 333 },
    ])
  })

  test('what is settled needs nothing any more, and what belongs to others neither', async () => {
    const opened = await openedStore()
    await park(opened, deadLetter('1'), deadLetter('2'), deadLetter('3'))
    await park(opened, { ...deadLetter('4'), mapping: 'others' })
    await opened.store.transaction((trx) =>
      resolveDeadLetters(trx, 'acme', MAPPING, ['2'], 'resolved', opened.now()),
    )
    expect(await openDeadLetterCount(opened.store, 'acme', MAPPING)).toBe(2)
  })
})

describe('due', () => {
  test('by time, the longest due first, as it was read', async () => {
    const opened = await openedStore()
    await park(
      opened,
      deadLetter('late', { dueAfterMs: [20] }),
      deadLetter('early'),
      deadLetter('tomorrow', { dueAfterMs: [1e9] }),
    )
    expect(await dueKeys(opened)).toEqual([])
    expect(await nextDueAt(opened.store, 'acme', MAPPING)).toBe(START + 10)
    opened.pass(20)
    expect(await dueKeys(opened)).toEqual(['early', 'late'])
    const [first] = await dueRecords(opened.store, 'acme', MAPPING, { now: opened.now(), limit: 1 })
    expect(first?.sourceKey).toBe('gid/early')
    expect([...(await keptRecords(opened.store, [first!.id])).values()]).toEqual([
      deadLetter('early').payload,
    ])
  })

  test('at once when what it waits for arrives', async () => {
    const opened = await openedStore()
    const waiting = (key: string, namespace: string, linked: string) =>
      deadLetter(key, {
        state: 'waiting',
        dueAfterMs: [1e9],
        waitsFor: { namespace, mapping: `shopify-${namespace}`, key: linked },
      })
    await park(
      opened,
      waiting('1', 'customers', '7'),
      waiting('2', 'customers', '8'),
      waiting('3', 'products', '7'),
      deadLetter('4', { dueAfterMs: [1e9] }),
    )
    await opened.store.transaction((trx) =>
      releaseWaiting(trx, 'acme', 'customers', ['7', '9'], opened.now()),
    )
    expect(await dueKeys(opened)).toEqual(['1'])
  })

  test('at once when what it waits for arrived between the look-up and the parking', async () => {
    const opened = await openedStore()
    await opened.store.transaction((trx) =>
      confirmRows(trx, [
        ledgerRow('7', { namespace: 'customers' }),
        ledgerRow('8', { namespace: 'customers', state: 'filtered', targetId: null }),
      ]),
    )
    const waiting = (key: string, linked: string) =>
      deadLetter(key, {
        state: 'waiting',
        dueAfterMs: [1e9],
        waitsFor: { namespace: 'customers', mapping: 'shopify-customers', key: linked },
      })
    await park(opened, waiting('1', '7'), waiting('2', '8'), waiting('3', '9'))
    expect(await dueKeys(opened)).toEqual(['1'])
  })

  test('is judged again though its source did not change; not due, it is known', async () => {
    const opened = await openedStore()
    await park(opened, deadLetter('1'))
    const known = async () =>
      (await openDeadLettersOf(opened.store, 'acme', MAPPING, ['1', '2'], [])).byKey.get('1')
    expect(await known()).toEqual({
      id: expect.any(String),
      key: '1',
      state: 'parked',
      parkedHash: 'source',
      class: 'rejected',
      message: 'No such tax',
      at: 'fields.order_line.0.fields.tax_ids',
      stamp: '2026-11-24T12:00:00Z',
      sourceHash: 'source',
      planHash: 'plan',
    })
    opened.pass(10)
    expect((await known())?.sourceHash).toBeNull()
  })
})

describe('resolving', () => {
  test.each(['resolved', 'superseded', 'discarded'] as const)(
    '%s: closed and kept; parked again it is a new one',
    async (how) => {
      const opened = await openedStore()
      await park(opened, deadLetter('1'), deadLetter('2', { dueAfterMs: [] }))
      opened.pass(10)
      await opened.store.transaction((trx) =>
        resolveDeadLetters(trx, 'acme', MAPPING, ['1', 'unknown'], how, opened.now()),
      )
      expect(await dueKeys(opened)).toEqual([])
      expect([
        ...(await openDeadLettersOf(opened.store, 'acme', MAPPING, ['1', '2'], [])).byKey.keys(),
      ]).toEqual(['2'])
      expect(await deadLetterByLabel(opened.store, 'acme', MAPPING, '#1')).toBeNull()
      const [closed] = await deadLetters(opened.store, 'acme', { state: how, limit: 10 })
      expect(closed).toMatchObject({ key: '1', resolvedAt: START + 10, dueAt: null })
      await park(opened, deadLetter('1'))
      const open = await deadLetters(opened.store, 'acme', { open: true, limit: 10 })
      expect(open.map(({ key, attempts }) => [key, attempts])).toEqual([
        ['1', 1],
        ['2', 1],
      ])
    },
  )
})

describe('lists', () => {
  test('newest first, in parts, by mapping, class and state', async () => {
    const opened = await openedStore()
    for (const key of ['1', '2', '3']) {
      await park(opened, deadLetter(key, { class: key === '2' ? 'value' : 'rejected' }))
      opened.pass(1)
    }
    await park(opened, deadLetter('4', { mapping: 'shopify-customers' }))
    const keys = async (filter: Parameters<typeof deadLetters>[2]) =>
      (await deadLetters(opened.store, 'acme', filter)).map((letter) => letter.key)
    expect(await keys({ limit: 10 })).toEqual(['4', '3', '2', '1'])
    expect(await keys({ limit: 10, mapping: MAPPING })).toEqual(['3', '2', '1'])
    expect(await keys({ limit: 10, class: 'value' })).toEqual(['2'])
    expect(await keys({ limit: 10, state: 'waiting' })).toEqual([])
    const [, second] = await deadLetters(opened.store, 'acme', { limit: 2 })
    expect(await keys({ limit: 2, after: second!.id })).toEqual(['2', '1'])
    expect(await deadLetterCounts(opened.store, 'acme')).toEqual([
      { mapping: 'shopify-customers', state: 'parked', class: 'rejected', open: true, count: 1 },
      { mapping: MAPPING, state: 'parked', class: 'rejected', open: true, count: 2 },
      { mapping: MAPPING, state: 'parked', class: 'value', open: true, count: 1 },
    ])
  })
})
