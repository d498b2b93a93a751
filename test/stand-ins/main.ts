import { parseArgs } from 'node:util'
import { startControl } from './control.ts'
import { startOdoo } from './odoo/server.ts'
import { startShopify } from './shopify/server.ts'

const HELP = `Two local servers that behave like Odoo and Shopify, with seeded data.

  node test/stand-ins/main.ts [--odoo-port P] [--shopify-port Q] [--control-port R]
                              [--odoo-version 18.0|19.0] [--customers N] [--products N] [--orders N]

Prints one JSON line when ready, with addresses and credentials, and stays up until it is stopped.
`

const { values } = parseArgs({
  options: {
    'odoo-port': { type: 'string', default: '0' },
    'shopify-port': { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
    'odoo-version': { type: 'string', default: '19.0' },
    customers: { type: 'string', default: '320' },
    products: { type: 'string', default: '120' },
    orders: { type: 'string', default: '2000' },
    help: { type: 'boolean' },
  },
})

if (values.help === true) {
  process.stdout.write(HELP)
} else {
  const version = values['odoo-version']
  if (version !== '18.0' && version !== '19.0') throw new Error('--odoo-version is 18.0 or 19.0')
  const odoo = await startOdoo({ port: Number(values['odoo-port']), version, database: 'acme' })
  const shopify = await startShopify({
    port: Number(values['shopify-port']),
    seed: {
      customers: Number(values.customers),
      products: Number(values.products),
      orders: Number(values.orders),
    },
  })
  const control = await startControl(
    { odoo: odoo.control, shopify: shopify.control },
    Number(values['control-port']),
  )
  const addresses = {
    odoo: { url: odoo.url, database: odoo.database, login: odoo.login, apiKey: odoo.apiKey },
    shopify: { url: shopify.url, shop: shopify.shop, accessToken: shopify.accessToken },
    control: { url: control.url },
  }
  process.stdout.write(`${JSON.stringify(addresses)}\n`)
  const stop = () =>
    void Promise.all([odoo.close(), shopify.close(), control.close()]).then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
