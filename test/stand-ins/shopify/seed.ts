import { createRandom, type Random } from './random.ts'
import type { Address, Customer, Line, Order, ShopState, Variant } from './state.ts'

/** How big a shop is made. The same options give the same shop. */
export interface SeedOptions {
  readonly seed?: number
  readonly customers?: number
  readonly products?: number
  readonly orders?: number
  readonly now: number
}

const FIRST = [
  'Mara',
  'Theo',
  'Zoë',
  'Łukasz',
  'Ñandú',
  'Jürgen',
  'Siân',
  "D'Arcy",
  'Anaïs',
  'Øyvind',
  '花子',
  '태민',
  'Inês',
  'Çelik',
  'Ada',
]
const LAST = [
  'Quill',
  'Ashdown',
  "O'Malley",
  'Müller',
  'Žižek',
  'García',
  '山田',
  '김',
  'van den Berg',
  'Núñez',
  'Lindqvist',
  'Smith-Jones',
  '🐙 Octavia',
  'Ferreira',
  'Dubois',
]
const PLACES = [
  {
    city: 'Oakland',
    zip: '94607',
    provinceCode: 'CA',
    province: 'California',
    countryCodeV2: 'US',
    country: 'United States',
  },
  {
    city: 'New York',
    zip: '10001',
    provinceCode: 'NY',
    province: 'New York',
    countryCodeV2: 'US',
    country: 'United States',
  },
  {
    city: 'Leeds',
    zip: 'LS1 4AP',
    provinceCode: 'ENG',
    province: 'England',
    countryCodeV2: 'GB',
    country: 'United Kingdom',
  },
  { city: 'Köln', zip: '50667', provinceCode: null, province: null, countryCodeV2: 'DE', country: 'Germany' },
  { city: 'Gent', zip: '9000', provinceCode: null, province: null, countryCodeV2: 'BE', country: 'Belgium' },
  {
    city: '東京',
    zip: '100-0001',
    provinceCode: 'JP-13',
    province: 'Tokyo',
    countryCodeV2: 'JP',
    country: 'Japan',
  },
  {
    city: 'São Paulo',
    zip: '01000-000',
    provinceCode: 'SP',
    province: 'São Paulo',
    countryCodeV2: 'BR',
    country: 'Brazil',
  },
]
const GOODS = [
  'Harbour tee',
  'Dock mug',
  'Gale jacket',
  'Anchor cap',
  'Tide towel',
  'Lantern',
  'Rope belt',
  'Deck shoes',
  'Buoy lamp',
  'Sail bag',
]
const SIZES = ['S', 'M', 'L', 'XL', 'Blue / M', 'Größe 42']
const DAY = 86_400_000

/** Two tax rates: 8.25 % on top of dollar prices, 20 % inside pound and euro prices. Rates to dollars differ by currency. */
const CURRENCIES = [
  { currency: 'USD', rate: 1, taxRate: 0.0825, taxTitle: 'California State Tax', taxesIncluded: false },
  { currency: 'GBP', rate: 1.25, taxRate: 0.2, taxTitle: 'GB VAT', taxesIncluded: true },
  { currency: 'EUR', rate: 1.1, taxRate: 0.2, taxTitle: 'VAT', taxesIncluded: true },
] as const

/** A shop with everything a real one has: accents, guests, edits, discounts, tests, cancellations, deleted variants, tips. */
export function seedShop(options: SeedOptions): ShopState {
  const random = createRandom(options.seed ?? 1)
  const state: ShopState = { customers: new Map(), variants: new Map(), orders: new Map(), nextId: 1_000_000 }
  for (let n = 0; n < (options.customers ?? 320); n++) addCustomer(state, random, n, options.now)
  for (let n = 0; n < (options.products ?? 120); n++) addProduct(state, random, n, options.now)
  const customers = [...state.customers.values()]
  const variants = [...state.variants.values()].filter((variant) => variant.sku !== null)
  const orders = options.orders ?? 2_000
  for (let n = 0; n < orders; n++) addOrder(state, random, n, orders, options.now, customers, variants)
  return state
}

export function newId(state: ShopState): number {
  state.nextId += 1
  return 7_000_000_000_000 + state.nextId
}

function person(random: Random): Address {
  return {
    firstName: random.pick(FIRST),
    lastName: random.pick(LAST),
    company: random.chance(0.1) ? 'Ashdown & Daughters, Ltd.' : null,
    address1: `${random.between(1, 400)} ${random.pick(['Alder Street', 'Tanners Yard', 'Straße der Freundschaft', 'Rue de l’Église', '丸の内'])}`,
    address2: random.chance(0.2) ? 'Apt 5' : null,
    phone: random.chance(0.5) ? `+1510555${random.between(1000, 9999)}` : null,
    ...random.pick(PLACES),
  }
}

function addCustomer(state: ShopState, random: Random, n: number, now: number): void {
  const address = person(random)
  const updatedAt = now - random.between(1, 50) * DAY - n * 1_000
  const bare = n % 40 === 7
  const customer: Customer = {
    id: newId(state),
    firstName: bare ? null : address.firstName,
    lastName: bare ? null : address.lastName,
    email: n % 50 === 9 ? null : `customer.${n}@example.com`,
    phone: n % 50 === 9 || random.chance(0.4) ? `+4411355501${String(n).padStart(3, '0')}` : null,
    note: n % 90 === 3 ? 'Long note. '.repeat(600) : null,
    tags: random.chance(0.2) ? ['vip'] : [],
    address: n % 25 === 4 ? null : address,
    createdAt: updatedAt - 10 * DAY,
    updatedAt,
  }
  state.customers.set(customer.id, customer)
}

function addProduct(state: ShopState, random: Random, n: number, now: number): void {
  const productId = newId(state)
  const title = `${random.pick(GOODS)} ${n + 1}`
  const count = random.between(1, 6)
  for (let v = 0; v < count; v++) {
    const updatedAt = now - random.between(1, 50) * DAY - v * 1_000
    const variant: Variant = {
      id: newId(state),
      productId,
      productTitle: title,
      title: count === 1 ? 'Default Title' : SIZES[v]!,
      sku: n % 60 === 59 && v === 0 ? null : `SKU-${n + 1}-${v + 1}`,
      barcode: random.chance(0.5) ? `50123${String(n).padStart(4, '0')}${String(v).padStart(4, '0')}` : null,
      price: random.between(100, 15_000),
      createdAt: updatedAt - 30 * DAY,
      updatedAt,
    }
    state.variants.set(variant.id, variant)
  }
}

export function newLine(
  state: ShopState,
  variant: Variant,
  quantity: number,
  unit: number,
  taxed: boolean,
): Line {
  return {
    id: newId(state),
    title: variant.productTitle,
    variantTitle: variant.title === 'Default Title' ? null : variant.title,
    sku: variant.sku,
    variantId: variant.id,
    productId: variant.productId,
    quantity,
    currentQuantity: quantity,
    unit,
    allocations: [],
    taxed,
  }
}

function addOrder(
  state: ShopState,
  random: Random,
  n: number,
  of: number,
  now: number,
  customers: readonly Customer[],
  variants: readonly Variant[],
): void {
  const money = random.pick(CURRENCIES)
  const guest = random.chance(0.1)
  const customer = guest ? null : random.pick(customers)
  const createdAt = now - 50 * DAY + Math.floor((n / of) * 49 * DAY)
  const address = guest ? person(random) : (customer!.address ?? person(random))
  const many = n % 700 === 350
  const lines = Array.from({ length: many ? 120 : random.between(1, 5) }, () => {
    const variant = random.pick(variants)
    const unit = random.chance(0.03) ? 0 : Math.max(50, Math.round(variant.price / money.rate))
    return newLine(state, variant, random.between(1, 3), unit, !random.chance(0.08))
  })
  const order: Order = {
    id: newId(state),
    name: `#${1001 + n}`,
    ...money,
    lines,
    shipping: random.chance(0.15)
      ? []
      : [
          {
            id: newId(state),
            title: 'Standard',
            price: random.chance(0.2) ? 0 : random.between(300, 2_000),
            taxed: random.chance(0.5),
          },
        ],
    tip: 0,
    financial: random.chance(0.72) ? 'PAID' : 'PENDING',
    customerId: customer?.id ?? null,
    email: guest ? `guest.${n}@example.com` : (customer?.email ?? null),
    billing: random.chance(0.05) ? null : address,
    shippingTo: random.chance(0.2) ? person(random) : address,
    note: random.chance(0.1)
      ? random.pick([
          'Please leave with the neighbour',
          'Bitte klingeln 🔔',
          "It's a gift, don't include the bill",
          '配達は午後に',
        ])
      : null,
    test: n % 250 === 11,
    cancelledAt: n % 130 === 17 ? createdAt + 3_600_000 : null,
    edited: false,
    createdAt,
    updatedAt: createdAt + random.between(60, 80_000) * 1_000,
  }
  if (!many) discount(order, random)
  if (n % 97 === 40 && order.lines.length > 1) {
    order.lines[0]!.currentQuantity = 0
    order.edited = true
  }
  // What no mapping books: its total cannot agree. And a line of a variant that is gone, without a SKU.
  if (n % 400 === 123) order.tip = 500
  if (n % 300 === 222) Object.assign(order.lines[0]!, { sku: null, variantId: null, productId: null })
  if (order.cancelledAt !== null) emptyOut(order)
  if (order.financial === 'PAID' && n % 45 === 8 && order.lines[0]!.quantity > 1) {
    order.lines[0]!.currentQuantity -= 1
    order.financial = 'PARTIALLY_REFUNDED'
  }
  state.orders.set(order.id, order)
}

/** A line discount, or one on the whole order spread over its lines so that the parts add up to the cent. */
function discount(order: Order, random: Random): void {
  if (random.chance(0.15)) {
    const line = order.lines[0]!
    line.allocations.push(Math.round((line.unit * line.quantity * random.between(5, 30)) / 100))
  }
  if (!random.chance(0.15)) return
  const totals = order.lines.map(
    (line) => line.unit * line.quantity - line.allocations.reduce((a, b) => a + b, 0),
  )
  const sum = totals.reduce((a, b) => a + b, 0)
  const whole = Math.round(sum * 0.1)
  let spent = 0
  for (const [index, line] of order.lines.entries()) {
    const share =
      index === order.lines.length - 1
        ? whole - spent
        : sum === 0
          ? 0
          : Math.floor((whole * totals[index]!) / sum)
    spent += share
    if (share > 0) line.allocations.push(share)
  }
}

/** What cancelling leaves: nothing is ordered any more. */
export function emptyOut(order: Order): void {
  for (const line of order.lines) line.currentQuantity = 0
  order.financial = order.financial === 'PENDING' ? 'VOIDED' : 'REFUNDED'
}
