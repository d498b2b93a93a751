import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { connectionWatches } from '../../engine/store/connection-watch.ts'
import { credentialOf } from '../../engine/store/credentials.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { runOneLeg } from '../../engine/transfer/run.ts'
import { type Watched, watchConnection } from '../../engine/transfer/watch/watch-connection.ts'
import { dieAt } from './die-at.ts'
import { createWorld, type World } from './world.ts'

const DAY_MS = 86_400_000
const ROTATES = [
  'mappings/connections/odoo.yaml',
  'apiKey: { secret: odoo-key } }',
  'apiKey: { secret: odoo-key }, rotate: { before: 14d } }',
] as const
const PLACE = { project: 'acme', connection: 'odoo' }
const signal = new AbortController().signal

let world: World
/** What the environment holds now; what it does not name is as the world has it. */
let given: Record<string, string>

afterEach(() => world.close())

async function start(options: { rotates?: boolean; daysLeft?: number } = {}): Promise<void> {
  world = await createWorld({ shop: { seed: { customers: 5, products: 5, orders: 5 } } })
  given = {}
  await world.apply(options.rotates === false ? [] : [ROTATES])
  if (options.daysLeft !== undefined) await keyEnds(options.daysLeft)
}

const keyEnds = (days: number) =>
  world.odoo.control.setKeyExpiry({
    login: world.odoo.login,
    expires: new Date(Date.now() + days * DAY_MS + 60_000).toISOString().slice(0, 19).replace('T', ' '),
  })

const dependencies = () => ({
  ...world.dependencies,
  secrets: {
    ...world.dependencies.secrets,
    value: async (name: string) => given[name] ?? world.dependencies.secrets.value(name),
  },
})
const watch = (connection = 'odoo'): Promise<Watched> =>
  watchConnection(dependencies(), { project: 'acme', connection, signal })

async function leg(mapping = 'shopify-customers', runId: string = randomUUID()) {
  const { state } = await runOneLeg(dependencies(), {
    ...{ project: 'acme', mapping, lane: 'live', planHash: '', selectionId: null, runId, workflowId: runId },
    ...{ budgetMs: 60_000, lastAttempt: true, signal, progress() {} },
  })
  return state
}

const taken = async (key: string) =>
  (
    await fetch(`${world.odoo.url}/json/2/res.users/context_get`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `bearer ${key}` },
      body: '{}',
    })
  ).status === 200
const made = async () => String((await credentialOf(world.store, PLACE))?.secret?.['key'])
const calls = async () => (await world.odoo.control.stats()).calls

test('a look says whom the key belongs to, when it ends, and that no right is missing', async () => {
  await start()
  const { watch: found } = await watch()
  expect(found).toMatchObject({
    connection: 'odoo',
    refusal: null,
    trouble: null,
    account: world.odoo.login,
    expiresOf: `API key "key of ${world.odoo.login}"`,
    todo: null,
    scopesMissing: [],
  })
  expect(Math.round((found!.expiresAt! - Date.now()) / DAY_MS)).toBeGreaterThan(85)
  expect((await watch('shopify')).watch).toMatchObject({ account: 'acme.myshopify.com', expiresAt: null })
  expect((await watch('nobody')).watch).toBeNull()
})

test('a look says how far the clock of a system is from ours, also where it is in trouble', async () => {
  await start()
  const skew = async (connection?: string) => (await watch(connection)).watch?.clockSkewMs ?? Number.NaN
  expect(Math.abs(await skew())).toBeLessThan(5_000)
  await world.odoo.control.faults({ faults: [{ kind: 'date', ms: 600_000, times: 50 }] })
  expect(Math.abs((await skew()) - 600_000)).toBeLessThan(5_000)
  await world.odoo.control.faults({ faults: [{ kind: 'status', times: 50 }] })
  expect(Math.abs(await skew())).toBeLessThan(5_000)
  expect((await connectionWatches(world.store, 'acme'))[0]?.trouble).not.toBeNull()
})

test('scopes of a shop that no mapping needs are named; orders older than 60 days are needed as time goes on', async () => {
  const needed = ['read_customers', 'read_orders', 'read_all_orders', 'read_products']
  world = await createWorld({ shop: { seed: false, scopes: [...needed, 'write_orders', 'read_discounts'] } })
  given = {}
  await world.apply()
  const { watch: found } = await watch('shopify')
  expect(found).toMatchObject({ scopesMissing: [], scopesUnneeded: ['read_discounts', 'write_orders'] })
})

test('rights that a mapping needs and the key does not give are named', async () => {
  await start()
  given['odoo-key'] = world.odoo.ownDocumentsApiKey
  expect((await watch()).watch?.scopesMissing.join(' ')).toContain('may not')
})

test.each([10, 3, 0])(
  'where the server makes no keys for programs, %i days before the end people are told how',
  async (days) => {
    await start({ daysLeft: days })
    const { watch: found, rotated } = await watch()
    expect(rotated).toBe(false)
    expect(found?.todo).toContain(
      `(${days} days left). It was to be changed by itself, and this server makes keys`,
    )
    expect(found?.todo).toContain('My Profile, Account Security')
    expect(await leg()).toBe('done')
  },
)

test('a connection that does not want it keeps its key, and its end is told', async () => {
  await start({ rotates: false, daysLeft: 5 })
  await world.odoo.control.setKeyMaking({ mode: 'everybody' })
  const { watch: found, rotated } = await watch()
  expect([rotated, found?.todo]).toEqual([false, expect.stringContaining('(5 days left). In Odoo')])
})

test('a key is changed before its end: made, used, and the old one revoked; the environment still has the old one', async () => {
  await start({ daysLeft: 10 })
  await world.odoo.control.setKeyMaking({ mode: 'everybody' })
  const { watch: found, rotated } = await watch()
  expect([rotated, found?.todo]).toEqual([true, null])
  expect(Math.round((found!.expiresAt! - Date.now()) / DAY_MS)).toBe(90)
  expect([await taken(world.odoo.apiKey), await taken(await made())]).toEqual([false, true])
  expect(await leg()).toBe('done')
  const before = await made()
  expect((await watch()).rotated).toBe(false)
  expect(await made()).toBe(before)
  const rows = JSON.stringify(await world.store.db.selectFrom('credential').selectAll().execute())
  expect(rows).not.toContain(before)
})

test('a key that a person gives after that counts', async () => {
  await start({ daysLeft: 10 })
  await world.odoo.control.setKeyMaking({ mode: 'everybody' })
  await watch()
  given['odoo-key'] = world.odoo.settingsApiKey
  expect((await watch()).watch).toMatchObject({ refusal: null, expiresAt: null })
})

test('several who look at once make one key', async () => {
  await start({ daysLeft: 10 })
  await world.odoo.control.setKeyMaking({ mode: 'everybody' })
  const results = await Promise.all([watch(), watch(), watch(), watch()])
  expect(results.filter(({ rotated }) => rotated)).toHaveLength(1)
  expect((await world.odoo.control.stats()).byMethod).toMatchObject({ 'res.users.apikeys.generate': 1 })
})

test.each([1, 2, 3, 4, 5, 6])(
  'dying before transaction %i of a change locks nobody out, and the next look ends it',
  async (n) => {
    await start({ daysLeft: 10 })
    await world.odoo.control.setKeyMaking({ mode: 'everybody' })
    const live = dieAt(world.store, n)
    await watch().catch(() => {})
    live()
    expect(await leg()).toBe('done')
    // The turn of the dead ends.
    world.wait(11 * 60_000)
    const { watch: found } = await watch()
    expect(found).toMatchObject({ refusal: null, trouble: null, todo: null })
    expect([await taken(world.odoo.apiKey), await taken(await made())]).toEqual([false, true])
    expect(await leg()).toBe('done')
  },
)

test.each(['generate', 'revoke', 'context_get'])(
  'an answer of %s that gets lost locks nobody out, and the next look ends it',
  async (method) => {
    await start({ daysLeft: 10 })
    await world.odoo.control.setKeyMaking({ mode: 'everybody' })
    await world.odoo.control.faults({
      faults: [{ kind: 'cut-after', method, after: method === 'context_get' ? 4 : 0 }],
    })
    await watch()
    expect(await world.odoo.control.faults()).toEqual([])
    expect(await leg()).toBe('done')
    await watch()
    expect([await taken(world.odoo.apiKey), await taken(await made())]).toEqual([false, true])
    expect((await watch()).watch).toMatchObject({ trouble: null, todo: null })
  },
)

test('while a key is refused no run sends a request; with another one they go on', async () => {
  await start()
  given['odoo-key'] = 'f'.repeat(40)
  expect(await leg()).toBe('awaiting-credentials')
  expect(await connectionWatches(world.store, 'acme')).toMatchObject([
    { connection: 'odoo', refusal: { kind: 'key', message: expect.stringContaining('"odoo-key"') } },
  ])
  const [before, shop] = [await calls(), (await world.shop.control.stats()).calls]
  expect(await leg()).toBe('awaiting-credentials')
  expect(await leg('shopify-products')).toBe('awaiting-credentials')
  expect([await calls(), (await world.shop.control.stats()).calls]).toEqual([before, shop])
  given = {}
  expect(await leg()).toBe('done')
})

test('a run that waited and is told to go on tries, and what it finds counts for all', async () => {
  await start()
  await world.odoo.control.setKeyExpiry({ login: world.odoo.login, expires: '2020-01-01 00:00:00' })
  expect(await leg('shopify-customers', 'waits')).toBe('awaiting-credentials')
  expect(await leg('shopify-customers', 'waits')).toBe('awaiting-credentials')
  await keyEnds(60)
  expect(await leg('shopify-products')).toBe('awaiting-credentials')
  expect(await leg('shopify-customers', 'waits')).toBe('done')
  expect(await leg('shopify-products')).toBe('done')
})

test('a refusal that passes is seen by the next look, which says who waited', async () => {
  await start()
  const [key] = [world.odoo.login]
  await world.odoo.control.setKeyExpiry({ login: key, expires: '2020-01-01 00:00:00' })
  expect(await leg()).toBe('awaiting-credentials')
  expect((await watch()).wake).toEqual([])
  expect((await connectionWatches(world.store, 'acme'))[0]?.refusal).not.toBeNull()
  await keyEnds(60)
  const waiting = await openRuns(world.store, 'acme', { state: 'awaiting-credentials' })
  expect((await watch()).wake).toEqual(waiting.map((run) => run.workflowId))
  expect((await connectionWatches(world.store, 'acme'))[0]?.refusal).toBeNull()
  expect(await leg()).toBe('done')
})

test('a system in trouble is no refusal: what is known of the key stays', async () => {
  await start()
  const before = (await watch()).watch
  await world.odoo.control.faults({ faults: [{ kind: 'status', times: 50 }] })
  const { watch: found } = await watch()
  expect(found).toMatchObject({ refusal: null, expiresAt: before!.expiresAt, trouble: expect.any(String) })
})
