import { Decimal } from 'decimal.js'
import { deadLetters } from '../../store/dead-letters.ts'
import { prefixText } from '../../temporal/names.ts'
import type { Session } from '../session.ts'
import type { RunningStandIns } from './stand-ins.ts'

interface ShopOrder {
  readonly name: string
  readonly cancelledAt: string | null
  readonly currentTotalPriceSet: { readonly presentmentMoney: { readonly amount: string } }
}

/** Every order Odoo holds against the shop's own total, from the stand-ins' data rather than from anything the engine says. */
export async function compareTotals(
  standIns: RunningStandIns,
  session: Session,
): Promise<{ agreeing: number; parked: number; differing: number }> {
  const shop = await standIns.control<readonly ShopOrder[]>('shopify/orders')
  const odoo = await standIns.control<
    readonly { client_order_ref: string; amount_total: number; state: string }[]
  >('odoo/read', {
    model: 'sale.order',
    fields: ['client_order_ref', 'amount_total', 'state'],
  })
  const letters = await deadLetters(session.store, prefixText(session.prefix), {
    mapping: 'shopify-orders',
    open: true,
    limit: 100_000,
  })
  const parkedNames = new Set(letters.map((letter) => letter.label))
  const byName = new Map(shop.map((order) => [order.name, order]))
  const result = { agreeing: 0, parked: 0, differing: 0 }
  for (const order of odoo) {
    const wanted = byName.get(order.client_order_ref)
    // A cancelled order is out of the books on both sides; the shop's total of it is nothing to compare with.
    if (wanted === undefined || wanted.cancelledAt !== null) continue
    const equal = new Decimal(String(order.amount_total))
      .toDecimalPlaces(2)
      .equals(wanted.currentTotalPriceSet.presentmentMoney.amount)
    if (equal) result.agreeing++
    else if (parkedNames.has(order.client_order_ref)) result.parked++
    else result.differing++
  }
  return result
}
