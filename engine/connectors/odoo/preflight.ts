import type { Needs, Problem } from '../../core/model/connector.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { type Client, rowsOf } from './client.ts'
import { ownKeys, stepsOf } from './own-keys.ts'
import { isAllowed, neededOperations } from './rights.ts'

/** What a run would stumble over later: version, language, company, email address, rights, the end of the key. */
export async function preflight(
  client: Client,
  needs: Needs,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const user = await userOf(client, signal)
  const ofContext = [
    ...(await languageProblems(client, signal)),
    ...(await companyProblems(client, user, signal)),
  ]
  return [
    ...(await versionProblems(client, signal)),
    ...ofContext,
    ...emailProblems(user, needs),
    // With a wrong company or language Odoo refuses every call, so rights cannot be asked for.
    ...(ofContext.length === 0 ? await rightProblems(client, user, needs, signal) : []),
    ...(await keyProblems(client, user, signal)),
  ]
}

interface User {
  readonly id: number
  readonly login: string
  /** Whether mail can be sent in the name of the user; null when that cannot be read. */
  readonly hasEmail: boolean | null
  readonly companies: readonly number[]
}

async function userOf(client: Client, signal: AbortSignal): Promise<User> {
  const id = await client.userId(signal)
  const [row] = await bareRead(
    client,
    'res.users',
    [['id', '=', id]],
    ['login', 'email', 'company_ids'],
    signal,
  )
  return {
    id,
    login: String(row?.login ?? client.config.login ?? id),
    hasEmail: row === undefined ? null : typeof row.email === 'string' && row.email.trim() !== '',
    companies: Array.isArray(row?.company_ids) ? row.company_ids.map(Number) : [],
  }
}

/** No rows where Odoo refuses. */
async function bareRead(
  client: Client,
  model: string,
  domain: readonly (readonly (string | number)[])[],
  fields: readonly string[],
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const reply = await client.call({
    model,
    method: 'search_read',
    args: { domain, fields, order: 'id', limit: 100 },
    bare: true,
    purpose: 'read',
    signal,
  })
  return reply.ok ? rowsOf(client, model, reply.value) : []
}

async function versionProblems(client: Client, signal: AbortSignal): Promise<readonly Problem[]> {
  const { version } = await client.server(signal)
  const { config } = client
  if (version === config.version) return []
  return [
    {
      code: 'odoo-version',
      severity: 'error',
      message: `${config.url} is Odoo ${version}, and connection "${config.connection}" says ${config.version}.`,
      hint: `Set settings.version of connection "${config.connection}" to "${version}", validate the mappings again and apply them.`,
    },
  ]
}

async function languageProblems(client: Client, signal: AbortSignal): Promise<readonly Problem[]> {
  const { language, connection } = client.config
  if (language === null) return []
  const refused = await refusedWith(client, { lang: language }, signal)
  if (refused !== 'odoo.exceptions.UserError') return []
  return [
    {
      code: 'odoo-language',
      severity: 'error',
      message: `The language ${language} is not installed in Odoo.`,
      hint: `Install it (Settings, Languages), or change settings.language of connection "${connection}".`,
    },
  ]
}

async function companyProblems(client: Client, user: User, signal: AbortSignal): Promise<readonly Problem[]> {
  const { company, connection } = client.config
  if (company === null || user.companies.includes(company)) return []
  if ((await refusedWith(client, { allowed_company_ids: [company] }, signal)) === null) return []
  return [
    {
      code: 'odoo-company',
      severity: 'error',
      message: `The Odoo user "${user.login}" may not work for company ${company}; allowed: ${user.companies.join(', ') || 'none'}.`,
      hint: `Add the company under Allowed Companies of that user, or change settings.company of connection "${connection}".`,
    },
  ]
}

/** The class of the refusal of a small read in this context, or null. Everybody may read contacts, not everybody the languages. */
async function refusedWith(client: Client, context: JsonObject, signal: AbortSignal): Promise<string | null> {
  const reply = await client.call({
    model: 'res.partner',
    method: 'search_read',
    args: { domain: [['id', '>', 0]], fields: ['name'], limit: 1, order: 'id' },
    bare: true,
    context,
    purpose: 'read',
    signal,
  })
  return reply.ok ? null : reply.fault.name
}

function emailProblems(user: User, needs: Needs): readonly Problem[] {
  if (needs.direction !== 'target' || user.hasEmail !== false) return []
  const operations = neededOperations(needs)
  const writesOrders = ['sale.order', 'sale.order.line'].some((model) =>
    operations.get(model)?.includes('write'),
  )
  if (!writesOrders) return []
  return [
    {
      code: 'odoo-user-without-email',
      severity: 'error',
      message: `The Odoo user "${user.login}" has no email address: Odoo then refuses to change quantities of confirmed orders.`,
      hint: `Set an email address on that user (Settings, Users, or in My Profile).`,
    },
  ]
}

async function rightProblems(
  client: Client,
  user: User,
  needs: Needs,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const [model, needed] of neededOperations(needs)) {
    const operations = needs.direction === 'source' ? (['read'] as const) : needed
    const missing: string[] = []
    for (const operation of operations) {
      const allowed = await isAllowed(client, model, operation, signal)
      if (allowed === null) {
        problems.push(unknownModel(model))
        break
      }
      if (!allowed) missing.push(operation)
    }
    if (missing.length > 0) problems.push(missingRight(user, model, missing))
  }
  return problems
}

function unknownModel(model: string): Problem {
  return {
    code: 'odoo-model',
    severity: 'error',
    message: `Odoo has no model ${model}.`,
    hint: 'Install the app it belongs to, or correct the mapping.',
  }
}

function missingRight(user: User, model: string, operations: readonly string[]): Problem {
  return {
    code: 'odoo-right',
    severity: 'error',
    message: `The Odoo user "${user.login}" may not ${operations.join(', ')} ${model}.`,
    hint: `Give the user a group whose access rights allow just this: ${operations.join(', ')} on ${model} (Settings rights are not needed).`,
  }
}

/** Of several keys the one that ends first is meant. */
async function keyProblems(client: Client, user: User, signal: AbortSignal): Promise<readonly Problem[]> {
  const now = client.host.now()
  const [first] = await ownKeys(client, user.id, signal)
  if (first === undefined || first.endsAt - now > client.config.rotateBeforeMs) return []
  const days = Math.floor((first.endsAt - now) / 86_400_000)
  return [
    {
      code: 'odoo-key-ends',
      severity: 'warning',
      message: `The API key "${first.name}" of the Odoo user "${user.login}" ends on ${new Date(first.endsAt).toISOString().slice(0, 10)} (in ${days} ${days === 1 ? 'day' : 'days'}).`,
      hint: stepsOf(client.config.keySecret),
    },
  ]
}
