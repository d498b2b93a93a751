import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import { rulesOf } from '../../engine/core/alert/rule.ts'
import { alertStatesOf } from '../../engine/store/alert-states.ts'
import { recordChannels } from '../../engine/store/channels.ts'
import { noteDrift, resolveDrift } from '../../engine/store/drift.ts'
import { endHalt, noteHalt } from '../../engine/store/halts.ts'
import { addUsage } from '../../engine/store/usage.ts'
import { replayRule } from '../../engine/transfer/alerts/replay.ts'
import { START } from '../store/opened.ts'
import { alertWorld, MAPPING, MINUTE } from './alert-world.ts'

const FIVE = '{ failures: { atLeast: 5, within: 1h }, notify: [ops, finance] }'
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('5 failures in 1 hour', () => {
  test('each channel is told once when the fifth comes, and once when it is over', async () => {
    const world = await alertWorld(FIVE)
    await world.judge()
    for (let n = 1; n <= 8; n++) {
      world.pass(MINUTE)
      await world.park(String(n))
      await world.judge()
      expect(await world.sent()).toHaveLength(n < 5 ? 0 : 2)
    }
    await world.passJudged(70, 14)
    expect(await world.sent()).toEqual(['finance raised', 'ops raised', 'finance recovered', 'ops recovered'])
    expect(await world.changes()).toMatchObject([
      { change: 'raised', at: START + 5 * MINUTE, since: START + 5 * MINUTE, count: 5 },
      // The fourth of eight is an hour old then.
      { change: 'recovered', at: START + 64 * MINUTE, since: START + 5 * MINUTE },
    ])
  })

  test('five over 61 minutes are none', async () => {
    const world = await alertWorld(FIVE)
    for (const minutes of [0, 15, 15, 15, 16]) {
      world.pass(minutes * MINUTE)
      await world.park(String(world.now()))
      await world.judge()
    }
    expect(await world.sent()).toEqual([])
  })

  test('records and runs count together; those that only wait, and a record that is parked already, do not', async () => {
    const world = await alertWorld(FIVE)
    await world.judge()
    const waitsFor = { namespace: 'customers', mapping: 'shopify-customers', key: '7' }
    for (const key of ['w1', 'w2', 'w3', 'w4', 'w5']) await world.park(key, { state: 'waiting', waitsFor })
    await world.park('unknown', { class: 'unknown-outcome', onlyWaits: true })
    for (let n = 0; n < 5; n++) {
      await world.park('1')
      world.pass(MINUTE)
    }
    await world.end(await world.begin(), 'failed')
    await world.end(await world.begin(), 'done')
    const halted = { project: 'acme', mapping: MAPPING, runId: await world.begin(), message: 'too many' }
    await world.store.transaction((trx) => noteHalt(trx, halted))
    await world.judge()
    expect((await world.sent()).filter((line) => line.startsWith('ops'))).toEqual(['ops raised'])
    expect((await world.changes()).map(({ rule }) => rule)).toEqual(['halted'])
    await world.park('2')
    await world.park('3')
    await world.judge()
    const told = (await world.changes()).map(({ rule, count }) => `${rule.split('-')[0]} ${count}`)
    expect(told.sort()).toEqual(['failures 5', 'halted 1'])
  })

  test('a run is one failure, however often it halts, and also when a person ends it then', async () => {
    const world = await alertWorld('{ failures: { atLeast: 2, within: 1h, of: runs }, notify: [ops] }')
    const rule = rulesOf(world.plan)[0]!.id
    const fired = async () => (await world.changes()).filter((change) => change.rule === rule)
    await world.judge()
    const halted = { project: 'acme', mapping: MAPPING, runId: await world.begin(), message: 'too many' }
    for (let n = 0; n < 2; n++) {
      await world.store.transaction((trx) => noteHalt(trx, halted))
      await world.passJudged(2)
      await world.store.transaction((trx) => endHalt(trx, halted.runId))
      await world.passJudged(2)
    }
    await world.end(halted.runId, 'failed')
    await world.judge()
    expect(await fired()).toEqual([])
    await world.end(await world.begin(), 'failed')
    await world.judge()
    expect(await fired()).toMatchObject([{ change: 'raised', at: START + 8 * MINUTE, count: 2 }])
    // It counts from when it halted first.
    await world.passJudged(60, 26)
    expect(await fired()).toMatchObject([{}, { change: 'recovered', at: START + 60 * MINUTE }])
  })

  test('one that waited for a reference and is refused then is a failure from then on', async () => {
    const world = await alertWorld('{ failures: { atLeast: 1, within: 1h, of: records }, notify: [ops] }')
    await world.judge()
    const waitsFor = { namespace: 'customers', mapping: 'shopify-customers', key: '7' }
    await world.park('1', { state: 'waiting', class: 'missing-reference', waitsFor, dueAfterMs: [] })
    world.pass(2 * HOUR)
    await world.judge()
    expect(await world.sent()).toEqual([])
    await world.park('1')
    await world.judge()
    expect(await world.sent()).toEqual(['ops raised'])
  })

  test('two workers that look at the same moment, and again, tell it once', async () => {
    const world = await alertWorld(FIVE)
    const other = await world.again()
    await world.judge()
    for (let n = 1; n <= 5; n++) await world.park(String(n))
    await Promise.all([world.judge(), world.judge(other), world.judge(), world.judge(other)])
    expect(await world.sent()).toEqual(['finance raised', 'ops raised'])
    world.pass(HOUR)
    await Promise.all([world.judge(other), world.judge(), world.judge(other), world.judge()])
    expect(await world.sent()).toHaveLength(4)
  })

  test('nobody looked for two hours in which it came and went: told in order, with its instants', async () => {
    const world = await alertWorld(FIVE)
    await world.judge()
    for (let n = 1; n <= 5; n++) {
      world.pass(MINUTE)
      await world.park(String(n))
    }
    world.pass(2 * HOUR)
    const afterRestart = await world.again()
    await world.judge(afterRestart)
    expect(await world.changes()).toMatchObject([
      { change: 'raised', at: START + 5 * MINUTE },
      { change: 'recovered', at: START + 61 * MINUTE },
    ])
    expect(await world.sent()).toEqual(['finance raised', 'ops raised', 'finance recovered', 'ops recovered'])
  })

  test('a rule that is new tells what holds now, and nothing of what is over', async () => {
    const world = await alertWorld(FIVE)
    for (let n = 1; n <= 5; n++) await world.park(String(n))
    world.pass(30 * MINUTE)
    await world.judge()
    expect(await world.changes()).toMatchObject([{ change: 'raised', at: START + 30 * MINUTE, since: START }])
    const late = await alertWorld(FIVE)
    for (let n = 1; n <= 5; n++) await late.park(String(n))
    late.pass(2 * HOUR)
    await late.judge()
    expect(await late.changes()).toEqual([])
  })

  test('a message says what, how many, since when, the first three, what to do and where', async () => {
    const world = await alertWorld(FIVE.replace('[ops, finance]', '[ops], severity: critical'))
    await world.judge()
    await world.end(await world.begin(), 'failed')
    for (let n = 1; n <= 5; n++) {
      world.pass(1000)
      await world.park(String(n))
    }
    await world.judge()
    const message = (await world.messages())[0]!.message
    const rule = rulesOf(world.plan)[0]!.id
    expect(message).toEqual({
      id: `acme/shopify-orders/${rule}#1`,
      ruleId: `acme/shopify-orders/${rule}`,
      project: 'acme',
      mapping: 'shopify-orders',
      kind: 'failures',
      rule: 'failures: 5 within 1h',
      severity: 'critical',
      change: 'raised',
      since: START + 4000,
      at: START + 4000,
      count: 5,
      summary: 'shopify-orders: 5 failures within 1h, since 2026-11-24T12:00:04Z.',
      examples: [
        {
          label: 'run of 2026-11-24T12:00:00Z (live)',
          class: 'unavailable',
          message: 'It did not answer •••.',
          place: null,
        },
        // The plan that parked them is not in the store: nothing of them is shown but why.
        { label: '1', class: 'rejected', message: 'No such tax', place: 'mappings/shopify-orders.yaml:40' },
        { label: '2', class: 'rejected', message: 'No such tax', place: 'mappings/shopify-orders.yaml:40' },
      ],
      advice: {
        text: expect.stringContaining('one cause often explains many'),
        commands: [
          'npx tidelock dead-letters list --mapping shopify-orders',
          'npx tidelock runs shopify-orders',
        ],
      },
      links: [
        {
          label: 'Temporal',
          url: 'http://ui/namespaces/default/workflows?query=TidelockMapping%20%3D%20%22shopify-orders%22',
        },
        { label: 'What to do', url: 'https://docs/alert-failures.md' },
      ],
    })
  })
})

describe('quiet hours and escalation', () => {
  // The clock starts at 12:00 UTC.
  const ONE = '{ failures: { atLeast: 1, within: 3h }, notify: [ops], quiet: "MON-SUN 11:30-13:30 UTC"'
  test('what was held is told once when they end', async () => {
    const world = await alertWorld(`${ONE} }`)
    await world.judge()
    await world.park('1')
    await world.passJudged(80, 20)
    await world.passJudged(9, 9)
    expect(await world.sent()).toEqual([])
    await world.passJudged(1)
    expect(await world.sent()).toEqual(['ops raised'])
    await world.passJudged(120, 30)
    expect(await world.sent()).toEqual(['ops raised', 'ops recovered'])
  })

  test('what was over before is not told at all', async () => {
    const world = await alertWorld(ONE.replace('3h', '1h').concat(' }'))
    await world.judge()
    await world.park('1')
    await world.passJudged(120, 30)
    expect(await world.sent()).toEqual([])
    expect((await world.changes()).map(({ change }) => change)).toEqual(['raised', 'recovered'])
  })

  test('what was told before them and is over in them is told to be over when they end', async () => {
    const world = await alertWorld(
      '{ failures: { atLeast: 1, within: 1h }, notify: [ops], quiet: "MON-SUN 12:30-14:30 UTC" }',
    )
    await world.judge()
    await world.park('1')
    await world.passJudged(140, 20)
    await world.passJudged(9, 9)
    expect(await world.sent()).toEqual(['ops raised'])
    await world.passJudged(1)
    expect(await world.sent()).toEqual(['ops raised', 'ops recovered'])
  })

  test('critical goes through', async () => {
    const world = await alertWorld(`${ONE}, severity: critical }`)
    await world.judge()
    await world.park('1')
    await world.judge()
    expect(await world.sent()).toEqual(['ops raised'])
  })

  test('who else is told when it still holds is told when it is over too; others hear nothing of it', async () => {
    const world = await alertWorld(
      '{ failures: { atLeast: 1, within: 3h }, notify: [ops], escalate: { after: 1h, notify: [boss] } }',
    )
    await world.judge()
    await world.park('1')
    await world.passJudged(59, 59)
    expect(await world.sent()).toEqual(['ops raised'])
    await world.passJudged(130, 26)
    expect(await world.sent()).toEqual(['ops raised', 'boss escalated', 'boss recovered', 'ops recovered'])
    expect((await world.messages())[1]!.message.summary).toContain('still after 1 h: 1 failures within 3h')
  })
})

test('a rule that is changed while it holds is told to be over, and the new one is judged for itself', async () => {
  const world = await alertWorld('{ failures: { atLeast: 1, within: 3h }, notify: [ops] }')
  await world.judge()
  await world.park('1')
  await world.judge()
  world.pass(MINUTE)
  // Whom it tells is no other rule.
  world.rewrite('{ failures: { atLeast: 1, within: 3h }, notify: [ops, finance] }')
  await world.judge()
  expect(await world.sent()).toEqual(['finance raised', 'ops raised'])
  world.pass(MINUTE)
  world.rewrite('{ failures: { atLeast: 2, within: 3h }, notify: [ops] }')
  await world.judge()
  expect((await world.sent()).slice(2)).toEqual(['finance recovered', 'ops recovered'])
  expect(
    [...(await alertStatesOf(world.store, 'acme', MAPPING)).values()].map(({ firing }) => firing),
  ).toEqual([false, false])
})

describe('what the store knows of a mapping', () => {
  test('records that could not be delivered, as a share of those judged', async () => {
    const world = await alertWorld('{ rejected: { share: 5%, within: 1h }, notify: [ops] }')
    await world.judge()
    await world.page({ read: 19, created: 19 }, 19)
    await world.judge()
    world.pass(MINUTE)
    await world.park('1')
    await world.page({ read: 1, parked: 1 }, 1)
    await world.judge()
    expect(await world.changes()).toMatchObject([{ change: 'raised', at: START + MINUTE, count: 1 }])
    await world.passJudged(61, 61)
    expect(await world.changes()).toMatchObject([{}, { change: 'recovered', at: START + 61 * MINUTE }])
    expect((await world.messages())[0]!.message.examples).toHaveLength(1)
  })

  test('silence ends with a record that is new, not with one that is seen again', async () => {
    const world = await alertWorld(
      '{ silence: { of: records, longerThan: 1h, during: "MON-FRI 08:00-14:30 Europe/Brussels" }, notify: [ops] }',
    )
    // 13:00 in Brussels.
    await world.page({ read: 3, created: 3 }, 3)
    for (let n = 0; n < 6; n++) {
      world.pass(20 * MINUTE)
      await world.page({ read: 1, unchanged: 1 }, 0)
      await world.judge()
    }
    await world.page({ read: 1, created: 1 }, 1)
    await world.judge()
    expect((await world.changes()).map(({ change, at }) => [change, (at - START) / MINUTE])).toEqual([
      ['raised', 60],
      ['recovered', 120],
    ])
    // An hour of business: what is left of today (none), then tomorrow from 8 to 9.
    await world.passJudged(17 * 60, 30)
    expect((await world.changes()).at(-1)).toMatchObject({ change: 'recovered' })
    await world.passJudged(2 * 60, 30)
    expect((await world.changes()).at(-1)).toMatchObject({
      change: 'raised',
      at: Date.UTC(2026, 10, 25, 8),
    })
  })

  test('no completed run', async () => {
    const world = await alertWorld('{ silence: { of: runs, longerThan: 30m }, notify: [ops] }')
    await world.end(await world.begin(), 'done')
    await world.judge()
    world.pass(20 * MINUTE)
    await world.end(await world.begin(), 'failed')
    await world.passJudged(15)
    await world.end(await world.begin(), 'done')
    await world.judge()
    expect((await world.changes()).map(({ change, at }) => [change, (at - START) / MINUTE])).toEqual([
      ['raised', 30],
      ['recovered', 35],
    ])
  })

  test('a dead letter that nobody decides on, and a run that takes long', async () => {
    const world = await alertWorld(
      '{ oldestDeadLetter: { olderThan: 2h }, notify: [ops] }',
      '{ runDuration: { longerThan: 1h }, notify: [ops] }',
    )
    await world.judge()
    await world.park('1')
    world.pass(30 * MINUTE)
    await world.park('2')
    const run = await world.begin()
    await world.passJudged(100, 20)
    await world.end(run, 'done')
    await world.resolve('1')
    await world.passJudged(30, 15)
    await world.resolve('2')
    await world.judge()
    expect(
      (await world.changes()).map(({ rule, change, at }) => [
        rule.split('-')[0],
        change,
        (at - START) / MINUTE,
      ]),
    ).toEqual([
      ['runDuration', 'raised', 90],
      ['oldestDeadLetter', 'raised', 120],
      ['oldestDeadLetter', 'recovered', 130],
      ['runDuration', 'recovered', 130],
      ['oldestDeadLetter', 'raised', 150],
      ['oldestDeadLetter', 'recovered', 160],
    ])
  })

  test('a run that is halted, until it goes on', async () => {
    const world = await alertWorld(FIVE)
    await world.judge()
    const runId = await world.begin()
    const halt = { project: 'acme', mapping: MAPPING, runId, message: 'too many' }
    await world.store.transaction((trx) => noteHalt(trx, halt))
    await world.judge()
    await world.passJudged(3)
    await world.store.transaction((trx) => endHalt(trx, runId))
    await world.judge()
    expect(await world.changes()).toMatchObject([
      { rule: 'halted', change: 'raised', at: START },
      { rule: 'halted', change: 'recovered', at: START + 3 * MINUTE },
    ])
    expect((await world.messages())[0]!.message.severity).toBe('critical')
  })

  test('a source that answers otherwise than recorded, until a page is fine again', async () => {
    const world = await alertWorld('{ drift: { atLeast: mapped }, notify: [ops] }')
    await world.judge()
    const seen = { connection: 'shopify', resource: 'orders', field: 'name', kind: 'missing-field' }
    const said = { breaking: true, found: 'nothing', expected: 'a text' }
    await world.store.transaction((trx) => noteDrift(trx, 'acme', [{ mapping: MAPPING, ...seen, ...said }]))
    await world.judge()
    world.pass(MINUTE)
    await world.store.transaction((trx) =>
      resolveDrift(trx, 'acme', { mapping: MAPPING, connection: 'shopify', kinds: ['missing-field'] }),
    )
    await world.judge()
    expect(await world.sent()).toEqual(['ops raised', 'ops recovered'])
    expect((await world.messages())[0]!.message.examples).toEqual([
      {
        label: 'orders name',
        class: 'missing-field',
        message: 'Recorded is a text, found was nothing.',
        place: null,
      },
    ])
  })

  test.each([
    ['added', ['a', 'b', 'c']],
    ['unused', ['b', 'c']],
    ['mapped', ['c']],
  ])('differences as bad as %s or worse', async (atLeast, told) => {
    const world = await alertWorld(`{ drift: { atLeast: ${atLeast} }, notify: [ops] }`)
    const seen = { mapping: MAPPING, connection: 'odoo', resource: 'sale.order', breaking: false }
    const kinds = { a: 'new-field', b: 'unused-missing', c: 'missing-field' }
    await world.store.transaction((trx) =>
      noteDrift(
        trx,
        'acme',
        Object.entries(kinds).map(([field, kind]) => ({ ...seen, field, kind, found: 'x', expected: 'y' })),
      ),
    )
    await world.judge()
    const [first] = await world.messages()
    expect(first!.message.examples.map(({ label }) => label)).toEqual(
      told.map((field) => `sale.order ${field}`),
    )
  })

  test('calls used up, until the day is over', async () => {
    const world = await alertWorld('{ budgetUsed: { moreThan: 80% }, notify: [ops] }')
    const { plan } = world
    Object.assign(plan.target, { limits: { perDay: 100 } })
    const call = (calls: number) =>
      world.store.transaction((trx) =>
        addUsage(trx, {
          ...{ project: 'acme', connection: plan.target.connection.name, mapping: 'any', calls },
          ...{ writeCalls: 0, bytesIn: 0, bytesOut: 0, refusals: 0 },
        }),
      )
    await world.judge()
    await call(80)
    await world.judge()
    expect(await world.changes()).toEqual([])
    world.pass(MINUTE)
    await call(1)
    await world.judge()
    await world.passJudged(12 * 60, 45)
    expect(await world.changes()).toMatchObject([
      { change: 'raised', at: START + MINUTE },
      { change: 'recovered', at: Date.UTC(2026, 10, 25) },
    ])
    expect((await world.messages())[0]!.message.examples[0]!.message).toContain('81 of 100 calls a day (81%)')
  })
})

describe('what the store knows of connections', () => {
  test('credentials that end soon, until newer ones are there', async () => {
    const world = await alertWorld('{ tokenDaysLeft: { lessThan: 14 }, notify: [ops] }')
    const ends = (days: number) => world.keyEnds(START + days * DAY)
    await ends(15)
    await world.judge()
    await world.passJudged(23 * 60, 230)
    expect(await world.changes()).toEqual([])
    await world.passJudged(60, 60)
    expect(await world.changes()).toMatchObject([{ change: 'raised', at: START + DAY }])
    expect((await world.messages())[0]!.message.examples).toEqual([
      { label: 'odoo', class: null, message: 'API key: until 2026-12-09. Make a new one.', place: null },
    ])
    await ends(90)
    await world.judge()
    expect(await world.sent()).toEqual(['ops raised', 'ops recovered'])
  })

  test('refused ones are told once for the connection, to all channels of the rules of its mappings', async () => {
    const world = await alertWorld(
      FIVE,
      '{ runDuration: { longerThan: 1h }, notify: [ops], escalate: { after: 1h, notify: [boss] } }',
    )
    await world.judgeShared()
    await world.refuse()
    await world.judgeShared()
    await world.judgeShared()
    expect(await world.sent()).toEqual(['boss raised', 'finance raised', 'ops raised'])
    expect((await world.messages())[0]!.message).toMatchObject({
      mapping: null,
      severity: 'critical',
      summary: 'credentials of odoo are refused, since 2026-11-24T12:00:00Z.',
      examples: [{ label: 'odoo', message: 'HTTP 401' }],
    })
    world.pass(MINUTE)
    await world.take()
    await world.judgeShared()
    expect((await world.sent()).slice(3)).toEqual(['boss recovered', 'finance recovered', 'ops recovered'])
  })
})

test('a channel keeps quiet hours of its own; others are told meanwhile', async () => {
  const world = await alertWorld('{ failures: { atLeast: 1, within: 3h }, notify: [ops, finance] }')
  const settings = { url: 'https://hooks.acme.example/ops' }
  await world.store.transaction((trx) =>
    recordChannels(trx, 'acme', [
      { name: 'ops', kind: 'webhook', settings, quiet: 'MON-SUN 11:00-12:30 UTC' },
      { name: 'finance', kind: 'webhook', settings, quiet: null },
    ]),
  )
  await world.judge()
  await world.park('1')
  await world.passJudged(29, 29)
  expect(await world.sent()).toEqual(['finance raised'])
  await world.passJudged(1)
  expect(await world.sent()).toEqual(['finance raised', 'ops raised'])
})

test('replaying says what live judging said, whatever happened and however often it was looked', {
  timeout: 120_000,
}, async () => {
  const rules = [
    '{ failures: { atLeast: 3, within: 10m }, notify: [ops], escalate: { after: 4m, notify: [boss] } }',
    '{ failures: { atLeast: 1, within: 7m, of: runs }, notify: [ops] }',
    '{ rejected: { share: 30%, within: 10m }, notify: [ops] }',
    '{ silence: { of: records, longerThan: 6m, during: "TUE 12:05-12:40 UTC" }, notify: [ops] }',
    '{ silence: { of: runs, longerThan: 5m }, notify: [ops] }',
    '{ oldestDeadLetter: { olderThan: 8m }, notify: [ops] }',
    '{ runDuration: { longerThan: 3m }, notify: [ops] }',
  ]
  const happening = fc.constantFrom('park', 'resolve', 'page', 'empty page', 'fail', 'end', 'judge', 'judge')
  const step = fc.tuple(happening, fc.integer({ min: 1, max: 4 * MINUTE }), fc.integer({ min: 0, max: 5 }))
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const world = await alertWorld(...rules)
      let open = [await world.begin()]
      await world.judge()
      for (const [what, ms, number] of steps) {
        world.pass(ms)
        if (what === 'park') await world.park(String(number))
        else if (what === 'resolve') await world.resolve(String(number))
        else if (what === 'page')
          await world.page({ read: 3, created: 3 - (number % 2), parked: number % 2 }, number)
        else if (what === 'empty page') await world.page({}, 0)
        else if (what === 'judge') await world.judge()
        else {
          const id = open.shift()
          if (id !== undefined) await world.end(id, what === 'fail' ? 'failed' : 'done')
          open = [...open, await world.begin()]
        }
      }
      world.pass(20 * MINUTE)
      await world.judge()
      for (const rule of rulesOf(world.plan)) {
        const live = (await world.changes()).filter((change) => change.rule === rule.id)
        const { changes } = await replayRule(world.store, {
          ...{ project: 'acme', rule, plan: world.plan, from: START, to: world.now() },
        })
        expect(live.map(({ change, at, since, count }) => ({ change, at, since, count }))).toEqual(changes)
      }
    }),
    // The same ones each time; `SEED=… npx vitest run test/transfer/judging.test.ts` looks at others.
    {
      numRuns: inject('dialect') === 'postgres' ? 3 : 10,
      seed: Number(process.env['SEED'] ?? 7),
      // More failures of two kinds than the rule asks for: the message at the end has to count all.
      examples: [
        [(['fail', 'fail', 'fail', 'fail', 'park', 'judge'] as const).map((what): Step => [what, 1, 0])],
      ],
    },
  )
})
