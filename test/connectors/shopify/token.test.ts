import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { configOf } from '../../../engine/connectors/shopify/config.ts'
import { askShopify, refuseCallback } from '../../../engine/connectors/shopify/token.ts'
import type { Grant, OAuthClient } from '../../../engine/core/model/auth.ts'
import type { HttpReply, HttpRequest } from '../../../engine/core/model/connector.ts'

const signal = new AbortController().signal

function clientOf(): OAuthClient {
  const { auth } = configOf({
    name: 'shop',
    connector: 'shopify',
    settings: { shop: 'acme', apiVersion: '2026-07' },
    auth: { clientCredentials: { id: { secret: 'id' }, secret: { secret: 'key' } } },
  })
  if (!('client' in auth)) throw new Error('no app')
  return auth.client
}

async function ask(grant: Grant, reply: Partial<HttpReply>) {
  const requests: HttpRequest[] = []
  const host = {
    async request(request: HttpRequest) {
      requests.push(request)
      return { status: 200, headers: {}, body: '{}', ...reply }
    },
    secret: async (name: string) => `value of ${name}`,
  }
  const answer = await askShopify(clientOf(), grant, host, signal).catch((error: unknown) => error)
  return { answer, request: requests[0]! }
}

// As recorded: no token_type.
const DAILY = { access_token: 'shpat_1', scope: 'read_orders', expires_in: 86_399 }
const HOURLY = {
  access_token: 'shpat_1',
  scope: 'read_orders,read_products',
  expires_in: 3_600,
  refresh_token: 'shprt_2',
  refresh_token_expires_in: 7_776_000,
}

test('client credentials are exchanged as a form, and give a token for a day', async () => {
  const { answer, request } = await ask({ kind: 'client-credentials' }, { body: JSON.stringify(DAILY) })
  expect(request).toMatchObject({
    url: 'https://acme.myshopify.com/admin/oauth/access_token',
    method: 'POST',
    body: 'grant_type=client_credentials&client_id=value+of+id&client_secret=value+of+key',
    secrets: ['id', 'key'],
  })
  expect(answer).toEqual({
    status: 'granted',
    accessToken: 'shpat_1',
    refreshToken: null,
    expiresInMs: 86_399_000,
    refreshExpiresInMs: null,
    scopes: ['read_orders'],
  })
})

test('a refresh token gives the next pair', async () => {
  const { answer, request } = await ask(
    { kind: 'refresh', refreshToken: 'shprt_1' },
    { body: JSON.stringify(HOURLY) },
  )
  expect(request.body).toBe(
    'grant_type=refresh_token&refresh_token=shprt_1&client_id=value+of+id&client_secret=value+of+key',
  )
  expect(answer).toMatchObject({
    refreshToken: 'shprt_2',
    expiresInMs: 3_600_000,
    refreshExpiresInMs: 7_776_000_000,
    scopes: ['read_orders', 'read_products'],
  })
})

test('a code is exchanged for a token that expires', async () => {
  const parameters = new URLSearchParams({ code: 'abc' })
  const { request } = await ask(
    { kind: 'code', parameters, redirectUri: 'http://127.0.0.1/', verifier: null },
    { body: JSON.stringify(HOURLY) },
  )
  expect(request.body).toContain('code=abc&expiring=1')
})

test.each([
  ['wrong credentials', { status: 400, body: '{"error":"invalid_client"}' }, 'invalid_client'],
  ['a refresh token that ended', { status: 400, body: '{"error":"invalid_grant"}' }, 'invalid_grant'],
  ['an app that is not installed', { status: 404, body: '<html>' }, '404'],
])('%s is a refusal', async (_, reply, error) => {
  const { answer } = await ask({ kind: 'client-credentials' }, reply)
  expect(answer).toEqual({ status: 'refused', error, httpStatus: reply.status })
})

test.each([
  ['an answer without a token', { status: 200, body: '{}' }, 'unavailable'],
  ['a server in trouble', { status: 503, body: '' }, 'unavailable'],
  ['too many at once', { status: 429, body: '' }, 'throttled'],
])('%s is tried again', async (_, reply, kind) => {
  const { answer } = await ask({ kind: 'client-credentials' }, reply)
  expect(answer).toMatchObject({ kind })
  expect((answer as Error).message).not.toContain('value of')
})

test('what comes back to the redirect address is the shop’s, and signed', () => {
  const signed = (parameters: Record<string, string>, secret: string) => {
    const text = Object.keys(parameters)
      .sort()
      .map((name) => `${name}=${parameters[name]}`)
      .join('&')
    const hmac = createHmac('sha256', secret).update(text).digest('hex')
    return new URLSearchParams({ ...parameters, hmac })
  }
  const right = { code: 'abc', shop: 'acme.myshopify.com', state: 's', timestamp: '1' }
  expect(refuseCallback(signed(right, 'key'), 'key', 'acme')).toBeNull()
  expect(refuseCallback(signed(right, 'other'), 'key', 'acme')).toContain('signature')
  expect(refuseCallback(new URLSearchParams(right), 'key', 'acme')).toContain('signature')
  expect(refuseCallback(signed(right, 'key'), 'key', 'other')).toContain('acme.myshopify.com')
  for (const shop of ['acme.myshopify.com.evil.example', 'evil.example', ''])
    expect(refuseCallback(signed({ ...right, shop }, 'key'), 'key', null)).toContain('no address')
})
