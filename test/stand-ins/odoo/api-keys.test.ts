import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OdooStandIn, startOdoo } from './server.ts'
import { speakTo } from './speak.ts'

const NOW = Date.parse('2026-11-26T12:00:00Z')
const MODEL = 'res.users.apikeys'

let odoo: OdooStandIn

beforeAll(async () => {
  odoo = await startOdoo({ version: '19.0', now: () => NOW })
})
afterAll(() => odoo.close())
beforeEach(() => odoo.control.setKeyMaking({ mode: 'everybody' }))

const asked = { scope: 'rpc', name: 'new', expiration_date: '2027-02-24 11:00:00' }
const generate = (args: object = {}, as: 'app' | 'settings' = 'app') =>
  speakTo(odoo, '19.0', as)(MODEL, 'generate', {
    key: as === 'app' ? odoo.apiKey : odoo.settingsApiKey,
    ...asked,
    ...args,
  })
const revoke = (key: unknown, as: 'app' | 'own' | 'settings' = 'app') =>
  speakTo(odoo, '19.0', as)(MODEL, 'revoke', { key: String(key) })
const taken = async (key: unknown) =>
  (
    await fetch(`${odoo.url}/json/2/res.users/context_get`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `bearer ${key}` },
      body: '{}',
    })
  ).status === 200

test('a build without it answers as to any method it does not know', async () => {
  await odoo.control.setKeyMaking({ mode: 'absent' })
  await expect(generate()).rejects.toThrow(
    `werkzeug.exceptions.NotFound: The method '${MODEL}.generate' does not exist`,
  )
  await expect(revoke(odoo.apiKey)).rejects.toThrow('NotFound')
})

test('a key is made, taken, seen by its user, and ends with its revocation', async () => {
  const key = await generate()
  expect(key).toMatch(/^[0-9a-f]{40}$/)
  expect(await taken(key)).toBe(true)
  const rows = await speakTo(odoo, '19.0')(MODEL, 'search_read', {
    domain: [['name', '=', 'new']],
    fields: ['name', 'scope', 'expiration_date'],
  })
  expect(rows).toEqual([
    { id: expect.any(Number), ...{ name: 'new', scope: 'rpc' }, expiration_date: asked.expiration_date },
  ])
  await expect(revoke(key, 'own')).rejects.toThrow('odoo.exceptions.AccessError')
  expect(await revoke(key)).toBe(true)
  expect(await taken(key)).toBe(false)
  await expect(revoke(key)).rejects.toThrow('odoo.exceptions.AccessDenied')
})

test('Settings users may when others may not, and end the keys of others', async () => {
  const theirs = await generate()
  await odoo.control.setKeyMaking({ mode: 'settings' })
  await expect(generate()).rejects.toThrow('odoo.exceptions.UserError: Programmatic API keys are not enabled')
  const lasting = await generate({ expiration_date: null }, 'settings')
  expect(await taken(lasting)).toBe(true)
  expect(await revoke(lasting, 'settings')).toBe(true)
  expect(await revoke(theirs, 'settings')).toBe(true)
})

test.each([
  ['the key of somebody else', { key: 'f'.repeat(40) }, 'odoo.exceptions.AccessDenied'],
  [
    'more than three months',
    { expiration_date: '2027-02-25' },
    'ValidationError: You cannot exceed 90.0 days.',
  ],
  ['no end', { expiration_date: null }, 'ValidationError: The API key must have an expiration date'],
  ['a date of another form', { expiration_date: '2027-02-01T00:00:00Z' }, 'builtins.ValueError'],
])('refused: %s', async (_, args, error) => {
  await expect(generate(args)).rejects.toThrow(error)
})

test('all four arguments are needed', async () => {
  await expect(speakTo(odoo, '19.0')(MODEL, 'generate', { key: odoo.apiKey })).rejects.toThrow(
    "missing a required argument: 'scope'",
  )
})

test('a date that is past gives a key that is dead, and so does an unknown scope', async () => {
  for (const dead of [await generate({ expiration_date: '2026-01-01' }), await generate({ scope: 'foo' })])
    expect(await taken(dead)).toBe(false)
})

test('a user has ten live keys at most', async () => {
  const made: unknown[] = []
  const fill = async () => {
    for (;;) made.push(await generate())
  }
  await expect(fill()).rejects.toThrow('Limit of 10 API keys is reached for programmatic creation')
  await revoke(made[0])
  expect(await generate()).toMatch(/^[0-9a-f]{40}$/)
})
