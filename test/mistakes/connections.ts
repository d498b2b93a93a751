import { CHANNELS, CUSTOMERS, type Mistake, ODOO, ORDERS, SETTINGS, SHOPIFY } from './repository.ts'

const hex = '0123456789abcdef'

// biome-ignore format: one line a mistake
export const CONNECTION_MISTAKES: readonly Mistake[] = [
  ['a connection misspelt', ORDERS, 'connection: shopify', 'connection: ‸shopfy', 'unknown-connection', /Did you mean "shopify"/],
  ['a connector that is not there', SHOPIFY, 'connector: shopify', 'connector: ‸shopware', 'unknown-connector', /shopify/],
  ['a connector misspelt', ODOO, 'connector: odoo', 'connector: ‸oddo', 'unknown-connector', /Did you mean "odoo"/],
  ['a setting misspelt', ODOO, 'database: acme', '‸databse: acme', 'unknown-key', /Did you mean "database"/],
  ['a setting missing', ODOO, 'settings:\n  url: https://acme.odoo.com\n', '‸settings:\n', 'missing-key', /"settings" lacks "url"/],
  ['no settings', SHOPIFY, 'tidelock: 1\nconnection: shopify\nconnector: shopify\nsettings: { shop: acme, apiVersion: "2026-07" }\n', '‸tidelock: 1\nconnection: shopify\nconnector: shopify\n', 'missing-key', /lacks "apiVersion"/],
  ['neither shop nor address', SHOPIFY, '{ shop: acme, apiVersion: "2026-07" }', '‸{ apiVersion: "2026-07" }', 'wrong-shape', /shop: acme/],
  ['a shop by its address', SHOPIFY, 'shop: acme,', 'shop: ‸acme.myshopify.com,', 'bad-format', /before \.myshopify\.com/],
  ['plain http to a far host', ODOO, 'url: https://acme.odoo.com', 'url: ‸http://acme.odoo.com', 'bad-format', /https/],
  ['plain http to a far shop', SHOPIFY, 'shop: acme,', 'url: ‸http://acme.example,', 'bad-format', /on this machine only/],
  ['an address without its scheme', ODOO, 'url: https://acme.odoo.com', 'url: ‸acme.odoo.com', 'bad-format', /https/],
  ['a version of the shop that is no quarter', SHOPIFY, '"2026-07"', '‸"2026-06"', 'bad-format', /quarter/],
  ['a version that is not recorded', SHOPIFY, '"2026-07"', '‸"2025-07"', 'unrecorded-version', /Recorded are: 2026-07/],
  ['a version of Odoo that is not recorded', ODOO, '"19.0"', '‸"17.0"', 'unrecorded-version', /Recorded are: 18\.0, 19\.0/],
  ['Odoo 18 without a login', ODOO, '', 'tidelock: 1\nconnection: odoo\nconnector: odoo\nsettings: { url: https://acme.odoo.com, database: acme, version: "18.0", fixed: { tidelock.web_guest: { model: res.partner, values: { name: Web guest } } } }\n‸auth: { apiKey: { secret: odoo-key } }\n', 'missing-key', /"auth" lacks "login"/],
  ['a language as people say it', ODOO, 'language: en_US', 'language: ‸English', 'bad-format', /en_US/],
  ['a company by its name', ODOO, 'company: 1', 'company: ‸Acme', 'wrong-kind', /a whole number/],
  ['a time zone that does not exist', ODOO, 'timezone: Europe/Brussels', 'timezone: ‸Europe/Bruxelles', 'bad-format', /Europe\/Brussels/],
  ['a fixed record with a name that is none', ODOO, 'tidelock.web_guest: {', '‸web_guest: {', 'bad-name', /name/],
  ['a negative limit', ODOO, 'perDay: 50000', 'perDay: ‸-1', 'out-of-range', />= 1/],
  ['a reserve without %', ODOO, 'reserve: 10%', 'reserve: ‸10', 'wrong-kind', /such as 20%/],
  ['a day of limits in a zone that does not exist', ODOO, 'reserve: 10%', 'reserve: 10%, timezone: ‸Europe/Bruxelles', 'bad-format', /Europe\/Brussels/],
  ['a negative limit in an environment', SETTINGS, 'connections: { odoo: {', 'connections: { odoo: { limits: { perDay: ‸-1 },', 'out-of-range', />= 1/],
  ['a limit misspelt in an environment', SETTINGS, 'connections: { odoo: {', 'connections: { odoo: { limits: { ‸perDya: 5 },', 'unknown-key', /Did you mean "perDay"/],
  ['a day of limits in a zone that does not exist, in an environment', SETTINGS, 'connections: { odoo: {', 'connections: { odoo: { limits: { timezone: ‸Europe/Bruxelles },', 'bad-format', /Europe\/Brussels/],
  ['a way in that the shop does not have', SHOPIFY, 'auth: { clientCredentials: { id: { secret: shopify-client-id }, secret: { secret: shopify-client-secret } } }', 'auth: { clientCredentials: { id: { secret: shopify-client-id }, ‸secrt: { secret: shopify-client-secret } } }', 'unknown-key', /Did you mean "secret"/],
]

// biome-ignore format: one line a mistake
export const SECRET_MISTAKES: readonly Mistake[] = [
  ['an address for a host', SETTINGS, 'to: [acme.odoo.com]', 'to: [‸"https://acme.odoo.com"]', 'bad-format', /without https:\/\//],
  ['a host misspelt', SETTINGS, 'to: [acme.odoo.com]', 'to: [‸acme.odoo.con]', 'secret-other-host', /Did you mean "acme\.odoo\.com"/],
  ['a host of another system', SETTINGS, 'to: [acme.odoo.com]', '‸to: [erp.example]', 'secret-other-host', /Add acme\.odoo\.com/],
  ['a secret by quite another name', ODOO, 'secret: odoo-key', 'secret: ‸erp-password', 'undeclared-secret', /There are: odoo-key/],
  ['a secret as a text', ODOO, 'apiKey: { secret: odoo-key }', 'apiKey: ‸odoo-key', 'wrong-kind', /Write \{ secret: NAME \}/],
  ['a secret nobody declared', ODOO, 'secret: odoo-key', 'secret: ‸odoo-kei', 'undeclared-secret', /Did you mean "odoo-key"/],
  ['a secret that may go nowhere', SETTINGS, '  odoo-key: { from: "env:ODOO_API_KEY", to: [acme.odoo.com] }', '  ‸odoo-key: { from: "env:ODOO_API_KEY" }', 'secret-without-hosts', /to: \[host\]/],
  ['a webhook that may go nowhere', SETTINGS, '  slack-ops: { from: "env:SLACK_WEBHOOK_URL", to: [hooks.slack.com] }', '  ‸slack-ops: { from: "env:SLACK_WEBHOOK_URL" }', 'secret-without-hosts', /slack-ops/],
  ['a secret from nowhere', SETTINGS, 'from: "env:ODOO_API_KEY"', 'from: ‸ODOO_API_KEY', 'bad-format', /env:NAME/],
  ['a secret that nobody uses', SETTINGS, '\n  odoo-key:', '\n  ‸old-key: { from: "env:OLD", to: [acme.odoo.com] }\n  odoo-key:', 'unused-secret', /Remove it/],
  ['a token of Shopify', SHOPIFY, '{ secret: shopify-client-secret }', `‸shpss_${hex}${hex}`, 'secret-literal', /history.*\{ secret: NAME \}/],
  ['a token of Shopify where it is said where a secret comes from', SETTINGS, 'from: "env:ODOO_API_KEY"', `from: ‸shpat_${hex}${hex}`, 'secret-literal', /history/],
  ['a key of digits only', ODOO, 'apiKey: { secret: odoo-key }', 'apiKey: ‸12345678', 'wrong-kind', /"apiKey" is a number; .* secret/],
  ['a token of Shopify in a mapping', ORDERS, 'owner: sales-ops', `owner: ‸shpat_${hex}${hex}`, 'secret-literal', /\{ secret: NAME \}/],
  ['a webhook of Slack', CHANNELS, 'ops: { slack: { webhook: { secret: slack-ops } } }', 'ops: { slack: { webhook: { secret: slack-ops } } }\n  more: { webhook: { url: ‸"https://hooks.slack.com/services/T0001/B0001/abcdefghij" } }', 'secret-literal', /\{ secret: NAME \}/],
  ['a token of Slack', ORDERS, 'owner: sales-ops', 'owner: ‸xoxb-123456789012-abcdefghijkl', 'secret-literal', /\{ secret: NAME \}/],
  ['a key of Odoo', ODOO, 'login: tidelock@acme.example', `login: ‸${hex}${hex}01234567`, 'secret-literal', /\{ secret: NAME \}/],
  ['a key of GitHub', ORDERS, 'owner: sales-ops', `owner: ‸ghp_${hex}${hex}abcd`, 'secret-literal', /\{ secret: NAME \}/],
  ['a key of Stripe', ORDERS, 'owner: sales-ops', `owner: ‸sk_live_${hex}${hex}`, 'secret-literal', /\{ secret: NAME \}/],
  ['a key of AWS', ORDERS, 'owner: sales-ops', 'owner: ‸AKIAIOSFODNN7EXAMPLE', 'secret-literal', /\{ secret: NAME \}/],
  ['a private key', ORDERS, 'owner: sales-ops', 'owner: ‸"-----BEGIN RSA PRIVATE KEY-----"', 'secret-literal', /\{ secret: NAME \}/],
  ['a web token', ORDERS, 'owner: sales-ops', `owner: ‸eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc`, 'secret-literal', /\{ secret: NAME \}/],
  ['a password in an address', SETTINGS, 'store: "sqlite:.tidelock/store.db"', 'store: ‸"postgres://me:pass@db.example/x"', 'secret-literal', /secret/],
  ['a token in a test', CUSTOMERS, 'email: mara.quill@example.com', `email: ‸shpat_${hex}${hex}`, 'secret-literal', /\{ secret: NAME \}/],
]

// biome-ignore format: one line a mistake
export const SETTINGS_MISTAKES: readonly Mistake[] = [
  ['a store that does not say what it is', SETTINGS, 'store: "sqlite:.tidelock/store.db"', 'store: ‸.tidelock/store.db', 'bad-format', /sqlite:PATH/],
  ['no default environment', SETTINGS, 'environments:\n  default:', '‸environments:\n  staging:', 'missing-environment', /staging, production/],
  ['an environment by another spelling', SETTINGS, 'environments:\n  default:', '‸environments:\n  Default:', 'missing-environment', /Default/],
  ['an override of nothing', SETTINGS, 'connections: { odoo:', 'connections: { ‸odo:', 'unknown-connection', /Did you mean "odoo"/],
  ['an override that does not fit', SETTINGS, 'database: acme }', '‸databse: acme }', 'unknown-key', /Did you mean "database"/],
  ['an override of the wrong type', SETTINGS, 'database: acme }', 'database: acme, company: ‸one }', 'wrong-kind', /whole number/],
  ['a key of the settings misspelt', SETTINGS, '\nworker:', '\n‸workr:', 'unknown-key', /Did you mean "worker"/],
  ['half a certificate', SETTINGS, 'tls: { cert: { secret: temporal-crt }, key: { secret: temporal-key } }', '‸tls: { cert: { secret: temporal-crt } }', 'missing-key', /"tls" lacks "key"/],
  ['a project with capitals', SETTINGS, 'project: acme ', 'project: ‸Acme ', 'bad-format', /lower case/],
  ['no worker at all', SETTINGS, 'concurrency: 4', 'concurrency: ‸0', 'out-of-range', />= 1/],
]
