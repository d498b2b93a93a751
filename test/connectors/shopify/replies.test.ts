import { expect, test } from 'vitest'
import type { HttpReply } from '../../../engine/core/model/connector.ts'
import { openTinyShop, status, type TinyOptions } from './tiny-shop.ts'

const signal = new AbortController().signal

const read = async (options: TinyOptions) => {
  const shop = await openTinyShop(options)
  const page = shop.connection.readPage({
    resource: 'orders',
    selection: { name: { type: 'text' } },
    cursor: null,
    since: '2026-11-01T10:00:00Z',
    limit: 250,
    lookbackMs: 0,
    signal,
  })
  return { ...shop, page }
}
const fault = (code: string, more: object = {}, message = 'refused'): Partial<HttpReply> => ({
  body: JSON.stringify({ errors: [{ message, extensions: { code, ...more } }] }),
})

// Bodies as recorded from, or documented for, the real API.
test.each<[name: string, reply: Partial<HttpReply>, kind: string, words: string]>([
  [
    'a wrong token',
    {
      status: 401,
      body: '{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}',
    },
    'auth-expired',
    'access token',
  ],
  ['a frozen shop', { status: 402, body: '{"errors":"Unavailable Shop"}' }, 'scope-violation', 'frozen'],
  ['an app that is not approved', { status: 403, body: '{}' }, 'scope-violation', 'forbids'],
  ['no such shop', { status: 404, body: '{"errors":"Not Found"}' }, 'scope-violation', 'tiny.myshopify.com'],
  ['a locked shop', { status: 423, body: '{}' }, 'scope-violation', 'locked'],
  ['too many calls', { status: 429, headers: { 'retry-after': '4.0' }, body: '{}' }, 'throttled', '429'],
  ['a security rejection', { status: 430, body: '' }, 'throttled', '430'],
  ['500', { status: 500, body: '' }, 'unavailable', '500'],
  ['502 with HTML', { status: 502, body: '<html></html>' }, 'unavailable', '502'],
  ['HTML in place of an answer', { body: '<html></html>' }, 'unavailable', 'not JSON'],
  ['an answer without data', { body: '{}' }, 'unavailable', 'without data'],
  ['data without the list', { body: '{"data":{"orders":null}}' }, 'unavailable', 'list of orders'],
  [
    'a scope that is missing',
    fault('ACCESS_DENIED', { requiredAccess: '`read_orders` access scope.' }),
    'scope-violation',
    '`read_orders` access scope.',
  ],
  ['an internal error', fault('INTERNAL_SERVER_ERROR', { requestId: 'x' }), 'unavailable', 'internal error'],
  [
    'a field that is gone',
    fault('undefinedField', { typeName: 'Order', fieldName: 'name' }),
    'schema-drift',
    'no field "name" on Order',
  ],
  ['an argument that is gone', fault('argumentNotAccepted'), 'schema-drift', 'argumentNotAccepted'],
  ['a field that became an object', fault('selectionMismatch'), 'schema-drift', 'selectionMismatch'],
  ['a query that is no GraphQL', fault('PARSE_ERROR'), 'bug', 'PARSE_ERROR'],
  [
    'another version than asked for',
    { headers: { 'x-shopify-api-version': '2026-10' }, body: '{"data":{}}' },
    'schema-drift',
    'Shopify answered with version 2026-10',
  ],
])('%s', async (_name, reply, kind, words) => {
  const { page } = await read({ instead: () => reply })
  await expect(page).rejects.toMatchObject({ kind, message: expect.stringContaining(words) })
})

test.each([
  [{ 'retry-after': '4.0' }, 4_000],
  [{ 'retry-after': '0.5' }, 500],
  [{}, 5_000],
])('429 with %o is tried again after %i ms', async (headers, retryAfterMs) => {
  const { page } = await read({ instead: () => ({ status: 429, headers, body: '{}' }) })
  await expect(page).rejects.toMatchObject({ kind: 'throttled', retryAfterMs })
})

test('a filter that was not understood is loud, though records came', async () => {
  const warning = {
    data: { orders: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } },
    extensions: {
      search: [
        {
          path: ['orders'],
          query: 'x',
          warnings: [{ field: '00', message: 'Invalid search field', code: 'invalid_field' }],
        },
      ],
    },
  }
  const { page } = await read({ instead: () => ({ body: JSON.stringify(warning) }) })
  await expect(page).rejects.toMatchObject({ kind: 'bug', message: expect.stringContaining('00') })
})

const THROTTLED: Partial<HttpReply> = {
  body: JSON.stringify({
    errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
    extensions: {
      cost: { requestedQueryCost: 862, actualQueryCost: null, throttleStatus: status(572) },
    },
  }),
}

test('a throttled query is announced with its cost and sent again', async () => {
  const { page, requests, rates } = await read({
    instead: (_asked, count) => (count <= 2 ? THROTTLED : null),
  })
  await expect(page).resolves.toMatchObject({ caughtUp: true })
  expect(requests.map(({ cost }) => cost)).toEqual([10, 862, 862])
  expect(rates).toEqual([
    { kind: 'bucket', available: 572, capacity: 2_000, perSecond: 100 },
    { kind: 'bucket', available: 572, capacity: 2_000, perSecond: 100 },
    { kind: 'bucket', available: 1_990, capacity: 2_000, perSecond: 100 },
  ])
})

test('a query that stays throttled is given back, with the time until the bucket holds enough', async () => {
  const { page, requests } = await read({ instead: () => THROTTLED })
  await expect(page).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 2_900 })
  expect(requests).toHaveLength(6)
})

test('the token goes bare in its own header, and only its name is told to the host', async () => {
  const { page, requests } = await read({})
  await page
  expect(requests[0]).toMatchObject({
    url: 'https://tiny.myshopify.com/admin/api/2026-07/graphql.json',
    headers: { 'x-shopify-access-token': 'shpat_tiny' },
    secrets: ['token'],
    purpose: 'read',
  })
  expect(Object.keys(requests[0]!.headers)).not.toContain('authorization')
})
