import { describe, expect, test } from 'vitest'
import type { Overlay } from '../../engine/core/dead-letter/overlay.ts'
import type { JsonValue } from '../../engine/core/model/json.ts'
import type { Plan } from '../../engine/core/model/plan.ts'
import { balances } from '../../engine/core/model/tally.ts'
import { clusters } from '../../engine/store/clusters.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { type DecisionRequest, decide } from '../../engine/store/decisions.ts'
import { saveEdit } from '../../engine/store/edits.ts'
import { heldDecisions } from '../../engine/store/overlays.ts'
import { NO_LINKS } from '../../engine/transfer/alerts/judge-mapping.ts'
import type { Lane } from '../../engine/transfer/context.ts'
import { lookAfterLetters } from '../../engine/transfer/letters/outlook.ts'
import { START } from '../store/opened.ts'
import { memoryWorld, quickStore, version } from './memory-world.ts'

const MAPPING = 'orders'
let updates = 0

/** A world of one order that is read again and again, and what a person decides of it. */
async function story(particular: Readonly<Record<string, JsonValue>> = { amount: 'much' }) {
  const { store, pass } = await quickStore()
  const world = await memoryWorld(store, { plan: { again: [1_000_000] } })
  const { memory, scope } = world
  let current = version('1', 1, particular)
  let reads = 0
  /** The order is read (again), as it is at the source. */
  const read = (lane: Lane = 'live') => {
    memory.pages = [...Array.from({ length: reads }, () => []), [current]]
    if (lane === 'live') reads++
    return world.run(lane)
  }
  await read()
  const letter = async () => (await deadLetters(store, scope, { limit: 9 })).at(0)!
  const decideOn = (decision: DecisionRequest['decision'], updateId = `update-${++updates}`) =>
    store.transaction((trx) =>
      decide(trx, { project: scope, mapping: MAPPING, by: 'ana', reason: 'why', updateId, decision }),
    )
  return {
    ...world,
    store,
    pass,
    letter,
    decideOn,
    /** What the source has from now on. */
    become(stamp: number, changes: Readonly<Record<string, JsonValue>>) {
      current = version('1', stamp, { ...particular, ...changes })
    },
    read,
    retry: () => world.run('retry'),
    async correct(overlay: Overlay) {
      const { id, sourceHash } = await letter()
      const edit = await store.transaction((trx) =>
        saveEdit(trx, scope, MAPPING, [{ deadLetterId: id, sourceHash, overlay }]),
      )
      return decideOn({ kind: 'correct', edit })
    },
    target: () => [...memory.records.values()].filter(({ key }) => key !== null).map(({ fields }) => fields),
    held: () => heldDecisions(store, scope, MAPPING, ['1']),
  }
}

describe('a discard', () => {
  const discarded = async () => {
    const told = await story()
    const { id } = await told.letter()
    await told.decideOn({ kind: 'discard', of: { ids: [id] } })
    return told
  }

  test('counts every later reading of the same version as filtered, and parks nothing', async () => {
    const told = await discarded()
    for (const lane of ['live', 'backfill', 'live'] as const) {
      const tally = await told.read(lane)
      expect(tally).toMatchObject({ read: 1, filtered: 1, parked: 0, filteredBy: { discarded: 1 } })
      expect(balances(tally)).toBe(true)
    }
    expect(await told.letter()).toMatchObject({ state: 'discarded', attempts: 1 })
  })

  test.each([
    ['in a field that the mapping reads', { amount: '2.00' }, { created: 1, filtered: 0 }, 0],
    ['to another value that is no better', { amount: 'more' }, { parked: 1, filtered: 0 }, 0],
    ['elsewhere', { changedAt: 'tuesday' }, { created: 0, filtered: 1 }, 1],
  ])('holds until the source changes %s', async (_, changes, tally, held) => {
    const told = await discarded()
    told.become(2, changes)
    expect(await told.read()).toMatchObject({ read: 1, ...tally })
    expect((await told.held()).size).toBe(held)
  })

  test('holds under a plan that reads one more field', async () => {
    const told = await discarded()
    const { plan } = told
    const selection = { ...plan.source.selection, phone: { type: 'text' } } as const
    await told.applyPlan({ ...plan, source: { ...plan.source, selection } })
    told.become(1, { phone: '123' })
    expect(await told.read('backfill')).toMatchObject({ filteredBy: { discarded: 1 } })
  })

  test('that comes while its record is on the way lets nothing of it pass', async () => {
    const told = await story({ name: 'refused for now' })
    const { id } = await told.letter()
    await told.decideOn({ kind: 'retry', of: { ids: [id] } })
    told.memory.beforeWrite = async () => {
      told.memory.beforeWrite = async () => {}
      await told.decideOn({ kind: 'discard', of: { ids: [id] } })
    }
    await expect(told.retry()).rejects.toMatchObject({ kind: 'lease-lost' })
    expect(await told.retry()).toMatchObject({ due: 0 })
    expect(await told.read()).toMatchObject({ filteredBy: { discarded: 1 } })
    expect(await deadLetters(told.store, told.scope, { limit: 9 })).toMatchObject([
      { id, state: 'discarded' },
    ])
  })
})

describe('a correction', () => {
  test('is laid over the record as it is read, delivered, and holds in later readings', async () => {
    const told = await story()
    expect(await told.correct({ amount: '3.50' })).toMatchObject({ count: 1 })
    const tally = await told.retry()
    expect(tally).toMatchObject({ read: 0, due: 1, delivered: 1, parkedAgain: 0 })
    expect(await told.letter()).toMatchObject({ state: 'resolved', payload: { data: { amount: 'much' } } })
    expect(told.target()).toMatchObject([{ amount: '3.5' }])
    for (const lane of ['live', 'backfill'] as const)
      expect(await told.read(lane)).toMatchObject({ read: 1, unchanged: 1, writeCalls: 0 })
    // Another plan judges it anew, and with the correction.
    const note = { kind: 'value', value: { cel: 'order.status' }, firstTimeOnly: false } as const
    await told.applyPlan({ ...told.plan, fields: { ...told.plan.fields, note } })
    expect(await told.read('backfill')).toMatchObject({ updated: 1, parked: 0 })
    expect(told.target()).toMatchObject([{ amount: '3.5', note: 'open' }])
  })

  test('ends when the source changes, whatever was corrected', async () => {
    const told = await story()
    await told.correct({ amount: '3.50' })
    await told.retry()
    told.become(2, { amount: '4.00' })
    expect(await told.read()).toMatchObject({ updated: 1 })
    expect(told.target()).toMatchObject([{ amount: '4' }])
    expect((await told.held()).size).toBe(0)
    // Also when it becomes what it was.
    told.become(3, { amount: 'much' })
    expect(await told.read()).toMatchObject({ parked: 1 })
  })

  test('that does not help leaves the record parked, with one row', async () => {
    const told = await story()
    await told.correct({ amount: '1.00', name: 'refused' })
    expect(await told.retry()).toMatchObject({ due: 1, delivered: 0, parkedAgain: 1 })
    expect(await deadLetters(told.store, told.scope, { limit: 9 })).toMatchObject([
      { state: 'parked', class: 'rejected', attempts: 2 },
    ])
  })

  test('of the identity: its dead letter goes on under the key it has now', async () => {
    const told = await story({ id: null })
    const before = await told.letter()
    expect(before).toMatchObject({ class: 'missing-value', key: '1' })
    await told.correct({ id: 'A-1' })
    expect(await told.retry()).toMatchObject({ due: 1, delivered: 1 })
    expect(await deadLetters(told.store, told.scope, { limit: 9 })).toMatchObject([
      { id: before.id, key: 'A-1', state: 'resolved' },
    ])
  })

  test('that was pruned stands as it was delivered', async () => {
    const told = await story()
    await told.correct({ amount: '3.50' })
    await told.retry()
    told.pass(10)
    await lookAfterLetters(told.store, {
      project: told.scope,
      mapping: MAPPING,
      nextRunAt: null,
      links: NO_LINKS,
    })
    expect(await told.letter()).toMatchObject({ state: 'resolved', payload: null, mapped: null })
    const note = { kind: 'value', value: { cel: 'order.status' }, firstTimeOnly: false } as const
    await told.applyPlan({ ...told.plan, fields: { ...told.plan.fields, note } })
    expect(await told.read('backfill')).toMatchObject({ read: 1, unchanged: 1 })
    expect(told.target()).toMatchObject([{ amount: '3.5' }])
  })
})

describe('how it ends', () => {
  test('the same version goes through: resolved', async () => {
    const told = await story({ customer: 'bob' })
    told.memory.records.set('p2', { id: 'p2', key: null, fields: { code: 'bob' }, lines: {} })
    await told.decideOn({ kind: 'retry', of: { filter: {} } })
    expect(await told.retry()).toMatchObject({ due: 1, delivered: 1 })
    expect(await told.letter()).toMatchObject({ state: 'resolved' })
  })

  test('a later version goes through: superseded', async () => {
    const told = await story()
    told.become(2, { amount: '2.00' })
    expect(await told.read()).toMatchObject({ created: 1 })
    expect(await told.letter()).toMatchObject({ state: 'superseded' })
  })

  test('a later version fails too: one row goes on', async () => {
    const told = await story()
    const { id } = await told.letter()
    await told.decideOn({ kind: 'assign', of: { ids: [id] }, to: 'bo' })
    told.become(2, { amount: 'more' })
    expect(await told.read()).toMatchObject({ parked: 1 })
    expect(await deadLetters(told.store, told.scope, { limit: 9 })).toMatchObject([
      { id, state: 'parked', owner: 'bo', attempts: 2, payload: { data: { amount: 'more' } } },
    ])
  })

  test('the source no longer has it: the kept record is what is tried', async () => {
    const told = await story({ customer: 'bob' })
    told.memory.records.set('p2', { id: 'p2', key: null, fields: { code: 'bob' }, lines: {} })
    told.memory.pages = []
    await told.decideOn({ kind: 'retry', of: { filter: {} } })
    expect(await told.retry()).toMatchObject({ due: 1, delivered: 1 })
    expect(told.target()).toMatchObject([{ name: 'order 1', customer: 'p2' }])
  })
})

/** 200 parked orders of three causes, told apart by nothing but what they say. */
async function threeCauses() {
  const { store, pass } = await quickStore()
  const world = await memoryWorld(store, { plan: { again: [1e9] } })
  const orders = Array.from({ length: 200 }, (_, index) => {
    const particular =
      index < 80
        ? { name: `refused ${index}` }
        : index < 150
          ? { customer: `nobody ${index}` }
          : { amount: `much ${index}` }
    return version(String(index), 1, particular)
  })
  world.memory.pages = [orders]
  expect(await world.run()).toMatchObject({ read: 200, parked: 200 })
  return { ...world, store, pass }
}

/** The mapping as its author mends it: amounts that are none are left out. */
function mended(plan: Plan): Plan {
  const amount = { kind: 'value', value: { constant: '0' }, firstTimeOnly: false } as const
  return { ...plan, fields: { ...plan.fields, amount } }
}

const countsOf = async (store: Parameters<typeof clusters>[0], scope: string) =>
  (await clusters(store, scope)).map(({ class: why, count, cause }) => [why, count, cause])

test('of 200 dead letters of three causes a mended mapping drains exactly the one it mends', async () => {
  const { store, scope, plan, applyPlan, run, pass } = await threeCauses()
  expect(await countsOf(store, scope)).toEqual([
    ['rejected', 80, 'will not do'],
    ['missing-reference', 70, expect.stringContaining('code = "…"')],
    ['value', 50, expect.any(String)],
  ])
  const look = () =>
    lookAfterLetters(store, { project: scope, mapping: MAPPING, nextRunAt: null, links: NO_LINKS })
  // Nothing was applied since: nothing is tried.
  expect(await look()).toMatchObject({ parked: 200, retry: false })
  pass(60_000)
  await applyPlan(mended(plan))
  const tallies = []
  for (let outlook = await look(); outlook!.retry; outlook = await look()) tallies.push(await run('retry'))
  expect(tallies).toMatchObject([
    { read: 0, due: 9, delivered: 3, parkedAgain: 6 },
    { read: 0, due: 47, delivered: 47, parkedAgain: 0 },
  ])
  expect((await countsOf(store, scope)).map(([why, count]) => [why, count])).toEqual([
    ['rejected', 80],
    ['missing-reference', 70],
  ])
  const after = await look()
  expect(after).toMatchObject({ parked: 150, retry: false })
  expect(after!.details).toContain('50 of 50 settled; all were tried again')
  expect(after!.details).toContain('0 of 80 settled; the first failed again as before')
  // The same plan again tries nothing again.
  await applyPlan(mended(plan))
  expect(await look()).toMatchObject({ retry: false })
})

test('a plan that helps nobody tries a few of each cause and no more', async () => {
  const { store, scope, plan, applyPlan, run } = await threeCauses()
  await applyPlan({ ...plan, description: 'other words' })
  const look = () =>
    lookAfterLetters(store, { project: scope, mapping: MAPPING, nextRunAt: null, links: NO_LINKS })
  expect(await look()).toMatchObject({ retry: true })
  expect(await run('retry')).toMatchObject({ due: 9, parkedAgain: 9 })
  expect(await look()).toMatchObject({ retry: false, parked: 200 })
})

test('what is due waits for a scheduled run that comes soon, and for none that comes late', async () => {
  const told = await story()
  const look = (inMs: number | null) =>
    lookAfterLetters(told.store, {
      project: told.scope,
      mapping: MAPPING,
      nextRunAt: inMs === null ? null : told.store.now() + inMs,
      links: NO_LINKS,
    })
  expect(await look(null)).toMatchObject({ retry: false, until: START + 1_000_000 })
  told.pass(1_000_000)
  expect(await look(30_000)).toMatchObject({ retry: false, until: told.store.now() + 60_000 })
  expect(await look(300_000)).toMatchObject({ retry: true })
  expect(await look(null)).toMatchObject({ retry: true })
  // A person does not wait for the schedule.
  await told.decideOn({ kind: 'retry', of: { filter: {} } })
  expect(await look(30_000)).toMatchObject({ retry: true })
})
