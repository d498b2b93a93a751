import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type RunRow, runById } from '../../engine/store/runs.ts'
import { until } from './demo-world.ts'
import { CUSTOMERS, openRunWorld, type RunWorld } from './run-world.ts'

/** Runs that wait for a time or for credentials. */
let world: RunWorld

vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  world = await openRunWorld({ seed: { customers: 10, products: 2, orders: 2 } })
  await world.apply()
  world.worker()
})

afterAll(() => world.close())

/** A run that waits because the shop refuses its token, which it will do so often. */
async function refused(times = 1): Promise<RunRow> {
  await world.shop.control.faults({ faults: [{ kind: 'expired-token', times }] })
  await world.begin()
  const run = await world.waitingAs('awaiting-credentials')
  // Its leg has come to its end: a decision before that would be none.
  await world.stateShown(run, 'AwaitingCredentials')
  return run
}

test('a remote that wants to be asked later: Throttled until then, which uses up no attempt, and then it goes on', async () => {
  await world.shop.control.faults({ faults: [{ kind: 'status', status: 429, retryAfter: '4', times: 2 }] })
  const run = world.processes.ended(['run', CUSTOMERS])
  const waiting = await world.waitingAs('throttled')
  expect(waiting.until! - waiting.since).toBeGreaterThan(2_000)
  expect(waiting).toMatchObject({ failureKind: 'throttled', failureMessage: expect.stringContaining('429') })
  await world.stateShown(waiting, 'Throttled')
  expect(await world.details(waiting)).toContain('Throttled since')
  expect(await run).toMatchObject({ code: 0 })
  expect(await world.ended(waiting.id)).toMatchObject({
    state: 'done',
    failureKind: null,
    tally: { read: 10 },
  })
  await world.stateShown(waiting, 'Running')
})

test('credentials that are refused: the command says how it goes on and ends, the run waits and catches up by itself', async () => {
  await world.shop.control.faults({ faults: [{ kind: 'expired-token', times: 1 }] })
  const run = await world.processes.ended(['run', CUSTOMERS])
  expect(run.code).toBe(1)
  expect(JSON.parse(run.stdout)).toMatchObject({ state: 'awaiting-credentials', balanced: false })
  const waiting = await world.waitingAs('awaiting-credentials')
  await world.stateShown(waiting, 'AwaitingCredentials')
  expect(await world.details(waiting)).toContain('Renew the credentials')
  const status = JSON.parse((await world.processes.ended(['status'])).stdout) as {
    mappings: { mapping: string; waiting: { run: string; goOn: string }[] }[]
  }
  expect(status.mappings.find(({ mapping }) => mapping === CUSTOMERS)!.waiting).toEqual([
    expect.objectContaining({ run: waiting.id, goOn: expect.stringContaining('tidelock resume') }),
  ])
  await world.client.workflow.getHandle(waiting.workflowId).signal('credentialsRenewed')
  expect(await world.ended(waiting.id)).toMatchObject({ state: 'done', failureKind: null })
})

test('a run that waits for credentials looks again by itself', async () => {
  await world.shop.control.faults({ faults: [{ kind: 'expired-token', times: 3 }] })
  const handle = await world.begin({ credentials: { firstMs: 100, maxMs: 1_000 } })
  await handle.result()
  expect(await runById(world.store, 'acme', handle.firstExecutionRunId)).toMatchObject({ state: 'done' })
  expect(await world.shop.control.faults()).toEqual([])
})

test('a person lets it look at once by resume; who decided and why is kept, and saying it again changes nothing', async () => {
  const waiting = await refused()
  expect((await world.processes.ended(['resume', CUSTOMERS])).code).toBe(2)
  const said = await world.processes.ended(['resume', CUSTOMERS, '--by', 'ana', '--reason', 'new token'])
  expect(said.code).toBe(0)
  expect(JSON.parse(said.stdout)).toMatchObject({
    decided: [{ id: waiting.id, kind: 'resume', gone: false }],
  })
  expect(await world.ended(waiting.id)).toMatchObject({
    state: 'done',
    decision: { kind: 'resume', by: 'ana', reason: 'new token' },
  })
  expect((await world.processes.ended(['resume', CUSTOMERS, '--reason', 'once more'])).code).toBe(1)
})

test('an Update without who or why is refused; one sent twice is done once', async () => {
  // The second look is refused too, so that the run still waits after it was resumed.
  const waiting = await refused(2)
  const handle = world.client.workflow.getHandle(waiting.workflowId)
  for (const args of [[], [{ by: ' ', reason: 'new token' }], [{ by: 'ana' }], ['ana']] as [unknown][])
    await expect(handle.executeUpdate<string, [unknown]>('resume', { args })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('who decides') },
    })
  expect(await runById(world.store, 'acme', waiting.id)).toMatchObject({ decision: null })
  const resume = { args: [{ by: 'ana', reason: 'new token' }] as [unknown], updateId: 'once' }
  const answers = await Promise.all([
    handle.executeUpdate('resume', resume),
    handle.executeUpdate('resume', resume),
  ])
  expect(new Set(answers)).toEqual(new Set([`${CUSTOMERS} goes on.`]))
  const still = await until(async () => {
    const run = await runById(world.store, 'acme', waiting.id)
    return run?.state === 'awaiting-credentials' && run.since > waiting.since ? run : null
  })
  await world.stateShown(waiting, 'AwaitingCredentials')
  expect(await handle.executeUpdate('resume', resume)).toBe(answers[0])
  expect(await runById(world.store, 'acme', waiting.id)).toEqual(still)
  await handle.executeUpdate('abort', { args: [{ by: 'ana', reason: 'later' }] })
  expect(await world.ended(waiting.id)).toMatchObject({ state: 'cancelled' })
})

test('abort ends a waiting run, and the next one begins where it stopped', async () => {
  const waiting = await refused()
  expect((await world.processes.ended(['abort', CUSTOMERS, '--by', 'ana', '--reason', 'later'])).code).toBe(0)
  expect(await world.ended(waiting.id)).toMatchObject({
    state: 'cancelled',
    failureMessage: expect.stringContaining('Ended by ana: later'),
    decision: { kind: 'abort', by: 'ana', reason: 'later' },
  })
  await expect(world.client.workflow.getHandle(waiting.workflowId).result()).rejects.toMatchObject({
    cause: { type: 'aborted' },
  })
  const next = await world.begin()
  await next.result()
})

test('a cancel ends a waiting run', async () => {
  const waiting = await refused()
  await world.client.workflow.getHandle(waiting.workflowId).cancel()
  expect(await world.ended(waiting.id)).toMatchObject({ state: 'cancelled', decision: null })
})

test('of a run whose workflow is gone, abort closes the row', async () => {
  const waiting = await refused()
  await world.client.workflow.getHandle(waiting.workflowId).terminate('tried')
  const said = await world.processes.ended(['abort', CUSTOMERS, '--by', 'ana', '--reason', 'terminated'])
  expect(JSON.parse(said.stdout)).toMatchObject({ decided: [{ id: waiting.id, gone: true }] })
  expect(await runById(world.store, 'acme', waiting.id)).toMatchObject({ state: 'cancelled' })
})
