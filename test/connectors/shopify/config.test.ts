import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { configOf } from '../../../engine/connectors/shopify/config.ts'
import { shopify } from '../../../engine/connectors/shopify/index.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, keywords: ['x-address'] })
addFormats.default(ajv)
const fits = ajv.compile(shopify.configSchema)

const token = { accessToken: { secret: 'token' } }
const client = { clientCredentials: { id: { secret: 'id' }, secret: { secret: 'key' } } }
const oauth = {
  oauth: { clientId: { secret: 'id' }, clientSecret: { secret: 'key' }, scopes: ['read_orders'] },
}
const settings = { shop: 'acme', apiVersion: '2026-07' }

test.each<[name: string, settings: JsonObject, auth: JsonObject, fit: boolean]>([
  ['a shop and a token', settings, token, true],
  ['a shop and client credentials', settings, client, true],
  ['a shop and an app that a person connects', settings, oauth, true],
  ['an app that asks for nothing', settings, { oauth: { ...oauth.oauth, scopes: [] } }, false],
  ['an address', { url: 'https://shop.example.com', apiVersion: '2026-07' }, token, true],
  ['an address on this machine', { url: 'http://127.0.0.1:8080', apiVersion: '2026-07' }, token, true],
  ['an address on this machine by name', { url: 'http://localhost/', apiVersion: '2026-07' }, token, true],
  ['plain http elsewhere', { url: 'http://shop.example.com', apiVersion: '2026-07' }, token, false],
  [
    'plain http to a look-alike',
    { url: 'http://localhost.example.com', apiVersion: '2026-07' },
    token,
    false,
  ],
  ['neither shop nor address', { apiVersion: '2026-07' }, token, false],
  ['no version', { shop: 'acme' }, token, false],
  ['a version that is no quarter', { shop: 'acme', apiVersion: '2026-08' }, token, false],
  ['a whole host as the shop', { shop: 'acme.myshopify.com', apiVersion: '2026-07' }, token, false],
  ['a key that is not known', { ...settings, plan: 'plus' }, token, false],
  ['no credentials', settings, {}, false],
  ['both kinds of credentials', settings, { ...token, ...client }, false],
  ['a token in plain sight', settings, { accessToken: 'shpat_0' }, false],
])('a connection file with %s', (_name, settings, auth, fit) => {
  expect(fits({ settings, auth })).toBe(fit)
})

test.each([
  [settings, 'https://acme.myshopify.com'],
  [{ ...settings, url: 'http://127.0.0.1:8080/' }, 'http://127.0.0.1:8080'],
  [{ url: 'https://shop.example.com', apiVersion: '2026-07' }, 'https://shop.example.com'],
])('%o leads to %s', (settings, address) => {
  expect(configOf({ name: 'shop', connector: 'shopify', settings, auth: token }).address).toBe(address)
})
