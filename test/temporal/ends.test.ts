import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openStore } from '../../engine/store/open.ts'
import { type RunRow, runs } from '../../engine/store/runs.ts'
import { killed } from '../kill/processes.ts'
import { type DemoWorld, openDemoWorld } from './demo-world.ts'

/** Runs that no leg of theirs can close: a real Temporal, workers that are killed, a command that is stopped. */
let world: DemoWorld

vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  world = await openDemoWorld({ seed: { customers: 10, products: 2, orders: 2 } })
  // A run by schedule would take the place of the one that is to be slow.
  world.stopSchedules()
  world.edit('mappings/shopify-customers.yaml', /^fields:/m, 'errors: { retry: { attempts: 1 } }\n\nfields:')
  world.edit('temporal.yaml', /^worker: .*$/m, 'worker: { heartbeat: 2s }')
  expect(await world.processes.ended(['apply'])).toMatchObject({ code: 0 })
})

afterAll(() => world.close())

/** The last run as the store has it, once it does not run any more. */
async function lastRun(): Promise<RunRow> {
  const store = await openStore('sqlite:.tidelock/store.db', { folder: world.folder, now: Date.now })
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
  const store = await openStore('sqlite:.tidelock/store.db', { folder: world.folder, now: Date.now })
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
  while ((await world.odoo.control.faults()).length > 0) await sleep(50)
}

async function slowly(): Promise<void> {
  await world.odoo.control.faults({ faults: [{ kind: 'latency', method: 'load', ms: 15_000 }] })
}

test('a run whose last attempt dies with its worker has failed, and does not run for ever', async () => {
  await slowly()
  // No worker is up, so the command works as one.
  const run = world.processes.command(['run', 'shopify-customers'])
  await inTheMiddle()
  await killed(run)
  world.processes.worker()
  expect(await lastRun()).toMatchObject({
    mapping: 'shopify-customers',
    state: 'failed',
    failureKind: 'unavailable',
    failureMessage: expect.stringContaining('the worker died'),
  })
  expect((await world.processes.ended(['runs'])).stdout).toContain('the worker died')
})

test('a run that a person stops has been cancelled', async () => {
  await slowly()
  const run = world.processes.command(['run', 'shopify-customers'])
  await inTheMiddle()
  run.kill('SIGINT')
  expect(await lastRun()).toMatchObject({ state: 'cancelled', failureKind: null })
})

test('a run that is terminated at Temporal has failed as soon as the command that waits for it hears of it', async () => {
  await slowly()
  const run = world.processes.ended(['run', 'shopify-customers'])
  await inTheMiddle()
  const connection = await Connection.connect({ address: `127.0.0.1:${world.port}` })
  const [open] = await runningRuns(1)
  await new Client({ connection }).workflow.getHandle(open!.workflowId).terminate('tried')
  await connection.close()
  expect(await run).toMatchObject({ code: 1 })
  expect(await lastRun()).toMatchObject({ state: 'failed' })
})

test('a run that was begun by the worker of another command goes on when that command is gone', async () => {
  await slowly()
  const first = world.processes.command(['run', 'shopify-customers'])
  await inTheMiddle()
  const second = world.processes.ended(['run', 'shopify-customers'])
  // It has been begun, by the first one's worker: it waits for the lease.
  await runningRuns(2)
  while (!readFileSync(join(world.folder, 'processes.log'), 'utf8').includes('another run of it (lane live)'))
    await sleep(50)
  await killed(first)
  expect(await second).toMatchObject({ code: 0 })
})
