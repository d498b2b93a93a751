import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sendBatches } from '../../engine/transfer/batches.ts'

function target(concurrency: number, limits: { concurrency?: number } | null = null) {
  return { plan: { target: { limits } }, target: { facts: { batchSize: 3, concurrency } } } as never
}

/** Sends numbers and tells what was on its way together. */
async function sent(
  context: never,
  count: number,
  fail: (batch: readonly number[]) => boolean = () => false,
) {
  const arrived: number[] = []
  let under = 0
  let most = 0
  const error = await sendBatches(
    context,
    Array.from({ length: count }, (_, n) => n),
    async (batch) => {
      under++
      most = Math.max(most, under)
      await sleep(fail(batch) ? 1 : 5)
      under--
      if (fail(batch)) throw new Error(`refused ${batch[0]}`)
      arrived.push(...batch)
    },
  ).catch((thrown: Error) => thrown.message)
  return { arrived: arrived.sort((a, b) => a - b), most, under, error }
}

test.each([
  [1, null, 10, 1],
  [2, null, 10, 2],
  [2, { concurrency: 1 }, 10, 1],
  [1, { concurrency: 4 }, 20, 4],
  [4, null, 3, 1],
])(
  'takes %i at a time, with limits %j: of %i items at most %i batches together',
  async (facts, limits, count, most) => {
    const { arrived, most: found, error } = await sent(target(facts, limits), count)
    expect(arrived).toEqual(Array.from({ length: count }, (_, n) => n))
    expect(found).toBe(most)
    expect(error).toBeUndefined()
  },
)

test('nothing to send is nothing to do', async () => {
  expect(await sent(target(2), 0)).toMatchObject({ arrived: [], most: 0 })
})

test('a failure is told when nothing is on its way any more, and no further batch is begun', async () => {
  const { arrived, under, error } = await sent(target(2), 30, (batch) => batch[0] === 0)
  expect(error).toBe('refused 0')
  expect(under).toBe(0)
  expect(arrived).toEqual([3, 4, 5])
})
