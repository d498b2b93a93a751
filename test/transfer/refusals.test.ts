import { expect, test } from 'vitest'
import { CONNECTORS } from '../../engine/cli/connectors.ts'
import type { ConnectionDefinition } from '../../engine/core/model/connector.ts'
import type { JsonObject } from '../../engine/core/model/json.ts'
import type { Plan } from '../../engine/core/model/plan.ts'
import {
  clearRefusal,
  connectionWatches,
  markRefused,
  noteTrouble,
} from '../../engine/store/connection-watch.ts'
import { startRun } from '../../engine/store/runs.ts'
import { runWaits } from '../../engine/store/waiting-runs.ts'
import { authSpecOf, presentedBy, stopWhereRefused } from '../../engine/transfer/credentials/refusal.ts'
import { openedStore } from '../store/opened.ts'

const app = (id: string): JsonObject => ({
  oauth: { clientId: { secret: id }, clientSecret: { secret: `${id}-secret` }, scopes: ['read_orders'] },
})
const shop = (name: string, auth: JsonObject): ConnectionDefinition => ({
  name,
  connector: 'shopify',
  settings: { shop: name, apiVersion: '2026-07' },
  auth,
})
const odoo: ConnectionDefinition = {
  name: 'odoo',
  connector: 'odoo',
  settings: { url: 'https://odoo.example', database: 'acme', version: '19.0' },
  auth: { apiKey: { secret: 'odoo-key' } },
}
/** Of a plan, what is asked here. */
const from = (source: ConnectionDefinition) =>
  ({ source: { connection: source }, target: { connection: odoo } }) as unknown as Plan

async function start() {
  const { store } = await openedStore()
  const values: Record<string, string> = {}
  const dependencies = {
    store,
    connectors: CONNECTORS,
    secrets: { value: async (name: string) => values[name] ?? `value of ${name}`, hosts: () => [] },
  }
  const refuse = async (definition: ConnectionDefinition, kind: 'key' | 'grant' | 'client') => {
    const spec = authSpecOf(CONNECTORS, definition)!
    const present = await presentedBy(dependencies, definition, spec, kind)
    const message = `${definition.name} refuses`
    await store.transaction((trx) => markRefused(trx, 'acme', definition.name, { ...present, kind, message }))
  }
  /** A run that waits for a connection. */
  const wait = (connection: string) =>
    store.transaction(async (trx) => {
      const run = { id: `waits for ${connection}`, project: 'acme', mapping: 'orders', planHash: 'p' }
      await startRun(trx, { ...run, lane: 'live', workflowId: 'w', startedAt: trx.now() })
      await runWaits(trx, run.id, {
        ...{ state: 'awaiting-credentials', kind: 'auth-expired', message: 'refused', until: null },
        ...{ connection, planHash: 'p' },
      })
    })
  const stopped = (source: ConnectionDefinition) =>
    stopWhereRefused(dependencies, 'acme', from(source)).then(
      (tries) => (tries ? 'tries' : null),
      (error: Error) => error.message,
    )
  return { store, values, refuse, wait, stopped }
}

test('a refused consent stops its own connection; those of the same app go on', async () => {
  const { refuse, wait, stopped } = await start()
  await refuse(shop('north', app('one')), 'grant')
  await wait('north')
  expect(await stopped(shop('north', app('one')))).toBe('north refuses')
  expect(await stopped(shop('south', app('one')))).toBeNull()
})

test('a wrong secret of the app stops all its connections, and no other', async () => {
  const { refuse, wait, stopped } = await start()
  await refuse(shop('north', app('one')), 'client')
  await wait('north')
  expect(await stopped(shop('north', app('one')))).toBe('north refuses')
  expect(await stopped(shop('south', app('one')))).toBe('north refuses')
  expect(await stopped(shop('west', app('two')))).toBeNull()
})

test('another secret, or other settings, are tried', async () => {
  const { values, refuse, wait, stopped } = await start()
  const north = shop('north', app('one'))
  await refuse(north, 'client')
  await wait('north')
  values['one-secret'] = 'another'
  expect(await stopped(north)).toBe('tries')
  values['one-secret'] = 'value of one-secret'
  expect(await stopped(north)).toBe('north refuses')
  const key = shop('east', { accessToken: { secret: 'token' } })
  await refuse(key, 'key')
  await wait('east')
  expect(await stopped(key)).toBe('east refuses')
  expect(await stopped({ ...key, settings: { ...key.settings, shop: 'elsewhere' } })).toBe('tries')
})

test('where no run waits for it, one tries: somebody has to find out that it is over', async () => {
  const { refuse, wait, stopped } = await start()
  const north = shop('north', app('one'))
  await refuse(north, 'grant')
  expect(await stopped(north)).toBe('tries')
  await wait('north')
  expect(await stopped(north)).toBe('north refuses')
})

test('a refusal keeps its beginning until it is over, and holds no secret that can be read', async () => {
  const { store, refuse } = await start()
  const north = shop('north', app('one'))
  await refuse(north, 'grant')
  const [first] = await connectionWatches(store, 'acme')
  await refuse(north, 'grant')
  expect((await connectionWatches(store, 'acme'))[0]?.refusal?.since).toBe(first!.refusal!.since)
  const rows = JSON.stringify(await store.db.selectFrom('connection_watch').selectAll().execute())
  expect(rows).not.toContain('value of one')
  await store.transaction((trx) => noteTrouble(trx, 'acme', 'north', 'north refuses the app', null))
  expect(await store.transaction((trx) => clearRefusal(trx, 'acme', 'north'))).toBe(true)
  expect(await connectionWatches(store, 'acme')).toMatchObject([{ refusal: null, trouble: null }])
  expect(await store.transaction((trx) => clearRefusal(trx, 'acme', 'north'))).toBe(false)
})
