import { describe, expect, test } from 'vitest'
import { edited, type Files, fixture, parse } from './repository.ts'

const sound: Files = { ...fixture('language'), ...apis() }
const ORDERS = 'mappings/shopify-orders.yaml'
const CUSTOMERS = 'mappings/shopify-customers.yaml'
const ODOO = 'mappings/connections/odoo.yaml'
const SHOPIFY = 'mappings/connections/shopify.yaml'
const CHANNELS = 'mappings/channels.yaml'
const SETTINGS = 'temporal.yaml'

function apis(): Files {
  return Object.fromEntries(
    Object.entries(fixture('shapes')).map(([path, text]) => [`mappings/connections/${path}`, text]),
  )
}

/** What an author writes instead of what, and the one fault it gives; ‸ stands where it is shown. */
type Mistake = readonly [what: string, file: string, from: string, to: string, code: string, said: RegExp]

// biome-ignore format: one line a mistake
const YAML: readonly Mistake[] = [
  ['a tab', CUSTOMERS, '  email:', '‸\temail:', 'yaml-tab', /spaces/],
  ['a key twice', CUSTOMERS, '  street2:', '  ‸street:', 'duplicate-key', /"street" stands here twice, first on line 2\d/],
  ['a bracket left open', ORDERS, '{ every: 5m, jitter: 20s }', '‸{ every: 5m, jitter: 20s', 'yaml-syntax', /\{ is never closed/],
  ['a quotation mark left open', ORDERS, 'owner: sales-ops', 'owner: ‸"sales-ops', 'yaml-syntax', /" is never closed/],
  ['a colon in a text', ORDERS, 'owner: sales-ops', 'owner: ‸sales: ops', 'yaml-syntax', /Quote the value/],
  ['no space after a colon', CHANNELS, 'tidelock: 1', '‸tidelock:1', 'yaml-syntax', /space after the colon/],
  ['an anchor', ORDERS, 'resource: orders', 'resource: &x ‸orders', 'yaml-anchor', /&x/],
  ['an alias', ORDERS, 'resource: orders', 'resource: ‸*orders', 'yaml-alias', /\*orders/],
  ['a tag', ORDERS, 'resource: orders', 'resource: !text ‸orders', 'yaml-tag', /!text/],
  ['two documents', CHANNELS, 'channels:', '‸---\nchannels:', 'several-documents', /one file for each/],
  ['a number too long to keep', ORDERS, 'product_uom_qty: 1', 'product_uom_qty: ‸12345678901234567890', 'yaml-number', /exactly/],
  ['a list as a key', ORDERS, 'priority: high', '? ‸[a]\n: high', 'yaml-key', /key/],
]

// biome-ignore format: one line a mistake
const LAYOUT: readonly Mistake[] = [
  ['a key too far left', ORDERS, '  date_order:', ' ‸date_order:', 'yaml-syntax', /not indented like those above/],
  ['an item too far left', ORDERS, '    - each: order.shippingLines', '   ‸- each: order.shippingLines', 'yaml-syntax', /same column/],
  ['an item after a key', ORDERS, "    - { when: 'order.test != true', otherwise: test order }\n    -", "    when: 'order.test != true'\n    ‸-", 'yaml-syntax', /A list begins here where a key should stand/],
]

// biome-ignore format: one line a mistake
const QUOTING: readonly Mistake[] = [
  ['a comment inside an expression', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸order.name + " #1"', 'quote-expression', /'order\.name \+ " #1"'/],
  ['a comma inside { }', ORDERS, '{ value: order.note,', '{ value: ‸coalesce(order.note, order.name),', 'quote-expression', /'coalesce\(order\.note, order\.name\)'/],
  ['a bracket inside { }', ORDERS, '{ value: order.note,', '{ value: ‸order.tags[0],', 'quote-expression', /'order\.tags\[0\]'/],
  ['not, unquoted', ORDERS, "{ when: 'order.test != true'", '{ when: ‸!order.test', 'quote-expression', /'!order\.test'/],
  ['not with a space, which YAML drops', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸! order.test', 'quote-expression', /'! order\.test'/],
  ['a choice with ? and :', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸order.test ? "a" : order.name', 'quote-expression', /'order\.test \? "a" : order\.name'/],
  ['a colon inside a text', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸order.name + " no: 1"', 'quote-expression', /'order\.name \+ " no: 1"'/],
  ['a text at the beginning', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸"WEB-" + order.name', 'quote-expression', /'"WEB-" \+ order\.name'/],
  ['an apostrophe inside what is quoted', ORDERS, 'client_order_ref: order.name', `client_order_ref: ‸order.name + ' #1'`, 'quote-expression', /'order\.name \+ '' #1'''/],
  ['a list of YAML', ORDERS, 'tax_ids: line.taxLines.map(t, match("account.tax", "name", table("tax", t.rate)))', 'tax_ids: ‸[line.id, line.sku]', 'quote-expression', /'\[line\.id, line\.sku\]'/],
  ['an @', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸@web', 'quote-expression', /constant: "@web"/],
  ['a percent sign', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸%x', 'quote-expression', /constant: "%x"/],
  ['a backtick', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸`x`', 'quote-expression', /constant: "`x`"/],
  ['an asterisk', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸*order', 'quote-expression', /constant: "\*order"/],
  ['an ampersand', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸&order x', 'quote-expression', /constant: "&order x"/],
]

// biome-ignore format: one line a mistake
const SHAPE: readonly Mistake[] = [
  ['a file that says nothing', CHANNELS, 'channels:', '‸chanels:', 'unknown-kind', /Did you mean "channels"/],
  ['another version of the language', CUSTOMERS, 'tidelock: 1', 'tidelock: ‸2', 'unknown-version', /version 2; version 1/],
  ['no version', CUSTOMERS, 'tidelock: 1\nmapping:', '‸mapping:', 'missing-key', /"tidelock"/],
  ['a key misspelt', ORDERS, 'priority: high', '‸priorty: high', 'unknown-key', /Did you mean "priority"/],
  ['a key misspelt further in', ORDERS, 'identity: line.id', '‸identiy: line.id', 'unknown-key', /Did you mean "identity"/],
  ['a key in the wrong section', ORDERS, '  label: order.name', '  ‸since: 2026-10-01T00:00:00Z', 'unknown-key', /"since" belongs under "source"/],
  ['a key indented too far', ORDERS, '  label: order.name', '  ‸owner: me', 'unknown-key', /top of the file/],
  ['a key that was never known', ORDERS, 'priority: high', '‸xyzzyplugh: high', 'unknown-key', /Known are: tidelock, mapping/],
  ['an alert of an unknown kind', ORDERS, 'silence: {', '‸silense: {', 'unknown-key', /Did you mean "silence"/],
  ['a key too many in an alert', ORDERS, '{ atLeast: 5, within: 1h }', '{ atLeast: 5, within: 1h, ‸withn: 2h }', 'unknown-key', /Did you mean "within"/],
  ['a value out of a list', ORDERS, 'priority: high', 'priority: ‸hihg', 'not-one-of', /high, normal or low.*Did you mean "high"/],
  ['what happens to lines, misspelt', ORDERS, 'gone: { set: { product_uom_qty: 0 } }', 'gone: ‸remvoe', 'not-one-of', /Did you mean "remove"/],
  ['a right that does not exist', ORDERS, 'res.partner: [read, create]', 'res.partner: [read, ‸delete]', 'not-one-of', /read, create, write or unlink/],
  ['a duration in words', ORDERS, 'every: 5m', 'every: ‸5 minutes', 'bad-format', /30s, 5m, 2h, 1d/],
  ['a duration as a number', ORDERS, 'every: 5m', 'every: ‸5', 'wrong-type', /the number 5; expected is a text/],
  ['a share without %', ORDERS, 'rejected: 20%', 'rejected: ‸0.2', 'wrong-type', /expected is a text/],
  ['a day without its zone', ORDERS, 'since: 2026-10-01T00:00:00Z', 'since: ‸2026-10-01', 'bad-format', /with its zone: 2026-10-01T00:00:00Z/],
  ['a name with capitals', CUSTOMERS, 'mapping: shopify-customers', 'mapping: ‸ShopifyCustomers', 'bad-format', /lower case/],
  ['a variable with a hyphen', ORDERS, 'as: line\n', 'as: ‸order-line\n', 'bad-format', /letters, digits and _/],
  ['a version as a number', ODOO, 'version: "19.0"', 'version: ‸19.0', 'wrong-type', /Quote it: "19\.0"/],
  ['a number as a text', ORDERS, 'window: 50', 'window: ‸"50"', 'wrong-type', /Write 50 without quotation marks/],
  ['one where a list is needed', ORDERS, 'shopify: [read_orders, read_customers]', 'shopify: ‸read_orders', 'wrong-shape', /list of rights/],
  ['a condition without its reason', ORDERS, "{ when: 'order.test != true', otherwise: test order }", "‸'order.test != true'", 'wrong-type', /Write \{ when: …, otherwise: … \}/],
  ['a value for the block around it', ORDERS, 'adopt: { by: client_order_ref }', 'adopt: ‸client_order_ref', 'wrong-type', /Write \{ by: "client_order_ref" \}/],
  ['a constant for the first time only', ORDERS, '{ value: order.note, firstTimeOnly: true }', '{ constant: Web, ‸firstTimeOnly: true }', 'unknown-key', /Known are: constant/],
  ['an empty block for a value', ORDERS, '{ value: order.note, firstTimeOnly: true }', '‸{ }', 'wrong-shape', /firstTimeOnly: true/],
  ['one channel where a list is needed', ORDERS, 'notify: [ops, finance]', 'notify: ‸ops', 'wrong-type', /Write \[ops\]/],
  ['a field left empty', ORDERS, 'client_order_ref: order.name', '‸client_order_ref:', 'wrong-shape', /empty/],
  ['a key missing', ORDERS, 'target:\n  connection: odoo\n  resource: sale.order\n  identity: order.id', '‸target:\n  connection: odoo\n  resource: sale.order', 'missing-key', /"target" lacks "identity"/],
  ['two keys missing', ORDERS, 'source:\n  connection: shopify\n  resource: orders\n  as: order', '‸source:\n  connection: shopify', 'missing-key', /"source" lacks "resource" and "as"/],
  ['a line block without its list', ORDERS, '- each: order.shippingLines\n      as: ship', '- ‸as: ship', 'missing-key', /item 3 lacks "each"/],
  ['an alert that notifies nobody', ORDERS, '{ oldestDeadLetter: { olderThan: 1d }, notify: [ops] }', '‸{ oldestDeadLetter: { olderThan: 1d } }', 'missing-key', /lacks "notify"/],
  ['a schedule without a time', ORDERS, 'schedule: { every: 5m, jitter: 20s }', 'schedule: ‸{ jitter: 20s }', 'wrong-shape', /every: 5m/],
  ['a negative limit', ODOO, 'perDay: 50000', 'perDay: ‸-1', 'out-of-range', />= 1/],
  ['a currency in words', ODOO, 'currency: EUR', 'currency: ‸euro', 'bad-format', /three letters/],
  ['a secret as a text', ODOO, 'apiKey: { secret: odoo-key }', 'apiKey: ‸odoo-key', 'wrong-type', /Write \{ secret: NAME \}/],
  ['a setting misspelt', ODOO, 'database: acme', '‸databse: acme', 'unknown-key', /Did you mean "database"/],
  ['a secret from nowhere', SETTINGS, 'from: "env:ODOO_API_KEY"', 'from: ‸ODOO_API_KEY', 'bad-format', /env:NAME/],
]

// biome-ignore format: one line a mistake
const RULES: readonly Mistake[] = [
  ['a connection misspelt', ORDERS, 'connection: shopify', 'connection: ‸shopfy', 'unknown-connection', /Did you mean "shopify"/],
  ['rights at no connection', ORDERS, '  shopify: [', '  ‸shopfy: [', 'unknown-connection', /Did you mean "shopify"/],
  ['a connector that is not there', SHOPIFY, 'connector: shopify', 'connector: ‸shopware', 'unknown-connector', /shopify/],
  ['two mappings of one name', CUSTOMERS, 'mapping: shopify-customers', 'mapping: shopify-orders', 'duplicate-name', /shopify-(orders|customers)\.yaml/],
  ['two blocks of one name', ORDERS, 'as: ship', 'as: ‸line', 'duplicate-name', /lines are known by it/],
  ['a block named like the record', ORDERS, 'as: ship', 'as: ‸order', 'duplicate-name', /Choose another/],
  ['a block named target', ORDERS, 'as: ship', 'as: ‸target', 'reserved-name', /something else/],
  ['a record named like a word of CEL', CUSTOMERS, 'as: customer', 'as: ‸in', 'reserved-name', /something else/],
  ['a bare word', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸Web', 'bare-word', /order\.Web for a field.*constant: Web/],
  ['bare words', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸Web shop', 'bare-word', /constant: Web shop/],
  ['a quoted bare word', ORDERS, 'client_order_ref: order.name', 'client_order_ref: ‸"Web"', 'bare-word', /constant: Web/],
  ['yes', ORDERS, "when: 'order.cancelledAt != null'", 'when: ‸yes', 'bare-word', /Write true/],
  ['a bare word inside lines', ORDERS, 'product_uom_qty: line.currentQuantity', 'product_uom_qty: ‸currentQuantity', 'bare-word', /line\.currentQuantity/],
  ['a secret nobody declared', ODOO, 'secret: odoo-key', 'secret: ‸odoo-kei', 'undeclared-secret', /Did you mean "odoo-key"/],
  ['a secret that may go nowhere', SETTINGS, '  odoo-key: { from: "env:ODOO_API_KEY", to: [acme.odoo.com] }', '  ‸odoo-key: { from: "env:ODOO_API_KEY" }', 'secret-without-hosts', /to: \[host\]/],
  ['a webhook that may go nowhere', SETTINGS, ', to: [hooks.slack.com]', '', 'secret-without-hosts', /slack-ops/],
  ['a token in a mapping', ORDERS, 'owner: sales-ops', `owner: ‸shpat_${'0123456789abcdef'.repeat(2)}`, 'secret-literal', /\{ secret: NAME \}/],
  ['a password in an address', SETTINGS, 'store: "sqlite:.tidelock/store.db"', 'store: ‸"postgres://me:pass@db.example/x"', 'secret-literal', /secret/],
  ['a channel nobody declared', ORDERS, 'notify: [ops, finance]', 'notify: [ops, ‸finanse]', 'unknown-channel', /Did you mean "finance"/],
  ['a cron line too short', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: ‸"5 8 * *" }', 'bad-cron', /4 fields instead of five/],
  ['an hour that does not exist', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: ‸"0 25 * * *" }', 'bad-cron', /hour cannot be "25"/],
  ['a zone that does not exist', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: "0 8 * * *", timezone: ‸Europe/Bruxelles }', 'unknown-zone', /Europe\/Brussels/],
  ['a schedule without a pause', ORDERS, 'every: 5m', 'every: ‸0s', 'out-of-range', /shortest is 1s/],
  ['silence in no zone', ORDERS, '08:00-18:00 Europe/Brussels"', '08:00-18:00"', 'bad-hours', /MON-FRI 08:00-18:00 Europe\/Brussels/],
  ['silence in hours that run backwards', ORDERS, '"MON-FRI 08:00-18:00 Europe/Brussels"', '‸"MON-FRI 18:00-08:00 Europe/Brussels"', 'bad-hours', /18:00-08:00/],
  ['no default environment', SETTINGS, 'environments:\n  default:', '‸environments:\n  staging:', 'missing-environment', /staging, production/],
  ['an override of nothing', SETTINGS, 'connections: { odoo:', 'connections: { ‸odo:', 'unknown-connection', /Did you mean "odoo"/],
  ['an override that does not fit', SETTINGS, 'database: acme }', '‸databse: acme }', 'unknown-key', /Did you mean "database"/],
  ['an override of the wrong type', SETTINGS, 'database: acme }', 'database: acme, company: ‸one }', 'wrong-type', /whole number/],
]

describe.each([
  ['YAML', YAML],
  ['indentation', LAYOUT],
  ['what YAML does to an expression', QUOTING],
  ['the shape of a file', SHAPE],
  ['between the files', RULES],
])('%s', (_group, mistakes) => {
  test.each(mistakes)('%s', (_what, file, from, to, code, said) => {
    const marked = edited(sound, file, from, to)[file]!
    const at = marked.indexOf('‸')
    const files = { ...sound, [file]: marked.replace('‸', '') }
    const errors = parse(files).diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map((error) => `${error.file}:${error.code}: ${error.message}`)).toHaveLength(1)
    const [error] = errors
    expect(error!.code).toBe(code)
    expect(`${error!.message} ${error!.hint}`).toMatch(said)
    if (at < 0) return
    const before = marked.slice(0, at).split('\n')
    expect(error).toMatchObject({ file, line: before.length, column: before.at(-1)!.length + 1 })
  })
})

test('a secret that nobody uses is a warning', () => {
  const files = edited(
    sound,
    SETTINGS,
    'secrets:',
    'secrets:\n  old-key: { from: "env:OLD", to: [acme.odoo.com] } #',
  )
  expect(parse(files).diagnostics).toMatchObject([
    { code: 'unused-secret', severity: 'warning', file: SETTINGS },
  ])
})

test('no message repeats what looks like a secret', () => {
  const token = `shpat_${'0123456789abcdef'.repeat(2)}`
  const files = edited(sound, ODOO, '{ secret: odoo-key }', token)
  const told = JSON.stringify(parse(edited(files, ODOO, 'perDay: 50000', `perDay: ${token}`)).diagnostics)
  expect(told).toContain('wrong-type')
  expect(told).not.toContain(token)
})

test('every file tells its own faults, whatever the others are like', () => {
  const broken = [
    [ORDERS, 'priority: high', 'priorty: high'],
    [CUSTOMERS, 'connection: shopify', 'connection: shopfy'],
    [ODOO, 'settings:', 'settings: ['],
    [SETTINGS, 'project: acme', 'projekt: acme'],
  ].reduce<Files>((files, [file, from, to]) => edited(files, file!, from!, to!), sound)
  const { diagnostics, partial, repository } = parse(broken)
  expect(new Set(diagnostics.map(({ file }) => file))).toEqual(new Set([ORDERS, CUSTOMERS, ODOO, SETTINGS]))
  expect([partial, repository]).toEqual([null, null])
})

test('what is sound goes on while another file is broken', () => {
  const { partial, repository } = parse(edited(sound, CUSTOMERS, 'owner:', 'ownr:'))
  expect(Object.keys(partial!.mappings)).toEqual(['shopify-orders'])
  expect(partial!.mappingNames).toContain('shopify-customers')
  expect(repository).toBeNull()
})
