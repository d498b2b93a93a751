import { createRandom, type Random } from '../random.ts'
import { type Address, emptyShop, newId, type ShopState } from '../state.ts'
import { addOrder } from './order.ts'
import { FIRST, GOODS, LAST, PLACES, SIZES, STREETS } from './words.ts'

/** How big a shop is made. The same options give the same shop. */
export interface SeedOptions {
  /** (Default: 1) */
  readonly seed?: number
  /** (Default: 320) */
  readonly customers?: number
  /** (Default: 120) */
  readonly products?: number
  /** (Default: 2000) */
  readonly orders?: number
  /** Epoch ms; all orders lie in the 50 days before. */
  readonly now: number
}

const DAY = 86_400_000

/** A shop with everything a real one has: accents, guests, edits, discounts, tests, cancellations, deleted variants, tips. */
export function seedShop(options: SeedOptions): ShopState {
  const random = createRandom(options.seed ?? 1)
  const state = emptyShop()
  for (let n = 0; n < (options.customers ?? 320); n++) addCustomer(state, random, n, options.now)
  for (let n = 0; n < (options.products ?? 120); n++) addProduct(state, random, n, options.now)
  const customers = [...state.customers.values()]
  const variants = [...state.variants.values()].filter((variant) => variant.sku !== null)
  const orders = options.orders ?? 2_000
  for (let n = 0; n < orders; n++)
    addOrder(
      { state, random, customers, variants, now: options.now, stranger: () => person(random) },
      n,
      orders,
    )
  return state
}

function person(random: Random): Address {
  return {
    firstName: random.pick(FIRST),
    lastName: random.pick(LAST),
    company: random.chance(0.1) ? 'Ashdown & Daughters, Ltd.' : null,
    address1: `${random.between(1, 400)} ${random.pick(STREETS)}`,
    address2: random.chance(0.2) ? 'Apt 5' : null,
    phone: random.chance(0.5) ? `+1510555${random.between(1000, 9999)}` : null,
    ...random.pick(PLACES),
  }
}

function addCustomer(state: ShopState, random: Random, n: number, now: number): void {
  const address = person(random)
  const updatedAt = now - random.between(1, 50) * DAY - n * 1_000
  const nameless = n % 40 === 7
  const mailless = n % 50 === 9
  const id = newId(state)
  state.customers.set(id, {
    id,
    firstName: nameless ? null : address.firstName,
    lastName: nameless ? null : address.lastName,
    email: mailless ? null : `customer.${n}@example.com`,
    phone: mailless || random.chance(0.4) ? `+4411355501${String(n).padStart(3, '0')}` : null,
    note: n % 90 === 3 ? 'Long note. '.repeat(600) : null,
    tags: random.chance(0.2) ? ['vip'] : [],
    taxExempt: n % 60 === 21,
    address: n % 25 === 4 ? null : address,
    createdAt: updatedAt - 10 * DAY,
    updatedAt,
  })
}

function addProduct(state: ShopState, random: Random, n: number, now: number): void {
  const productId = newId(state)
  const count = random.between(1, 6)
  const createdAt = now - random.between(80, 400) * DAY
  let changed = createdAt
  for (let v = 0; v < count; v++) {
    const updatedAt = now - random.between(1, 50) * DAY - v * 1_000
    const price = random.between(100, 15_000)
    const id = newId(state)
    changed = Math.max(changed, updatedAt)
    state.variants.set(id, {
      id,
      productId,
      title: count === 1 ? 'Default Title' : SIZES[v]!,
      sku: n % 60 === 59 && v === 0 ? null : `SKU-${n + 1}-${v + 1}`,
      barcode: random.chance(0.5) ? `50123${String(n).padStart(4, '0')}${String(v).padStart(4, '0')}` : null,
      price,
      compareAtPrice: random.chance(0.2) ? price + 500 : null,
      cost: random.chance(0.6) ? Math.round(price * 0.4) : null,
      grams: random.between(50, 2_000),
      createdAt,
      updatedAt,
    })
  }
  state.products.set(productId, {
    id: productId,
    title: `${random.pick(GOODS)} ${n + 1}`,
    vendor: random.pick(['Northpier', 'Tidal Works', "Fisher's & Co"]),
    productType: random.pick(['T-Shirts', 'Drinkware', '']),
    tags: random.chance(0.3) ? ['summer', 'cotton'] : [],
    descriptionHtml: random.chance(0.7) ? '<p>Made <b>by hand</b> &amp; sea-proof.</p>' : '',
    status: n % 40 === 33 ? 'ARCHIVED' : 'ACTIVE',
    createdAt,
    updatedAt: changed,
  })
}
