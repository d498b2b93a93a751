import type { Control } from '../../kill/target.ts'
import type { Needle } from './search.ts'

interface Named {
  readonly name?: string | null
  readonly displayName?: string | null
  readonly firstName?: string | null
  readonly lastName?: string | null
}
interface Address extends Named {
  readonly address1?: string | null
  readonly phone?: string | null
}
interface Customer extends Named {
  readonly defaultEmailAddress: { readonly emailAddress: string } | null
  readonly defaultPhoneNumber: { readonly phoneNumber: string } | null
  readonly defaultAddress: Address | null
}
interface Order {
  readonly email: string | null
  readonly phone: string | null
  readonly billingAddress: Address | null
  readonly shippingAddress: Address | null
}
interface Partner {
  readonly name: string | false
  readonly email: string | false
  readonly phone: string | false
  readonly street: string | false
}

/** Shorter names stand in other words. */
const SHORTEST_NAME = 8
const SHORTEST = 7

/** What the shop and Odoo know of people: addresses, numbers, names. `known`: values that are nobody's. */
export async function personalValues(
  control: Control,
  known: ReadonlySet<string>,
): Promise<readonly Needle[]> {
  const customers = await control<readonly Customer[]>('shopify/customers')
  const orders = await control<readonly Order[]>('shopify/orders')
  const partners = await control<readonly Partner[]>('odoo/read', {
    model: 'res.partner',
    fields: ['name', 'email', 'phone', 'street'],
  })
  const values = new Map<string, string>()
  const add = (what: string, value: string | null | undefined | false, shortest = SHORTEST) => {
    if (typeof value === 'string' && value.length >= shortest && !known.has(value)) values.set(value, what)
  }
  const person = (one: Named) => {
    add('a name', one.name, SHORTEST_NAME)
    add('a name', one.displayName, SHORTEST_NAME)
    if (one.firstName && one.lastName) add('a name', `${one.firstName} ${one.lastName}`, SHORTEST_NAME)
  }
  const address = (one: Address | null) => {
    if (one === null) return
    person(one)
    add('a street', one.address1)
    add('a phone number', one.phone)
  }
  for (const customer of customers) {
    person(customer)
    add('an email address', customer.defaultEmailAddress?.emailAddress)
    add('a phone number', customer.defaultPhoneNumber?.phoneNumber)
    address(customer.defaultAddress)
  }
  for (const order of orders) {
    add('an email address', order.email)
    add('a phone number', order.phone)
    address(order.billingAddress)
    address(order.shippingAddress)
  }
  for (const { name, email, phone, street } of partners) {
    add('a name', name, SHORTEST_NAME)
    add('an email address', email)
    add('a phone number', phone)
    add('a street', street)
  }
  return [...values].map(([value, what]) => ({ kind: 'personal', what, value }))
}
