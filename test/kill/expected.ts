import type { Flow, ShopCustomer, ShopOrder, ShopVariant } from './flows.ts'
import type { OrderLine, Partner, Product, SaleOrder, Target } from './target.ts'

/** The key of what a flow makes of a source record, or of a part of it. */
export const keyOf = (flow: Flow, id: string, ...part: readonly string[]): string =>
  ['acme', flow.mapping, id, ...part].join('|')

/** Fields that are not as the source says; empty when all are. */
export function faultsOfPartner(flow: Flow, source: ShopCustomer, found: Partner): readonly string[] {
  const { defaultEmailAddress: email, defaultPhoneNumber: phone, defaultAddress: address } = source
  return differing(found, {
    name: `${flow.mark}${source.displayName}`,
    email: email?.emailAddress,
    phone: phone?.phoneNumber ?? address?.phone,
    street: address?.address1,
    city: address?.city,
    zip: address?.zip,
  })
}

export function faultsOfProduct(
  flow: Flow,
  source: ShopVariant,
  found: Product,
  named = true,
): readonly string[] {
  const { title, product } = source
  const name = `${flow.mark}${title === 'Default Title' ? product.title : `${product.title} - ${title}`}`
  return differing(found, {
    ...(named ? { name } : {}),
    default_code: `${flow.mark}${source.sku}`,
    // Odoo lets no two products have one barcode.
    barcode: flow.mark === '' ? source.barcode : null,
    list_price: Number(source.price),
  })
}

export function faultsOfOrder(flow: Flow, source: ShopOrder, found: SaleOrder, target: Target): string[] {
  const states =
    source.cancelledAt !== null
      ? ['cancel']
      : ['PAID', 'PARTIALLY_REFUNDED'].includes(source.displayFinancialStatus)
        ? ['sale']
        : ['draft', 'sale']
  const faults = states.includes(found.state)
    ? []
    : [`state is ${found.state}, expected ${states.join(' or ')}`]
  const customer = source.customer === null ? null : ['acme', flow.customers!, source.customer.id].join('|')
  const partner = customer === null ? undefined : target.keys.get(customer)?.id
  if (source.customer !== null && found.partner_id !== partner)
    faults.push(`partner_id is ${found.partner_id}, expected ${partner}`)
  const ordered = source.createdAt.replace('T', ' ').replace('Z', '')
  if (found.date_order !== ordered) faults.push(`date_order is ${found.date_order}, expected ${ordered}`)
  if (source.cancelledAt !== null) return faults
  const total = Number(source.currentTotalPriceSet.presentmentMoney.amount)
  if (!equal(found.amount_total, total)) faults.push(`adds up to ${found.amount_total}, expected ${total}`)
  for (const item of source.lineItems) {
    const key = target.keys.get(keyOf(flow, source.id, 'line', item.id))
    const line = target.lines.get(key?.id ?? 0)
    if (line === undefined) faults.push(`lacks line ${item.id}`)
    else faults.push(...faultsOfLine(item, line, found))
  }
  return faults
}

function faultsOfLine(
  item: ShopOrder['lineItems'][number],
  line: OrderLine,
  order: SaleOrder,
): readonly string[] {
  const price = Number(item.originalUnitPriceSet.presentmentMoney.amount)
  if (line.order_id !== order.id) return [`line ${item.id} stands on order ${line.order_id}`]
  if (line.product_uom_qty === item.currentQuantity && equal(line.price_unit, price)) return []
  return [
    `line ${item.id} is ${line.product_uom_qty} × ${line.price_unit}, expected ${item.currentQuantity} × ${price}`,
  ]
}

/** Why an order of the shop may have to wait for a person; other classes are a fault. */
export function mayBeParked(source: ShopOrder, why: string): boolean {
  if (why === 'missing-value') return source.lineItems.some(({ sku }) => sku === null)
  // A tip is on no line.
  return why === 'disagrees' && Number(source.totalTipReceivedSet?.presentmentMoney.amount ?? 0) > 0
}

function differing<T extends object>(found: T, wanted: { readonly [K in keyof T]?: unknown }): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const is = found[name as keyof T]
    const expected = value ?? false
    return is === expected || (typeof is === 'number' && equal(is, Number(expected)))
      ? []
      : [`${name} is ${String(is)}, expected ${String(expected)}`]
  })
}

const equal = (a: number, b: number): boolean => Math.abs(a - b) < 0.004
