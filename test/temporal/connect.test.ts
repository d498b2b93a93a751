import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openStore, type Store } from '../../engine/store/open.ts'
import { type RunRow, runById } from '../../engine/store/runs.ts'
import { usageOf } from '../../engine/store/usage.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { CHECKS } from '../../engine/transfer/connections.ts'
import { browserIn, giveSecret } from '../day/prepare.ts'
import { type DemoWorld, openDemoWorld, until } from './demo-world.ts'

/** Runs that wait for a consent, and the command that gives it: a real Temporal, a worker, commands as processes. */
let world: DemoWorld
let store: Store

vi.setConfig({ testTimeout: 180_000 })

beforeAll(async () => {
  world = await openDemoWorld({
    seed: { customers: 4, products: 2, orders: 2 },
    environment: (folder) => ({ PATH: `${browserIn(folder)}:${process.env['PATH']}` }),
  })
  const { shop, folder, processes, edit } = world
  world.stopSchedules()
  edit(
    'mappings/connections/shopify.yaml',
    /^auth: .*$/m,
    'auth: { oauth: { clientId: { secret: shop-id }, clientSecret: { secret: shop-secret }, scopes: [read_orders, read_customers, read_products] } }',
  )
  edit('temporal.yaml', /^ {2}shopify-token: .*\n/m, '')
  const { host } = new URL(shop.url)
  giveSecret(folder, 'shop-id', shop.clientId, [host])
  giveSecret(folder, 'shop-secret', shop.clientSecret, [host])
  expect(await processes.ended(['apply'])).toMatchObject({ code: 0 })
  store = await openStore('sqlite:.tidelock/store.db', { folder, now: Date.now })
  processes.worker()
})

afterAll(async () => {
  await store.close()
  await world.close()
})

const connect = async () =>
  world.processes.ended(['connect', 'shopify', '--redirect', `http://127.0.0.1:${await freePort()}/callback`])
const waiting = (mapping: string) =>
  until(async () =>
    (await openRuns(store, 'acme', { state: 'awaiting-credentials' })).find((run) => run.mapping === mapping),
  )
const ended = ({ id }: RunRow) =>
  until(async () => {
    const run = await runById(store, 'acme', id)
    return run?.finishedAt == null ? null : run
  })
const checkCalls = async () =>
  (await usageOf(store, 'acme'))
    .filter(({ connection, mapping }) => connection === 'shopify' && mapping === CHECKS)
    .reduce((sum, { calls }) => sum + calls, 0)

test('a run that waits for the first consent goes on when somebody connects, and so does one whose consent was taken back', async () => {
  const before = await checkCalls()
  await world.processes.ended(['run', 'shopify-customers'])
  const first = await waiting('shopify-customers')
  const given = await connect()
  expect(given).toMatchObject({ code: 0 })
  expect(JSON.parse(given.stdout)).toMatchObject({
    kind: 'authorization-code',
    resumed: [{ run: first.id, mapping: 'shopify-customers' }],
  })
  expect(await ended(first)).toMatchObject({ state: 'done', tally: { read: 4 } })
  // What connect asks for counts in the budget and the usage that all share: the token, and whose it is.
  expect((await checkCalls()) - before).toBe(2)

  await world.shop.control.uninstall()
  await world.processes.ended(['run', 'shopify-products'])
  const second = await waiting('shopify-products')
  const again = await connect()
  expect(JSON.parse(again.stdout).resumed).toEqual([{ run: second.id, mapping: 'shopify-products' }])
  expect(await ended(second)).toMatchObject({ state: 'done' })
  expect(await openRuns(store, 'acme')).toEqual([])
})
