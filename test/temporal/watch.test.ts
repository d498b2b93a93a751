import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import { connectionWatches } from '../../engine/store/connection-watch.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { latestRuns } from '../../engine/store/runs.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { findTemporal } from '../../engine/temporal/dev-server/binary.ts'
import { freePort } from '../../engine/temporal/dev-server/server.ts'
import { createProcesses, type Processes } from '../kill/processes.ts'
import { type OdooStandIn, startOdoo } from '../stand-ins/odoo/server.ts'
import { type ShopifyStandIn, startShopify } from '../stand-ins/shopify/server.ts'

/** The look at connections on its schedule: a real Temporal, a worker, commands as processes. */
let shop: ShopifyStandIn
let odoo: OdooStandIn
let folder: string
let processes: Processes
let store: Store
let client: Client

vi.setConfig({ testTimeout: 180_000 })

beforeAll(async () => {
  shop = await startShopify({
    seed: { customers: 4, products: 2, orders: 2 },
    now: () => Date.now() - 60_000,
  })
  odoo = await startOdoo({ version: '19.0', keyMaking: 'everybody' })
  folder = mkdtempSync(join(tmpdir(), 'tidelock-watch-'))
  prepareDemoFolder(folder, { odoo, shopify: shop, control: { url: '' } }, '19.0')
  edit('mappings/connections/odoo.yaml', /^(auth: .*)\}$/m, '$1, rotate: { before: 14d } }')
  for (const mapping of ['customers', 'products', 'orders'])
    edit(`mappings/shopify-${mapping}.yaml`, /^schedule: .*$/m, '')
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

function edit(file: string, from: RegExp, to: string): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (!from.test(text)) throw new Error(`${file} does not hold ${from}`)
  writeFileSync(path, text.replace(from, to))
}

async function until<T>(find: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await find()
    if (found) return found
    await sleep(50)
  }
}

const look = (connection: string) => client.schedule.getHandle(`acme/watch/${connection}`).trigger()
const watched = (connection: string) =>
  until(async () => {
    const found = (await connectionWatches(store, 'acme')).find((watch) => watch.connection === connection)
    return found?.checkedAt == null ? null : found
  })
const keyEnds = (at: number) =>
  odoo.control.setKeyExpiry({
    login: odoo.login,
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
  const run = await processes.ended(['run', 'shopify-customers'])
  expect(run.stdout).toContain('awaiting-credentials')
  const waiting = await until(
    async () => (await openRuns(store, 'acme', { state: 'awaiting-credentials' }))[0],
  )
  const doctor = await processes.ended(['doctor', 'odoo'])
  expect(doctor.code).toBe(1)
  expect(JSON.parse(doctor.stdout).connections).toMatchObject([
    { connection: 'odoo', state: 'refused', refused: expect.stringContaining('refuses the API key') },
  ])
  const { connections } = JSON.parse((await processes.ended(['status'])).stdout)
  expect(connections).toMatchObject([{ connection: 'odoo', state: 'refused' }, { connection: 'shopify' }])
  await keyEnds(Date.now() + 60 * 86_400_000)
  await look('odoo')
  await until(async () => {
    const last = (await latestRuns(store, 'acme')).find(({ id }) => id === waiting.id)
    return last?.state === 'done'
  })
  expect((await watched('odoo')).refusal).toBeNull()
  await keyEnds(Date.now() + 5 * 86_400_000)
  const soon = await processes.ended(['doctor', 'odoo'])
  expect(JSON.parse(soon.stdout).connections).toMatchObject([{ state: 'ends soon', daysLeft: 4 }])
  await look('odoo')
  await until(async () => (await odoo.control.stats()).byMethod['res.users.apikeys.revoke'] === 1)
  expect(await processes.ended(['run', 'shopify-products'])).toMatchObject({ code: 0 })
})
