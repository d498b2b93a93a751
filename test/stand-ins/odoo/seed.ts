import { createHash } from 'node:crypto'
import type { Values } from './env.ts'
import { type Database, type Env, sudo } from './env.ts'
import { addXid } from './external-ids.ts'
import type { Json } from './json.ts'
import { createRecords } from './write.ts'

/** Users by login. The first is the one to work as; the others are for what goes wrong. */
export const LOGINS = {
  app: 'tidelock@acme.example',
  settings: 'admin',
  withoutEmail: 'nomail@acme.example',
  ownDocuments: 'saleslow@acme.example',
} as const

export const PASSWORD = 'admin-password'

export const PRICELISTS = { default: 'Default', usd: 'Web USD', eur: 'Web EUR', gbp: 'Web GBP' } as const

/** Taxes by name: percent, and whether prices include it. `15%` is what new products get. */
export const TAXES: Readonly<Record<string, { readonly percent: number; readonly included: boolean }>> = {
  '15%': { percent: 15, included: false },
  'CA 8.25%': { percent: 8.25, included: false },
  'CA 8.25% incl.': { percent: 8.25, included: true },
  'UK 20%': { percent: 20, included: false },
  'UK 20% incl.': { percent: 20, included: true },
  'DE 19%': { percent: 19, included: false },
  'DE 19% incl.': { percent: 19, included: true },
  'FR 20%': { percent: 20, included: false },
  'FR 20% incl.': { percent: 20, included: true },
  'BE 21%': { percent: 21, included: false },
  'BE 21% incl.': { percent: 21, included: true },
  '0%': { percent: 0, included: false },
}

/** Service products without taxes of their own, found by their code. */
export const SERVICES = { DISCOUNT: 'Discount', SHIPPING: 'Shipping', ROUNDING: 'Rounding' } as const

const COUNTRIES =
  'AT Austria|AU Australia|BE Belgium|BR Brazil|CA Canada|CH Switzerland|CN China|CZ Czech Republic|DE Germany|DK Denmark|ES Spain|FI Finland|FR France|GB United Kingdom|IE Ireland|IN India|IT Italy|JP Japan|KR South Korea|LU Luxembourg|MX Mexico|NL Netherlands|NO Norway|PL Poland|PT Portugal|SE Sweden|SG Singapore|US United States'

const STATES: Readonly<Record<string, string>> = {
  US: 'CA California|NY New York|TX Texas|WA Washington|OR Oregon',
  GB: 'ENG England|SCT Scotland',
  CA: 'ON Ontario|QC Quebec',
  AU: 'NSW New South Wales|VIC Victoria',
  DE: 'BE Berlin|BY Bavaria',
  BR: 'SP São Paulo',
}

const CURRENCIES: readonly (readonly [name: string, symbol: string, rounding: number])[] = [
  ['EUR', '€', 0.01],
  ['USD', '$', 0.01],
  ['GBP', '£', 0.01],
  ['JPY', '¥', 1],
]

/** Id of the fixed record of `base`, `uom` and so on that Odoo itself makes at install. */
type Make = (model: string, values: Values, xid?: string) => number

/** What every Odoo has after install and cannot do without: company, users, countries, currencies, languages, a unit. */
export function seedBase(env: Env): void {
  const make = maker(env)
  for (const [name, symbol, rounding] of CURRENCIES) {
    make('res.currency', { name, symbol, rounding }, `base.${name}`)
  }
  for (const country of COUNTRIES.split('|')) {
    const code = country.slice(0, 2)
    const id = make('res.country', { code, name: country.slice(3) }, `base.${code.toLowerCase()}`)
    for (const state of STATES[code]?.split('|') ?? []) {
      const [stateCode, ...name] = state.split(' ')
      const values = { code: stateCode!, name: name.join(' '), country_id: id }
      make('res.country.state', values, `base.state_${code.toLowerCase()}_${stateCode!.toLowerCase()}`)
    }
  }
  const language = { date_format: '%m/%d/%Y', time_format: '%H:%M:%S', decimal_point: '.', grouping: '[]' }
  const short = { short_time_format: '%H:%M', direction: 'ltr', week_start: '7' }
  make(
    'res.lang',
    { code: 'en_US', name: 'English (US)', url_code: 'en', ...language, ...short },
    'base.lang_en',
  )
  make(
    'res.lang',
    { code: 'de_DE', name: 'German', url_code: 'de', active: false, ...language, ...short },
    'base.lang_de',
  )
  const belgium = idOf(env, 'res.country', 'code', 'BE')
  const partner = make(
    'res.partner',
    { name: 'Acme', is_company: true, email: 'info@acme.example', country_id: belgium },
    'base.main_partner',
  )
  make(
    'res.company',
    {
      ...{ name: 'Acme', currency_id: 1, country_id: belgium, partner_id: partner },
      ...(env.db.version === '18.0' ? { account_opening_date: '2026-01-01' } : {}),
    },
    'base.main_company',
  )
  make(
    'uom.uom',
    env.db.version === '19.0'
      ? { name: 'Units', relative_factor: 1, factor: 1 }
      : { name: 'Units', factor: 1, rounding: 0.01, uom_type: 'reference' },
    'uom.product_uom_unit',
  )
  make('product.category', { name: 'All' }, 'product.product_category_all')
  user(env, LOGINS.settings, 'Mitchell Admin', 'settings', 'admin@acme.example')
  user(env, LOGINS.app, 'Tidelock', 'manager', LOGINS.app)
  user(env, LOGINS.withoutEmail, 'No Mail', 'manager', null)
  user(env, LOGINS.ownDocuments, 'Low Sales', 'own', LOGINS.ownDocuments)
}

/** What the company of the demo has set up for its web shop. */
export function seedShop(env: Env): void {
  const make = maker(env)
  const belgium = idOf(env, 'res.country', 'code', 'BE')
  for (const [name, { percent, included }] of Object.entries(TAXES)) {
    make('account.tax', {
      ...{
        name,
        amount: percent,
        amount_type: 'percent',
        type_tax_use: 'sale',
        company_id: 1,
        country_id: belgium,
      },
      ...{ sequence: 1, price_include_override: included ? 'tax_included' : 'tax_excluded' },
    })
  }
  const company = env.db.store.get('res.company', 1)!
  env.db.store.put('res.company', { ...company, id: 1, account_sale_tax_id: 1 })
  const lists: readonly (readonly [string, string])[] = [
    [PRICELISTS.default, 'EUR'],
    [PRICELISTS.usd, 'USD'],
    [PRICELISTS.eur, 'EUR'],
    [PRICELISTS.gbp, 'GBP'],
  ]
  for (const [name, currency] of lists) {
    make('product.pricelist', {
      name,
      currency_id: idOf(env, 'res.currency', 'name', currency),
      sequence: 16,
    })
  }
  for (const [code, name] of Object.entries(SERVICES)) {
    make('product.product', {
      name,
      default_code: code,
      type: 'service',
      list_price: 0,
      taxes_id: [[6, 0, []]],
    })
  }
  make('crm.team', { name: 'Sales' }, 'sales_team.team_sales_department')
  make('crm.team', { name: 'Website' }, 'sales_team.salesteam_website_sales')
  make('utm.source', { name: 'Web shop' })
}

function maker(env: Env): Make {
  return (model, values, xid) => {
    const [id] = createRecords(sudo(env), model, [values])
    if (xid !== undefined) addXid(env, xid, model, id!)
    return id!
  }
}

export function idOf(env: Env, model: string, field: string, value: Json): number {
  const [id] = env.db.store.having(model, field, value)
  if (id === undefined) throw new Error(`no ${model} with ${field} ${String(value)}`)
  return id
}

function user(env: Env, login: string, name: string, kind: string, email: string | null): void {
  const values = {
    login,
    name,
    email: email ?? false,
    tz: 'Europe/Brussels',
    company_id: 1,
    company_ids: [[6, 0, [1]]],
    notification_type: 'email',
  }
  const [id] = createRecords(sudo(env), 'res.users', [values])
  const password = kind === 'settings' ? { _password: PASSWORD } : {}
  env.db.store.put('res.users', { ...env.db.store.get('res.users', id!)!, ...password, _kind: kind, id: id! })
  if (kind === 'settings') {
    addXid(env, 'base.user_admin', 'res.users', id!)
    addXid(env, 'base.partner_admin', 'res.partner', Number(env.db.store.get('res.users', id!)!.partner_id))
  }
  addKey(env, id!, `key of ${login}`, kind === 'settings' ? null : 89)
}

/** A key of 40 hexadecimal characters that is the same at every start. Only Settings users may have one for ever. */
export function addKey(env: Env, userId: number, name: string, days: number | null): string {
  const key = createHash('sha1').update(`${env.db.name} ${userId} ${name}`).digest('hex')
  const id = env.db.store.nextId('res.users.apikeys')
  const expires =
    days === null
      ? false
      : new Date(Date.parse(`${env.stamp.slice(0, 10)}T12:00:00Z`) + days * 86_400_000)
          .toISOString()
          .slice(0, 19)
          .replace('T', ' ')
  env.db.store.put('res.users.apikeys', {
    ...{
      id,
      name,
      user_id: userId,
      scope: false,
      expiration_date: expires,
      create_date: env.stamp,
      _key: key,
    },
  })
  return key
}

/** The key of a seeded user. */
export function keyOf(db: Database, login: string): string {
  const [userId] = db.store.having('res.users', 'login', login)
  const [id] = db.store.having('res.users.apikeys', 'user_id', userId!)
  return String(db.store.get('res.users.apikeys', id!)!._key)
}
