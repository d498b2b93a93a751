import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Day } from '../day.ts'
import { AUDIT_PATH, SIGNING_KEY } from '../prepare.ts'
import type { Needle } from './search.ts'

/** Every secret that anybody was given during the day. */
export function secretsOf({ shop, odoo, slack, smtp, folder }: Day): readonly Needle[] {
  const storeKey = readFileSync(join(folder, '.tidelock', 'keys'), 'utf8').trim()
  const named: Readonly<Record<string, readonly string[]>> = {
    'a token of the shop': [shop.accessToken],
    'the client secret of the shop': [shop.clientSecret],
    // All tokens that were ever issued begin so.
    'an issued token of the shop': ['shpat_issued', 'shprt_issued'],
    'the address of Slack': [new URL(slack.url).pathname],
    'the password of the mail server': [new URL(smtp.url).password],
    'the address of the receiver': [AUDIT_PATH],
    'the key that signs': [SIGNING_KEY],
    'the key of the store': [storeKey.slice(storeKey.indexOf(':') + 1)],
    'a key of Odoo': [odoo.apiKey, odoo.settingsApiKey, ...odoo.madeKeys()],
  }
  return Object.entries(named).flatMap(([what, values]) =>
    [...new Set(values)].map((value) => ({ kind: 'secret' as const, what, value })),
  )
}
