import { afterEach, expect, test } from 'vitest'
import { type OpenOptions, type OpenShop, openShop } from './open-shop.ts'

let opened: OpenShop
const open = async (options?: OpenOptions) => {
  opened = await openShop({ seed: false, ...options })
  return opened.connection
}
afterEach(() => opened.close())

const signal = new AbortController().signal
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
const orders = { direction: 'source', resource: 'orders', scopes: ['read_orders'] } as const

test.each([
  ['from the beginning', null, ['read_orders'], ['sixty-day-window']],
  ['61 days back', daysAgo(61), ['read_orders'], ['sixty-day-window']],
  ['59 days back', daysAgo(59), ['read_orders'], []],
  ['from the beginning, all orders granted', null, ['read_orders', 'read_all_orders'], []],
])('orders read %s', async (_name, since, granted, codes) => {
  const connection = await open({ scopes: granted })
  const problems = await connection.preflight({ ...orders, since }, signal)
  expect(problems.map(({ code }) => code)).toEqual(codes)
  for (const problem of problems)
    expect(problem).toMatchObject({ severity: 'error', hint: expect.stringContaining('since') })
})

test.each(['customers', 'variants'])('%s have no window', async (resource) => {
  const connection = await open()
  expect(
    await connection.preflight({ direction: 'source', resource, scopes: [], since: null }, signal),
  ).toEqual([])
})

test('a declared scope that the app lacks is named', async () => {
  const connection = await open({ scopes: ['read_orders', 'read_all_orders'] })
  const needs = { ...orders, scopes: ['read_orders', 'read_customers'], since: null }
  expect(await connection.preflight(needs, signal)).toMatchObject([
    { code: 'missing-scope', severity: 'error', message: expect.stringContaining('read_customers') },
  ])
})

test('what the resource itself needs is looked for, declared or not', async () => {
  const connection = await open({ scopes: ['read_orders'] })
  const problems = await connection.preflight(
    { direction: 'source', resource: 'variants', scopes: [], since: null },
    signal,
  )
  expect(problems.map(({ message }) => message).join()).toContain('read_products')
})

test('a right to write is a right to read', async () => {
  const connection = await open({ scopes: ['write_orders', 'read_all_orders'] })
  expect(await connection.preflight({ ...orders, since: null }, signal)).toEqual([])
})

test('granted scopes are those of the installation', async () => {
  const connection = await open({ scopes: ['read_orders', 'write_products'] })
  expect(await connection.grantedScopes({ ...orders, since: null }, signal)).toEqual([
    'read_orders',
    'write_products',
  ])
})

test('nothing can be written yet, and that is said', async () => {
  const connection = await open()
  const refused = { kind: 'invalid-plan', message: expect.stringContaining('only a source') }
  const shape = { resource: 'orders', fields: {} }
  await expect(connection.upsert({ shape, items: [], signal })).rejects.toMatchObject(refused)
  await expect(
    connection.act({ resource: 'orders', action: 'cancel', ids: [], signal }),
  ).rejects.toMatchObject(refused)
})
