import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolder } from '../recorded-files.ts'
import type { StandInAddresses } from './stand-ins.ts'

/** The mappings the demo runs, in `link` order. */
export const DEMO_MAPPINGS = ['shopify-customers', 'shopify-products', 'shopify-orders'] as const

/**
 * A repository of mappings to play with: the shipped mappings unchanged, connections and temporal.yaml pointing to the stand-ins.
 * Mappings that are there already stay as their owner edited them; state of an earlier demo is removed, its stand-ins are gone too.
 */
export function prepareDemoFolder(folder: string, addresses: StandInAddresses, odooVersion: string): void {
  const shipped = join(packageFolder(), 'mappings')
  mkdirSync(join(folder, 'mappings', 'connections'), { recursive: true })
  rmSync(join(folder, '.tidelock'), { recursive: true, force: true })
  mkdirSync(join(folder, '.tidelock', 'secrets'), { recursive: true })
  for (const mapping of DEMO_MAPPINGS) {
    const path = join(folder, 'mappings', `${mapping}.yaml`)
    if (!existsSync(path)) cpSync(join(shipped, `${mapping}.yaml`), path)
  }
  const secret = (name: string, value: string) =>
    writeFileSync(join(folder, '.tidelock', 'secrets', name), `${value}\n`, { mode: 0o600 })
  secret('odoo-key', addresses.odoo.apiKey)
  secret('shopify-token', addresses.shopify.accessToken)
  writeFileSync(join(folder, 'mappings', 'connections', 'odoo.yaml'), odooConnection(addresses, odooVersion))
  writeFileSync(join(folder, 'mappings', 'connections', 'shopify.yaml'), shopifyConnection(addresses))
  writeFileSync(join(folder, 'temporal.yaml'), settings(addresses))
  writeFileSync(join(folder, '.gitignore'), '.tidelock/\n')
}

function odooConnection({ odoo }: StandInAddresses, version: string): string {
  return `tidelock: 1
connection: odoo
connector: odoo
settings:
  url: ${odoo.url}
  database: ${odoo.database}
  version: "${version}"
  company: 1
  language: en_US
  timezone: Europe/Brussels
  fixed:
    tidelock.web_guest: { model: res.partner, values: { name: Web guest } }
auth: { login: ${odoo.login}, apiKey: { secret: odoo-key } }
`
}

function shopifyConnection({ shopify }: StandInAddresses): string {
  return `tidelock: 1
connection: shopify
connector: shopify
settings: { url: "${shopify.url}", shop: ${shopify.shop}, apiVersion: "2026-07" }
auth: { accessToken: { secret: shopify-token } }
`
}

function settings(addresses: StandInAddresses): string {
  const host = (url: string) => new URL(url).host
  return `tidelock: 1
project: acme
environments:
  default:
    temporal: { address: null, namespace: default, taskQueue: tidelock }
    store: "sqlite:.tidelock/store.db"
secrets:
  odoo-key: { from: "file:.tidelock/secrets/odoo-key", to: ["${host(addresses.odoo.url)}"] }
  shopify-token: { from: "file:.tidelock/secrets/shopify-token", to: ["${host(addresses.shopify.url)}"] }
worker: { legBudget: 60s, concurrency: 4 }
`
}
