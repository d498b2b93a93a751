import type { DeadLetterClass } from '../../engine/core/model/dead-letter.ts'
import type { OrderLiteral } from '../stand-ins/shopify/literals.ts'

/** What Odoo's people have two of, so that nobody knows which is meant. */
export const TWINS = 'TWIN-1'
/** An email address that two contacts of Odoo have from the beginning, and one customer of the shop. */
export const TWIN_MAIL = 'customer.3@example.com'
/** A rate that no table of the mapping lists until somebody adds it. */
export const STRANGE_RATE = 0.075

/** One way in which an order may be bad: what makes it so, and what has to be told about it. */
export interface Way {
  readonly how: string
  readonly class: DeadLetterClass
  readonly at: RegExp
  readonly message: RegExp
  /** Odoo gets it all the same, as a draft. */
  readonly arrives: boolean
  spoil(order: OrderLiteral, number: number): OrderLiteral
}

const firstLine = (order: OrderLiteral, change: object): OrderLiteral => ({
  ...order,
  lines: order.lines.map((line, index) => (index === 0 ? { ...line, ...change } : line)),
})

export const WAYS = {
  'no SKU': {
    how: 'a line without a SKU',
    class: 'missing-value',
    at: /product_id$/,
    message: /line\.sku/,
    arrives: false,
    spoil: (order) => firstLine(order, { sku: null }),
  },
  'no product': {
    how: 'a SKU that Odoo does not know',
    class: 'missing-reference',
    at: /product_id$/,
    message: /GONE-\d+/,
    arrives: false,
    spoil: (order, number) => firstLine(order, { sku: `GONE-${number}` }),
  },
  twins: {
    how: 'a SKU that two products of Odoo have',
    class: 'ambiguous',
    at: /product_id$/,
    message: new RegExp(TWINS),
    arrives: false,
    spoil: (order) => firstLine(order, { sku: TWINS }),
  },
  'strange tax': {
    how: 'a tax rate that the table does not list',
    class: 'value',
    at: /tax_ids$/,
    message: /does not list "0\.075"/,
    arrives: false,
    spoil: (order) => ({ ...order, currency: 'USD', rate: 1, taxesIncluded: false, taxRate: STRANGE_RATE }),
  },
  tip: {
    how: 'a tip, which stands on no line',
    class: 'disagrees',
    at: /^agree\.0$/,
    message: /\d/,
    arrives: true,
    spoil: (order) => ({ ...order, tip: 500 }),
  },
} as const satisfies Readonly<Record<string, Way>>

export type WayName = keyof typeof WAYS
