import { expect, test } from 'vitest'
import { EMPTY_TALLY } from '../../engine/core/model/tally.ts'
import { advanceCursor, cursorOf } from '../../engine/store/cursor.ts'
import { deadLetters, parkRecords, resolveDeadLetters } from '../../engine/store/dead-letters.ts'
import { acquireLease, assertLease } from '../../engine/store/lease.ts'
import { confirmRows, ledgerRows, withdrawIntents, writeIntents } from '../../engine/store/ledger.ts'
import type { Store, Transaction } from '../../engine/store/open.ts'
import { claimTarget } from '../../engine/store/plans.ts'
import { addToRun, runById, startRun } from '../../engine/store/runs.ts'
import { addUsage, usageOf } from '../../engine/store/usage.ts'
import { openedStore, START } from './opened.ts'
import { deadLetter, intent, ledgerRow } from './rows.ts'

/** Asks for the same at once, from two handles; gives how each of them ended: its value, or the kind of its error. */
async function atOnce<T>(
  handles: readonly Store[],
  times: number,
  work: (trx: Transaction, index: number) => Promise<T>,
): Promise<readonly (T | string)[]> {
  return Promise.all(
    Array.from({ length: times }, (_, index) =>
      handles[index % handles.length]!.transaction((trx) => work(trx, index)).catch(
        (error: { kind?: string }) => error.kind ?? String(error),
      ),
    ),
  )
}

async function twoHandles(): Promise<readonly [Store, Store]> {
  const { store, again } = await openedStore()
  return [store, await again()]
}

test('the first lease of a mapping goes to one', async () => {
  const handles = await twoHandles()
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      acquireLease(handles[index % 2]!, {
        project: 'acme',
        mapping: 'orders',
        holder: `run ${index}`,
        lane: 'live',
        ttlMs: 60_000,
      }),
    ),
  )
  expect(answers.filter((answer) => 'epoch' in answer)).toEqual([{ epoch: 1 }])
})

test('epochs taken again and again at once are all different', async () => {
  const handles = await twoHandles()
  const lease = { project: 'acme', mapping: 'orders', holder: 'run', lane: 'live', ttlMs: 60_000 }
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => acquireLease(handles[index % 2]!, lease)),
  )
  const epochs = answers.map((answer) => ('epoch' in answer ? answer.epoch : null))
  expect(epochs.sort((a, b) => a! - b!)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
  const able = await atOnce(handles, 12, async (trx, index) => {
    await assertLease(trx, { ...lease, epoch: index + 1 })
    return 'writes'
  })
  expect(able.filter((answer) => answer === 'writes')).toHaveLength(1)
  expect(able[11]).toBe('writes')
})

test('a page is committed once', async () => {
  const handles = await twoHandles()
  const advance = (sequence: number) =>
    atOnce(handles, 6, async (trx, index) => {
      await advanceCursor(trx, {
        project: 'acme',
        mapping: 'orders',
        lane: 'live',
        cursor: { by: index },
        sequence,
        runId: 'run-1',
        now: START,
      })
      return 'moved'
    })
  for (const sequence of [1, 2, 3]) {
    const answers = await advance(sequence)
    expect([...answers].sort()).toEqual([...Array(5).fill('lease-lost'), 'moved'])
    expect((await cursorOf(handles[0], 'acme', 'orders', 'live'))?.cursor).toEqual({
      by: answers.indexOf('moved'),
    })
  }
})

test('pages of one run counted at once all count, and each once', async () => {
  const handles = await twoHandles()
  await handles[0].transaction((trx) =>
    startRun(trx, {
      id: 'run-1',
      project: 'acme',
      mapping: 'orders',
      lane: 'live',
      workflowId: 'w',
      planHash: 'p',
      startedAt: START,
    }),
  )
  const counted = await atOnce(handles, 24, (trx, index) =>
    addToRun(trx, 'run-1', { ...EMPTY_TALLY, read: 1, created: 1 }, index < 12 ? index % 4 : null),
  )
  expect(counted.filter((answer) => answer === true)).toHaveLength(4 + 12)
  expect(counted.filter((answer) => answer === false)).toHaveLength(8)
  expect(await runById(handles[0], 'acme', 'run-1')).toMatchObject({
    pages: 16,
    tally: { read: 16, created: 16 },
  })
})

test('a key parked from two sides has one open dead letter, which counts both', async () => {
  const handles = await twoHandles()
  const answers = await atOnce(handles, 6, (trx, index) =>
    parkRecords(trx, [deadLetter('1', { message: `reason ${index}` }), deadLetter(`2-${index}`)], START),
  )
  expect(answers).toEqual(Array(6).fill(undefined))
  const open = await deadLetters(handles[0], 'acme', { open: true, limit: 100 })
  expect(open.filter((letter) => letter.key === '1').map((letter) => letter.attempts)).toEqual([6])
  expect(open).toHaveLength(7)
})

test('a dead letter that is closed while it is parked again is not opened again by half', async () => {
  const handles = await twoHandles()
  for (let round = 0; round < 10; round++) {
    const key = String(round)
    await handles[0].transaction((trx) => parkRecords(trx, [deadLetter(key)], START))
    await atOnce(handles, 2, (trx, index) =>
      index === 0
        ? parkRecords(trx, [deadLetter(key, { message: 'another' })], START)
        : resolveDeadLetters(trx, 'acme', 'shopify-orders', [key], 'discarded', START + 1),
    )
    const letters = (await deadLetters(handles[0], 'acme', { limit: 100 })).filter(
      (letter) => letter.key === key,
    )
    for (const { state, resolvedAt, dueAt } of letters)
      expect([state, resolvedAt, dueAt === null]).toEqual(
        state === 'discarded' ? ['discarded', START + 1, true] : ['parked', null, false],
      )
  }
})

test('a target goes to one environment', async () => {
  const handles = await twoHandles()
  const answers = await atOnce(handles, 8, async (trx, index) => {
    await claimTarget(trx, 'acme', `environment ${index}`, 'odoo|acme')
    return 'mine'
  })
  expect([...answers].sort()).toEqual([...Array(7).fill('invalid-plan'), 'mine'])
})

test('an intent withdrawn while it is confirmed leaves the row of whoever came last', async () => {
  const handles = await twoHandles()
  for (let round = 0; round < 10; round++) {
    const key = String(round)
    await handles[0].transaction((trx) => writeIntents(trx, [intent(key)]))
    await atOnce(handles, 2, (trx, index) =>
      index === 0 ? confirmRows(trx, [ledgerRow(key)]) : withdrawIntents(trx, 'acme', 'orders', [key]),
    )
    const row = (await ledgerRows(handles[0], 'acme', 'orders', [key])).get(key)
    expect(row).toMatchObject({ state: 'confirmed', targetId: `9${key}` })
  }
})

test('usage noted at once adds up', async () => {
  const handles = await twoHandles()
  const entry = { project: 'acme', connection: 'odoo', mapping: 'orders' }
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      handles[index % 2]!.transaction((trx) =>
        addUsage(trx, { ...entry, calls: 1, writeCalls: 2, bytesIn: 3, bytesOut: 4, refusals: 5 }),
      ),
    ),
  )
  expect(await usageOf(handles[0], 'acme')).toMatchObject([
    { calls: 20, writeCalls: 40, bytesIn: 60, bytesOut: 80, refusals: 100 },
  ])
})
