import type { Env, Hooks } from '../env.ts'
import { OdooError, validationError } from '../errors.ts'
import { displayName } from '../read.ts'
import type { Row } from '../store.ts'

const ADDRESS_NAMES: Readonly<Record<string, string>> = {
  invoice: 'Invoice Address',
  delivery: 'Delivery Address',
  other: 'Other Address',
}

export const partner: Hooks = {
  order: 'complete_name, id desc',
  inverse: { child_ids: 'parent_id', user_ids: 'partner_id', sale_order_ids: 'partner_id' },
  displayName: nameOf,
  computed: {
    complete_name: nameOf,
    email_normalized: (_env, row) =>
      typeof row.email === 'string' && row.email.includes('@') ? row.email.trim().toLowerCase() : false,
    commercial_partner_id: (env, row) => commercialPartner(env, row).id,
    company_type: (_env, row) => (row.is_company === true ? 'company' : 'person'),
    country_code: (env, row) => env.db.store.get('res.country', Number(row.country_id))?.code ?? false,
    contact_address: (_env, row) => [row.street, row.street2, row.zip, row.city].filter(Boolean).join('\n'),
  },
  defaults: (env, given) => ({
    type: given.type ?? 'contact',
    lang: given.lang ?? (typeof env.context.lang === 'string' ? env.context.lang : 'en_US'),
  }),
  check(env, row) {
    if (row.type === 'contact' && (row.name === undefined || row.name === false || row.name === '')) {
      throw validationError('The operation cannot be completed: Contacts require a name')
    }
    const seen = new Set<number>([row.id])
    for (let parent = row.parent_id; typeof parent === 'number'; ) {
      if (seen.has(parent)) throw validationError('You cannot create recursive Partner hierarchies.')
      seen.add(parent)
      parent = env.db.store.get('res.partner', parent)?.parent_id ?? false
    }
  },
  unlinking(env, row) {
    for (const id of env.db.store.having('res.users', 'partner_id', row.id)) {
      const user = env.db.store.get('res.users', id)!
      if (user.active === false) continue
      throw new OdooError(
        'odoo.exceptions.RedirectWarning',
        'You cannot delete contacts linked to an active user.\nYou should rather archive them after archiving their associated user.\n\n' +
          `Linked active users : ${String(row.name)}`,
      )
    }
  },
  methods: {
    message_unsubscribe: { of: 'records', parameters: ['partner_ids?'], run: () => undefined },
  },
}

function nameOf(env: Env, row: Row): string {
  const parent = env.db.store.get('res.partner', Number(row.parent_id))
  const own =
    typeof row.name === 'string' && row.name !== '' ? row.name : (ADDRESS_NAMES[String(row.type)] ?? '')
  return parent === undefined || row.is_company === true
    ? own
    : `${displayName(env, 'res.partner', parent)}, ${own}`
}

/** The company behind a contact, or the contact itself. */
export function commercialPartner(env: Env, row: Row): Row {
  const parent = row.is_company === true ? undefined : env.db.store.get('res.partner', Number(row.parent_id))
  return parent === undefined ? row : commercialPartner(env, parent)
}

/** Where to send what: a child of that type, or the partner itself. */
export function addressOf(env: Env, partnerId: number, type: 'invoice' | 'delivery'): number {
  for (const id of [...env.db.store.having('res.partner', 'parent_id', partnerId)].sort((a, b) => a - b)) {
    const child = env.db.store.get('res.partner', id)!
    if (child.type === type && child.active !== false) return id
  }
  return partnerId
}
