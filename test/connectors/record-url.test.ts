import { expect, test } from 'vitest'
import { odoo } from '../../engine/connectors/odoo/index.ts'
import { shopify } from '../../engine/connectors/shopify/index.ts'

const ODOO = {
  name: 'odoo',
  connector: 'odoo',
  settings: { url: 'https://acme.odoo.com/', database: 'acme', version: '19.0' },
  auth: { apiKey: { secret: 'odoo-key' } },
}
const shop = (settings: Record<string, string>) => ({
  name: 'shopify',
  connector: 'shopify',
  settings: { apiVersion: '2026-07', ...settings },
  auth: { accessToken: { secret: 'token' } },
})
const ACME = shop({ shop: 'acme' })
const OWN_ADDRESS = shop({ shop: 'acme', url: 'http://127.0.0.1:4000/' })

test.each([
  ['an order of Odoo', odoo, ODOO, 'sale.order', '42', 'https://acme.odoo.com/odoo/sale.order/42'],
  ['a model of one word', odoo, ODOO, 'motorcycle', '7', 'https://acme.odoo.com/odoo/m-motorcycle/7'],
  ['what is no id of Odoo', odoo, ODOO, 'sale.order', 'S00042', null],
  [
    'an order of a shop',
    shopify,
    ACME,
    'orders',
    'gid://shopify/Order/1042',
    'https://admin.shopify.com/store/acme/orders/1042',
  ],
  [
    'a customer of a shop with an address of its own',
    shopify,
    OWN_ADDRESS,
    'customers',
    'gid://shopify/Customer/7',
    'http://127.0.0.1:4000/admin/customers/7',
  ],
  [
    'a variant, whose page needs more than its key',
    shopify,
    ACME,
    'variants',
    'gid://shopify/ProductVariant/7',
    null,
  ],
  ['what is no key of a shop', shopify, ACME, 'orders', '#1042', null],
])('%s', (_, connector, definition, resource, id, url) => {
  expect(connector.recordUrl(definition, resource, id)).toBe(url)
})
