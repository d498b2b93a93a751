import type { Day } from '../day.ts'
import type { Needle } from './search.ts'

/** Every secret that anybody was given during the day. */
export function secretsOf({ shop, odoo }: Day): readonly Needle[] {
  const named: Readonly<Record<string, readonly string[]>> = {
    'a token of the shop': [shop.accessToken],
    'the client secret of the shop': [shop.clientSecret],
    'a key of Odoo': [odoo.apiKey, odoo.settingsApiKey, odoo.apiKeyWithoutEmail, odoo.ownDocumentsApiKey],
  }
  return Object.entries(named).flatMap(([what, values]) =>
    [...new Set(values)].map((value) => ({ kind: 'secret' as const, what, value })),
  )
}
