import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { AuthSpec } from '../../engine/core/model/auth.ts'
import { credentialOf, keepCredential } from '../../engine/store/credentials.ts'
import { belongsTo, newCredential } from '../../engine/transfer/credentials/tokens.ts'
import { type CredentialWorld, createCredentialWorld, GRACE_MS, PLACE, signal } from './credential-world.ts'
import { dieAt } from './die-at.ts'

const HOUR_MS = 3_600_000

/** As `tidelock connect` leaves it. */
async function connect(world: CredentialWorld) {
  const given = await world.vendor.control.agree()
  await keep(world, given)
  return given
}

async function keep(world: CredentialWorld, given: { accessToken: string; refreshToken: string }) {
  const spec = world.byRefresh as Extract<AuthSpec, { kind: 'authorization-code' }>
  const of = await belongsTo(spec, { secret: async (name) => world.secrets[name]! })
  const answer = { status: 'granted', expiresInMs: HOUR_MS, refreshExpiresInMs: null, scopes: null } as const
  const fresh = newCredential(of, { ...answer, ...given }, null, GRACE_MS, world.now())
  await world.store.transaction((trx) => keepCredential(trx, PLACE, null, fresh))
}

const refreshes = async (world: CredentialWorld) =>
  (await world.vendor.control.stats()).asked['refresh_token'] ?? 0
const taken = async (world: CredentialWorld, { value }: { readonly value: string }) =>
  (await fetch(`${world.vendor.url}/whoami`, { headers: { authorization: `Bearer ${value}` } })).status ===
  200

test('client credentials are asked for once, kept, and found by other workers', async () => {
  const world = await createCredentialWorld()
  const first = await world.worker(world.byClient).source.current(signal)
  expect(await taken(world, first)).toBe(true)
  expect(await world.worker(world.byClient, await world.again()).source.current(signal)).toEqual(first)
  expect((await world.vendor.control.stats()).asked).toEqual({ client_credentials: 1 })
})

test('nothing of a token can be read in the store', async () => {
  const world = await createCredentialWorld()
  const { value } = await world.worker(world.byClient).source.current(signal)
  const rows = JSON.stringify(await world.store.db.selectFrom('credential').selectAll().execute())
  expect(rows).toContain('sealed:1:')
  expect(rows).not.toContain(value)
})

test.each([
  ['before four fifths of its life', 0.78, 0],
  ['after four fifths of its life', 0.8, 1],
  ['at its end', 1, 1],
])('a token is renewed %s or not', async (_, share, asked) => {
  const world = await createCredentialWorld()
  await connect(world)
  const { source } = world.worker(world.byRefresh)
  await source.current(signal)
  world.pass(share * HOUR_MS)
  expect(await taken(world, await source.current(signal))).toBe(true)
  expect(await refreshes(world)).toBe(asked)
})

test('twenty who ask at the moment it ends make one request, from several handles of the store', async () => {
  const world = await createCredentialWorld()
  await connect(world)
  const handles = [world.store, await world.again(), await world.again()]
  const sources = Array.from({ length: 20 }, (_, index) => world.worker(world.byRefresh, handles[index % 3]))
  await sources[0]!.source.current(signal)
  world.pass(HOUR_MS)
  await world.vendor.control.faults({ faults: [{ kind: 'latency', ms: 150 }] })
  const given = await Promise.all(sources.map(({ source }) => source.current(signal)))
  expect(new Set(given.map(({ value }) => value)).size).toBe(1)
  expect(await refreshes(world)).toBe(1)
})

test('a token that is refused before its end is renewed once for all who carried it', async () => {
  const world = await createCredentialWorld()
  await connect(world)
  const workers = [world.worker(world.byRefresh), world.worker(world.byRefresh, await world.again())]
  const carried = await Promise.all(workers.map(({ source }) => source.current(signal)))
  await world.vendor.control.endAccess()
  const renewed = await Promise.all(
    workers.map(({ source }, index) => source.renewed(carried[index]!, signal)),
  )
  expect(await taken(world, renewed[0]!)).toBe(true)
  expect(renewed[1]).toEqual(renewed[0])
  expect(await refreshes(world)).toBe(1)
})

test('an answer that got lost does no harm: the refresh token before is taken', async () => {
  const world = await createCredentialWorld()
  await connect(world)
  const { source } = world.worker(world.byRefresh)
  world.pass(HOUR_MS)
  await world.vendor.control.faults({ faults: [{ kind: 'cut-after' }] })
  await expect(source.current(signal)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(await taken(world, await source.current(signal))).toBe(true)
  expect(await refreshes(world)).toBe(2)
})

test.each([1, 2, 3])('dying before transaction %i of a renewal does no harm', async (n) => {
  const world = await createCredentialWorld()
  await connect(world)
  world.pass(HOUR_MS)
  const other = await world.again()
  const live = dieAt(other, n)
  await world
    .worker(world.byRefresh, other)
    .source.current(signal)
    .catch(() => {})
  live()
  // The turn of the dead ends.
  world.pass(70_000)
  const { source } = world.worker(world.byRefresh)
  expect(await taken(world, await source.current(signal))).toBe(true)
  const kept = await credentialOf(world.store, PLACE)
  world.pass(HOUR_MS)
  expect(await taken(world, await source.current(signal))).toBe(true)
  expect((await credentialOf(world.store, PLACE))?.generation).toBe(kept!.generation + 1)
})

test('where the newest refresh token is not known to the vendor, the one before is tried within its grace', async () => {
  const world = await createCredentialWorld()
  await connect(world)
  await keep(world, { accessToken: 'never given', refreshToken: 'never given' })
  world.pass(HOUR_MS)
  await expect(world.worker(world.byRefresh).source.current(signal)).rejects.toMatchObject({
    kind: 'auth-expired',
  })
  const soon = await createCredentialWorld()
  await connect(soon)
  await keep(soon, { accessToken: 'never given', refreshToken: 'never given' })
  soon.pass(0.5 * GRACE_MS)
  const { source } = soon.worker(soon.byRefresh)
  const refused = await source.current(signal)
  expect(await taken(soon, (await source.renewed(refused, signal))!)).toBe(true)
})

test('ahead of its end a server in trouble is no trouble: the token goes on, and the server is left alone for a while', async () => {
  const world = await createCredentialWorld()
  const given = await connect(world)
  const { source } = world.worker(world.byRefresh)
  world.pass(0.85 * HOUR_MS)
  await world.vendor.control.faults({ faults: [{ kind: 'status', times: 5 }] })
  expect((await source.current(signal)).value).toBe(given.accessToken)
  expect((await source.current(signal)).value).toBe(given.accessToken)
  expect(await world.vendor.control.faults()).toMatchObject([{ times: 4 }])
  world.pass(0.15 * HOUR_MS)
  await expect(source.current(signal)).rejects.toMatchObject({ kind: 'unavailable' })
})

test('a consent that was taken back is auth-expired and says what to do; no token is in the message', async () => {
  const world = await createCredentialWorld()
  const given = await connect(world)
  await world.vendor.control.revoke()
  world.pass(HOUR_MS)
  const error = await world
    .worker(world.byRefresh)
    .source.current(signal)
    .catch((caught: unknown) => caught)
  expect(error).toMatchObject({
    kind: 'auth-expired',
    message: expect.stringContaining('tidelock connect books'),
    fields: { connection: 'books', refused: 'grant', error: 'invalid_grant' },
  })
  expect(JSON.stringify([error, (error as Error).stack])).not.toContain(given.refreshToken)
})

test('when somebody else was faster after all, their token counts', async () => {
  const world = await createCredentialWorld()
  await connect(world)
  world.pass(HOUR_MS)
  await world.vendor.control.revoke()
  await world.vendor.control.faults({ faults: [{ kind: 'latency', ms: 300 }] })
  const asked = world.worker(world.byRefresh).source.current(signal)
  await until(async () => (await world.vendor.control.faults()).length === 0)
  const theirs = await world.vendor.control.agree()
  await keep(world, theirs)
  expect((await asked).value).toBe(theirs.accessToken)
})

test('an app whose secret is wrong is told apart, and nobody is asked to connect again', async () => {
  const world = await createCredentialWorld()
  await connect(world)
  await world.vendor.control.changeSecret({ secret: 'another' })
  world.pass(HOUR_MS)
  await expect(world.worker(world.byRefresh).source.current(signal)).rejects.toMatchObject({
    kind: 'auth-expired',
    message: expect.stringContaining('"id" and "secret"'),
    fields: { refused: 'client', error: 'invalid_client' },
  })
  world.secrets['secret'] = 'another'
  expect(await taken(world, await world.worker(world.byRefresh).source.current(signal))).toBe(true)
})

test.each([
  [
    '429 with a time',
    { kind: 'status', status: 429, retryAfter: '7' },
    { kind: 'throttled', retryAfterMs: 7_000 },
  ],
  ['no token in the answer', { kind: 'garbled', body: 'other' }, { kind: 'unavailable' }],
  ['half an answer', { kind: 'half' }, { kind: 'unavailable' }],
] as const)('%s is a failure that passes', async (_, fault, failure) => {
  const world = await createCredentialWorld()
  await world.vendor.control.faults({ faults: [fault] })
  const { source } = world.worker(world.byClient)
  await expect(source.current(signal)).rejects.toMatchObject(failure)
  world.pass(7_000)
  expect(await taken(world, await source.current(signal))).toBe(true)
})

test('whoever gives up does not take the renewal with them', async () => {
  const world = await createCredentialWorld()
  await connect(world)
  world.pass(HOUR_MS)
  await world.vendor.control.faults({ faults: [{ kind: 'latency', ms: 100 }] })
  const { source } = world.worker(world.byRefresh)
  const stop = new AbortController()
  const given = [source.current(stop.signal), source.current(signal)]
  stop.abort(new Error('given up'))
  await expect(given[0]).rejects.toThrow('given up')
  expect(await taken(world, (await given[1])!)).toBe(true)
  expect(await refreshes(world)).toBe(1)
})

test('a connection that nobody connected yet says so', async () => {
  const world = await createCredentialWorld()
  await expect(world.worker(world.byRefresh).source.current(signal)).rejects.toMatchObject({
    kind: 'auth-expired',
    message: 'books is not connected yet: run tidelock connect books.',
  })
})

test('a token goes to the hosts it is for and to no other', async () => {
  const world = await createCredentialWorld()
  const { host, source } = world.worker(world.byClient)
  const { secrets } = await source.current(signal)
  const ask = (url: string) =>
    host.request({ url, method: 'GET', headers: {}, purpose: 'read', secrets }, signal)
  expect((await ask(`${world.vendor.url}/whoami`)).status).toBe(401)
  await expect(ask('http://127.0.0.1:9/whoami')).rejects.toMatchObject({ kind: 'scope-violation' })
})

test('a key that was made in place of a secret counts, until a person gives another secret', async () => {
  const world = await createCredentialWorld()
  world.secrets['key'] = 'from the environment'
  const spec: AuthSpec = { kind: 'key', secret: 'key' }
  expect((await world.worker(spec).source.current(signal)).value).toBe('from the environment')
  await world.store.transaction((trx) =>
    keepCredential(trx, PLACE, null, {
      secret: { key: 'made', inPlaceOf: 'from the environment' },
      graceMs: 0,
      expiresAt: null,
      refreshExpiresAt: null,
    }),
  )
  expect(await world.worker(spec).source.current(signal)).toEqual({
    value: 'made',
    secrets: ['key'],
    generation: 1,
  })
  world.secrets['key'] = 'given since'
  expect((await world.worker(spec).source.current(signal)).value).toBe('given since')
})

test('a password is sent as Basic has it', async () => {
  const world = await createCredentialWorld()
  Object.assign(world.secrets, { user: 'tide', password: 'lö:ck' })
  const { source } = world.worker({ kind: 'basic', user: 'user', password: 'password' })
  const { value, secrets } = await source.current(signal)
  expect([Buffer.from(value, 'base64').toString('utf8'), secrets]).toEqual([
    'tide:lö:ck',
    ['user', 'password'],
  ])
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5)
}
