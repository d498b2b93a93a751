import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { balances } from '../../engine/core/model/tally.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { driftOf } from '../../engine/store/drift.ts'
import { type RunRow, runById, runs } from '../../engine/store/runs.ts'
import { killed } from '../kill/processes.ts'
import { until } from './demo-world.ts'
import { CUSTOMERS, openRunWorld, type RunWorld } from './run-world.ts'

/** Runs that are halted, because two of the last five records were refused. */
let world: RunWorld
let worker: ChildProcess

vi.setConfig({ testTimeout: 180_000 })

const PEOPLE = Array.from({ length: 8 }, (_, n) => `c${n}@example.com`)
/** What the note of a customer has to be a number for. */
const NUMBER = 'text(integer(coalesce(customer.note, "0")))'

beforeAll(async () => {
  world = await openRunWorld({ errors: 'halt: { rejected: 20%, window: 5 }' })
  world.edit(/^ {2}zip: .*$/m, `$&\n  ref: '${NUMBER}'`)
  for (const email of PEOPLE) await world.shop.control.createCustomer({ lastName: 'Quill', email })
  await world.apply()
  worker = world.worker()
})

afterAll(() => world.close())

/** The last two people to change have such a note. */
async function note(text: string): Promise<void> {
  for (const email of PEOPLE.slice(-2)) await world.shop.control.updateCustomer({ email, note: text })
}

/** A run that is halted by two people whose note is this. */
async function halted(text: string): Promise<RunRow> {
  await note(text)
  await world.begin()
  const run = await world.waitingAs('halted')
  // Its leg has come to its end.
  await world.stateShown(run, 'Halted')
  return run
}

const say = (kind: 'resume' | 'abort') =>
  world.processes.ended([kind, CUSTOMERS, '--by', 'ana', '--reason', 'seen'])

const openLetters = async () =>
  (await deadLetters(world.store, 'acme', { mapping: CUSTOMERS, open: true, limit: 10 })).length

const refs = async () =>
  (await world.odoo.control.read({ model: 'res.partner', fields: ['email', 'ref'] }))
    .filter(({ email }) => PEOPLE.slice(-2).includes(String(email)))
    .map(({ ref }) => ref)

test('resumed, a halted run reads the page again, finishes and adds up; what was refused stays an open dead letter', async () => {
  const run = await halted('soon')
  expect(run).toMatchObject({
    failureKind: 'too-many-rejected',
    failureMessage: expect.stringContaining('Of 5 records in a row 2 were refused'),
    until: null,
    tally: { read: 0 },
  })
  expect(await world.details(run)).toContain('Halted since')
  expect(await say('resume')).toMatchObject({ code: 0 })
  const done = (await world.ended(run.id))!
  expect(done).toMatchObject({
    state: 'done',
    failureKind: null,
    decision: { kind: 'resume', by: 'ana', reason: 'seen' },
    tally: { read: 8, created: 0, unchanged: 6, parked: 2 },
  })
  expect(balances(done.tally)).toBe(true)
  await world.stateShown(run, 'Parked')
  expect(await openLetters()).toBe(2)
})

test('aborted, a halted run has ended, and the next one halts at the same place', async () => {
  const run = await halted('later')
  expect(await say('abort')).toMatchObject({ code: 0 })
  expect(await world.ended(run.id)).toMatchObject({
    state: 'cancelled',
    failureMessage: expect.stringContaining('Ended by ana: seen'),
    decision: { kind: 'abort', by: 'ana', reason: 'seen' },
  })
  await expect(world.client.workflow.getHandle(run.workflowId).result()).rejects.toMatchObject({
    cause: { type: 'aborted' },
  })
  await world.begin()
  const next = await world.waitingAs('halted')
  expect(next.id).not.toBe(run.id)
  expect(await say('resume')).toMatchObject({ code: 0 })
  expect(await world.ended(next.id)).toMatchObject({ state: 'done', tally: { parked: 2 } })
})

test('tidelock run on a halted mapping says so, ends with 1 and begins no run', async () => {
  const run = await halted('tomorrow')
  const before = await runs(world.store, 'acme', { mapping: CUSTOMERS, limit: 100 })
  const said = await world.processes.ended(['run', CUSTOMERS])
  expect(said.code).toBe(1)
  expect(JSON.parse(said.stdout)).toMatchObject({
    state: 'halted',
    balanced: false,
    error: expect.stringContaining('Of 5 records in a row 2 were refused'),
  })
  expect(await runs(world.store, 'acme', { mapping: CUSTOMERS, limit: 100 })).toEqual(before)
  expect(await say('resume')).toMatchObject({ code: 0 })
  expect(await world.ended(run.id)).toMatchObject({ state: 'done' })
})

test('a worker killed while a run is halted: with another one it is halted still, and goes on when it is resumed', async () => {
  const run = await halted('next week')
  await killed(worker)
  worker = world.worker()
  // Answered by the new worker, which has read the whole history for it.
  expect(await until(() => world.details(run).catch(() => null))).toContain('Halted since')
  expect(await runById(world.store, 'acme', run.id)).toEqual(run)
  const handle = world.client.workflow.getHandle(run.workflowId)
  await handle.executeUpdate('resume', { args: [{ by: 'ana', reason: 'seen' }] })
  const done = (await world.ended(run.id))!
  expect(done).toMatchObject({ state: 'done', tally: { read: 8, parked: 2 } })
  expect(balances(done.tally)).toBe(true)
})

test('a mended mapping that is applied wakes the halted run, which finishes under it; what was refused is delivered', async () => {
  const run = await halted('at Easter')
  world.edit(NUMBER, 'customer.note')
  await world.apply()
  const done = (await world.ended(run.id))!
  expect(done).toMatchObject({ state: 'done', failureKind: null, decision: null })
  expect(balances(done.tally)).toBe(true)
  await until(async () => (await openLetters()) === 0)
  expect(await refs()).toEqual(['at Easter', 'at Easter'])
})

describe('a field that the mapping fills and that an upgrade of Odoo took away halts the run before it writes anything', () => {
  const change = { model: 'res.partner', field: 'ref' }

  /** Odoo loses the field while two people change. */
  async function lost(text: string): Promise<RunRow> {
    const before = await refs()
    await world.odoo.control.changeField({ ...change, to: null })
    const run = await halted(text)
    expect(run).toMatchObject({
      failureKind: 'schema-drift',
      failureMessage: expect.stringMatching(
        /^Odoo has no field ref of res\.partner \(any more\)\. ref is mapped at mappings\/shopify-customers\.yaml:\d+\.$/,
      ),
      until: null,
      tally: { read: 0 },
    })
    expect(await world.details(run)).toContain('Odoo has no field ref')
    expect(await drift()).toEqual(['ref missing-field'])
    expect(await openLetters()).toBe(0)
    await world.odoo.control.changeField({ ...change, to: 'recorded' })
    expect(await refs()).toEqual(before)
    return run
  }

  const drift = async () =>
    (await driftOf(world.store, 'acme', { mapping: CUSTOMERS, open: true })).map(
      ({ field, kind }) => `${field} ${kind}`,
    )

  test('resumed once the field is back, it goes on and delivers', async () => {
    const run = await lost('at Whitsun')
    expect(await say('resume')).toMatchObject({ code: 0 })
    const done = (await world.ended(run.id))!
    expect(done).toMatchObject({ state: 'done', tally: { parked: 0 } })
    expect(balances(done.tally)).toBe(true)
    expect(await refs()).toEqual(['at Whitsun', 'at Whitsun'])
    expect(await drift()).toEqual([])
  })

  test('a mapping that does without it wakes the run when it is applied, and is what the run ends under', async () => {
    const run = await lost('in autumn')
    await world.odoo.control.changeField({ ...change, to: null })
    world.edit(/^ {2}ref: .*\n/m, '')
    await world.apply()
    const done = (await world.ended(run.id))!
    expect(done).toMatchObject({ state: 'done', failureKind: null, decision: null, tally: { parked: 0 } })
    expect(done.planHash).not.toBe(run.planHash)
    expect(await drift()).toEqual([])
  })
})
