import { expect, test } from 'vitest'
import { balances } from '../../engine/core/model/tally.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { decide, decisionsOf } from '../../engine/store/decisions.ts'
import { latestDrain } from '../../engine/store/drains.ts'
import { NO_LINKS } from '../../engine/transfer/alerts/judge-mapping.ts'
import { lookAfterLetters } from '../../engine/transfer/letters/outlook.ts'
import { dieAt } from './die-at.ts'
import { memoryWorld, quickStore, version } from './memory-world.ts'

const MAPPING = 'orders'

/** Twelve parked orders, eight of them by an amount that is none, and a mapping that has been mended since. */
async function mendedMapping() {
  const { store, pass } = await quickStore()
  const world = await memoryWorld(store, { plan: { again: [1e9] }, facts: { settleAfterMs: 1_000 } })
  const { memory, scope, plan, run, applyPlan } = world
  memory.pages = [
    Array.from({ length: 12 }, (_, index) =>
      version(String(index), 1, index < 8 ? { amount: `much ${index}` } : { customer: `nobody ${index}` }),
    ),
  ]
  expect(await run()).toMatchObject({ read: 12, parked: 12 })
  pass(1_000)
  const amount = { kind: 'value', value: { constant: '0' }, firstTimeOnly: false } as const
  await applyPlan({ ...plan, fields: { ...plan.fields, amount } })
  const look = () =>
    lookAfterLetters(store, { project: scope, mapping: MAPPING, nextRunAt: null, links: NO_LINKS })
  const letters = () => deadLetters(store, scope, { limit: 100 })
  const discardOne = async (id: string) =>
    store.transaction((trx) =>
      decide(trx, {
        project: scope,
        mapping: MAPPING,
        by: 'ana',
        reason: 'why',
        updateId: 'discard-one',
        decision: { kind: 'discard', of: { ids: [id] } },
      }),
    )
  return { ...world, store, pass, look, letters, discardOne }
}

test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
  'dying before transaction %i of a drain and of a decision in it: nothing is lost, nothing doubled, all is decided once',
  async (n) => {
    const { store, scope, memory, run, pass, look, letters, discardOne } = await mendedMapping()
    const stays = (await letters()).find(({ class: why }) => why === 'missing-reference')!
    const work = async () => {
      await look()
      await run('retry')
      await discardOne(stays.id)
      await look()
      await run('retry')
      await look()
    }
    const live = dieAt(store, n)
    await work().catch(() => {})
    live()
    pass(10_000)
    await discardOne(stays.id)
    for (let outlook = await look(); outlook!.retry; outlook = await look()) {
      expect(balances(await run('retry'))).toBe(true)
      pass(1)
    }
    const after = await letters()
    expect(after).toHaveLength(12)
    const states = Map.groupBy(after, ({ state }) => state)
    expect(states.get('resolved')).toHaveLength(8)
    expect(states.get('discarded')).toHaveLength(1)
    expect(states.get('parked')).toHaveLength(3)
    expect(await decisionsOf(store, scope, [stays.id])).toHaveLength(1)
    const delivered = [...memory.records.values()].filter(({ key }) => key !== null)
    expect(new Set(delivered.map(({ key }) => key)).size).toBe(8)
    expect(delivered).toHaveLength(8)
    expect(await latestDrain(store, scope, MAPPING)).toMatchObject({ finishedAt: expect.any(Number) })
  },
)
