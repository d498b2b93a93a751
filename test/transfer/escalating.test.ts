import { describe, expect, test } from 'vitest'
import { titleOf } from '../../engine/notify/text.ts'
import { giveUp, noteAttempt, outboxOf } from '../../engine/store/outbox.ts'
import { lookAfterLetters } from '../../engine/transfer/letters/outlook.ts'
import { START } from '../store/opened.ts'
import { alertWorld, MAPPING, MINUTE } from './alert-world.ts'

const FIVE = '{ failures: { atLeast: 5, within: 1h }, notify: [ops, finance] }'
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('dead letters that are open for longer than the mapping allows', () => {
  const opened = async (...rules: readonly string[]) => {
    const world = await alertWorld(...rules)
    const { store } = world
    await world.apply()
    const links = { temporalUi: 'http://ui/namespaces/default', docs: 'https://docs' }
    const look = (by = store) =>
      lookAfterLetters(by, { project: 'acme', mapping: MAPPING, nextRunAt: null, links }).then(
        (outlook) => outlook!,
      )
    return { ...world, look }
  }
  const escalated = async (world: Awaited<ReturnType<typeof opened>>) =>
    (await world.messages()).filter(({ message }) => message.kind === 'openTooLong')

  test('are told once, to all channels of the rules, whoever looks', async () => {
    const world = await opened(FIVE, '{ oldestDeadLetter: { olderThan: 9d }, notify: [boss] }')
    for (const key of ['1', '2', '3', '4']) await world.park(key, { message: `key ${key} is refused` })
    world.pass(DAY - 1)
    expect(await world.look()).toMatchObject({ told: false, until: START + DAY })
    world.pass(1)
    const other = await world.again()
    const looks = await Promise.all([world.look(), world.look(other), world.look(), world.look(other)])
    expect(looks.filter(({ told }) => told)).toHaveLength(1)
    const told = await escalated(world)
    expect(told.map(({ channel }) => channel)).toEqual(['boss', 'finance', 'ops'])
    const { message } = told[0]!
    expect(titleOf(message)).toBe('STILL CRITICAL shopify-orders: dead letters open for longer than 1 d')
    expect(message).toMatchObject({
      ...{ change: 'escalated', since: START, at: START + DAY, count: 4, mapping: MAPPING },
      summary:
        'shopify-orders: still after 1 d: 4 dead letters are open for longer than 1 d, since 2026-11-24T12:00:00Z.',
      advice: { commands: [`npx tidelock dead-letters list --mapping ${MAPPING}`] },
      links: [{ label: 'Temporal' }, { label: 'What to do', url: 'https://docs/alert-open-too-long.md' }],
    })
    expect(message.examples).toHaveLength(3)
    expect(message.examples[0]!.message).toMatch(/^key \d is refused$/)
    expect(looks[0]!.details).toContain('4 have been open for too long.')
  })

  test('those that come of age soon after are told together, and none a second time', async () => {
    const world = await opened(FIVE)
    await world.park('1')
    for (const key of ['2', '3', '4']) {
      world.pass(10 * MINUTE)
      await world.park(key)
    }
    await world.resolve('4')
    world.pass(DAY - 30 * MINUTE)
    expect(await world.look()).toMatchObject({ told: true, until: START + DAY + HOUR })
    world.pass(HOUR - 1)
    expect(await world.look()).toMatchObject({ told: false, until: START + DAY + HOUR })
    world.pass(1)
    expect(await world.look(await world.again())).toMatchObject({ told: true })
    for (let n = 0; n < 5; n++) {
      world.pass(DAY)
      expect(await world.look()).toMatchObject({ told: false })
    }
    const told = (await escalated(world)).filter(({ channel }) => channel === 'ops')
    expect(told.map(({ message }) => [message.count, message.examples.map(({ label }) => label)])).toEqual([
      [1, ['#1']],
      [2, ['#2', '#3']],
    ])
  })

  test('what was sent is kept for 90 days, what was not for good', async () => {
    const world = await opened(FIVE)
    const { store } = world
    await world.park('1')
    world.pass(DAY)
    await world.look()
    const [first, second] = await outboxOf(store, 'acme', 9)
    world.pass(HOUR)
    await store.transaction(async (trx) => {
      await noteAttempt(trx, first!.id, { error: null, now: trx.now() })
      await giveUp(trx, second!.id, null)
    })
    world.pass(1)
    await world.park('2')
    world.pass(90 * DAY - 1)
    await world.look()
    expect(await outboxOf(store, 'acme', 9)).toHaveLength(4)
    world.pass(1)
    await world.look()
    const kept = await outboxOf(store, 'acme', 9)
    expect(kept.map(({ state }) => state).sort()).toEqual(['dead', 'queued', 'queued'])
  })
})
