import { expect, test } from 'vitest'
import { changed, compileFiles, filesOf } from './repository.ts'

const shipped = filesOf('.')
const orders = 'mappings/shopify-orders.yaml'
const customers = 'mappings/shopify-customers.yaml'
const odoo = 'mappings/connections/odoo.yaml'

/** What an author writes by mistake, and the one message it gives: code, and the place as the text that stands there. */
const MISTAKES: readonly (readonly [
  what: string,
  file: string,
  from: string,
  to: string,
  code: string,
  at: string,
])[] = [
  [
    'a field of the source misspelt',
    orders,
    'client_order_ref: order.name',
    'client_order_ref: order.nmae',
    'unknown-field',
    'nmae',
  ],
  [
    'a nested field misspelt',
    orders,
    'order.billingAddress.city',
    'order.billingAddress.citty',
    'unknown-field',
    'citty',
  ],
  [
    'a field of the target misspelt',
    orders,
    'client_order_ref:',
    'client_order_reff:',
    'unknown-target-field',
    'client_order_reff',
  ],
  [
    'a field of the lines misspelt',
    orders,
    'price_unit: line.',
    'price_unitt: line.',
    'unknown-target-field',
    'price_unitt',
  ],
  [
    'a computed field written',
    orders,
    'client_order_ref: order.name',
    'client_order_ref: order.name\n  amount_total: order.totalPriceSet.presentmentMoney.amount',
    'read-only-field',
    'amount_total',
  ],
  [
    'an unknown function',
    orders,
    'pricelist_id: match(',
    'pricelist_id: mtach(',
    'unknown-function',
    'mtach',
  ],
  [
    'an unknown variable',
    customers,
    'email: customer.',
    'email: custommer.',
    'unknown-variable',
    'custommer',
  ],
  ['an unknown table', orders, 'table("pricelist"', 'table("pricelists"', 'unknown-table', '"pricelists"'],
  [
    'a link to no mapping',
    orders,
    'partner_id: coalesce(link("shopify-customers"',
    'partner_id: coalesce(link("shopify-customer"',
    'unknown-mapping',
    '"shopify-customer"',
  ],
  [
    'a model that is not recorded',
    orders,
    'match("product.pricelist", "name"',
    'match("product.pricelists", "name"',
    'unknown-resource',
    '"product.pricelists"',
  ],
  [
    'text into a reference',
    orders,
    'pricelist_id: match("product.pricelist", "name", table("pricelist", order.presentmentCurrencyCode))',
    'pricelist_id: order.presentmentCurrencyCode',
    'wrong-type',
    'order.presentmentCurrencyCode\n',
  ],
  [
    'a reference to the wrong model',
    orders,
    'partner_id: coalesce(link("shopify-customers", order.customer.id), ref("tidelock.web_guest"))     #',
    'partner_id: match("res.country", "code", order.presentmentCurrencyCode) #',
    'wrong-reference',
    'match("res.country", "code", order.presentmentCurrencyCode)',
  ],
  [
    'a selection value misspelt',
    orders,
    '{ constant: invoice }',
    '{ constant: invoce }',
    'unknown-selection',
    '{ constant: invoce }',
  ],
  ['an unknown key', orders, 'priority: high', 'priorty: high', 'unknown-key', 'priorty'],
  ['a value out of a list', orders, 'priority: high', 'priority: hihg', 'not-one-of', 'hihg'],
  ['a bad duration', orders, 'every: 5m', 'every: 5 minutes', 'bad-format', '5 minutes'],
  [
    'a missing key',
    orders,
    '  identity: order.id                         # becomes',
    '  #',
    'missing-key',
    'target:',
  ],
  [
    'a connection misspelt',
    orders,
    'connection: shopify',
    'connection: shopfy',
    'unknown-connection',
    'shopfy',
  ],
  ['a resource misspelt', orders, 'resource: orders', 'resource: order', 'unknown-resource', 'order\n'],
  [
    'an action misspelt',
    orders,
    'call: action_confirm',
    'call: action_confrim',
    'unknown-action',
    'action_confrim',
  ],
  ['a right missing', orders, 'account.tax: [read], ', '', 'missing-scope', 'odoo: { product.pricelist'],
  [
    'a right too many',
    customers,
    'res.country: [read]',
    'res.country: [read, write]',
    'superfluous-scope',
    'odoo: { res.country',
  ],
  [
    'a shop right missing',
    orders,
    '[read_customers, read_orders]',
    '[read_orders]',
    'missing-scope',
    'shopify: [read_orders]',
  ],
  [
    'a required field left out',
    customers,
    '  name: coalesce(customer.displayName, customer.defaultEmailAddress.emailAddress, customer.id)\n',
    '',
    'missing-required-field',
    'fields:',
  ],
  [
    'a secret that is not declared',
    odoo,
    'secret: odoo-key',
    'secret: odoo-kei',
    'undeclared-secret',
    'odoo-kei',
  ],
  [
    'a secret in the file',
    odoo,
    'apiKey: { secret: odoo-key }',
    'apiKey: { secret: odoo-key }, rotate: { before: 14d } }\n# shpat\nprice: { per1000Calls: 1, currency: euro ',
    'bad-format',
    'euro',
  ],
  ['a tab', customers, '  email:', '\temail:', 'yaml-tab', '\temail'],
  [
    'the same key twice',
    customers,
    '  email: customer.defaultEmailAddress.emailAddress',
    '  email: customer.defaultEmailAddress.emailAddress\n  email: customer.note',
    'duplicate-key',
    'email: customer.note',
  ],
  [
    'a comma inside a flow map',
    customers,
    '  email: customer.defaultEmailAddress.emailAddress',
    '  email: { value: coalesce(customer.note, "x"), firstTimeOnly: true }',
    'quote-expression',
    'coalesce(customer.note',
  ],
  [
    'a condition that is none',
    orders,
    "'order.test != true'",
    'order.name',
    'not-a-condition',
    'order.name, otherwise',
  ],
  [
    'keys that another mapping has',
    orders,
    'mapping: shopify-orders',
    'mapping: shopify-orders\nkeys: shopify-customers',
    'shared-keys',
    'shopify-customers\n',
  ],
  [
    'a move from a mapping that is still there',
    orders,
    'mapping: shopify-orders',
    'mapping: shopify-orders\nmoved: { from: shopify-customers }',
    'moved-from-itself',
    'shopify-customers }',
  ],
  [
    'a move from its own name',
    orders,
    'mapping: shopify-orders',
    'mapping: shopify-orders\nmoved: { from: shopify-orders }',
    'moved-from-itself',
    'shopify-orders }',
  ],
  [
    'records recognised by a field that the mapping does not fill',
    customers,
    'adopt: { by: email }',
    'adopt: { by: ref }',
    'adopt-not-filled',
    'ref }',
  ],
  [
    'records recognised by their lines',
    orders,
    'adopt: { by: client_order_ref }',
    'adopt: { by: order_line }',
    'adopt-not-filled',
    'order_line }',
  ],
  [
    'records recognised by a record of their own, which is written after them',
    orders,
    'adopt: { by: client_order_ref }',
    'adopt: { by: [client_order_ref, partner_invoice_id] }',
    'adopt-not-filled',
    '[client_order_ref',
  ],
  [
    'lines recognised by a field that the block does not fill',
    orders,
    '      identity: coalesce(ship.id, ship.title)\n      adopt: { by: product_id }',
    '      identity: coalesce(ship.id, ship.title)\n      adopt: { by: [product_id, discount] }',
    'adopt-not-filled',
    '[product_id',
  ],
  [
    'records recognised by no field at all',
    customers,
    'adopt: { by: email }',
    'adopt: { by: emial }',
    'unknown-target-field',
    'emial',
  ],
  [
    'lines for a plain field',
    customers,
    '  city: customer.defaultAddress.city',
    '  city: [ { each: customer.tags, as: tag, identity: tag, fields: { name: tag } } ]',
    'unrecorded-resource',
    '[ { each',
  ],
]

test.each(MISTAKES)('%s', (_what, file, from, to, code, at) => {
  const files = changed(shipped, file, from, to)
  const errors = compileFiles(files).diagnostics.filter((diagnostic) => diagnostic.severity === 'error')
  const described = errors.map((error) => `${error.code}: ${error.message}`)
  expect(errors, described.join('\n')).toHaveLength(1)
  const [error] = errors
  expect(error!.code).toBe(code)
  const line = files[file]!.split('\n')
    .slice(error!.line - 1)
    .join('\n')
  expect(line.slice(error!.column - 1, error!.column - 1 + at.length)).toBe(at)
})

test('the shipped files have no faults and no warnings', () => {
  expect(compileFiles(shipped).diagnostics).toEqual([])
})

test('a broken file does not hide the faults of another', () => {
  const broken = changed(
    changed(shipped, customers, 'fields:', 'fields: ['),
    orders,
    'order.note',
    'order.notte',
  )
  expect(new Set(compileFiles(broken).diagnostics.map(({ file }) => file))).toContain(orders)
})
