import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function mappingOf(pair: number): string {
  return `bench-orders-${pair}`
}

/** The same as a hand-written loop does: two fields, a contact, lines with a product. */
const orders = (mapping: string) => `tidelock: 1
mapping: ${mapping}
description: Orders of two lines; customers and products stand in Odoo already.
owner: bench
source:
  connection: shop
  resource: orders
  as: order
  keep:
    - { when: 'order.test != true', otherwise: test order }
target:
  connection: odoo
  resource: sale.order
  identity: order.id
  label: order.name
fields:
  client_order_ref: order.name
  date_order: order.createdAt
  partner_id: match("res.partner", "ref", order.customer.id)
  order_line:
    - each: order.lineItems
      as: line
      identity: line.id
      fields:
        product_id: match("product.product", "default_code", line.sku)
        product_uom_qty: line.currentQuantity
        price_unit: line.originalUnitPriceSet.presentmentMoney.amount
scopes:
  shop: [read_customers, read_orders]
  odoo: { product.product: [read], res.partner: [read], sale.order: [read, create, write], sale.order.line: [read, create, write] }
`

/** A repository of mappings: a store and a task queue of its own, a mapping for each pair. */
export function prepareFolder(
  folder: string,
  addresses: { readonly shop: string; readonly odoo: string },
  taskQueue: string,
  pairs: number,
): void {
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text)
  mkdirSync(join(folder, 'mappings', 'connections'), { recursive: true })
  write('key', 'bench\n')
  for (let pair = 1; pair <= pairs; pair++) write(`mappings/${mappingOf(pair)}.yaml`, orders(mappingOf(pair)))
  write(
    'mappings/connections/shop.yaml',
    `tidelock: 1
connection: shop
connector: shopify
settings: { url: "${addresses.shop}", apiVersion: "2026-07" }
auth: { accessToken: { secret: shop-token } }
`,
  )
  write(
    'mappings/connections/odoo.yaml',
    `tidelock: 1
connection: odoo
connector: odoo
settings: { url: "${addresses.odoo}", database: bench, version: "19.0", company: 1, language: en_US }
auth: { apiKey: { secret: odoo-key } }
`,
  )
  const host = (url: string) => new URL(url).host
  write(
    'temporal.yaml',
    `tidelock: 1
project: bench
environments:
  default:
    temporal: { address: null, namespace: default, taskQueue: ${taskQueue} }
    store: "sqlite:.tidelock/store.db"
secrets:
  shop-token: { from: "file:key", to: ["${host(addresses.shop)}"] }
  odoo-key: { from: "file:key", to: ["${host(addresses.odoo)}"] }
worker: { legBudget: 60s, concurrency: 4 }
`,
  )
}
