import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { runById } from '../../engine/store/runs.ts'
import { runOneLeg } from '../../engine/transfer/run.ts'
import { createWorld, type World } from './world.ts'

let world: World

afterEach(async () => {
  await world.close()
})

test.each([
  // 40, then 250 + 250, then 160: the shop gives few before it is known what they cost, and never more than 250.
  ['is moved at once', 'are moved together with the next', 0, 3],
  ['takes its time', 'are moved one by one', 1_000, 4],
])('where a page %s, pages of the source %s', async (_, __, tookMs, pages) => {
  world = await createWorld({ shop: { seed: { customers: 700, products: 1, orders: 0 } } })
  const [plan] = await world.apply()
  let clock = Date.now()
  const runId = randomUUID()
  const { tally } = await runOneLeg(
    { ...world.dependencies, store: { ...world.store, now: () => clock } },
    {
      project: 'acme',
      mapping: 'shopify-customers',
      lane: 'live',
      planHash: plan!.hash,
      selectionId: null,
      runId,
      workflowId: runId,
      budgetMs: 600_000,
      lastAttempt: true,
      signal: new AbortController().signal,
      progress() {
        clock += tookMs
      },
    },
  )
  expect(tally).toMatchObject({ read: 700, created: 700 })
  expect(await runById(world.store, 'acme', runId)).toMatchObject({ pages, state: 'done' })
})
