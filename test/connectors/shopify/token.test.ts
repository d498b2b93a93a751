import { expect, test } from 'vitest'
import { configOf } from '../../../engine/connectors/shopify/config.ts'
import { createTokenSource } from '../../../engine/connectors/shopify/token.ts'
import type { Host, HttpReply, HttpRequest } from '../../../engine/core/model/connector.ts'

const signal = new AbortController().signal

/** As recorded: no token_type. */
const granted = (n: number): HttpReply => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ access_token: `shpat_${n}`, scope: 'read_orders', expires_in: 86_399 }),
})

function open(answer: (n: number) => HttpReply = granted) {
  const requests: HttpRequest[] = []
  const clock = { now: 0 }
  const host: Host = {
    async request(request, asking) {
      requests.push(request)
      await Promise.resolve()
      asking.throwIfAborted()
      return answer(requests.length)
    },
    reportRate() {},
    now: () => clock.now,
    secret: async (name) => `value of ${name}`,
    log() {},
  }
  const config = configOf({
    name: 'shop',
    connector: 'shopify',
    settings: { shop: 'acme', apiVersion: '2026-07' },
    auth: { clientCredentials: { id: { secret: 'id' }, secret: { secret: 'key' } } },
  })
  return { tokens: createTokenSource(config, host), requests, clock }
}

test('client credentials are exchanged as a form, once for many requests at the same time', async () => {
  const { tokens, requests } = open()
  const given = await Promise.all([1, 2, 3].map(() => tokens.current(signal)))
  expect(given.map(({ value }) => value)).toEqual(['shpat_1', 'shpat_1', 'shpat_1'])
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({
    url: 'https://acme.myshopify.com/admin/oauth/access_token',
    method: 'POST',
    body: 'grant_type=client_credentials&client_id=value+of+id&client_secret=value+of+key',
    secrets: ['id', 'key'],
  })
})

test.each([
  ['long before its end', 86_399_000 - 61_000, 'shpat_1'],
  ['a minute before its end', 86_399_000 - 60_000, 'shpat_2'],
  ['after its end', 90_000_000, 'shpat_2'],
])('a token is used again or renewed: %s', async (_name, now, value) => {
  const { tokens, clock } = open()
  await tokens.current(signal)
  clock.now = now
  expect((await tokens.current(signal)).value).toBe(value)
})

test('a refused token is renewed once, though several requests carried it', async () => {
  const { tokens, requests } = open()
  const { value } = await tokens.current(signal)
  expect(tokens.renew(value)).toBe(true)
  await tokens.current(signal)
  // The other request learns of the refusal only now.
  tokens.renew(value)
  expect((await tokens.current(signal)).value).toBe('shpat_2')
  expect(requests).toHaveLength(2)
})

test.each([
  [
    'wrong credentials',
    { status: 400, body: '{"error":"invalid_client"}' },
    'auth-expired',
    'invalid_client',
  ],
  ['an app that is not installed', { status: 404, body: '<html>' }, 'auth-expired', '404'],
  ['an answer without a token', { status: 200, body: '{}' }, 'auth-expired', '200'],
  ['a server in trouble', { status: 503, body: '' }, 'unavailable', '503'],
  ['too many at once', { status: 429, body: '' }, 'throttled', 'too often'],
])('%s', async (_name, reply, kind, words) => {
  const { tokens } = open(() => ({ headers: {}, ...reply }))
  const error = (await tokens.current(signal).catch((caught: unknown) => caught)) as Error
  expect(error).toMatchObject({ kind, message: expect.stringContaining(words) })
  expect(error.message).not.toContain('value of')
})

test('one that failed is asked for again', async () => {
  const { tokens } = open((n) => (n === 1 ? { status: 503, headers: {}, body: '' } : granted(n)))
  await expect(tokens.current(signal)).rejects.toMatchObject({ kind: 'unavailable' })
  expect((await tokens.current(signal)).value).toBe('shpat_2')
})

test('a request that is given up does not take the others with it', async () => {
  const { tokens } = open()
  const first = new AbortController()
  const given = [tokens.current(first.signal), tokens.current(signal)]
  first.abort()
  await expect(given[0]).rejects.toThrow()
  expect((await given[1])?.value).toBe('shpat_2')
})
