import { type Env, hooksOf } from './env.ts'
import { accessError } from './errors.ts'
import { MODEL_LABELS } from './labels.ts'
import type { Row } from './store.ts'

export const OPERATIONS = ['read', 'create', 'write', 'unlink'] as const
export type Operation = (typeof OPERATIONS)[number]

/**
 * Kinds of users: `settings` may do anything; `manager` has sales, products and accounting but not Settings; `own` sells, and
 * sees its own orders only.
 */
export type UserKind = 'settings' | 'manager' | 'own'

const EVERYBODY_READS: ReadonlySet<string> = new Set([
  'res.users',
  'res.users.apikeys',
  'res.company',
  'res.country',
  'res.country.state',
  'res.currency',
  'res.lang',
  'res.partner',
  'res.partner.category',
  'product.pricelist',
  'product.template',
  'product.product',
  'product.category',
  'uom.uom',
  'account.tax',
  'crm.team',
  'utm.source',
])

const MANAGED: ReadonlySet<string> = new Set([
  'res.partner',
  'res.partner.category',
  'product.pricelist',
  'product.template',
  'product.product',
  'product.category',
  'uom.uom',
  'account.tax',
  'res.currency',
  'crm.team',
  'utm.source',
])

const SALES: ReadonlySet<string> = new Set(['sale.order', 'sale.order.line'])

export function userKind(env: Env): UserKind {
  return (env.db.store.get('res.users', env.uid)?._kind ?? 'own') as UserKind
}

export function mayAccess(env: Env, model: string, operation: Operation): boolean {
  if (env.su) return true
  if (model === 'res.users.apikeys') return operation === 'read'
  const kind = userKind(env)
  if (kind === 'settings') return true
  if (operation === 'read' && EVERYBODY_READS.has(model)) return true
  if (SALES.has(model)) return kind === 'manager' || operation !== 'unlink' || model === 'sale.order.line'
  return kind === 'manager' && MANAGED.has(model)
}

const VERBS = { read: 'access', create: 'create', write: 'modify', unlink: 'delete' } as const

export function checkAccess(env: Env, model: string, operation: Operation): void {
  if (mayAccess(env, model, operation)) return
  throw accessError(
    `You are not allowed to ${VERBS[operation]} '${MODEL_LABELS[model] ?? model}' (${model}) records.\n\n` +
      `${groups(env, model)}\n\nContact your administrator to request access if necessary.`,
  )
}

function groups(env: Env, model: string): string {
  const is19 = env.db.version === '19.0'
  const names: Readonly<Record<string, readonly string[]>> = {
    'ir.model.data': [is19 ? 'Access Rights' : 'Administration/Access Rights'],
    'res.partner': [is19 ? 'Contact/Creation' : 'Extra Rights/Contact Creation'],
    'product.product': [is19 ? 'Products/Create' : 'Extra Rights/Product Creation'],
    'product.template': [is19 ? 'Products/Create' : 'Extra Rights/Product Creation'],
  }
  const allowed = names[model]
  if (allowed === undefined) return 'No group currently allows this operation.'
  return `This operation is allowed for the following groups:\n${allowed.map((name) => `\t- ${name}`).join('\n')}`
}

/** Whether the record rules let the user see the row. A search leaves it out, an access by id is refused. */
export function isVisible(env: Env, model: string, row: Row): boolean {
  if (env.su) return true
  return hooksOf(env, model).rule?.(env, row) ?? true
}

export function checkVisible(env: Env, model: string, row: Row): void {
  if (isVisible(env, model, row)) return
  const user = env.db.store.get('res.users', env.uid)
  const partner = env.db.store.get('res.partner', Number(user?.partner_id))
  throw accessError(
    `Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, ${partner?.name} (id=${env.uid}) ` +
      `doesn't have 'read' access to:\n- ${MODEL_LABELS[model] ?? model} (${model})\n\n` +
      'If you really, really need access, perhaps you can win over your friendly administrator with a batch of freshly baked cookies.',
  )
}

/** Fields of accounting are not for everybody, even where the record is. */
export function checkFieldAccess(env: Env, model: string, field: string): void {
  if (env.su || model !== 'res.partner' || field !== 'credit_limit' || userKind(env) !== 'own') return
  throw accessError(
    `You do not have enough rights to access the field "${field}" on Contact (${model}). Please contact your system administrator.\n\nOperation: read\nUser: ${env.uid}`,
  )
}
