import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { askConsent, type ConsentRequest, type ConsentSpec } from '../../engine/cli/connect/consent.ts'
import { connectionWatches, markRefused } from '../../engine/store/connection-watch.ts'
import { keepConsent } from '../../engine/transfer/credentials/connect.ts'
import { createCredentialWorld, PLACE, signal } from '../transfer/credential-world.ts'

async function freeRedirect(): Promise<string> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return `http://127.0.0.1:${port}/callback`
}

async function start(more: Partial<ConsentRequest> = {}) {
  const redirectUri = await freeRedirect()
  const world = await createCredentialWorld({ redirectUris: [redirectUri] })
  const shown = Promise.withResolvers<URL>()
  const stop = new AbortController()
  onTestFinished(() => stop.abort(new Error('the test is over')))
  const asked = askConsent({
    connection: 'books',
    spec: world.byRefresh as ConsentSpec,
    clientId: world.vendor.clientId,
    clientSecret: world.vendor.clientSecret,
    redirectUri,
    timeoutMs: 20_000,
    signal: stop.signal,
    show: (address) => shown.resolve(new URL(address)),
    ...more,
  })
  asked.catch(() => {})
  const address = await Promise.race([shown.promise, asked.then(() => new URL('about:blank'))])
  return { world, asked, address, redirectUri }
}

test('a person agrees in the browser, and the connection has credentials that renew themselves', async () => {
  const { world, asked, address, redirectUri } = await start()
  await world.store.transaction((trx) =>
    markRefused(trx, 'acme', 'books', { kind: 'grant', message: 'no', refusedWith: '{}', app: null }),
  )
  expect(Object.fromEntries(address.searchParams)).toMatchObject({
    response_type: 'code',
    redirect_uri: redirectUri,
    state: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  })
  const page = await fetch(address)
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('books agreed')])
  const { host, source } = world.worker(world.byRefresh)
  await keepConsent(
    { ...PLACE, store: world.store },
    world.byRefresh as ConsentSpec,
    await asked,
    host,
    signal,
  )
  expect((await connectionWatches(world.store, 'acme'))[0]?.refusal).toBeNull()
  const { value } = await source.current(signal)
  world.pass(3_600_000)
  expect((await source.current(signal)).value).not.toBe(value)
  expect((await world.vendor.control.stats()).asked).toEqual({ authorization_code: 1, refresh_token: 1 })
})

test.each([
  ['another state', '?code=abc&state=guessed', 400, 'its state is another one'],
  ['no state', '?code=abc', 400, 'its state is another one'],
])('an answer with %s changes nothing', async (_, query, status, words) => {
  const { asked, address, redirectUri } = await start()
  const answer = await fetch(`${redirectUri}${query}`)
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(words)])
  expect((await fetch(redirectUri.replace('/callback', '/other'))).status).toBe(404)
  await fetch(address)
  expect(await asked).toMatchObject({ kind: 'code' })
})

test('an answer in the name of another issuer changes nothing', async () => {
  const { asked, address, redirectUri } = await start()
  const state = address.searchParams.get('state')
  const strange = await fetch(`${redirectUri}?code=abc&state=${state}&iss=https://evil.example`)
  expect([strange.status, await strange.text()]).toEqual([400, expect.stringContaining('another issuer')])
  await fetch(address)
  expect((await asked).parameters.get('code')).not.toBe('abc')
})

test('a code is of no use without the verifier that stayed here', async () => {
  const { world, asked, address } = await start()
  await fetch(address)
  const { host } = world.worker(world.byRefresh)
  const stolen = { ...(await asked), verifier: 'x'.repeat(64) }
  await expect(
    keepConsent({ ...PLACE, store: world.store }, world.byRefresh as ConsentSpec, stolen, host, signal),
  ).rejects.toMatchObject({ kind: 'auth-expired', message: expect.stringContaining('invalid_grant') })
})

test('a person who does not agree ends it', async () => {
  const { world, asked, address } = await start()
  await world.vendor.control.agrees({ agrees: false })
  await fetch(address)
  await expect(asked).rejects.toMatchObject({
    kind: 'auth-expired',
    message: expect.stringContaining('access_denied'),
  })
})

test('nobody comes', async () => {
  const { asked } = await start({ timeoutMs: 50 })
  await expect(asked).rejects.toMatchObject({ kind: 'unavailable' })
})

test.each(['https://127.0.0.1:1/callback', 'http://books.example/callback', 'callback'])(
  'the browser comes back to this machine only: %s is refused',
  async (redirectUri) => {
    await expect(start({ redirectUri })).rejects.toMatchObject({
      kind: 'invalid-plan',
      message: expect.stringContaining('expected one of this machine'),
    })
  },
)
