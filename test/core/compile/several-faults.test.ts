import { expect, test } from 'vitest'
import { changed, compileFiles, filesOf } from './repository.ts'

const shipped = filesOf('.')
const ORDERS = 'mappings/shopify-orders.yaml'
const CUSTOMERS = 'mappings/shopify-customers.yaml'

test('the shipped files have no faults and no warnings', () => {
  expect(compileFiles(shipped).diagnostics).toEqual([])
})

test('a broken file does not hide the faults of another', () => {
  const broken = changed(
    changed(shipped, CUSTOMERS, 'fields:', 'fields: ['),
    ORDERS,
    'order.note',
    'order.notte',
  )
  expect(new Set(compileFiles(broken).diagnostics.map(({ file }) => file))).toContain(ORDERS)
})

const told = (files: Readonly<Record<string, string>>) =>
  compileFiles(files).diagnostics.map(({ file, code }) => `${file} ${code}`)

test('a mapping that links to a broken one is checked all the same, and told nothing that follows from it', () => {
  const broken = changed(shipped, CUSTOMERS, 'fields:', 'fields: [')
  expect(told(broken)).toEqual([`${CUSTOMERS} yaml-syntax`])
  expect(
    told(changed(broken, ORDERS, 'client_order_ref: order.name', 'client_order_ref: order.nmae')),
  ).toEqual([`${CUSTOMERS} yaml-syntax`, `${ORDERS} unknown-field`])
})

test.each([
  ['no YAML', 'settings: { shop: acme', 'settings: [ shop: acme', 'yaml-syntax'],
  ['of no kind', 'connection: shopify', 'conection: shopify', 'unknown-kind'],
  ['of the wrong form', 'connector: shopify', 'conector: shopify', 'unknown-key'],
  ['with wrong settings', 'apiVersion: "2026-07"', 'apiVersion: 2026', 'wrong-kind'],
  ['of an unknown connector', 'connector: shopify', 'connector: shopifi', 'unknown-connector'],
])('a connection file that is %s hides only what depends on it', (_what, from, to, code) => {
  const shopify = 'mappings/connections/shopify.yaml'
  const broken = changed(shipped, shopify, from, to)
  expect(told(broken)).toEqual([`${shopify} ${code}`])
  const more = changed(
    changed(broken, ORDERS, 'priority: high', 'priorty: high'),
    CUSTOMERS,
    'every: 5m',
    'every: 0s',
  )
  expect(told(more)).toEqual([`${shopify} ${code}`, `${CUSTOMERS} out-of-range`, `${ORDERS} unknown-key`])
})

test('a fault that follows from another is not told', () => {
  const files = changed(shipped, 'mappings/connections/odoo.yaml', 'version: "19.0"', 'version: 19.0')
  expect(compileFiles(changed(files, CUSTOMERS, 'res.country: [read],', '')).diagnostics).toMatchObject([
    { file: 'mappings/connections/odoo.yaml', code: 'wrong-kind' },
  ])
})
