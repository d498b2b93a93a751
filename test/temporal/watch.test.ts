import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connectionWatches } from '../../engine/store/connection-watch.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { latestRuns } from '../../engine/store/runs.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { type DemoWorld, openDemoWorld, until } from './demo-world.ts'

/** The look at connections on its schedule: a real Temporal, a worker, commands as processes. */
let world: DemoWorld
let store: Store
let client: Client

vi.setConfig({ testTimeout: 180_000 })

beforeAll(async () => {
  world = await openDemoWorld({
    seed: { customers: 4, products: 2, orders: 2 },
    odoo: { keyMaking: 'everybody' },
  })
  const { folder, port, processes } = world
  world.edit('mappings/connections/odoo.yaml', /^(auth: .*)\}$/m, '$1, rotate: { before: 14d } }')
  world.stopSchedules()
  expect(await processes.ended(['apply'])).toMatchObject({ code: 0 })
  store = await openStore('sqlite:.tidelock/store.db', { folder, now: Date.now })
  client = new Client({ connection: await Connection.connect({ address: `127.0.0.1:${port}` }) })
  processes.worker()
})

afterAll(async () => {
  await store.close()
  await client.connection.close()
  await world.close()
})

const look = (connection: string) => client.schedule.getHandle(`acme/watch/${connection}`).trigger()
const watched = (connection: string) =>
  until(async () => {
    const found = (await connectionWatches(store, 'acme')).find((watch) => watch.connection === connection)
    return found?.checkedAt == null ? null : found
  })
const keyEnds = (at: number) =>
  world.odoo.control.setKeyExpiry({
    login: world.odoo.login,
    expires: new Date(at).toISOString().slice(0, 19).replace('T', ' '),
  })

test('apply makes one schedule a connection, and what a look finds stands in the store', async () => {
  const schedules: string[] = []
  for await (const { scheduleId } of client.schedule.list()) schedules.push(scheduleId)
  expect(schedules.filter((id) => id.includes('/watch/')).sort()).toEqual([
    'acme/watch/odoo',
    'acme/watch/shopify',
  ])
  await look('shopify')
  expect(await watched('shopify')).toMatchObject({ account: 'acme.myshopify.com', refusal: null })
})

test('a run that waits for a key goes on when the next look finds it taken; then the key is changed in time', async () => {
  await keyEnds(Date.now() - 1_000)
  const run = await world.processes.ended(['run', 'shopify-customers'])
  expect(run.stdout).toContain('awaiting-credentials')
  const waiting = await until(
    async () => (await openRuns(store, 'acme', { state: 'awaiting-credentials' }))[0],
  )
  const doctor = await world.processes.ended(['doctor', 'odoo'])
  expect(doctor.code).toBe(1)
  expect(JSON.parse(doctor.stdout).connections).toMatchObject([
    { connection: 'odoo', state: 'refused', refused: expect.stringContaining('refuses the API key') },
  ])
  const { connections } = JSON.parse((await world.processes.ended(['status'])).stdout)
  expect(connections).toMatchObject([{ connection: 'odoo', state: 'refused' }, { connection: 'shopify' }])
  await keyEnds(Date.now() + 60 * 86_400_000)
  await look('odoo')
  await until(async () => {
    const last = (await latestRuns(store, 'acme')).find(({ id }) => id === waiting.id)
    return last?.state === 'done'
  })
  expect((await watched('odoo')).refusal).toBeNull()
  await keyEnds(Date.now() + 5 * 86_400_000)
  const soon = await world.processes.ended(['doctor', 'odoo'])
  expect(JSON.parse(soon.stdout).connections).toMatchObject([{ state: 'ends soon', daysLeft: 4 }])
  await look('odoo')
  await until(async () => (await world.odoo.control.stats()).byMethod['res.users.apikeys.revoke'] === 1)
  expect(await world.processes.ended(['run', 'shopify-products'])).toMatchObject({ code: 0 })
})
