import { Decimal } from 'decimal.js'
import { deadLetters } from '../../store/dead-letters.ts'
import { prefixText } from '../../temporal/names.ts'
import type { Session } from '../session.ts'
import type { RunningStandIns } from './stand-ins.ts'

interface ShopOrder {
  readonly name: string
  readonly test: boolean
  readonly cancelledAt: string | null
  readonly currentTotalPriceSet: { readonly presentmentMoney: { readonly amount: string } }
}

interface OdooOrder {
  readonly client_order_ref: string
  readonly amount_total: number
  readonly state: string
}

/** How the shop's orders stand in Odoo; each is counted once, test orders not at all. */
export interface OrderTotals {
  /** Open at the shop, and in Odoo with the same total to the cent. */
  readonly agreeing: number
  /** Cancelled at the shop, and cancelled in Odoo or never brought there. */
  readonly cancelled: number
  /** Something is amiss, and a dead letter says so. */
  readonly parked: number
  /** Missing, doubled, or with another total or state, and nobody was told. */
  readonly differing: number
}

/** Every order of the shop against Odoo's, from the stand-ins' data rather than from anything the engine says. */
export async function compareTotals(standIns: RunningStandIns, session: Session): Promise<OrderTotals> {
  const shop = await standIns.control<readonly ShopOrder[]>('shopify/orders')
  const odoo = await standIns.control<readonly OdooOrder[]>('odoo/read', {
    model: 'sale.order',
    fields: ['client_order_ref', 'amount_total', 'state'],
  })
  const letters = await deadLetters(session.store, prefixText(session.prefix), {
    mapping: 'shopify-orders',
    open: true,
    limit: 100_000,
  })
  const parkedNames = new Set(letters.map((letter) => letter.label))
  const byName = Map.groupBy(odoo, (order) => order.client_order_ref)
  const result = { agreeing: 0, cancelled: 0, parked: 0, differing: 0 }
  for (const order of shop.filter(({ test }) => !test)) {
    const found = byName.get(order.name) ?? []
    if (order.cancelledAt === null && found.length === 1 && isEqual(order, found[0]!)) result.agreeing++
    // A cancelled order is out of the books on both sides; the shop's total of it is nothing to compare with.
    else if (order.cancelledAt !== null && found.every(({ state }) => state === 'cancel')) result.cancelled++
    else if (parkedNames.has(order.name)) result.parked++
    else result.differing++
  }
  return result
}

function isEqual(order: ShopOrder, found: OdooOrder): boolean {
  return new Decimal(String(found.amount_total))
    .toDecimalPlaces(2)
    .equals(order.currentTotalPriceSet.presentmentMoney.amount)
}
