import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { connectionWatches } from '../../engine/store/connection-watch.ts'
import { knownEnds } from '../../engine/store/credential-history.ts'
import { credentialOf, keepCredential } from '../../engine/store/credentials.ts'
import { appliedPlans } from '../../engine/store/plans.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { belongsTo } from '../../engine/transfer/credentials/tokens.ts'
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
const CONSENTED = [
  [
    'mappings/connections/shopify.yaml',
    'auth: { accessToken: { secret: shopify-token } }',
    'auth: { oauth: { clientId: { secret: shop-id }, clientSecret: { secret: shop-secret }, scopes: [read_orders, read_customers, read_products] } }',
  ],
  [
    'temporal.yaml',
    'shopify-token: { from: "env:B", to: [127.0.0.1] }',
    'shop-id: { from: "env:B", to: [127.0.0.1] }\n  shop-secret: { from: "env:C", to: [127.0.0.1] }',
  ],
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
    hosts: (name: string) =>
      world.dependencies.secrets.hosts(name.startsWith('shop-') ? 'shopify-token' : name),
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

test('a consent whose end moves with its use is left to that; what does not move is left to people', async () => {
  world = await createWorld({ shop: { seed: false } })
  given = { 'shop-id': world.shop.clientId, 'shop-secret': world.shop.clientSecret }
  await world.apply(CONSENTED)
  const place = { project: 'acme', connection: 'shopify' }
  const { accessToken, refreshToken } = await world.shop.control.install()
  const plan = (await appliedPlans(world.store, 'acme'))[0]!.plan
  const spec = world.dependencies.connectors['shopify']!.auth!(plan.source.connection)
  if (spec?.kind !== 'authorization-code') throw new Error('it is not connected by consent')
  const of = await belongsTo(spec, { secret: async (name) => given[name]! })
  const now = world.store.now()
  const ends = { expiresAt: now + 3_600_000, refreshExpiresAt: now + 90 * DAY_MS }
  await world.store.transaction((trx) =>
    keepCredential(trx, place, null, { secret: { of, accessToken, refreshToken }, graceMs: 0, ...ends }),
  )
  const known = async () => knownEnds(world.store, 'acme', ['shopify'], 0)
  expect((await watch('shopify')).watch).toMatchObject({ trouble: null, expiresAt: ends.refreshExpiresAt })
  expect(await known()).toMatchObject([
    { changesAt: null, steps: 'Give it again: tidelock connect shopify.' },
  ])
  for (let n = 0; n < 3; n++) {
    world.wait(2 * 3_600_000)
    expect((await watch('shopify')).watch?.trouble).toBeNull()
  }
  const [first, moved, ...more] = await known()
  expect([first!.changesAt, more]).toEqual([null, []])
  expect((moved!.changesAt! - world.store.now()) / DAY_MS).toBeCloseTo(45, 0)
  expect(moved!.endsAt - ends.refreshExpiresAt).toBeGreaterThan(5 * 3_600_000)
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
