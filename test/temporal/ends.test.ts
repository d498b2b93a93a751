import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import { openStore } from '../../engine/store/open.ts'
import { type RunRow, runs } from '../../engine/store/runs.ts'
import { findTemporal } from '../../engine/temporal/dev-server/binary.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { createProcesses, killed, type Processes } from '../kill/processes.ts'
import { type OdooStandIn, startOdoo } from '../stand-ins/odoo/server.ts'
import { type ShopifyStandIn, startShopify } from '../stand-ins/shopify/server.ts'

/** Runs that no leg of theirs can close: a real Temporal, workers that are killed, a command that is stopped. */
let shop: ShopifyStandIn
let odoo: OdooStandIn
let folder: string
let processes: Processes
let port: number

vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  shop = await startShopify({
    seed: { customers: 10, products: 2, orders: 2 },
    now: () => Date.now() - 60_000,
  })
  odoo = await startOdoo({ version: '19.0' })
  folder = mkdtempSync(join(tmpdir(), 'tidelock-ends-'))
  prepareDemoFolder(folder, { odoo, shopify: shop, control: { url: '' } }, '19.0')
  const edit = (file: string, from: string | RegExp, to: string) =>
    writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace(from, to))
  edit('mappings/shopify-customers.yaml', /^schedule: .*$/m, 'errors: { retry: { attempts: 1 } }')
  // A run by schedule would take the place of the one that is to be slow.
  for (const other of ['products', 'orders']) edit(`mappings/shopify-${other}.yaml`, /^schedule: .*$/m, '')
  edit('temporal.yaml', /^worker: .*$/m, 'worker: { heartbeat: 2s }')
  port = await freePort()
  processes = createProcesses({
    folder,
    temporal: await findTemporal(process.env, () => {}),
    port,
  })
  await processes.temporal()
  expect(await processes.ended(['apply'])).toMatchObject({ code: 0 })
})

afterAll(async () => {
  processes.stop()
  await Promise.all([shop.close(), odoo.close()])
  rmSync(folder, { recursive: true, force: true })
})

/** The last run as the store has it, once it does not run any more. */
async function lastRun(): Promise<RunRow> {
  const store = await openStore('sqlite:.tidelock/store.db', { folder, now: Date.now })
  try {
    for (;;) {
      const [last] = await runs(store, 'acme', { limit: 1 })
      if (last!.state !== 'running') return last!
      await sleep(100)
    }
  } finally {
    await store.close()
  }
}

/** Until so many runs are open in the store. */
async function runningRuns(count: number): Promise<readonly RunRow[]> {
  const store = await openStore('sqlite:.tidelock/store.db', { folder, now: Date.now })
  try {
    const open = async () =>
      (await runs(store, 'acme', { limit: 10 })).filter((run) => run.state === 'running')
    for (;;) {
      const running = await open()
      if (running.length >= count) return running
      await sleep(50)
    }
  } finally {
    await store.close()
  }
}

/** Until a leg waits for Odoo, which takes its time. */
async function inTheMiddle(): Promise<void> {
  while ((await odoo.control.faults()).length > 0) await sleep(50)
}

async function slowly(): Promise<void> {
  await odoo.control.faults({ faults: [{ kind: 'latency', method: 'load', ms: 15_000 }] })
}

test('a run whose last attempt dies with its worker has failed, and does not run for ever', async () => {
  await slowly()
  // No worker is up, so the command works as one.
  const run = processes.command(['run', 'shopify-customers'])
  await inTheMiddle()
  await killed(run)
  processes.worker()
  expect(await lastRun()).toMatchObject({
    mapping: 'shopify-customers',
    state: 'failed',
    failureKind: 'unavailable',
    failureMessage: expect.stringContaining('the worker died'),
  })
  expect((await processes.ended(['runs'])).stdout).toContain('the worker died')
})

test('a run that a person stops has been cancelled', async () => {
  await slowly()
  const run = processes.command(['run', 'shopify-customers'])
  await inTheMiddle()
  run.kill('SIGINT')
  expect(await lastRun()).toMatchObject({ state: 'cancelled', failureKind: null })
})

test('a run that is terminated at Temporal has failed as soon as the command that waits for it hears of it', async () => {
  await slowly()
  const run = processes.ended(['run', 'shopify-customers'])
  await inTheMiddle()
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` })
  const [open] = await runningRuns(1)
  await new Client({ connection }).workflow.getHandle(open!.workflowId).terminate('tried')
  await connection.close()
  expect(await run).toMatchObject({ code: 1 })
  expect(await lastRun()).toMatchObject({ state: 'failed' })
})

test('a run that was begun by the worker of another command goes on when that command is gone', async () => {
  await slowly()
  const first = processes.command(['run', 'shopify-customers'])
  await inTheMiddle()
  const second = processes.ended(['run', 'shopify-customers'])
  // It has been begun, by the first one's worker: it waits for the lease.
  await runningRuns(2)
  while (!readFileSync(join(folder, 'processes.log'), 'utf8').includes('another run of it (lane live)'))
    await sleep(50)
  await killed(first)
  expect(await second).toMatchObject({ code: 0 })
})
