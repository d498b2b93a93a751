import { expect, test } from 'vitest'
import { advanceCursor, cursorOf } from '../../engine/store/cursor.ts'
import { dueRecords, parkRecords } from '../../engine/store/dead-letters.ts'
import { acquireLease, releaseLease } from '../../engine/store/lease.ts'
import { freeName, renameMapping } from '../../engine/store/rename.ts'
import { runs, startRun } from '../../engine/store/runs.ts'
import { openedStore, START } from './opened.ts'
import { deadLetter } from './rows.ts'

const OLD = 'shopify-orders'
const lease = { project: 'acme', mapping: OLD, holder: 'a run', lane: 'live', ttlMs: 60_000 }

test('where it stands, what is parked, who waits for it and its runs go on under the new name', async () => {
  const { store } = await openedStore()
  await store.transaction(async (trx) => {
    const run = {
      id: 'run-1',
      project: 'acme',
      mapping: OLD,
      lane: 'live',
      workflowId: 'w',
      planHash: 'p',
      startedAt: START,
    }
    await startRun(trx, run)
    await advanceCursor(trx, {
      project: 'acme',
      mapping: OLD,
      lane: 'live',
      cursor: { at: 7 },
      sequence: 1,
      runId: 'run-1',
      now: START,
    })
    await parkRecords(trx, [deadLetter('1')], START)
    await renameMapping(trx, 'acme', OLD, 'web-orders')
  })
  expect(await cursorOf(store, 'acme', OLD, 'live')).toBeNull()
  expect(await cursorOf(store, 'acme', 'web-orders', 'live')).toMatchObject({
    cursor: { at: 7 },
    sequence: 1,
  })
  const due = { now: START + 60_000, limit: 10 }
  expect(await dueRecords(store, 'acme', OLD, due)).toEqual([])
  expect(await dueRecords(store, 'acme', 'web-orders', due)).toHaveLength(1)
  expect(await runs(store, 'acme', { mapping: 'web-orders', limit: 10 })).toHaveLength(1)
})

test('a run under way is not renamed under its feet', async () => {
  const { store } = await openedStore()
  const taken = await acquireLease(store, lease)
  const rename = () => store.transaction((trx) => renameMapping(trx, 'acme', OLD, 'web-orders'))
  await expect(rename()).rejects.toMatchObject({ kind: 'unavailable' })
  await releaseLease(store, { ...lease, epoch: 'epoch' in taken ? taken.epoch : 0 })
  await rename()
})

test('what still runs under the old name gets no lease, until a mapping has that name again', async () => {
  const { store, pass } = await openedStore()
  await store.transaction((trx) => renameMapping(trx, 'acme', OLD, 'web-orders'))
  pass(365 * 86_400_000)
  expect(await acquireLease(store, lease)).toMatchObject({ heldBy: expect.stringContaining('moved') })
  expect(await acquireLease(store, { ...lease, mapping: 'web-orders' })).toHaveProperty('epoch')
  await store.transaction((trx) => freeName(trx, 'acme', OLD))
  expect(await acquireLease(store, lease)).toHaveProperty('epoch')
})
