import { createHash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { type OAuthOptions, type OAuthStandIn, startOAuth } from './server.ts'

async function start(options: OAuthOptions = {}): Promise<OAuthStandIn> {
  const server = await startOAuth(options)
  onTestFinished(server.close)
  return server
}

async function ask(server: OAuthStandIn, form: Record<string, string>, secret = server.clientSecret) {
  const response = await fetch(`${server.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: server.clientId, client_secret: secret, ...form }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const refresh = (server: OAuthStandIn, token: unknown) =>
  ask(server, { grant_type: 'refresh_token', refresh_token: String(token) })
const taken = async (server: OAuthStandIn, token: unknown) =>
  (await fetch(`${server.url}/whoami`, { headers: { authorization: `Bearer ${token}` } })).status === 200

test('client credentials give a token without one to renew it', async () => {
  const server = await start()
  const { status, body } = await ask(server, { grant_type: 'client_credentials' })
  expect([status, body]).toEqual([
    200,
    { access_token: expect.any(String), token_type: 'bearer', expires_in: 3_600 },
  ])
  expect(await taken(server, body['access_token'])).toBe(true)
  await server.control.advanceClock({ ms: 3_600_000 })
  expect(await taken(server, body['access_token'])).toBe(false)
})

test('an app proves itself by form or by Basic; another secret is invalid_client with 401', async () => {
  const server = await start()
  const basic = (secret: string) =>
    fetch(`${server.url}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${server.clientId}:${secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
  expect((await basic(server.clientSecret)).status).toBe(200)
  const refused = await basic('no')
  expect([refused.status, await refused.json(), refused.headers.get('www-authenticate')]).toEqual([
    401,
    { error: 'invalid_client' },
    'Basic realm="standin"',
  ])
  expect(await ask(server, { grant_type: 'client_credentials' }, 'no')).toEqual({
    status: 401,
    body: { error: 'invalid_client' },
  })
})

test.each([
  ['Xero', 30 * 60_000],
  ['Shopify', 30 * 86_400_000],
] as const)('a refresh token that was replaced is taken for a while, as at %s', async (_, graceMs) => {
  const server = await start({ graceMs, now: () => 0 })
  const first = (await server.control.agree()).refreshToken
  const second = (await refresh(server, first)).body['refresh_token']
  expect(second).not.toBe(first)
  await server.control.advanceClock({ ms: graceMs - 1 })
  const again = await refresh(server, first)
  expect(again.status).toBe(200)
  await server.control.advanceClock({ ms: 1 })
  expect(await refresh(server, first)).toEqual({ status: 400, body: { error: 'invalid_grant' } })
  expect((await refresh(server, again.body['refresh_token'])).status).toBe(200)
})

test('when its replacement is used, the one before ends', async () => {
  const server = await start()
  const first = (await server.control.agree()).refreshToken
  const second = (await refresh(server, first)).body['refresh_token']
  expect((await refresh(server, second)).status).toBe(200)
  expect((await refresh(server, first)).status).toBe(400)
})

test('without rotation a refresh token stays; without grace the old one ends at once', async () => {
  const still = await start({ rotates: false })
  const token = (await still.control.agree()).refreshToken
  expect((await refresh(still, token)).body['refresh_token']).toBe(token)
  const strict = await start({ graceMs: 0 })
  const first = (await strict.control.agree()).refreshToken
  await refresh(strict, first)
  expect((await refresh(strict, first)).status).toBe(400)
})

test('what a person takes back ends: the grant and its tokens', async () => {
  const server = await start()
  const given = await server.control.agree()
  await server.control.revoke()
  expect(await refresh(server, given.refreshToken)).toEqual({ status: 400, body: { error: 'invalid_grant' } })
  expect(await taken(server, given.accessToken)).toBe(false)
})

test('a code is good once, for its redirect address and its verifier', async () => {
  const redirect = 'http://127.0.0.1:9/callback'
  const server = await start({ redirectUris: [redirect] })
  const verifier = 'v'.repeat(43)
  const consent = async () => {
    const asked = new URLSearchParams({
      response_type: 'code',
      client_id: server.clientId,
      redirect_uri: redirect,
      state: 'abc',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    const response = await fetch(`${server.url}/authorize?${asked}`, { redirect: 'manual' })
    return new URL(response.headers.get('location')!).searchParams
  }
  const exchange = (code: string, more: Record<string, string> = {}) =>
    ask(server, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect,
      code_verifier: verifier,
      ...more,
    })
  const answer = await consent()
  expect([answer.get('state'), answer.get('iss')]).toEqual(['abc', server.url])
  const code = answer.get('code')!
  expect((await exchange(code)).status).toBe(200)
  expect((await exchange(code)).status).toBe(400)
  const wrong = await exchange((await consent()).get('code')!, { code_verifier: 'w'.repeat(43) })
  expect(wrong.body).toEqual({ error: 'invalid_grant' })
  expect((await exchange((await consent()).get('code')!, { redirect_uri: `${redirect}/` })).status).toBe(400)
  await server.control.agrees({ agrees: false })
  expect((await consent()).get('error')).toBe('access_denied')
  const other = new URLSearchParams({ client_id: server.clientId, redirect_uri: 'http://127.0.0.1:9/other' })
  expect((await fetch(`${server.url}/authorize?${other}`, { redirect: 'manual' })).status).toBe(400)
})

test('faults: a lost answer happened all the same; a status does nothing', async () => {
  const server = await start({ graceMs: 0 })
  const { refreshToken } = await server.control.agree()
  await server.control.faults({ faults: [{ kind: 'status', status: 429, retryAfter: '7' }] })
  expect((await refresh(server, refreshToken)).status).toBe(429)
  await server.control.faults({ faults: [{ kind: 'cut-after' }] })
  await expect(refresh(server, refreshToken)).rejects.toThrow()
  expect((await refresh(server, refreshToken)).status).toBe(400)
})
