import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { type RunRow, runById } from '../../engine/store/runs.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { findTemporal } from '../../engine/temporal/dev-server/binary.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { createProcesses, type Processes } from '../kill/processes.ts'
import { type OdooStandIn, startOdoo } from '../stand-ins/odoo/server.ts'
import { type ShopifyStandIn, startShopify } from '../stand-ins/shopify/server.ts'

/** Runs that wait for a time, for credentials or for a person: a real Temporal, a worker and commands as processes. */
let shop: ShopifyStandIn
let odoo: OdooStandIn
let folder: string
let processes: Processes
let store: Store
let client: Client

vi.setConfig({ testTimeout: 120_000 })

const CUSTOMERS = 'shopify-customers'

beforeAll(async () => {
  shop = await startShopify({
    seed: { customers: 10, products: 2, orders: 2 },
    now: () => Date.now() - 60_000,
  })
  odoo = await startOdoo({ version: '19.0' })
  folder = mkdtempSync(join(tmpdir(), 'tidelock-states-'))
  prepareDemoFolder(folder, { odoo, shopify: shop, control: { url: '' } }, '19.0')
  // Nothing runs but what the test runs, and a failure that counted as an attempt would end it.
  edit('mappings/shopify-customers.yaml', /^schedule: .*$/m, 'errors: { retry: { attempts: 1 } }')
  for (const other of ['products', 'orders']) edit(`mappings/shopify-${other}.yaml`, /^schedule: .*$/m, '')
  const port = await freePort()
  processes = createProcesses({ folder, temporal: await findTemporal(process.env, () => {}), port })
  await processes.temporal()
  expect(await processes.ended(['apply'])).toMatchObject({ code: 0 })
  store = await openStore('sqlite:.tidelock/store.db', { folder, now: Date.now })
  client = new Client({ connection: await Connection.connect({ address: `127.0.0.1:${port}` }) })
  processes.worker()
})

afterAll(async () => {
  await store.close()
  await client.connection.close()
  processes.stop()
  await Promise.all([shop.close(), odoo.close()])
  rmSync(folder, { recursive: true, force: true })
})

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file)
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}

async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await sleep(50)
  }
}

const waitingAs = (state: RunRow['state']) =>
  until(async () => (await openRuns(store, 'acme')).find((run) => run.state === state))

const ended = (id: string) =>
  until(async () => {
    const run = await runById(store, 'acme', id)
    return run?.finishedAt === null ? null : run
  })

const stateShown = (run: RunRow, state: string) =>
  until(async () => {
    const described = await client.workflow.getHandle(run.workflowId).describe()
    const attributes = described.typedSearchAttributes.getAll()
    return attributes.some(({ key, value }) => key.name === 'TidelockState' && value === state)
  })

/** A run as a schedule starts one. */
const begin = (looks = {}) =>
  client.workflow.start('sync', {
    taskQueue: 'tidelock',
    workflowId: `acme/sync/${randomUUID()}`,
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('TidelockState', 'KEYWORD'), value: 'Running' },
      { key: defineSearchAttributeKey('TidelockParked', 'INT'), value: 0 },
    ],
    args: [
      {
        ...{ project: 'acme', mapping: CUSTOMERS, lane: 'live', planHash: '', selectionId: null, looks },
        retry: { firstMs: 1_000, maxMs: 1_000, attempts: 1 },
      },
    ],
  })

/** A run that waits because the shop refuses its token, which it will do so often. */
async function refused(times = 1): Promise<RunRow> {
  await shop.control.faults({ faults: [{ kind: 'expired-token', times }] })
  await begin()
  return waitingAs('awaiting-credentials')
}

const details = async (run: RunRow): Promise<string> =>
  String(
    await client.workflow
      .getHandle(run.workflowId)
      .query('__temporal_workflow_metadata')
      .then(JSON.stringify),
  )

test('a remote that wants to be asked later: Throttled until then, which uses up no attempt, and then it goes on', async () => {
  await shop.control.faults({ faults: [{ kind: 'status', status: 429, retryAfter: '4', times: 2 }] })
  const run = processes.ended(['run', CUSTOMERS])
  const waiting = await waitingAs('throttled')
  expect(waiting.until! - waiting.since).toBeGreaterThan(2_000)
  expect(waiting).toMatchObject({ failureKind: 'throttled', failureMessage: expect.stringContaining('429') })
  await stateShown(waiting, 'Throttled')
  expect(await details(waiting)).toContain('Throttled since')
  expect(await run).toMatchObject({ code: 0 })
  expect(await ended(waiting.id)).toMatchObject({ state: 'done', failureKind: null, tally: { read: 10 } })
  await stateShown(waiting, 'Running')
})

test('credentials that are refused: the command says how it goes on and ends, the run waits and catches up by itself', async () => {
  await shop.control.faults({ faults: [{ kind: 'expired-token', times: 1 }] })
  const run = await processes.ended(['run', CUSTOMERS])
  expect(run.code).toBe(1)
  expect(JSON.parse(run.stdout)).toMatchObject({ state: 'awaiting-credentials', balanced: false })
  const waiting = await waitingAs('awaiting-credentials')
  await stateShown(waiting, 'AwaitingCredentials')
  expect(await details(waiting)).toContain('Renew the credentials')
  const status = JSON.parse((await processes.ended(['status'])).stdout) as {
    mappings: { mapping: string; waiting: { run: string; goOn: string }[] }[]
  }
  expect(status.mappings.find(({ mapping }) => mapping === CUSTOMERS)!.waiting).toEqual([
    expect.objectContaining({ run: waiting.id, goOn: expect.stringContaining('tidelock resume') }),
  ])
  await client.workflow.getHandle(waiting.workflowId).signal('credentialsRenewed')
  expect(await ended(waiting.id)).toMatchObject({ state: 'done', failureKind: null })
})

test('a run that waits for credentials looks again by itself', async () => {
  await shop.control.faults({ faults: [{ kind: 'expired-token', times: 3 }] })
  const handle = await begin({ credentials: { firstMs: 100, maxMs: 1_000 } })
  await handle.result()
  expect(await runById(store, 'acme', handle.firstExecutionRunId)).toMatchObject({ state: 'done' })
  expect(await shop.control.faults()).toEqual([])
})

test('a person lets it look at once by resume; who decided and why is kept, and saying it again changes nothing', async () => {
  const waiting = await refused()
  expect((await processes.ended(['resume', CUSTOMERS])).code).toBe(2)
  const said = await processes.ended(['resume', CUSTOMERS, '--by', 'ana', '--reason', 'new token'])
  expect(said.code).toBe(0)
  expect(JSON.parse(said.stdout)).toMatchObject({
    decided: [{ id: waiting.id, kind: 'resume', gone: false }],
  })
  expect(await ended(waiting.id)).toMatchObject({
    state: 'done',
    decision: { kind: 'resume', by: 'ana', reason: 'new token' },
  })
  expect((await processes.ended(['resume', CUSTOMERS, '--reason', 'once more'])).code).toBe(1)
})

test('an Update without who or why is refused; one sent twice is done once', async () => {
  // The second look is refused too, so that the run still waits after it was resumed.
  const waiting = await refused(2)
  const handle = client.workflow.getHandle(waiting.workflowId)
  for (const args of [[], [{ by: ' ', reason: 'new token' }], [{ by: 'ana' }], ['ana']] as [unknown][])
    await expect(handle.executeUpdate<string, [unknown]>('resume', { args })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('who decides') },
    })
  expect(await runById(store, 'acme', waiting.id)).toMatchObject({ decision: null })
  const resume = { args: [{ by: 'ana', reason: 'new token' }] as [unknown], updateId: 'once' }
  const answers = await Promise.all([
    handle.executeUpdate('resume', resume),
    handle.executeUpdate('resume', resume),
  ])
  expect(new Set(answers)).toEqual(new Set([`${CUSTOMERS} goes on.`]))
  const still = await until(async () => {
    const run = await runById(store, 'acme', waiting.id)
    return run?.state === 'awaiting-credentials' && run.since > waiting.since ? run : null
  })
  expect(await handle.executeUpdate('resume', resume)).toBe(answers[0])
  expect(await runById(store, 'acme', waiting.id)).toEqual(still)
  await handle.executeUpdate('abort', { args: [{ by: 'ana', reason: 'later' }] })
  expect(await ended(waiting.id)).toMatchObject({ state: 'cancelled' })
})

test('abort ends a waiting run, and the next one begins where it stopped', async () => {
  const waiting = await refused()
  expect((await processes.ended(['abort', CUSTOMERS, '--by', 'ana', '--reason', 'later'])).code).toBe(0)
  expect(await ended(waiting.id)).toMatchObject({
    state: 'cancelled',
    failureMessage: expect.stringContaining('Ended by ana: later'),
    decision: { kind: 'abort', by: 'ana', reason: 'later' },
  })
  await expect(client.workflow.getHandle(waiting.workflowId).result()).rejects.toMatchObject({
    cause: { type: 'aborted' },
  })
  const next = await begin()
  await next.result()
})

test('a cancel ends a waiting run', async () => {
  const waiting = await refused()
  await client.workflow.getHandle(waiting.workflowId).cancel()
  expect(await ended(waiting.id)).toMatchObject({ state: 'cancelled', decision: null })
})

test('of a run whose workflow is gone, abort closes the row', async () => {
  const waiting = await refused()
  await client.workflow.getHandle(waiting.workflowId).terminate('tried')
  const said = await processes.ended(['abort', CUSTOMERS, '--by', 'ana', '--reason', 'terminated'])
  expect(JSON.parse(said.stdout)).toMatchObject({ decided: [{ id: waiting.id, gone: true }] })
  expect(await runById(store, 'acme', waiting.id)).toMatchObject({ state: 'cancelled' })
})
