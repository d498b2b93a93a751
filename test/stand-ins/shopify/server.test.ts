import { expect, test } from 'vitest'
import { openShop, type Shop } from './asking.ts'

const SHOP = '{ shop { name } }'

function token(shop: Shop, body: string, type: string) {
  return fetch(`${shop.url}/admin/oauth/access_token`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
}
const form = (shop: Shop, more: object = {}) =>
  new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: shop.clientId,
    client_secret: shop.clientSecret,
    ...more,
  }).toString()

test.each([
  [
    'a bearer token alone',
    { 'x-shopify-access-token': '', authorization: 'Bearer shpat_standin0000000000000000000000' },
  ],
  ['an unknown token', { 'x-shopify-access-token': 'shpat_other' }],
])('%s is not accepted', async (_name, headers) => {
  const { status, body } = await (await openShop({ seed: false })).ask(SHOP, {}, headers)
  expect([status, body]).toEqual([
    401,
    { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
  ])
})

test('client credentials give a token for a day, by form and by JSON, without a token_type', async () => {
  let now = Date.parse('2026-11-01T00:00:00Z')
  const shop = await openShop({ seed: false, now: () => now, scopes: ['read_orders', 'read_products'] })
  const byForm = await token(shop, form(shop), 'application/x-www-form-urlencoded')
  const answer = (await byForm.json()) as { access_token: string }
  expect(answer).toEqual({
    access_token: expect.stringMatching(/^shpat_/),
    scope: 'read_orders,read_products',
    expires_in: 86_399,
  })
  const byJson = await token(
    shop,
    JSON.stringify(Object.fromEntries(new URLSearchParams(form(shop)))),
    'application/json',
  )
  expect(byJson.status).toBe(200)
  const headers = { 'x-shopify-access-token': answer.access_token }
  expect((await shop.ask(SHOP, {}, headers)).status).toBe(200)
  now += 86_400_000
  expect((await shop.ask(SHOP, {}, headers)).status).toBe(401)
})

test('an installed app has a token for an hour, and a refresh token that changes each time; the one before stays until then', async () => {
  let now = Date.parse('2026-11-01T00:00:00Z')
  const shop = await openShop({ seed: false, now: () => now })
  const refresh = async (refresh_token: string) => {
    const response = await token(
      shop,
      form(shop, { grant_type: 'refresh_token', refresh_token }),
      'application/x-www-form-urlencoded',
    )
    return [response.status, (await response.json()) as Record<string, string>] as const
  }
  const status = async (access: string) =>
    (await shop.ask(SHOP, {}, { 'x-shopify-access-token': access })).status
  const installed = await shop.control.install()
  expect(await status(installed.accessToken)).toBe(200)
  now += 3_600_000
  expect(await status(installed.accessToken)).toBe(401)
  const [, second] = await refresh(installed.refreshToken)
  expect(second).toEqual({
    access_token: expect.stringMatching(/^shpat_/),
    scope: expect.stringContaining('read_orders'),
    expires_in: 3_600,
    refresh_token: expect.not.stringMatching(installed.refreshToken),
    refresh_token_expires_in: 7_776_000,
  })
  now += 29 * 86_400_000
  const [, third] = await refresh(installed.refreshToken)
  expect(await status(third['access_token']!)).toBe(200)
  expect((await refresh(third['refresh_token']!))[0]).toBe(200)
  expect(await refresh(installed.refreshToken)).toEqual([400, { error: 'invalid_grant' }])
  await shop.control.uninstall()
  expect(await status(third['access_token']!)).toBe(401)
  expect((await refresh(third['refresh_token']!))[0]).toBe(400)
})

test('a merchant who agrees is sent back with a code, the state, and a signature', async () => {
  const shop = await openShop({ seed: false })
  const asked = new URLSearchParams({
    client_id: shop.clientId,
    scope: 'read_orders',
    redirect_uri: 'http://127.0.0.1:9/callback',
    state: 'abc',
  })
  const response = await fetch(`${shop.url}/admin/oauth/authorize?${asked}`, { redirect: 'manual' })
  const back = new URL(response.headers.get('location')!)
  expect(Object.fromEntries(back.searchParams)).toEqual({
    code: expect.any(String),
    host: expect.any(String),
    shop: 'acme.myshopify.com',
    state: 'abc',
    timestamp: expect.stringMatching(/^\d{10}$/),
    hmac: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  const exchange = () =>
    token(
      shop,
      JSON.stringify({
        client_id: shop.clientId,
        client_secret: shop.clientSecret,
        code: back.searchParams.get('code'),
        expiring: 1,
      }),
      'application/json',
    )
  expect(await (await exchange()).json()).toMatchObject({
    expires_in: 3_600,
    refresh_token: expect.any(String),
  })
  expect((await exchange()).status).toBe(400)
})

test.each([
  ['another secret', { client_secret: 'no' }, 'invalid_client'],
  ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
])('%s gives no token', async (_name, more, error) => {
  const shop = await openShop({ seed: false })
  const response = await token(shop, form(shop, more), 'application/x-www-form-urlencoded')
  expect([response.status, await response.json()]).toEqual([
    400,
    { error, error_description: expect.any(String) },
  ])
})

test.each([
  ['2026-07', '2026-07'],
  ['2026-10', '2026-10'],
  ['2024-01', '2026-04'],
  ['unstable', '2026-04'],
])('version %s is answered by %s, and only the header tells', async (asked, served) => {
  const shop = await openShop({ seed: false })
  const response = await fetch(`${shop.url}/admin/api/${asked}/graphql.json`, {
    method: 'POST',
    headers: { 'x-shopify-access-token': shop.accessToken },
    body: JSON.stringify({ query: SHOP }),
  })
  expect([response.status, response.headers.get('x-shopify-api-version')]).toEqual([200, served])
})

test.each(['/', '/admin/api/graphql.json', '/admin/api/2026-07/orders.json'])(
  '%s is not there',
  async (path) => {
    const shop = await openShop({ seed: false })
    expect((await fetch(`${shop.url}${path}`, { method: 'POST' })).status).toBe(404)
  },
)

test('what can be checked of a connection', async () => {
  const shop = await openShop({ seed: false, scopes: ['read_orders'] })
  const data = await shop.data(
    '{ shop { id name myshopifyDomain currencyCode ianaTimezone taxesIncluded plan { publicDisplayName shopifyPlus } } currentAppInstallation { accessScopes { handle } } publicApiVersions { handle displayName supported } }',
  )
  expect(data.currentAppInstallation).toEqual({ accessScopes: [{ handle: 'read_orders' }] })
  expect(data.shop).toMatchObject({ myshopifyDomain: 'acme.myshopify.com', currencyCode: 'USD' })
  expect(data.publicApiVersions.map(({ handle }: { handle: string }) => handle)).toContain('2026-07')
})

test('calls are counted by operation', async () => {
  const shop = await openShop({ seed: false })
  await shop.ask('query One { shop { id } }')
  await shop.ask('query One { shop { id } }')
  await shop.ask('{ shop { id } }')
  expect(await shop.control.stats()).toMatchObject({ calls: 3, byOperation: { One: 2, anonymous: 1 } })
  await shop.control.resetStats()
  expect(await shop.control.stats()).toMatchObject({ calls: 0, byOperation: {} })
})
