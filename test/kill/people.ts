import type { Random } from './random.ts'
import type { Control } from './target.ts'

/** A merchant and the users of Odoo, and what of their work has to be there at the end. */
export interface People {
  readonly control: Control
  readonly random: Random
  /** What they wrote in Odoo, by partner. */
  readonly remarks: Map<number, string>
  /** What they deleted in Odoo, by key: `acme|shopify-orders|source id`. */
  readonly deleted: Set<string>
}

export function createPeople(control: Control, random: Random): People {
  return { control, random, remarks: new Map(), deleted: new Set() }
}

interface Known {
  readonly orders: readonly { readonly id: string; readonly name: string }[]
  readonly customers: readonly {
    readonly id: string
    readonly defaultEmailAddress: { readonly emailAddress: string } | null
  }[]
  readonly skus: readonly string[]
}

/**
 * So many changes in the shop, each of some kind; `onlyNew`: new orders and customers. Edits of what cannot be edited (any more) are
 * refused and do not matter.
 */
export async function sell(people: People, changes: number, onlyNew = false): Promise<void> {
  const { control, random } = people
  const variants = await control<readonly { readonly sku: string | null }[]>('shopify/variants')
  const known: Known = {
    orders: await control('shopify/orders'),
    customers: await control('shopify/customers'),
    skus: variants.flatMap(({ sku }) => sku ?? []),
  }
  for (let n = 0; n < changes; n++) {
    const [name, body] = changeOf(random, known, onlyNew)
    await control(`shopify/${name}`, body).catch(() => {})
  }
}

function changeOf(
  random: Random,
  { orders, customers, skus }: Known,
  onlyNew: boolean,
): readonly [name: string, body: object] {
  const order = random.pick(orders).name
  const sku = random.pick(skus)
  const customer = random.pick(customers)
  const number = random.between(1, 1e9)
  const lines = [{ sku, quantity: random.between(1, 4), unit: random.between(100, 9_000) }]
  const financial = random.pick(['PAID', 'PENDING'])
  const made: (readonly [string, object])[] = [
    ['createOrder', { name: `#K${number}`, financial, lines }],
    ['createOrder', { name: `#C${number}`, financial, customer: customer.id, lines }],
    ['createCustomer', { firstName: 'Ada', lastName: `K${number}`, email: `k${number}@example.com` }],
  ]
  if (onlyNew) return random.pick(made)
  const email = customer.defaultEmailAddress?.emailAddress
  return random.pick<readonly [string, object]>([
    ...made,
    ['createVariant', { sku: `NEW-${number}`, price: random.between(100, 9_000) }],
    ['editOrder', { order, addLine: sku }],
    ['editOrder', { order, removeLine: 0 }],
    ['editOrder', { order, setQuantity: { line: 0, quantity: random.between(1, 5) } }],
    ['markPaid', { order }],
    ['refund', { order, line: 0, quantity: 1 }],
    ['cancel', { order }],
    ['updateVariant', { sku, barcode: String(number), price: random.between(100, 9_000) }],
    ['updateCustomer', { email, lastName: `N${number}`, address: { city: `C${number}` } }],
  ])
}

/** A remark on a customer in Odoo: nobody but the one who wrote it may change it. */
export async function remark({ control, random, remarks }: People): Promise<void> {
  const partners = await control<readonly { readonly id: number }[]>('odoo/read', {
    model: 'res.partner',
    domain: [['email', '!=', false]],
    fields: ['id'],
  })
  if (partners.length === 0) return
  const { id } = random.pick(partners)
  const comment = `remark ${random.between(1, 1e9)}`
  await control('odoo/write', { model: 'res.partner', ids: [id], values: { comment } })
  remarks.set(id, comment)
}

/** Somebody deletes a quotation in Odoo, and the shop's order changes afterwards: it has to be parked, not made again. */
export async function deleteQuotation(people: People): Promise<void> {
  const { control, random, deleted } = people
  const drafts = await control<readonly { readonly id: number; readonly client_order_ref: string }[]>(
    'odoo/read',
    { model: 'sale.order', domain: [['state', '=', 'draft']], fields: ['client_order_ref'] },
  )
  const orders = await control<readonly { readonly id: string; readonly name: string }[]>('shopify/orders')
  const byName = new Map(orders.map((order) => [order.name, order]))
  const fitting = drafts.filter(({ client_order_ref: name }) => byName.has(name))
  if (fitting.length === 0) return
  const { id, client_order_ref: name } = random.pick(fitting)
  await control('odoo/unlink', { model: 'sale.order', ids: [id] })
  deleted.add(['acme', 'shopify-orders', byName.get(name)!.id].join('|'))
  await control('shopify/editOrder', { order: name, note: `after it was deleted ${id}` })
  const [line] = await control<readonly { sku: string | null }[]>('shopify/variants')
  await control('shopify/editOrder', { order: name, addLine: line!.sku }).catch(() => {})
}
