import { expect, test } from 'vitest'
import type { SyncError } from '../../engine/core/model/failure.ts'
import { cursorOf } from '../../engine/store/cursor.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { driftOf } from '../../engine/store/drift.ts'
import { appliedPlan } from '../../engine/store/plans.ts'
import { runById } from '../../engine/store/runs.ts'
import { decideRun } from '../../engine/transfer/run-waits.ts'
import { openedStore } from '../store/opened.ts'
import { memoryWorld, version } from './memory-world.ts'

const GOOD = [version('1', 1), version('2', 2)]
const COMMA = [version('3', 3), version('4', 4, { amount: '1,50' })]

async function driftWorld(mapped: string) {
  const { store, pass } = await openedStore()
  const world = await memoryWorld(store, { plan: { drift: { mapped }, again: [60_000] }, pageByPage: true })
  const drift = (open?: boolean) =>
    driftOf(store, world.scope, { mapping: 'orders', ...(open === undefined ? {} : { open }) })
  return { store, pass, world, drift }
}

test('a page that is not as recorded halts before anything of it is written; what was found is kept until it is fine again', async () => {
  const { store, pass, world, drift } = await driftWorld('halt')
  world.memory.pages = [GOOD, COMMA]
  const halted = await world.run().catch((error: unknown) => error)
  expect(halted).toMatchObject({
    kind: 'schema-drift',
    message:
      'orders.amount was a decimal like 12.50, now 1,50: 1 of 2 in this page; mapped at orders.yaml:31. Nothing of this page was written.',
  })
  expect(world.memory.sent).toHaveLength(2)
  expect((await cursorOf(store, world.scope, 'orders', 'live'))?.sequence).toBe(1)
  const runId = String((halted as { fields: { run: string } }).fields.run)
  expect(await runById(store, world.scope, runId)).toMatchObject({
    state: 'halted',
    tally: { read: 2 },
    pages: 1,
  })
  const [found] = await drift()
  expect(found).toMatchObject({
    ...{ mapping: 'orders', connection: 'shop', resource: 'orders', field: 'amount', kind: 'decimal-format' },
    ...{ breaking: true, found: '1,50', expected: 'a decimal like 12.50', resolvedAt: null },
  })

  // Another run may not go around it, and nothing has changed yet.
  pass(5)
  await expect(world.run('backfill')).rejects.toMatchObject({ kind: 'schema-drift' })
  await decideRun({ store }, { project: world.scope, runId, kind: 'resume', by: 'ana', reason: 'tried' })
  await expect(world.run()).rejects.toMatchObject({ kind: 'schema-drift' })
  expect(await drift(true)).toMatchObject([
    { firstSeenAt: found!.firstSeenAt, lastSeenAt: found!.firstSeenAt + 5 },
  ])

  // The source writes decimals as before, and another plan was applied.
  world.memory.pages = [GOOD, [version('3', 3), version('4', 4, { amount: '1.50' })]]
  await world.apply({ description: 'looked at' })
  expect(await world.run()).toMatchObject({ read: 2, created: 2 })
  expect(await drift(true)).toEqual([])
  expect(await drift()).toHaveLength(1)
})

test('where the mapping only wants to be told, it goes on and the record parks by itself', async () => {
  const { world, drift } = await driftWorld('warning')
  world.memory.pages = [GOOD, COMMA]
  expect(await world.run()).toMatchObject({ read: 4 })
  expect(await drift(true)).toMatchObject([{ field: 'amount', breaking: false }])
})

test('what nobody wants to know is not looked at', async () => {
  const { world, drift } = await driftWorld('ignore')
  world.memory.pages = [GOOD, COMMA]
  expect(await world.run()).toMatchObject({ read: 4 })
  expect(await drift()).toEqual([])
})

test('a field that was never empty and suddenly is in most of a page halts it, also when it was full in earlier runs', async () => {
  const { world, drift } = await driftWorld('halt')
  const orders = (from: number, count: number, note: string | null) =>
    Array.from({ length: count }, (_, index) => version(String(from + index), from + index, { note }))
  world.memory.pages = [orders(1, 150, 'x'), orders(151, 60, 'x')]
  await world.run()
  world.memory.pages = [...world.memory.pages, orders(211, 30, null)]
  await expect(world.run()).rejects.toMatchObject({
    kind: 'schema-drift',
    message: expect.stringContaining('orders.note was a text, now nothing: 30 of 30'),
  })
  expect(await drift(true)).toMatchObject([{ field: 'note', kind: 'sudden-nulls' }])
})

test('what is due again is looked at as pages are, before anything of it is written, and stays due', async () => {
  const { store, pass, world, drift } = await driftWorld('halt')
  const refused = { name: 'refused 3' }
  world.memory.pages = [[...GOOD, version('3', 3, refused)]]
  expect(await world.run()).toMatchObject({ read: 3, parked: 1 })
  const sent = world.memory.sent.length
  pass(120_000)
  world.memory.pages = [[...GOOD, version('3', 3, { ...refused, amount: '1,50' })]]
  await expect(world.run('retry')).rejects.toMatchObject({
    kind: 'schema-drift',
    message: expect.stringContaining('orders.amount was a decimal like 12.50, now 1,50: 1 of 1'),
  })
  expect(world.memory.sent).toHaveLength(sent)
  expect(await drift(true)).toMatchObject([{ field: 'amount', kind: 'decimal-format', breaking: true }])
  expect(await deadLetters(store, world.scope, { open: true, limit: 9 })).toMatchObject([
    { key: '3', attempts: 1 },
  ])
})

test('what is due again is a choice: that all of it lacks a field that others have says nothing', async () => {
  const { pass, world, drift } = await driftWorld('halt')
  const orders = (from: number, count: number, particular: Record<string, string | null>) =>
    Array.from({ length: count }, (_, index) => version(String(from + index), from + index, particular))
  const good = orders(1, 250, { note: 'x' })
  world.memory.pages = [[...good, ...orders(251, 25, { name: 'refused', note: 'x' })]]
  expect(await world.run()).toMatchObject({ read: 275, parked: 25 })
  pass(120_000)
  world.memory.pages = [[...good, ...orders(251, 25, { name: 'refused', note: null })]]
  expect(await world.run('retry')).toMatchObject({ due: 25, parkedAgain: 25 })
  expect(await drift()).toEqual([])
})

test('a run that ends under another plan than it began with names that one', async () => {
  const { store, world } = await driftWorld('halt')
  world.memory.pages = [GOOD, COMMA]
  const { fields } = (await world.run().catch((error: unknown) => error)) as SyncError
  const runId = String(fields['run'])
  const began = (await runById(store, world.scope, runId))!
  await world.apply({ drift: { mapped: 'warning' } })
  expect(await world.run('live', runId)).toMatchObject({ read: 4 })
  const applied = await appliedPlan(store, world.scope, 'orders')
  const ended = await runById(store, world.scope, runId)
  expect(ended).toMatchObject({ state: 'done', planHash: applied!.hash })
  expect(ended!.planHash).not.toBe(began.planHash)
})
