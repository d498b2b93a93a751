import { checkAccess, userKind } from '../access.ts'
import { type Env, type Hooks, sudo, type Values } from '../env.ts'
import { userError } from '../errors.ts'
import type { Json } from '../json.ts'
import { round } from '../rounding.ts'
import { stampOf, wholeSecond } from '../stamps.ts'
import type { Row } from '../store.ts'
import { rowsOf, storeComputed } from '../write.ts'
import { addressOf } from './partner.ts'

export const ORDERS = 'sale.order'
export const LINES = 'sale.order.line'

export const saleOrder: Hooks = {
  order: 'date_order desc, id desc',
  inverse: { order_line: 'order_id' },
  computed: {
    currency_id: (env, row) => currencyOf(env, row).id,
    country_code: (env) => env.db.store.get('res.country', companyCountry(env))?.code ?? false,
    delivery_count: (_env, row) => (row._delivery === true ? 1 : 0),
    type_name: (_env, row) => (row.state === 'sale' ? 'Sales Order' : 'Quotation'),
  },
  defaults(env, given) {
    const partner = Number(given.partner_id)
    return {
      name: given.name ?? nextName(env),
      state: given.state ?? 'draft',
      date_order: given.date_order ?? wholeSecond(env.stamp),
      company_id: given.company_id ?? 1,
      pricelist_id: given.pricelist_id ?? defaultPricelist(env),
      user_id: given.user_id ?? env.uid,
      partner_invoice_id:
        given.partner_invoice_id || (given.partner_id ? addressOf(env, partner, 'invoice') : false),
      partner_shipping_id:
        given.partner_shipping_id || (given.partner_id ? addressOf(env, partner, 'delivery') : false),
      picking_policy: given.picking_policy ?? 'direct',
      invoice_status: given.invoice_status ?? 'no',
      validity_date: given.validity_date ?? daysAfter(env.stamp, 30),
      ...(given.amount_total === undefined ? { amount_untaxed: 0, amount_tax: 0, amount_total: 0 } : {}),
    }
  },
  created: (env, row) => recompute(env, row.id),
  written(env, before, changed) {
    const row = env.db.store.get(ORDERS, before.id)!
    // Another customer brings its addresses, unless they are given with it.
    if (changed.has('partner_id') && before.partner_id !== row.partner_id) {
      const partner = Number(row.partner_id)
      storeComputed(env, ORDERS, row.id, {
        ...(changed.has('partner_invoice_id')
          ? {}
          : { partner_invoice_id: addressOf(env, partner, 'invoice') }),
        ...(changed.has('partner_shipping_id')
          ? {}
          : { partner_shipping_id: addressOf(env, partner, 'delivery') }),
      })
    }
    if (changed.has('pricelist_id')) recompute(env, row.id)
  },
  unlinking(_env, row) {
    if (row.state === 'draft' || row.state === 'cancel') return
    throw userError(
      'You can not delete a sent quotation or a confirmed sales order. You must first cancel it.',
    )
  },
  rule: (env, row) => userKind(env) !== 'own' || row.user_id === env.uid || row.user_id === false,
  methods: {
    action_confirm: { of: 'records', parameters: [], run: confirm },
    action_cancel: { of: 'records', parameters: [], run: cancel },
    action_draft: {
      of: 'records',
      parameters: [],
      run(env, ids) {
        const cancelled = stateRows(env, ids).filter((row) => row.state === 'cancel' || row.state === 'sent')
        for (const { id } of cancelled) setState(env, id, { state: 'draft' })
        return true
      },
    },
    action_quotation_sent: {
      of: 'records',
      parameters: [],
      run(env, ids) {
        const rows = stateRows(env, ids)
        if (rows.some((row) => row.state !== 'draft')) {
          throw userError('Only draft orders can be marked as sent directly.')
        }
        for (const { id } of rows) setState(env, id, { state: 'sent' })
        return undefined
      },
    },
    action_lock: { of: 'records', parameters: [], run: (env, ids) => locked(env, ids, true) },
    action_unlock: { of: 'records', parameters: [], run: (env, ids) => locked(env, ids, false) },
  },
}

function stateRows(env: Env, ids: readonly number[]): readonly Row[] {
  checkAccess(env, ORDERS, 'write')
  return rowsOf(env, ORDERS, ids)
}

function setState(env: Env, id: number, values: Values): void {
  const row = env.db.store.get(ORDERS, id)!
  env.db.store.put(ORDERS, { ...row, ...values, id, write_date: env.stamp, write_uid: env.uid })
}

/** The order date becomes the moment of the confirmation (observed on 18.0 and 19.0). */
function confirm(env: Env, ids: readonly number[]): Json {
  const rows = stateRows(env, ids)
  if (rows.some((row) => row.state !== 'draft' && row.state !== 'sent')) {
    throw userError('Some orders are not in a state requiring confirmation.')
  }
  for (const row of rows) {
    const goods = linesOf(env, row.id).some((line) => isGoods(env, line))
    setState(env, row.id, {
      state: 'sale',
      invoice_status: 'to invoice',
      date_order: wholeSecond(env.stamp),
      ...(goods ? { _delivery: true } : {}),
    })
  }
  return true
}

/** On 18.0 a confirmed order is not cancelled: the answer is a window that would ask (observed); 19.0 cancels at once. */
function cancel(env: Env, ids: readonly number[]): Json {
  const rows = stateRows(env, ids)
  if (rows.some((row) => row.locked === true)) {
    throw userError('You cannot cancel a locked order. Please unlock it first.')
  }
  const asks = env.db.version === '18.0' && env.context.disable_cancel_warning !== true
  if (asks && rows.some((row) => row.state !== 'draft')) {
    return {
      name: 'Cancel Sales Order',
      view_mode: 'form',
      res_model: 'sale.order.cancel',
      view_id: 1213,
      type: 'ir.actions.act_window',
      context: { default_order_id: rows[0]!.id, mark_so_as_canceled: true, model_description: 'Sales Order' },
      target: 'new',
    }
  }
  for (const { id } of rows) setState(env, id, { state: 'cancel' })
  return true
}

function locked(env: Env, ids: readonly number[], value: boolean): undefined {
  for (const { id } of stateRows(env, ids)) setState(env, id, { locked: value })
}

const daysAfter = (stamp: string, days: number): string =>
  stampOf(Date.parse(`${stamp.slice(0, 10)}T00:00:00Z`) + days * 86_400_000).slice(0, 10)

function nextName(env: Env): string {
  return `S${String(env.db.store.nextNumber('sale.order')).padStart(5, '0')}`
}

function defaultPricelist(env: Env): Json {
  for (const row of env.db.store.all('product.pricelist')) if (row.active !== false) return row.id
  return false
}

const companyCountry = (env: Env): number => Number(env.db.store.get('res.company', 1)?.country_id)

function currencyOf(env: Env, order: Row): Row {
  const pricelist = env.db.store.get('product.pricelist', Number(order.pricelist_id))
  const company = env.db.store.get('res.company', 1)!
  return env.db.store.get('res.currency', Number(pricelist?.currency_id ?? company.currency_id))!
}

export function currencyDigits(env: Env, order: Row): number {
  return Math.max(0, Math.round(-Math.log10(Number(currencyOf(env, order).rounding ?? 0.01))))
}

export function linesOf(env: Env, orderId: number): readonly Row[] {
  return [...env.db.store.having(LINES, 'order_id', orderId)].map((id) => env.db.store.get(LINES, id)!)
}

export function isGoods(env: Env, line: Row): boolean {
  const variant = env.db.store.get('product.product', Number(line.product_id))
  const template = env.db.store.get('product.template', Number(variant?.product_tmpl_id))
  return template?.type === 'consu'
}

/** Totals from the lines. The order is stamped only where a total changes, as stored computed fields are. */
export function recompute(env: Env, orderId: number): void {
  const order = env.db.store.get(ORDERS, orderId)
  if (order === undefined) return
  const digits = currencyDigits(env, order)
  let [untaxed, tax] = [0, 0]
  for (const line of linesOf(env, orderId)) {
    untaxed += Number(line.price_subtotal ?? 0)
    tax += Number(line.price_tax ?? 0)
  }
  storeComputed(sudo(env), ORDERS, orderId, {
    amount_untaxed: round(untaxed, digits),
    amount_tax: round(tax, digits),
    amount_total: round(untaxed + tax, digits),
  })
}
