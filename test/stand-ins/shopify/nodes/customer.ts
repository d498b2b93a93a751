import type { Customer, Order, ShopState } from '../state.ts'
import { received, refunded, roundHalfUp, sum } from '../totals.ts'
import { addressNode, gid, instant, moneyNode } from './values.ts'

export function customerNode(state: ShopState, customer: Customer) {
  const full = [customer.firstName, customer.lastName].filter((part) => part !== null).join(' ')
  const address = addressNode(customer.address, `${customer.id}?model_name=CustomerAddress`)
  const orders = () => [...state.orders.values()].filter(({ customerId }) => customerId === customer.id)
  return {
    __typename: 'Customer',
    id: gid('Customer', customer.id),
    legacyResourceId: String(customer.id),
    firstName: customer.firstName,
    lastName: customer.lastName,
    // Falls back from the name to email and phone, as recorded.
    displayName: full || customer.email || customer.phone || '',
    note: customer.note,
    tags: customer.tags,
    locale: 'en',
    state: 'DISABLED',
    taxExempt: customer.taxExempt,
    taxExemptions: [],
    verifiedEmail: true,
    multipassIdentifier: null,
    dataSaleOptOut: false,
    lifetimeDuration: 'about 1 month',
    productSubscriberStatus: 'NEVER_SUBSCRIBED',
    statistics: { predictedSpendTier: null },
    // Functions are called when the field is asked for: both go through all orders.
    canDelete: () => orders().length === 0,
    numberOfOrders: () => String(orders().length),
    amountSpent: () => moneyNode(sum(orders().map(spent)), 'USD'),
    lastOrder: (_: unknown, call: { orderNode(order: Order): unknown }) => {
      const last = orders().at(-1)
      return last === undefined ? null : call.orderNode(last)
    },
    defaultEmailAddress:
      customer.email === null
        ? null
        : { emailAddress: customer.email, marketingState: 'NOT_SUBSCRIBED', validFormat: true },
    defaultPhoneNumber: customer.phone === null ? null : { phoneNumber: customer.phone },
    defaultAddress: address,
    addressesV2: address === null ? [] : [address],
    createdAt: instant(customer.createdAt),
    updatedAt: instant(customer.updatedAt),
  }
}

function spent(order: Order): number {
  return order.test ? 0 : roundHalfUp((received(order) - refunded(order)) * order.rate)
}
