import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection, type WorkflowHandle } from '@temporalio/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { decisionsOf } from '../../engine/store/decisions.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { killed } from '../kill/processes.ts'
import { type DemoWorld, openDemoWorld } from './demo-world.ts'

/** What a person can do who has nothing but Temporal: in each story a real server, a worker, and Temporal's own client. */
let world: DemoWorld
let connection: Connection
let client: Client
let worker: ReturnType<DemoWorld['processes']['worker']>

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

beforeAll(async () => {
  world = await openDemoWorld({ seed: { customers: 6, products: 3, orders: 5 } })
  const { port, processes } = world
  // Runs come when the story asks for them.
  world.stopSchedules()
  world.edit('temporal.yaml', /^worker: .*$/m, 'worker: { heartbeat: 2s }')
  expect(await processes.ended(['apply'])).toMatchObject({ code: 0 })
  worker = processes.worker()
  connection = await Connection.connect({ address: `127.0.0.1:${port}` })
  client = new Client({ connection })
})

afterAll(async () => {
  await connection.close()
  await world.close()
})

async function until<T>(ask: () => Promise<T>, isTrue: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await ask()
    if (isTrue(found)) return found
    await sleep(100)
  }
}

async function run(mapping: string, balanced = true): Promise<void> {
  expect((await world.processes.ended(['run', mapping])).stdout).toContain(`"balanced":${balanced}`)
}

/** What the Temporal UI shows of a workflow. */
async function detailsOf(handle: WorkflowHandle): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')
  return metadata.currentDetails ?? ''
}

/** As a person finds it in the list of workflows. */
async function stuck(): Promise<WorkflowHandle> {
  const found = await until(
    async () => {
      const ids: string[] = []
      for await (const { workflowId } of client.workflow.list({
        query: "WorkflowType = 'deadLetters' AND TidelockState = 'Parked' AND TidelockParked > 0",
      }))
        ids.push(workflowId)
      return ids
    },
    (ids) => ids.length > 0,
  )
  expect(found).toEqual(['acme/dead-letters/shopify-orders'])
  return client.workflow.getHandle(found[0]!)
}

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore('sqlite:.tidelock/store.db', { folder: world.folder, now: Date.now })
  return work(store).finally(store.close)
}

const ordersInOdoo = async () =>
  (await world.odoo.control.read({ model: 'sale.order', fields: ['client_order_ref'] })) as unknown as {
    client_order_ref: string
  }[]

test('they see what is stuck and why, put it right, and try it again or leave it out', async () => {
  await run('shopify-customers')
  // No product is in Odoo yet.
  await run('shopify-orders')
  await run('shopify-products')
  const [product] = await world.odoo.control.read({ model: 'product.product', fields: ['default_code'] })
  expect(product).toBeDefined()
  await world.shop.control.createOrder({
    name: '#tip',
    tip: 500,
    lines: [{ sku: 'SKU-1-1', quantity: 1, unit: 500 }],
  })
  await run('shopify-orders')

  const handle = await stuck()
  const details = await until(
    () => detailsOf(handle),
    (text) => text.includes('of 2 causes'),
  )
  expect(details).toContain('missing-reference at mappings/shopify-orders.yaml:')
  expect(details).toContain('No active product.product has default_code = "…".')
  expect(details).toMatch(/disagrees at mappings\/shopify-orders\.yaml:\d+/)
  expect(details).toContain('(#tip)')
  expect(Buffer.byteLength(details)).toBeLessThanOrEqual(8_000)
  const cluster = /`(c-\w+)` missing-reference/.exec(details)![1]!
  const tip = /`([0-9a-z]{22})` \(#tip\)/.exec(details)![1]!

  const before = (await handle.fetchHistory()).events!.length
  const refused = (input: object, update = 'retry') =>
    expect(handle.executeUpdate(update, { args: [input] })).rejects.toMatchObject({
      cause: { message: expect.any(String) },
    })
  await refused({ cluster, by: 'ana' })
  await refused({ cluster, reason: 'why' })
  await refused({ by: 'ana', reason: 'why' })
  await refused({ cluster, ids: [tip], by: 'ana', reason: 'why' })
  await refused({ filter: { clas: 'value' }, by: 'ana', reason: 'why' })
  await refused({ cluster, by: 'ana', reason: 'why' }, 'assign')
  await refused({ by: 'ana', reason: 'why' }, 'correct')
  // What a validator refuses leaves nothing behind.
  expect((await handle.fetchHistory()).events!.length).toBe(before)

  const decision = { cluster, by: 'ana', reason: 'the products are there now' }
  const answer = await handle.executeUpdate('retry', { args: [decision], updateId: 'retry-products' })
  expect(answer).toMatchObject({ count: expect.any(Number), skipped: 0 })
  await until(
    () => detailsOf(handle),
    (text) => text.includes('**1 parked, of 1 cause.**'),
  )
  // Sent again it decides nothing again.
  expect(await handle.executeUpdate('retry', { args: [decision], updateId: 'retry-products' })).toEqual(
    answer,
  )
  expect(
    await handle.executeUpdate('discard', { args: [{ ids: [tip], by: 'ana', reason: 'a test' }] }),
  ).toEqual({
    count: 1,
    ids: [tip],
    skipped: 0,
  })
  await until(
    () => detailsOf(handle),
    (text) => text.includes('Nothing is parked.'),
  )
  const { typedSearchAttributes } = await handle.describe()
  const attributes = Object.fromEntries(
    typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
  )
  expect(attributes).toMatchObject({ TidelockState: 'Running', TidelockParked: 0 })

  await withStore(async (store) => {
    const letters = await deadLetters(store, 'acme', { limit: 100 })
    expect(new Set(letters.map(({ id, state }) => `${state} ${id === tip}`))).toEqual(
      new Set(['resolved false', 'discarded true']),
    )
    const decisions = await decisionsOf(
      store,
      'acme',
      letters.map(({ id }) => id),
    )
    expect(decisions).toHaveLength(letters.length)
    expect(new Set(decisions.map(({ kind, by, reason }) => `${kind} ${by} ${reason}`))).toEqual(
      new Set(['retry ana the products are there now', 'discard ana a test']),
    )
  })
  const names = (await ordersInOdoo()).map((order) => order.client_order_ref)
  expect(new Set(names).size).toBe(names.length)
  const history = JSON.stringify(await handle.fetchHistory())
  expect(history).not.toContain('gid://shopify')
})

test('a worker that is killed between a decision and what it asks for loses nothing and doubles nothing', async () => {
  await world.shop.control.createOrder({
    name: '#swiss',
    // A currency that no table lists.
    currency: 'CHF' as 'USD',
    lines: [{ sku: 'SKU-1-1', quantity: 1, unit: 500 }],
  })
  await run('shopify-orders')
  const handle = await stuck()
  const details = await until(
    () => detailsOf(handle),
    (text) => text.includes('#swiss'),
  )
  const id = /`([0-9a-z]{22})` \(#swiss\)/.exec(details)![1]!
  // Writes take so long that the worker dies in the middle of the run that the decision asked for.
  await world.odoo.control.faults({ faults: [{ kind: 'latency', method: 'load', ms: 15_000 }] })
  world.edit(
    'mappings/shopify-orders.yaml',
    'pricelist: { USD: Web USD,',
    'pricelist: { CHF: Web USD, USD: Web USD,',
  )
  expect(await world.processes.ended(['apply'])).toMatchObject({ code: 0 })
  await handle.executeUpdate('retry', {
    args: [{ ids: [id], by: 'ana', reason: 'again' }],
    updateId: 'retry-swiss',
  })
  await until(
    () => world.odoo.control.faults(),
    (faults) => faults.length === 0,
  )
  await killed(worker)
  worker = world.processes.worker()
  expect(
    await handle.executeUpdate('retry', {
      args: [{ ids: [id], by: 'ana', reason: 'again' }],
      updateId: 'retry-swiss',
    }),
  ).toMatchObject({ count: 1 })
  await until(
    () => detailsOf(handle).catch(() => ''),
    (text) => text.includes('Nothing is parked.'),
  )
  const names = (await ordersInOdoo()).map((order) => order.client_order_ref)
  expect(names.filter((name) => name === '#swiss')).toHaveLength(1)
  await withStore(async (store) => {
    expect(await decisionsOf(store, 'acme', [id])).toHaveLength(1)
    expect(await deadLetters(store, 'acme', { ids: [id], limit: 1 })).toMatchObject([{ state: 'resolved' }])
  })
})
