import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SHIPPED } from '../kill/flows.ts'
import { prepareFolder } from '../kill/prepare.ts'
import type { OdooStandIn } from '../stand-ins/odoo/server.ts'
import type { ShopifyStandIn } from '../stand-ins/shopify/server.ts'
import type { Receivers } from './alerts/inbox.ts'
import { channelsText, RULES } from './alerts/rules.ts'
import { PLENTY } from './events/budget.ts'

/** Where the receiver of one's own takes posts: whoever knows it may post. */
export const AUDIT_PATH = '/hooks/9c41f0d7a2'
const OAUTH =
  'auth: { oauth: { clientId: { secret: shopify-client-id }, clientSecret: { secret: shopify-client-secret }, scopes: [read_orders, read_all_orders, read_customers, read_products] } }'
/** Signs what is posted to the receiver of one's own. */
export const SIGNING_KEY = 'signing-key-of-the-audit-0123456789'

/** A repository of the shipped mappings in which everything happens in seconds, with rules for alerts and channels. */
export function prepareDay(
  folder: string,
  {
    shop,
    odoo,
    slack,
    smtp,
    webhook,
  }: { readonly shop: ShopifyStandIn; readonly odoo: OdooStandIn } & Receivers,
): void {
  prepareFolder(folder, { shopify: shop, odoo, control: { url: '' } }, SHIPPED, false)
  for (const [mapping, rules] of Object.entries(RULES))
    edit(folder, `mappings/${mapping}.yaml`, (text) =>
      text.replace(/^tests:/m, `alerts:\n${rules.map((rule) => `  - ${rule}\n`).join('')}\ntests:`),
    )
  // Records that are bad in themselves must not halt a mapping here.
  edit(folder, 'mappings/shopify-products.yaml', (text) =>
    text.replace(/^errors: \{ /m, 'errors: { halt: { rejected: 90%, window: 50 }, '),
  )
  edit(folder, 'mappings/connections/odoo.yaml', (text) =>
    text
      .replace(/^limits: \{ /m, `limits: { perDay: ${PLENTY}, `)
      .replace(/^auth: \{ /m, 'auth: { rotate: { before: 14d }, '),
  )
  edit(folder, 'mappings/connections/shopify.yaml', (text) => text.replace(/^auth: .*$/m, OAUTH))
  edit(folder, 'temporal.yaml', (text) => text.replace(/^ {2}shopify-token: .*\n/m, ''))
  writeFileSync(join(folder, 'mappings', 'channels.yaml'), channelsText())
  const shopHost = new URL(shop.url).host
  const secrets = {
    'shopify-client-id': [shop.clientId, shopHost],
    'shopify-client-secret': [shop.clientSecret, shopHost],
    'slack-ops': [slack.url, slack.host],
    'smtp-url': [smtp.url, smtp.host],
    'audit-url': [new URL(AUDIT_PATH, webhook.url).href, webhook.host],
    'audit-key': [SIGNING_KEY, webhook.host],
  }
  for (const [name, [value, host]] of Object.entries(secrets)) giveSecret(folder, name, value!, [host!])
}

/** A secret in a file, and the hosts it may go to. */
export function giveSecret(folder: string, name: string, value: string, hosts: readonly string[]): void {
  writeFileSync(join(folder, '.tidelock', 'secrets', name), `${value}\n`, { mode: 0o600 })
  const to = hosts.map((host) => `"${host}"`).join(', ')
  edit(folder, 'temporal.yaml', (text) =>
    text.replace(
      /^secrets:$/m,
      `secrets:\n  ${name}: { from: "file:.tidelock/secrets/${name}", to: [${to}] }`,
    ),
  )
}

/** Changes the text of a file of the repository; a change that changes nothing is a mistake. */
export function edit(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file)
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${file} is as it was before.`)
  writeFileSync(path, after)
}

/** What `connect` opens: follows where the shop sends it. */
export function browserIn(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const script = `#!/bin/sh\nexec "${process.execPath}" -e "fetch(process.argv[1])" "$1"\n`
  for (const name of ['xdg-open', 'open']) writeFileSync(join(bin, name), script, { mode: 0o755 })
  return bin
}
