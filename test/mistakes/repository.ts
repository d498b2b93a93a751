import { changed, filesOf } from '../core/compile/repository.ts'

export type Files = Readonly<Record<string, string>>

export const ORDERS = 'mappings/shopify-orders.yaml'
export const CUSTOMERS = 'mappings/shopify-customers.yaml'
export const PRODUCTS = 'mappings/shopify-products.yaml'
export const ODOO = 'mappings/connections/odoo.yaml'
export const SHOPIFY = 'mappings/connections/shopify.yaml'
export const CHANNELS = 'mappings/channels.yaml'
export const SETTINGS = 'temporal.yaml'

/**
 * What an author writes instead of what, and the one fault it gives; ‸ stands where it is shown. `from` empty: the whole file.
 * `to` null: the file is not there.
 */
export type Mistake = readonly [
  what: string,
  file: string,
  from: string,
  to: string | null,
  code: string,
  said: RegExp,
]

const shipped = filesOf('.')

/** The shipped repository with what it does without: channels, alerts, readiness, a second environment. */
export const COMPLETE: Files = [
  [
    SETTINGS,
    'secrets:',
    `  production:
    temporal: { address: tidelock.acme.tmprl.cloud:7233, namespace: acme-sync, tls: { cert: { secret: temporal-crt }, key: { secret: temporal-key } }, codec: { keys: { secret: codec-keys } } }
    store: { url: { secret: database-url } }
    connections: { odoo: { settings: { url: https://acme.odoo.com, database: acme } } }
secrets:`,
  ],
  [
    SETTINGS,
    '\nworker:',
    `
  slack-ops: { from: "env:SLACK_WEBHOOK_URL", to: [hooks.slack.com] }
  smtp-url: { from: "env:SMTP_URL", to: [smtp.acme.example] }
  temporal-crt: { from: "file:/run/secrets/temporal.crt" }
  temporal-key: { from: "file:/run/secrets/temporal.key" }
  database-url: { from: "env:DATABASE_URL" }
  codec-keys: { from: "exec:vault kv get -field=keys secret/tidelock" }
worker:`,
  ],
  [
    ORDERS,
    '\ntests:',
    `drift: { added: info, unused: info, mapped: halt }

alerts:
  - { failures: { atLeast: 5, within: 1h }, notify: [ops, finance], severity: critical }
  - { silence: { of: records, longerThan: 3h, during: "MON-FRI 08:00-18:00 Europe/Brussels" }, notify: [ops] }
  - { rejected: { share: 5%, within: 1h }, notify: [ops] }

readiness:
  saves: { hoursPerWeek: 6, hourlyCost: 35 }
  build: { cost: 5000, maintenancePerYear: 1000, approvedBy: cfo@acme.example }
  api: { documentation: https://shopify.dev/docs/api/admin-graphql, stable: true }

tests:`,
  ],
  [
    ODOO,
    '\nauth:',
    '\nlimits: { perSecond: 1, perDay: 50000, reserve: 10% }\nprice: { per1000Calls: 0.40, currency: EUR }\nauth:',
  ],
].reduce<Files>((files, [file, from, to]) => changed(files, file!, from!, to!), {
  ...shipped,
  [CHANNELS]: `tidelock: 1
channels:
  ops: { slack: { webhook: { secret: slack-ops } } }
  finance: { email: { to: [books@acme.example], smtp: { secret: smtp-url } } }
`,
})

/** The files with one mistake in them, ‸ still where it is shown. */
export function mistaken([_what, file, from, to]: Mistake): Files {
  if (to === null) return Object.fromEntries(Object.entries(COMPLETE).filter(([path]) => path !== file))
  if (from === '') return { ...COMPLETE, [file]: to }
  const text = COMPLETE[file]!
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  return { ...COMPLETE, [file]: text.replace(from, () => to) }
}
