import { CHANNELS, CUSTOMERS, type Mistake, ORDERS, PRODUCTS, SETTINGS } from './repository.ts'

// biome-ignore format: one line a mistake
export const FILE_MISTAKES: readonly Mistake[] = [
  ['a file that does not say what it is', CHANNELS, 'channels:', '‸chanels:', 'unknown-kind', /Did you mean "channels"/],
  ['a file of something else', CHANNELS, '', '‸version: 3\nservices: {}\n', 'unknown-kind', /Begin with "tidelock: 1"/],
  ['a file that is a list', CHANNELS, '', '‸- ops\n- finance\n', 'unknown-kind', /Begin with "tidelock: 1"/],
  ['settings in a file of mappings', 'mappings/settings.yaml', '', 'tidelock: 1\n‸project: acme\nenvironments: { default: {} }\n', 'misplaced-file', /temporal\.yaml/],
  ['a mapping in the settings', SETTINGS, '', 'tidelock: 1\n‸connection: acme\nconnector: odoo\n', 'misplaced-file', /below mappings/],
  ['channels in two files', 'mappings/more-channels.yaml', '', 'tidelock: 1\n‸channels:\n  more: { slack: { webhook: { secret: slack-ops } } }\n', 'misplaced-file', /one file/],
  ['no settings', SETTINGS, '', null, 'missing-settings', /temporal\.yaml/],
  ['two mappings of one name', ORDERS, 'mapping: shopify-orders', 'mapping: ‸shopify-customers', 'duplicate-name', /shopify-customers\.yaml/],
  ['two connections of one name', 'mappings/connections/odoo-2.yaml', '', 'tidelock: 1\nconnection: ‸shopify\nconnector: shopify\nsettings: { shop: acme, apiVersion: "2026-07" }\nauth: { accessToken: { secret: shopify-client-id } }\n', 'duplicate-name', /shopify\.yaml/],
  ['a name with capitals', PRODUCTS, 'mapping: shopify-products', 'mapping: ‸ShopifyProducts', 'bad-format', /lower case/],
  ['a name with spaces', PRODUCTS, 'mapping: shopify-products', 'mapping: ‸shopify products', 'bad-format', /lower case/],
  ['a name that begins with a digit', PRODUCTS, 'mapping: shopify-products', 'mapping: ‸3pl-products', 'bad-format', /lower case/],
  ['a name too long for an identifier', PRODUCTS, 'mapping: shopify-products', `mapping: ‸${'shopify-products-'.repeat(8)}x`, 'bad-format', /64|long/],
]

// biome-ignore format: one line a mistake
export const LINK_MISTAKES: readonly Mistake[] = [
  ['a link to no mapping', ORDERS, 'partner_id: coalesce(link("shopify-customers"', 'partner_id: coalesce(link(‸"shopify-customer"', 'unknown-mapping', /Did you mean "shopify-customers"/],
  ['a link to its own records', CUSTOMERS, '', `tidelock: 1
mapping: ‸shopify-customers
source: { connection: shopify, resource: customers, as: customer }
target: { connection: odoo, resource: res.partner, identity: customer.id }
fields: { name: customer.id, parent_id: 'link("shopify-customers", customer.id)' }
scopes: { shopify: [read_customers], odoo: { res.partner: [read, create, write] } }
`, 'link-cycle', /circle/],
  ['a link to what is written elsewhere', ORDERS, 'pricelist_id: match("product.pricelist", "name", table("pricelist", order.presentmentCurrencyCode))', 'pricelist_id: ‸link("shopify-products", order.id)', 'wrong-reference', /product\.pricelist/],
  ['keys that another mapping has', ORDERS, 'mapping: shopify-orders', 'mapping: shopify-orders\nkeys: ‸shopify-customers', 'shared-keys', /keys of its own/],
  ['a move from a mapping that is still there', ORDERS, 'mapping: shopify-orders', 'mapping: shopify-orders\nmoved: { from: ‸shopify-customers }', 'moved-from-itself', /still a mapping of its own/],
  ['a move from its own name', ORDERS, 'mapping: shopify-orders', 'mapping: shopify-orders\nmoved: { from: ‸shopify-orders }', 'moved-from-itself', /called as it is called/],
]

// biome-ignore format: one line a mistake
export const RIGHT_MISTAKES: readonly Mistake[] = [
  ['a right missing', ORDERS, '  odoo: { account.tax: [read], ', '  ‸odoo: { ', 'missing-scope', /Write odoo: \{ account\.tax: \[read\]/],
  ['a right too many', CUSTOMERS, '  odoo: { res.country: [read],', '  ‸odoo: { res.country: [read, write],', 'superfluous-scope', /write on res\.country/],
  ['a shop right missing', ORDERS, '  shopify: [read_customers, read_orders]', '  ‸shopify: [read_orders]', 'missing-scope', /read_customers/],
  ['a shop right too many', CUSTOMERS, '  shopify: [read_customers]', '  ‸shopify: [read_customers, write_customers]', 'superfluous-scope', /write_customers/],
  ['one right for another', CUSTOMERS, '  shopify: [read_customers]', '  ‸shopify: [read_customer]', 'missing-scope', /read_customers/],
  ['no rights at one connection', CUSTOMERS, 'scopes:\n  shopify: [read_customers]\n', '‸scopes:\n', 'missing-scopes', /Write shopify: \[read_customers\]/],
  ['no rights at all', CUSTOMERS, '', `‸tidelock: 1
mapping: shopify-customers
source: { connection: shopify, resource: customers, as: customer }
target: { connection: odoo, resource: res.partner, identity: customer.id }
fields: { name: customer.id }
`, 'missing-scopes', /scopes: \{ shopify: \[read_customers\], odoo: \{ res\.partner: \[read, create, write\] \} \}/],
  ['a right that does not exist', ORDERS, 'res.partner: [read, create, write]', 'res.partner: [read, create, ‸delete]', 'not-one-of', /read, create, write or unlink/],
  ['rights on no model', CUSTOMERS, '  odoo: { res.country: [read],', '  ‸odoo: { res.countries: [read],', 'missing-scope', /res\.country/],
  ['rights at no connection', ORDERS, '  shopify: [', '  ‸shopfy: [', 'unknown-connection', /Did you mean "shopify"/],
  ['rights at a connection that is not used', PRODUCTS, '  odoo: {', '  ‸books: [read]\n  odoo: {', 'unknown-connection', /books/],
]

// biome-ignore format: one line a mistake
export const TIME_MISTAKES: readonly Mistake[] = [
  ['a duration in words', ORDERS, 'every: 5m', 'every: ‸5 minutes', 'bad-format', /30s, 5m, 2h, 1d/],
  ['a duration as a number', ORDERS, 'every: 5m', 'every: ‸5', 'wrong-kind', /the number 5; expected is a text.*30s, 5m, 2h, 1d/],
  ['a duration of unknown unit', ORDERS, 'max: 5m', 'max: ‸5min', 'bad-format', /30s, 5m, 2h, 1d/],
  ['a duration beyond all time', ORDERS, 'every: 5m', 'every: ‸9999999m', 'bad-format', /30s, 5m, 2h, 1d/],
  ['no pause before another try', ORDERS, 'again: [15m, 2h, 1d]', 'again: [15m, 2h, ‸0d]', 'out-of-range', /shortest is 100ms/],
  ['a schedule without a pause', ORDERS, 'every: 5m', 'every: ‸0s', 'out-of-range', /shortest is 1s/],
  ['a schedule without a time', ORDERS, 'schedule: { every: 5m, jitter: 20s }', 'schedule: ‸{ jitter: 20s }', 'wrong-shape', /every: 5m/],
  ['every and cron at once', ORDERS, '{ every: 5m, jitter: 20s }', '‸{ every: 5m, cron: "0 8 * * *" }', 'wrong-shape', /Write one of the two.*every: 5m \} or \{ cron/],
  ['a cron line too short', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: ‸"5 8 * *" }', 'bad-cron', /4 fields instead of five/],
  ['a cron line with seconds', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: ‸"0 5 8 * * *" }', 'bad-cron', /6 fields instead of five/],
  ['an hour that does not exist', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: ‸"0 25 * * *" }', 'bad-cron', /hour cannot be "25"/],
  ['a weekday in another language', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: ‸"0 8 * * MO-FR" }', 'bad-cron', /weekday cannot be "MO-FR"/],
  ['a zone that does not exist', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: "0 8 * * *", timezone: ‸Europe/Bruxelles }', 'unknown-zone', /Europe\/Brussels/],
  ['a zone by its letters', ORDERS, '{ every: 5m, jitter: 20s }', '{ cron: "0 8 * * *", timezone: ‸CEST }', 'unknown-zone', /Europe\/Brussels/],
  ['silence in no zone', ORDERS, 'during: "MON-FRI 08:00-18:00 Europe/Brussels"', 'during: ‸"MON-FRI 08:00-18:00"', 'bad-hours', /MON-FRI 08:00-18:00 Europe\/Brussels/],
  ['silence in hours that run backwards', ORDERS, '"MON-FRI 08:00-18:00 Europe/Brussels"', '‸"MON-FRI 18:00-08:00 Europe/Brussels"', 'bad-hours', /18:00-08:00/],
  ['silence on days in full', ORDERS, '"MON-FRI 08:00-18:00 Europe/Brussels"', '‸"Monday-Friday 08:00-18:00 Europe/Brussels"', 'bad-hours', /MON-FRI/],
  ['quiet hours in no zone', ORDERS, 'notify: [ops, finance], severity', 'notify: [ops, finance], quiet: ‸"MON-SUN 22:00-07:00", severity', 'bad-hours', /22:00-07:00 Europe\/Brussels/],
  ['quiet hours of no length', ORDERS, 'notify: [ops, finance], severity', 'notify: [ops, finance], quiet: ‸"MON-SUN 22:00-22:00 UTC", severity', 'bad-hours', /22:00-22:00/],
  ['escalation to nobody known', ORDERS, 'notify: [ops, finance], severity', 'notify: [ops, finance], escalate: { after: 1h, notify: [‸bos] }, severity', 'unknown-channel', /"bos"/],
  ['failures of something else', ORDERS, 'atLeast: 5, within: 1h', 'atLeast: 5, within: 1h, of: ‸pages', 'not-one-of', /records/],
  ['a day without its zone', ORDERS, 'since: 2026-10-01T00:00:00Z', 'since: ‸2026-10-01', 'bad-format', /with its zone: 2026-10-01T00:00:00Z/],
  ['a day that does not exist', ORDERS, 'since: 2026-10-01T00:00:00Z', 'since: ‸2026-02-30T00:00:00Z', 'bad-format', /with its zone/],
  ['a share without %', ORDERS, 'rejected: 20%', 'rejected: ‸0.2', 'wrong-kind', /expected is a text.*20%/],
  ['a share above all', ORDERS, 'rejected: 20%', 'rejected: ‸200%', 'bad-format', /100%|share/],
]

// biome-ignore format: one line a mistake
export const ALERT_MISTAKES: readonly Mistake[] = [
  ['an alert of an unknown kind', ORDERS, 'silence: {', '‸silense: {', 'unknown-key', /Did you mean "silence"/],
  ['a key too many in an alert', ORDERS, '{ atLeast: 5, within: 1h }', '{ atLeast: 5, within: 1h, ‸withn: 2h }', 'unknown-key', /Did you mean "within"/],
  ['one channel where a list is needed', ORDERS, 'notify: [ops, finance]', 'notify: ‸ops', 'wrong-kind', /Write \[ops\]/],
  ['an alert that notifies nobody', ORDERS, '{ rejected: { share: 5%, within: 1h }, notify: [ops] }', '‸{ rejected: { share: 5%, within: 1h } }', 'missing-key', /lacks "notify"/],
  ['an alert with an empty list of channels', ORDERS, '{ rejected: { share: 5%, within: 1h }, notify: [ops] }', '{ rejected: { share: 5%, within: 1h }, notify: ‸[] }', 'empty', /empty/],
  ['a severity that does not exist', ORDERS, 'severity: critical', 'severity: ‸crit', 'not-one-of', /Did you mean "critical"|info, warning or critical/],
  ['a channel nobody declared', ORDERS, 'notify: [ops, finance]', 'notify: [ops, ‸finanse]', 'unknown-channel', /Did you mean "finance"/],
  ['silence of nothing', ORDERS, 'of: records', 'of: ‸orders', 'not-one-of', /records or runs/],
]
