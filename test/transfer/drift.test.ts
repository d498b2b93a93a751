import { expect, test } from 'vitest'
import { cursorOf } from '../../engine/store/cursor.ts'
import { driftOf } from '../../engine/store/drift.ts'
import { runById } from '../../engine/store/runs.ts'
import { decideRun } from '../../engine/transfer/run-waits.ts'
import { openedStore } from '../store/opened.ts'
import { memoryWorld, version } from './memory-world.ts'

const GOOD = [version('1', 1), version('2', 2)]
const COMMA = [version('3', 3), version('4', 4, { amount: '1,50' })]

async function driftWorld(mapped: string) {
  const { store, pass } = await openedStore()
  const world = await memoryWorld(store, { plan: { drift: { mapped } }, pageByPage: true })
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
