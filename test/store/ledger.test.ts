import { describe, expect, test } from 'vitest'
import {
  confirmRows,
  ledgerByLabel,
  ledgerCounts,
  ledgerRows,
  ledgerTargets,
  openIntents,
  targetIdOwners,
  withdrawIntents,
  writeIntents,
} from '../../engine/store/ledger.ts'
import { openedStore, START } from './opened.ts'
import { intent, ledgerRow } from './rows.ts'

const AWKWARD = ['1', "o'brien", 'å/漢字/🙂', '"quoted"', '\\', 'a%2Fb', ' ', '\u0001', 'null', '[]']

describe('what was delivered', () => {
  test.each(AWKWARD)('key %j comes back as it was written', async (key) => {
    const { store } = await openedStore()
    const row = ledgerRow(key, { label: key, stepsDue: [1, 0], adopted: true })
    await store.transaction((trx) => confirmRows(trx, [row]))
    expect((await ledgerRows(store, 'acme', 'orders', [key, 'other'])).get(key)).toEqual({
      ...row,
      previous: null,
      payloadHash: null,
      sentAt: null,
      epoch: null,
      sent: null,
    })
  })

  test.each([0, 1, 2, 127, 128, 129, 250, 1000])(
    '%i rows at once, and again with other values',
    async (count) => {
      const { store } = await openedStore()
      const keys = Array.from({ length: count }, (_, index) => String(index))
      for (const fingerprint of ['first', 'second']) {
        await store.transaction((trx) =>
          confirmRows(
            trx,
            keys.map((key) => ledgerRow(key, { fingerprint })),
          ),
        )
        const rows = await ledgerRows(store, 'acme', 'orders', keys)
        expect([...rows.keys()].sort()).toEqual([...keys].sort())
        expect([...rows.values()].every((row) => row.fingerprint === fingerprint)).toBe(true)
      }
    },
  )

  test('stands under project and namespace', async () => {
    const { store } = await openedStore()
    await store.transaction((trx) =>
      confirmRows(trx, [
        ledgerRow('1'),
        ledgerRow('1', { project: 'acme.test', targetId: 'test' }),
        ledgerRow('1', { namespace: 'returns', targetId: 'return' }),
      ]),
    )
    expect((await ledgerRows(store, 'acme', 'orders', ['1'])).get('1')?.targetId).toBe('91')
    expect((await ledgerRows(store, 'acme.test', 'orders', ['1'])).get('1')?.targetId).toBe('test')
    expect((await ledgerRows(store, 'acme', 'returns', ['1'])).get('1')?.targetId).toBe('return')
    expect(await ledgerRows(store, 'acme', 'orders', [])).toEqual(new Map())
  })

  test('links see the target, or why there is none', async () => {
    const { store } = await openedStore()
    await store.transaction(async (trx) => {
      await confirmRows(trx, [
        ledgerRow('1'),
        ledgerRow('2', { state: 'filtered', targetId: null, fingerprint: null, fieldHashes: null }),
      ])
      await writeIntents(trx, [intent('3')])
    })
    expect(await ledgerTargets(store, 'acme', 'orders', ['1', '2', '3', '4'])).toEqual(
      new Map([
        ['1', { targetId: '91', state: 'confirmed' }],
        ['2', { targetId: null, state: 'filtered' }],
        ['3', { targetId: null, state: 'intent' }],
      ]),
    )
  })

  test('is found by what people call it: the one delivered last', async () => {
    const { store } = await openedStore()
    await store.transaction((trx) =>
      confirmRows(trx, [
        ledgerRow('1', { label: '#7' }),
        ledgerRow('2', { label: '#7', deliveredAt: START + 1 }),
      ]),
    )
    expect((await ledgerByLabel(store, 'acme', 'orders', '#7'))?.key).toBe('2')
    expect(await ledgerByLabel(store, 'acme', 'orders', '#8')).toBeNull()
  })

  test('counts', async () => {
    const { store } = await openedStore()
    await store.transaction(async (trx) => {
      await confirmRows(trx, [
        ledgerRow('1'),
        ledgerRow('2'),
        ledgerRow('3', { state: 'parked', targetId: null }),
      ])
      await writeIntents(trx, [intent('2'), intent('4')])
    })
    expect(await ledgerCounts(store, 'acme', 'orders')).toEqual({
      delivered: 2,
      byState: { intent: 2, confirmed: 1, filtered: 0, parked: 1 },
    })
  })
})

describe('one record at the target belongs to one key', () => {
  test('a second claimant is refused, and the owner can be asked for', async () => {
    const { store } = await openedStore()
    await store.transaction((trx) => confirmRows(trx, [ledgerRow('1', { targetId: '77' })]))
    const target = { connection: 'odoo', resource: 'sale.order', targetIds: ['77'] }
    expect((await targetIdOwners(store, 'acme', target)).get('77')).toEqual({ namespace: 'orders', key: '1' })
    const second = store.transaction((trx) =>
      confirmRows(trx, [ledgerRow('3'), ledgerRow('2', { targetId: '77' })]),
    )
    await expect(second).rejects.toMatchObject({ kind: 'unavailable' })
    expect([...(await ledgerRows(store, 'acme', 'orders', ['1', '2', '3'])).keys()]).toEqual(['1'])
  })

  test.each([
    ['another resource', { resource: 'res.partner' }],
    ['another connection', { connection: 'odoo-2' }],
    ['another project', { project: 'acme.test' }],
  ])('of %s the same id is another record', async (_, particular) => {
    const { store } = await openedStore()
    await store.transaction((trx) =>
      confirmRows(trx, [
        ledgerRow('1', { targetId: '77' }),
        ledgerRow('2', { targetId: '77', ...particular }),
      ]),
    )
    const owners = await targetIdOwners(store, 'acme', {
      connection: 'odoo',
      resource: 'sale.order',
      targetIds: ['77'],
    })
    expect(owners.get('77')?.key).toBe('1')
  })
})

describe('an intent', () => {
  const rowOf = async (store: Awaited<ReturnType<typeof openedStore>>['store'], key: string) =>
    (await ledgerRows(store, 'acme', 'orders', [key])).get(key)

  test('of a new key: nothing is known to be there', async () => {
    const { store } = await openedStore()
    await store.transaction((trx) => writeIntents(trx, [intent('1')]))
    expect(await rowOf(store, '1')).toMatchObject({
      state: 'intent',
      targetId: null,
      fieldHashes: null,
      previous: null,
      payloadHash: 'payload',
      sentAt: START,
      epoch: 1,
      planHash: 'plan-2',
    })
  })

  test('of a delivered key keeps what was there, and a second intent keeps it still', async () => {
    const { store } = await openedStore()
    const before = ledgerRow('1', { stepsDue: [2] })
    await store.transaction((trx) => confirmRows(trx, [before]))
    for (const epoch of [2, 3]) {
      await store.transaction((trx) => writeIntents(trx, [intent('1', { epoch })]))
      expect(await rowOf(store, '1')).toMatchObject({
        state: 'intent',
        targetId: '91',
        epoch,
        fingerprint: null,
        fieldHashes: null,
        stepsDue: [2],
        previous: {
          state: 'confirmed',
          sourceStamp: before.sourceStamp,
          sourceHash: 'source',
          planHash: 'plan',
          fingerprint: 'print',
          fieldHashes: before.fieldHashes,
          stepsDue: [2],
          runId: 'run-1',
        },
      })
    }
  })

  test.each(['parked', 'filtered'] as const)(
    'over a %s row that never reached the target: nothing is known to be there',
    async (state) => {
      const { store } = await openedStore()
      await store.transaction(async (trx) => {
        await confirmRows(trx, [ledgerRow('1', { state, targetId: null })])
        await writeIntents(trx, [intent('1')])
      })
      expect(await rowOf(store, '1')).toMatchObject({ state: 'intent', previous: null })
    },
  )

  test('ends when its row is confirmed', async () => {
    const { store } = await openedStore()
    await store.transaction(async (trx) => {
      await writeIntents(trx, [intent('1')])
      await confirmRows(trx, [ledgerRow('1')])
    })
    expect(await rowOf(store, '1')).toMatchObject({
      state: 'confirmed',
      previous: null,
      payloadHash: null,
      sentAt: null,
      epoch: null,
    })
    expect(await openIntents(store, 'acme', 'orders', { limit: 10 })).toEqual([])
  })

  test('that was withdrawn leaves the row as it was, or none', async () => {
    const { store } = await openedStore()
    await store.transaction((trx) => confirmRows(trx, [ledgerRow('1'), ledgerRow('2')]))
    const before = await rowOf(store, '1')
    await store.transaction((trx) =>
      writeIntents(
        trx,
        ['1', '2', '3', '4'].map((key) => intent(key)),
      ),
    )
    await store.transaction((trx) => withdrawIntents(trx, 'acme', 'orders', ['1', '3', 'unknown']))
    expect(await rowOf(store, '1')).toEqual(before)
    expect(await rowOf(store, '3')).toBeUndefined()
    expect((await openIntents(store, 'acme', 'orders', { limit: 10 })).map((row) => row.key)).toEqual([
      '2',
      '4',
    ])
  })

  test('open ones come oldest first, without those of the epoch at work', async () => {
    const { store } = await openedStore()
    await store.transaction((trx) =>
      writeIntents(trx, [
        intent('new', { epoch: 2, sentAt: START + 5 }),
        intent('old', { epoch: 1, sentAt: START }),
        intent('mine', { epoch: 3, sentAt: START + 1 }),
        intent('elsewhere', { namespace: 'returns' }),
      ]),
    )
    const keys = async (options: { limit: number; exceptEpoch?: number }) =>
      (await openIntents(store, 'acme', 'orders', options)).map((row) => row.key)
    expect(await keys({ limit: 10 })).toEqual(['old', 'mine', 'new'])
    expect(await keys({ limit: 10, exceptEpoch: 3 })).toEqual(['old', 'new'])
    expect(await keys({ limit: 1 })).toEqual(['old'])
  })
})
