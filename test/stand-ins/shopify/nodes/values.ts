import type { Address, Order } from '../state.ts'
import type { Currency } from '../totals.ts'

/** UTC with whole seconds and a Z, as recorded. */
export function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

export function instantOrNull(at: number | null): string | null {
  return at === null ? null : instant(at)
}

/** Decimal text with trailing zeros trimmed to one, as recorded: "0.0", "12.5", "25.98". */
export function decimalText(cents: number): string {
  const text = (cents / 100).toFixed(2)
  return text.endsWith('0') ? text.slice(0, -1) : text
}

export function moneyNode(cents: number, currencyCode: string) {
  return { __typename: 'MoneyV2', amount: decimalText(cents), currencyCode }
}

/** An amount in both currencies, computed in each. */
export function bag(order: Order, centsIn: (currency: Currency) => number) {
  return {
    presentmentMoney: moneyNode(centsIn('presentment'), order.currency),
    shopMoney: moneyNode(centsIn('shop'), 'USD'),
  }
}

export function gid(type: string, id: number | string): string {
  return `gid://shopify/${type}/${id}`
}

export function addressNode(address: Address | null, id: string) {
  if (address === null) return null
  const name = [address.firstName, address.lastName].filter((part) => part !== null).join(' ')
  return {
    __typename: 'MailingAddress',
    id: gid('MailingAddress', id),
    name: name === '' ? null : name,
    formattedArea: [address.city, address.country].filter((part) => part !== null).join(', ') || null,
    ...address,
  }
}
