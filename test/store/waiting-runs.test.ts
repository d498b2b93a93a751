import { expect, test } from 'vitest'
import { EMPTY_TALLY } from '../../engine/core/model/tally.ts'
import { haltsBetween } from '../../engine/store/halts.ts'
import type { Store } from '../../engine/store/open.ts'
import { addToRun, finishRun, runById, startRun } from '../../engine/store/runs.ts'
import {
  haltOf,
  noteDecision,
  openRuns,
  runGoesOn,
  runWaits,
  type Waiting,
} from '../../engine/store/waiting-runs.ts'
import { openedStore, START } from './opened.ts'

const start = (store: Store, id: string, mapping = 'orders') =>
  store.transaction((trx) =>
    startRun(trx, {
      id,
      project: 'acme',
      mapping,
      lane: 'live',
      workflowId: `acme/sync/${id}`,
      planHash: 'plan',
      startedAt: START,
    }),
  )

const HALTED: Waiting = {
  state: 'halted',
  kind: 'too-many-rejected',
  message: '10 of 50 were refused.',
  until: null,
  connection: null,
  planHash: 'plan-2',
}
const REFUSED: Waiting = {
  ...{ state: 'awaiting-credentials', kind: 'auth-expired', message: 'Refused.', until: null },
  ...{ connection: 'odoo', planHash: 'plan' },
}
const LATER: Waiting = {
  ...{ state: 'throttled', kind: 'throttled', message: 'Later.', until: START + 60_000 },
  ...{ connection: null, planHash: 'plan' },
}

const waits = (store: Store, id: string, waiting: Waiting) =>
  store.transaction((trx) => runWaits(trx, id, waiting))

test('a run waits, looks again without having begun to wait anew, and goes on with its next page', async () => {
  const { store, pass } = await openedStore()
  await start(store, 'a')
  pass(5)
  await waits(store, 'a', REFUSED)
  pass(7)
  await waits(store, 'a', { ...REFUSED, message: 'Still refused.' })
  expect(await runById(store, 'acme', 'a')).toMatchObject({
    ...{ state: 'awaiting-credentials', since: START + 5, until: null, waitsFor: 'odoo' },
    ...{ failureKind: 'auth-expired', failureMessage: 'Still refused.', finishedAt: null },
  })
  pass(1)
  await store.transaction((trx) => addToRun(trx, 'a', EMPTY_TALLY, 1))
  expect(await runById(store, 'acme', 'a')).toMatchObject({
    ...{ state: 'running', since: START + 13, waitsFor: null, failureKind: null, failureMessage: null },
  })
})

test('another state is another wait; what was decided is kept', async () => {
  const { store, pass } = await openedStore()
  await start(store, 'a')
  await waits(store, 'a', LATER)
  pass(5)
  await waits(store, 'a', HALTED)
  expect(await runById(store, 'acme', 'a')).toMatchObject({
    state: 'halted',
    since: START + 5,
    planHash: 'plan-2',
  })
  const decision = { kind: 'resume', by: 'ana', reason: 'prices mended', at: START + 6 } as const
  await store.transaction(async (trx) => {
    await noteDecision(trx, 'a', decision)
    await runGoesOn(trx, 'a')
  })
  expect(await runById(store, 'acme', 'a')).toMatchObject({ state: 'running', decision })
})

test('a run that has ended neither waits nor goes on', async () => {
  const { store } = await openedStore()
  await start(store, 'a')
  await store.transaction((trx) =>
    finishRun(trx, {
      id: 'a',
      finishedAt: START,
      state: 'cancelled',
      failureKind: null,
      failureMessage: 'Enough.',
    }),
  )
  const ended = await runById(store, 'acme', 'a')
  await waits(store, 'a', HALTED)
  await store.transaction((trx) => runGoesOn(trx, 'a'))
  expect(await runById(store, 'acme', 'a')).toEqual(ended)
})

test('open runs by state, mapping and connection; one that names no connection is asked about each', async () => {
  const { store } = await openedStore()
  for (const id of ['a', 'b', 'c', 'd']) await start(store, id, id === 'd' ? 'products' : 'orders')
  await start(store, 'over')
  await store.transaction((trx) =>
    finishRun(trx, { id: 'over', finishedAt: START, state: 'done', failureKind: null, failureMessage: null }),
  )
  await waits(store, 'a', REFUSED)
  await waits(store, 'b', { ...REFUSED, connection: null })
  await waits(store, 'd', { ...REFUSED, connection: 'shop' })
  const ids = async (filter: Parameters<typeof openRuns>[2]) =>
    (await openRuns(store, 'acme', filter)).map(({ id }) => id)
  expect(await ids({})).toEqual(['a', 'b', 'c', 'd'])
  expect(await ids({ mapping: 'orders' })).toEqual(['a', 'b', 'c'])
  expect(await ids({ state: 'awaiting-credentials' })).toEqual(['a', 'b', 'd'])
  expect(await ids({ state: 'awaiting-credentials', connection: 'odoo' })).toEqual(['a', 'b'])
  expect(await openRuns(store, 'acme.test')).toEqual([])
})

test('a halt stops the other runs of the mapping; one that is halted because of it stops nobody', async () => {
  const { store } = await openedStore()
  for (const id of ['a', 'b']) await start(store, id)
  expect(await haltOf(store, 'acme', 'orders', null)).toBeNull()
  await waits(store, 'a', HALTED)
  await waits(store, 'b', { ...HALTED, until: START + 30_000 })
  expect(await haltOf(store, 'acme', 'orders', 'b')).toMatchObject({ id: 'a' })
  expect(await haltOf(store, 'acme', 'orders', 'a')).toBeNull()
  expect(await haltOf(store, 'acme', 'products', null)).toBeNull()
})

test('the times in which a run was halted are kept, also when it has gone on since', async () => {
  const { store, pass } = await openedStore()
  const halts = () => haltsBetween(store, 'acme', 'orders', { from: 0, to: START + 100 })
  await start(store, 'a')
  await waits(store, 'a', HALTED)
  pass(5)
  await waits(store, 'a', HALTED)
  expect(await halts()).toEqual([{ runId: 'a', since: START, until: null }])
  await store.transaction((trx) => addToRun(trx, 'a', EMPTY_TALLY, 1))
  pass(1)
  await waits(store, 'a', HALTED)
  pass(1)
  await store.transaction((trx) =>
    finishRun(trx, {
      id: 'a',
      finishedAt: START + 7,
      state: 'cancelled',
      failureKind: null,
      failureMessage: null,
    }),
  )
  expect(await halts()).toEqual([
    { runId: 'a', since: START, until: START + 5 },
    { runId: 'a', since: START + 6, until: START + 7 },
  ])
})
