import { describe, expect, test } from 'vitest'
import type { Needs } from '../../../engine/core/model/connector.ts'
import type { JsonValue } from '../../../engine/core/model/json.ts'
import {
  type Answer,
  answer18,
  answer19,
  fault18,
  fault19,
  type Scripted,
  scriptedForTest,
} from './scripted.ts'

const { signal } = new AbortController()
interface Account {
  readonly email: string | false
  readonly companies: readonly number[]
  readonly languages: readonly string[]
  readonly rights: { readonly [model: string]: readonly string[] }
  /** How many days the key lives; null for ever. */
  readonly keyDays: number | null
}

const GOOD: Account = {
  email: 'sync@acme.example',
  companies: [1],
  languages: ['en_US'],
  rights: { 'sale.order': ['read', 'create', 'write'], 'account.tax': ['read'] },
  keyDays: 80,
}

interface Context {
  readonly lang?: string
  readonly allowed_company_ids?: readonly number[]
}

/** What either Odoo says of this account; null: no such model. */
function sayOf(
  account: Account,
  model: string,
  method: string,
  args: { operation?: unknown; context?: Context },
) {
  const { context = {} } = args
  if (context.lang !== undefined && !account.languages.includes(context.lang))
    return { error: 'odoo.exceptions.UserError' }
  if (context.allowed_company_ids?.some((id) => !account.companies.includes(id)))
    return { error: 'odoo.exceptions.AccessError' }
  if (method === 'context_get') return { value: { uid: 6, lang: 'en_US', tz: 'UTC' } }
  if (model === 'res.users')
    return { value: [{ id: 6, login: 'sync', email: account.email, company_ids: account.companies }] }
  if (model === 'res.partner') return { value: [{ id: 1, name: 'Acme' }] }
  if (model === 'res.users.apikeys')
    return { value: [{ id: 1, name: 'tidelock', expiration_date: expiry(account.keyDays) }] }
  const rights = account.rights[model]
  return rights === undefined ? { error: 'absent' } : { value: rights.includes(String(args.operation)) }
}

function expiry(days: number | null): JsonValue {
  if (days === null) return false
  return new Date(Date.now() + days * 86_400_000 + 60_000).toISOString().slice(0, 19).replace('T', ' ')
}

function start(
  version: '18.0' | '19.0',
  account: Account,
  settings: Record<string, string | number>,
): Promise<Scripted> {
  const answer =
    version === '19.0'
      ? answer19((path, body): Answer => {
          const [model, method] = path.split('/') as [string, string]
          const said = sayOf(account, model, method, body as never)
          if (said.error === 'absent')
            return fault19(404, 'werkzeug.exceptions.NotFound', `the model '${model}' does not exist`)
          return said.error !== undefined ? fault19(403, said.error, 'no') : { body: said.value }
        })
      : answer18((call, args, kwargs): Answer => {
          const [model, method] = call.split('/') as [string, string]
          const said = sayOf(account, model, method, { ...kwargs, operation: args[0] } as never)
          if (said.error === 'absent')
            return fault18('odoo.exceptions.UserError', `Object ${model} doesn't exist`)
          return said.error !== undefined
            ? fault18(said.error, 'no')
            : { body: { jsonrpc: '2.0', id: 1, result: said.value } }
        })
  return scriptedForTest(answer, { version, company: 1, language: 'en_US', ...settings })
}

const WRITES_ORDERS: Needs = {
  direction: 'target',
  resource: 'sale.order',
  scopes: { 'sale.order': ['read', 'create', 'write'], 'account.tax': ['read'] },
  since: null,
}

describe.each(['18.0', '19.0'] as const)('before a run, on %s', (version) => {
  test.each<
    [string, Partial<Account>, Record<string, string | number>, readonly (readonly [string, RegExp])[]]
  >([
    ['all is well', {}, {}, []],
    ['the key never ends', { keyDays: null }, {}, []],
    ['the key ends soon', { keyDays: 3 }, {}, [['odoo-key-ends', /"tidelock".*in 3 days/]]],
    ['another version', {}, { version: '17.0' }, [['odoo-version', /is Odoo 1[89]\.0.*says 17\.0/]]],
    ['a language that is missing', {}, { language: 'de_DE' }, [['odoo-language', /de_DE/]]],
    ['a foreign company', {}, { company: 2 }, [['odoo-company', /"sync".*company 2.*allowed: 1/]]],
    ['no email address', { email: false }, {}, [['odoo-user-without-email', /"sync" has no email/]]],
    [
      'a missing right',
      { rights: { 'sale.order': ['read'], 'account.tax': [] } },
      {},
      [
        ['odoo-right', /may not create, write sale\.order/],
        ['odoo-right', /may not read account\.tax/],
      ],
    ],
    [
      'an app that is missing',
      { rights: { 'account.tax': ['read'] } },
      {},
      [['odoo-model', /no model sale\.order/]],
    ],
  ])('%s', async (_, account, settings, expected) => {
    const scripted = await start(version, { ...GOOD, ...account }, settings)
    const problems = await scripted.connection.preflight(WRITES_ORDERS, signal)
    expect(problems.map((problem) => problem.code)).toEqual(expected.map(([code]) => code))
    for (const [index, [, message]] of expected.entries()) expect(problems[index]!.message).toMatch(message)
    expect(problems.every((problem) => problem.hint.length > 20)).toBe(true)
  })

  test('a source needs to be read only, and no email address', async () => {
    const scripted = await start(
      version,
      { ...GOOD, email: false, rights: { 'sale.order': ['read'], 'account.tax': ['read'] } },
      {},
    )
    expect(await scripted.connection.preflight({ ...WRITES_ORDERS, direction: 'source' }, signal)).toEqual([])
  })

  test('what the user may do, in the form of scopes', async () => {
    const scripted = await start(
      version,
      { ...GOOD, rights: { 'sale.order': ['read', 'write', 'unlink'] } },
      {},
    )
    expect(await scripted.connection.grantedScopes(WRITES_ORDERS, signal)).toEqual({
      'sale.order': ['read', 'write', 'unlink'],
      'account.tax': [],
    })
  })
})
