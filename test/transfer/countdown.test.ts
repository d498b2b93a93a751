import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import { rulesOf, sharedRules } from '../../engine/core/alert/rule.ts'
import { factsOf, titleOf } from '../../engine/notify/text.ts'
import { recordChannels } from '../../engine/store/channels.ts'
import { replayRule } from '../../engine/transfer/alerts/replay.ts'
import { START } from '../store/opened.ts'
import { alertWorld, MINUTE } from './alert-world.ts'

/** No rule of these speaks of credentials. */
const RULES = '{ failures: { atLeast: 5, within: 1h }, notify: [ops, finance] }'
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type World = Awaited<ReturnType<typeof alertWorld>>

/** Days pass, with a look every six hours. */
async function passDays(
  world: World,
  days: number,
  judge: () => Promise<unknown> = () => world.judgeShared(),
): Promise<void> {
  for (let quarter = 0; quarter < days * 4; quarter++) {
    world.pass(6 * HOUR)
    await judge()
  }
}

/** What `ops` was told, by the day. */
const told = async (world: World) =>
  (await world.messages())
    .filter(({ channel }) => channel === 'ops')
    .map(({ message }) =>
      `day ${(message.at - START) / DAY}: ${message.change} ${message.count ?? ''}`.trim(),
    )

describe('days are counted down to the end of a key', () => {
  test('at 14, 7 and 2 days people are told what to do, each once, though nobody wrote a rule for it', async () => {
    const world = await alertWorld(RULES)
    await world.keyEnds(START + 20 * DAY)
    await world.judgeShared()
    await passDays(world, 5.75)
    expect(await told(world)).toEqual([])
    await passDays(world, 15)
    expect(await told(world)).toEqual(['day 6: raised 14', 'day 13: escalated 7', 'day 18: escalated 2'])
    const all = await world.messages()
    expect(all.map(({ channel }) => channel).sort()).toEqual([
      ...['finance', 'finance', 'finance', 'ops', 'ops', 'ops'],
    ])
    const { message } = all.find(({ message: { count } }) => count === 7)!
    expect(titleOf(message)).toBe('STILL WARNING credentials of odoo end soon')
    expect(message).toMatchObject({
      mapping: null,
      summary: 'still after 7 d: credentials of odoo end in 7 days, since 2026-11-30T12:00:00Z.',
      examples: [{ label: 'odoo', message: 'API key: until 2026-12-14. Make a new one.' }],
      advice: { commands: ['npx tidelock doctor odoo'] },
      links: [{ url: 'https://docs/alert-credentials-end.md' }],
    })
    expect(factsOf(message)).toContainEqual(['Days left', '7'])
  })

  test('a worker that starts anew, and several that look at once, tell nothing twice', async () => {
    const world = await alertWorld(RULES)
    await world.keyEnds(START + 14 * DAY)
    const other = await world.again()
    const judge = async () => {
      await Promise.all([
        world.judgeShared(),
        world.judgeShared(other),
        world.judgeShared(await world.again()),
      ])
    }
    await judge()
    await passDays(world, 13, judge)
    expect(await told(world)).toEqual(['day 0: raised 14', 'day 7: escalated 7', 'day 12: escalated 2'])
  })

  test('a new key ends it, once, and its own end counts anew', async () => {
    const world = await alertWorld(RULES)
    await world.keyEnds(START + 14 * DAY)
    await world.judgeShared()
    await passDays(world, 8)
    await world.keyEnds(START + 30 * DAY)
    await world.judgeShared()
    expect((await told(world)).at(-1)).toBe('day 8: recovered')
    await passDays(world, 10)
    expect(await told(world)).toEqual([
      'day 0: raised 14',
      'day 7: escalated 7',
      'day 8: recovered',
      'day 16: raised 14',
    ])
  })

  test('a new key that ends soon too is told with its own days', async () => {
    const world = await alertWorld(RULES)
    await world.keyEnds(START + 3 * DAY)
    await world.judgeShared()
    await passDays(world, 2)
    await world.keyEnds(START + 12 * DAY)
    await passDays(world, 4)
    expect(await told(world)).toEqual([
      ...['day 0: raised 3', 'day 1: escalated 2', 'day 2: escalated 10', 'day 5: escalated 7'],
    ])
  })

  test('an end that moves a little, to and fro, is the same one', async () => {
    const world = await alertWorld(RULES)
    await world.keyEnds(START + 8 * DAY)
    await world.judgeShared()
    await passDays(world, 1)
    for (const seconds of [3, -2, 4, 0]) {
      await world.keyEnds(START + 8 * DAY + seconds * 1_000)
      world.pass(1_000)
      await world.judgeShared()
    }
    expect(await told(world)).toEqual(['day 0: raised 8', 'day 1: escalated 7'])
  })

  test('what is first seen with five days left is told at once, and once', async () => {
    const world = await alertWorld(RULES)
    await world.judgeShared()
    await world.keyEnds(START + 5.5 * DAY)
    await world.judgeShared()
    await passDays(world, 2)
    expect(await told(world)).toEqual(['day 0: raised 5'])
  })

  test('a key that we change ourselves counts only where that is a day overdue', async () => {
    const world = await alertWorld(RULES)
    await world.keyEnds(START + 20 * DAY, START + 6 * DAY)
    await world.judgeShared()
    await passDays(world, 6.75)
    expect(await told(world)).toEqual([])
    await passDays(world, 0.5)
    expect(await told(world)).toEqual(['day 7: raised 13'])
  })

  test('a key that we find we cannot change counts from then on', async () => {
    const world = await alertWorld(RULES)
    await world.keyEnds(START + 13 * DAY, START - DAY / 2)
    await world.judgeShared()
    await world.keyEnds(START + 13 * DAY)
    world.pass(HOUR)
    await world.judgeShared()
    expect(await told(world)).toEqual(['day 0: raised 13'])
  })

  test('a channel that is quiet at a step is told of it afterwards', async () => {
    const world = await alertWorld(RULES)
    const settings = { url: 'https://hooks.acme.example/ops' }
    await world.store.transaction((trx) =>
      recordChannels(trx, 'acme', [
        { name: 'ops', kind: 'webhook', settings, quiet: 'MON-SUN 11:00-14:00 UTC' },
      ]),
    )
    world.pass(3 * HOUR)
    await world.keyEnds(START + 9 * DAY)
    await world.judgeShared()
    await passDays(world, 2)
    const at = (await world.messages()).filter(({ channel }) => channel === 'ops')
    expect(at.map(({ message }) => `${message.change} ${message.count}`)).toEqual(['raised 8', 'escalated 7'])
  })
})

test('what was refused, and the key that ended, are known when both are long over', async () => {
  const world = await alertWorld('{ tokenDaysLeft: { lessThan: 9 }, notify: [ops] }')
  await world.keyEnds(START + 20 * DAY)
  for (let n = 0; n < 2; n++) {
    world.pass(2 * DAY)
    await world.refuse()
    world.pass(HOUR)
    await world.take()
  }
  world.pass(START + 15 * DAY - world.now())
  await world.keyEnds(START + 90 * DAY)
  world.pass(DAY)
  const replayed = async (kind: string) => {
    const rule = [...rulesOf(world.plan), ...sharedRules([world.plan])].find(
      ({ id, when }) => when.kind === kind && (kind === 'tokenDaysLeft' || id.endsWith('/odoo')),
    )!
    const plan = rule.mapping === null ? null : world.plan
    const request = { project: 'acme', rule, plan, from: START, to: world.now() }
    const { changes } = await replayRule(world.store, request)
    return changes.map(({ change, at }) => `${change} ${(at - START) / HOUR}`)
  }
  expect(await replayed('credentialsRefused')).toEqual([
    'raised 48',
    'recovered 49',
    'raised 97',
    'recovered 98',
  ])
  expect(await replayed('tokenDaysLeft')).toEqual([`raised ${11 * 24}`, `recovered ${15 * 24}`])
  expect(await replayed('credentialsEnd')).toEqual([
    `raised ${6 * 24}`,
    `escalated ${13 * 24}`,
    `recovered ${15 * 24}`,
  ])
})

test('replaying says of credentials what live judging said', { timeout: 120_000 }, async () => {
  const happening = fc.constantFrom('key', 'our key', 'no end', 'refuse', 'take', 'look', 'look')
  const step = fc.tuple(happening, fc.integer({ min: 1, max: 4 * DAY }), fc.integer({ min: 0, max: 20 }))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const world = await alertWorld('{ tokenDaysLeft: { lessThan: 9 }, notify: [ops] }')
      const judge = async () => {
        await world.judge()
        await world.judgeShared()
      }
      await judge()
      for (const [what, ms, days] of steps) {
        world.pass(ms)
        // Ends that are less than a day apart are one.
        const end = START + 2 * DAY * Math.ceil((world.now() - START) / (2 * DAY) + days / 2)
        if (what === 'key') await world.keyEnds(end)
        else if (what === 'our key') await world.keyEnds(end, end - 5 * DAY)
        else if (what === 'no end') await world.keyEnds(null)
        else if (what === 'refuse') await world.refuse()
        else if (what === 'take') await world.take()
        else await judge()
      }
      world.pass(DAY)
      await judge()
      const rules = [...rulesOf(world.plan), ...sharedRules([world.plan])]
      for (const rule of rules) {
        const live = (await world.changes()).filter((change) => change.rule === rule.id)
        const plan = rule.mapping === null ? null : world.plan
        const request = { project: 'acme', rule, plan, from: START, to: world.now() }
        const { changes } = await replayRule(world.store, request)
        expect(live.map(({ change, at, since, count }) => ({ change, at, since, count }))).toEqual(changes)
      }
    }),
    // The same ones each time; `SEED=… npx vitest run test/transfer/countdown.test.ts` looks at others.
    { numRuns: inject('dialect') === 'postgres' ? 3 : 20, seed: Number(process.env['SEED'] ?? 7) },
  )
})
