import type { Random } from '../kill/random.ts'
import type { OrderLiteral } from '../stand-ins/shopify/literals.ts'
import type { ShopifyStandIn } from '../stand-ins/shopify/server.ts'
import { TWIN_MAIL, WAYS, type Way, type WayName } from './ways.ts'

/** A record that cannot be delivered, and what has to stand in its dead letter. */
export interface Bad extends Pick<Way, 'how' | 'class' | 'at' | 'message' | 'arrives'> {
  readonly mapping: string
  /** The shop's id. */
  readonly id: string
  readonly label: string
  /** The person's doing that makes it good. */
  readonly until?: 'twins'
}

/** What the merchant sold, and what of it is bad. */
export interface Sales {
  /** By mapping and the shop's id. */
  readonly bad: Map<string, Bad>
  /** How many orders the shop has, bad ones included. */
  sold: number
}

export const createSales = (): Sales => ({ bad: new Map(), sold: 0 })

export function markBad(sales: Sales, bad: Bad): void {
  sales.bad.set(`${bad.mapping} ${bad.id}`, bad)
}

export const badOf = ({ bad }: Sales, mapping: string, id: string): Bad | undefined =>
  bad.get(`${mapping} ${id}`)

const MAPPING = 'shopify-orders'
const LAST_NAMES = ['Achterberg', 'Brandauer', 'Castellanos', 'Dombrowski', 'Etcheverry', 'Fairweather']
const FIRST_NAMES = ['Wilhelmina', 'Bartholomew', 'Philippa', 'Maximilian', 'Anastasia', 'Ferdinand']
const CURRENCIES = [
  { currency: 'USD', taxRate: 0.0825, taxesIncluded: false },
  { currency: 'GBP', rate: 1.25, taxRate: 0.2, taxesIncluded: true },
  { currency: 'EUR', rate: 1.1, taxRate: 0.2, taxesIncluded: true },
] as const

/**
 * What of the shop's past is bad as it stands: no SKU on a line, a tip, duties; a customer whom two contacts of Odoo fit, and all
 * that this customer bought.
 */
export async function judgePast(shop: ShopifyStandIn, sales: Sales): Promise<void> {
  const twin = (await shop.control.customers()).find(
    ({ defaultEmailAddress }) => defaultEmailAddress?.emailAddress === TWIN_MAIL,
  )!
  markBad(sales, {
    how: 'two contacts of Odoo that it fits',
    ...{ mapping: 'shopify-customers', id: twin.id, label: twin.displayName, until: 'twins' },
    ...{ class: 'ambiguous', at: /^/, message: /2 records/, arrives: false },
  })
  for (const order of await shop.control.orders()) {
    sales.sold++
    if (order.test || order.cancelledAt !== null) continue
    const way: Way | null = order.lineItems.some(({ sku }) => sku === null)
      ? WAYS['no SKU']
      : Number(order.totalTipReceivedSet?.presentmentMoney.amount ?? 0) > 0
        ? WAYS.tip
        : order.currentTotalDutiesSet !== null
          ? { ...WAYS.tip, how: 'duties, which stand on no line' }
          : null
    const known = { mapping: MAPPING, id: order.id, label: order.name }
    if (way !== null) markBad(sales, { ...way, ...known })
    else if (order.customer?.id === twin.id)
      markBad(sales, {
        how: 'a customer that is parked',
        ...known,
        ...{
          class: 'missing-reference',
          at: /partner/,
          message: /shopify-customers/,
          arrives: false,
          until: 'twins',
        },
      })
  }
}

/** What an order is made from. */
export interface Stock {
  readonly shop: ShopifyStandIn
  readonly sales: Sales
  readonly random: Random
  readonly skus: readonly string[]
  readonly customers: readonly string[]
}

/** Sells so many good orders, and one for each of these ways of being bad. Gives the names of all of them. */
export async function sellOrders(
  { shop, sales, random, skus, customers }: Stock,
  good: number,
  bad: readonly WayName[],
): Promise<readonly string[]> {
  const ways: (WayName | null)[] = [...Array.from({ length: good }, () => null), ...bad]
  const names: string[] = []
  while (ways.length > 0) {
    const [way] = ways.splice(random.between(0, ways.length - 1), 1)
    const number = 100_000 + sales.sold
    const order = orderOf(random, number, skus, customers)
    const { id, name } = await shop.control.createOrder(way == null ? order : WAYS[way].spoil(order, number))
    sales.sold++
    names.push(name)
    if (way != null) markBad(sales, { ...WAYS[way], mapping: MAPPING, id, label: name })
  }
  return names
}

function orderOf(
  random: Random,
  number: number,
  skus: readonly string[],
  customers: readonly string[],
): OrderLiteral {
  const first = random.pick(FIRST_NAMES)
  const last = random.pick(LAST_NAMES)
  const address = {
    firstName: first,
    lastName: `${last}-${number}`,
    address1: `${number} Lighthouse Parade`,
    city: 'Gent',
    zip: '9000',
    countryCodeV2: 'BE',
    country: 'Belgium',
    phone: `+3247${String(number).padStart(7, '0')}`,
  }
  return {
    name: `#D${number}`,
    ...random.pick(CURRENCIES),
    financial: random.next() < 0.7 ? 'PAID' : 'PENDING',
    ...(random.next() < 0.7 ? { customer: random.pick(customers) } : {}),
    email: `${first}.${last}.${number}@mail.example`.toLowerCase(),
    ...(random.next() < 0.5 ? { billing: address } : {}),
    ...(random.next() < 0.5 ? { shippingTo: address } : {}),
    ...(random.next() < 0.6 ? { shipping: random.between(300, 1_500) } : {}),
    lines: Array.from({ length: random.between(1, 4) }, () => ({
      sku: random.pick(skus),
      quantity: random.between(1, 3),
      unit: random.between(200, 12_000),
    })),
  }
}
