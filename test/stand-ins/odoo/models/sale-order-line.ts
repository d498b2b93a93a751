import { type Env, type Hooks, sudo, type Values } from '../env.ts'
import { userError } from '../errors.ts'
import type { Json } from '../json.ts'
import { displayName } from '../read.ts'
import type { Row } from '../store.ts'
import { storeComputed } from '../write.ts'
import { currencyDigits, isGoods, LINES, ORDERS, recompute, saleOrder } from './sale-order.ts'
import { lineAmounts } from './taxes.ts'

/** Names that 19.0 changed. */
const names = (env: Env) =>
  env.db.version === '19.0'
    ? ({ taxes: 'tax_ids', uom: 'product_uom_id' } as const)
    : ({ taxes: 'tax_id', uom: 'product_uom' } as const)

const AMOUNT_FIELDS: ReadonlySet<string> = new Set([
  ...[
    'product_uom_qty',
    'price_unit',
    'discount',
    'tax_id',
    'tax_ids',
    'order_id',
    'product_id',
    'display_type',
  ],
])

const ofOrder =
  (field: string) =>
  (env: Env, row: Row): Json =>
    env.db.store.get(ORDERS, Number(row.order_id))?.[field] ?? false

export const saleOrderLine: Hooks = {
  order: 'order_id, sequence, id',
  displayName: (env, row) => {
    const order = env.db.store.get(ORDERS, Number(row.order_id))
    return `${order?.name} - ${String(row.name).split('\n')[0]}`
  },
  computed: {
    state: ofOrder('state'),
    company_id: ofOrder('company_id'),
    order_partner_id: ofOrder('partner_id'),
    salesman_id: ofOrder('user_id'),
    currency_id: (env, row) =>
      saleOrder.computed!.currency_id!(env, env.db.store.get(ORDERS, Number(row.order_id))!),
    product_template_id: (env, row) =>
      env.db.store.get('product.product', Number(row.product_id))?.product_tmpl_id ?? false,
  },
  defaults(env, given) {
    const { taxes, uom } = names(env)
    const product = env.db.store.get('product.product', Number(given.product_id))
    const template = env.db.store.get('product.template', Number(product?.product_tmpl_id))
    const isText = typeof given.display_type === 'string'
    return {
      name:
        given.name ||
        (product === undefined ? (isText ? false : ' ') : displayName(env, 'product.product', product)),
      sequence: given.sequence ?? 10,
      product_uom_qty: given.product_uom_qty ?? (isText ? 0 : 1),
      price_unit: given.price_unit ?? Number(template?.list_price ?? 0),
      discount: given.discount ?? 0,
      customer_lead: given.customer_lead ?? 0,
      [taxes]: given[taxes] ?? (isText ? [] : (template?.taxes_id ?? [])),
      [uom]: given[uom] ?? (isText ? false : (template?.uom_id ?? false)),
    }
  },
  created(env, row) {
    computeLine(env, row.id)
    recompute(env, Number(row.order_id))
    mailOfChange(env, row, Number(row.product_uom_qty) !== 0)
  },
  written(env, before, changed) {
    const row = env.db.store.get(LINES, before.id)!
    checkUnlocked(env, row, changed)
    if (changed.has('product_id') && row.product_id !== before.product_id) {
      const { taxes, uom } = names(env)
      const fresh = saleOrderLine.defaults!(env, { product_id: row.product_id ?? false })
      const derived: Record<string, Json> = {}
      for (const name of ['name', 'price_unit', taxes, uom])
        if (!changed.has(name)) derived[name] = fresh[name]!
      storeComputed(env, LINES, row.id, derived)
    }
    if ([...changed].some((name) => AMOUNT_FIELDS.has(name))) {
      computeLine(env, row.id)
      recompute(env, Number(row.order_id))
      if (before.order_id !== row.order_id) recompute(env, Number(before.order_id))
    }
    mailOfChange(env, row, before.product_uom_qty !== row.product_uom_qty)
  },
  unlinking(env, row) {
    if (env.db.store.get(ORDERS, Number(row.order_id))?.state !== 'sale') return
    throw userError(
      "Once a sales order is confirmed, you can't remove one of its lines (we need to track if something gets invoiced or delivered).\n" +
        '                Set the quantity to 0 instead.',
    )
  },
  unlinked: (env, row) => recompute(env, Number(row.order_id)),
  rule(env, row) {
    const order = env.db.store.get(ORDERS, Number(row.order_id))
    return order === undefined || saleOrder.rule!(env, order)
  },
}

/** Of a locked order only what is not agreed with the customer may change. */
function checkUnlocked(env: Env, row: Row, changed: ReadonlySet<string>): void {
  if (env.db.store.get(ORDERS, Number(row.order_id))?.locked !== true) return
  const touched = [...changed].filter((name) => AMOUNT_FIELDS.has(name) || name === 'name')
  if (touched.length === 0) return
  throw userError(`It is forbidden to modify the following fields in a locked order:\n${touched.join('\n')}`)
}

function computeLine(env: Env, id: number): void {
  const row = env.db.store.get(LINES, id)!
  const order = env.db.store.get(ORDERS, Number(row.order_id))!
  const price = Number(row.price_unit) * (1 - Number(row.discount ?? 0) / 100) * Number(row.product_uom_qty)
  const taxIds = (row[names(env).taxes] ?? []) as readonly number[]
  const amounts: Values =
    typeof row.display_type === 'string'
      ? { price_subtotal: 0, price_tax: 0, price_total: 0 }
      : (() => {
          const { untaxed, tax, total } = lineAmounts(env, price, taxIds, currencyDigits(env, order))
          return { price_subtotal: untaxed, price_tax: tax, price_total: total }
        })()
  storeComputed(sudo(env), LINES, id, amounts)
}

/** Odoo tells followers of a confirmed order about changed quantities, which needs the address of who changes them. */
function mailOfChange(env: Env, row: Row, quantityChanged: boolean): void {
  const order = env.db.store.get(ORDERS, Number(row.order_id))!
  if (!quantityChanged || order.state !== 'sale') return
  if (isGoods(env, row) && order._delivery !== true) {
    env.db.store.put(ORDERS, { ...order, _delivery: true, id: order.id })
  }
  const user = env.db.store.get('res.users', env.uid)
  const email = env.db.store.get('res.partner', Number(user?.partner_id))?.email
  if (typeof email === 'string' && email !== '') return
  throw userError("Unable to send message, please configure the sender's email address.")
}
