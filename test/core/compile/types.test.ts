import { describe, expect, test } from 'vitest'
import { changed, compileFiles, filesOf } from './repository.ts'

const shipped = filesOf('.')
const FILES = {
  orders: 'mappings/shopify-orders.yaml',
  customers: 'mappings/shopify-customers.yaml',
  products: 'mappings/shopify-products.yaml',
} as const

/** A change of a shipped mapping: the text that is replaced, and by what. Rights are another matter, and left out. */
interface Change {
  readonly what: string
  readonly in: keyof typeof FILES
  readonly from: string
  readonly to: string
}

interface Mistake extends Change {
  /** The one fault it gives: its code, the text it points to, and a part of what it says. */
  readonly code: string
  readonly at: string
  readonly says: string
  readonly severity?: 'warning'
}

function faultsOf(change: Change) {
  const files = changed(shipped, FILES[change.in], change.from, change.to)
  const faults = compileFiles(files).diagnostics.filter(({ code }) => !code.endsWith('-scope'))
  const textAt = (line: number, column: number) =>
    files[FILES[change.in]]!.split('\n')
      .slice(line - 1)
      .join('\n')
      .slice(column - 1)
  return { faults, textAt }
}

function oneFault(mistake: Mistake): void {
  const { faults, textAt } = faultsOf(mistake)
  const told = faults.map(({ code, message, hint }) => `${code}: ${message} ${hint}`)
  expect(faults, told.join('\n')).toHaveLength(1)
  const [fault] = faults
  expect([fault!.severity, fault!.code], told[0]).toEqual([mistake.severity ?? 'error', mistake.code])
  expect(textAt(fault!.line, fault!.column).slice(0, mistake.at.length)).toBe(mistake.at)
  expect(`${fault!.message} ${fault!.hint}`).toContain(mistake.says)
}

function noFault(change: Change): void {
  expect(faultsOf(change).faults.map(({ code, message }) => `${code}: ${message}`)).toEqual([])
}

const AS = 'as: customer\n'
const NAME = 'name: coalesce(customer.displayName, customer.defaultEmailAddress.emailAddress, customer.id)'

describe('null', () => {
  test.each<Mistake>([
    {
      what: 'into a required field',
      in: 'customers',
      from: NAME,
      to: 'name: customer.note',
      code: 'may-be-null',
      at: 'customer.note',
      says: 'coalesce(customer.note, "")',
    },
    {
      what: 'written out for a required field',
      in: 'customers',
      from: NAME,
      to: 'name: { constant: null }',
      code: 'may-be-null',
      at: '{ constant',
      says: '"name" is required, and this is nothing.',
    },
    {
      what: 'into a required field of lines',
      in: 'orders',
      from: 'price_unit: line.originalUnitPriceSet.presentmentMoney.amount',
      to: 'price_unit: line.taxLines[0].priceSet.presentmentMoney.amount',
      code: 'may-be-null',
      at: 'line.taxLines[0]',
      says: 'amount, 0)',
    },
    {
      what: 'into a required field of an own record',
      in: 'orders',
      from: 'name: coalesce(order.billingAddress.name, order.email, order.name)',
      to: 'name: coalesce(order.billingAddress.name, order.email)',
      code: 'may-be-null',
      at: 'coalesce(order.billingAddress.name, order.email)',
      says: 'may have no value',
    },
    {
      what: 'into an identity',
      in: 'customers',
      from: 'identity: customer.id',
      to: 'identity: [customer.id, customer.note]',
      code: 'may-be-null',
      at: 'customer.note',
      says: 'a record without a key',
    },
    {
      what: 'into an identity of lines',
      in: 'orders',
      from: 'identity: line.id',
      to: 'identity: [line.id, line.sku]',
      code: 'may-be-null',
      at: 'line.sku',
      says: 'a record without a key',
    },
    {
      what: 'of a record that a rule for the first time only let through',
      in: 'customers',
      from: AS,
      to: `${AS}  keep:\n    - { when: 'customer.note != null', otherwise: no note, firstTimeOnly: true }\n    - { when: 'customer.note + "" != "x"', otherwise: x }\n`,
      code: 'may-be-null',
      at: 'customer.note + ""',
      says: 'coalesce(customer.note, "")',
    },
  ])('$what is told', oneFault)

  test.each<Change>([
    {
      what: 'into a field that may be empty',
      in: 'customers',
      from: 'phone: coalesce(customer.defaultPhoneNumber.phoneNumber, customer.defaultAddress.phone)',
      to: 'phone: customer.defaultAddress.phone',
    },
    {
      what: 'that a rule keeps away',
      in: 'customers',
      from: AS,
      to: `${AS}  keep:\n    - { when: 'customer.note != null', otherwise: no note }\n    - { when: 'customer.note + "" != "x"', otherwise: x }\n`,
    },
    {
      what: 'that a rule keeps away from the identity',
      in: 'products',
      from: 'identity: variant.id',
      to: 'identity: [variant.id, variant.sku]',
    },
    {
      what: 'that the list of lines was filtered of',
      in: 'orders',
      from: '- each: order.lineItems\n      as: line\n      identity: line.id',
      to: '- each: order.lineItems.filter(l, l.sku != null)\n      as: line\n      identity: [line.id, line.sku]',
    },
    {
      what: 'that an own condition asks for',
      in: 'orders',
      from: 'name: coalesce(order.billingAddress.name, order.email, order.name)',
      to: 'name: coalesce(order.billingAddress.address1, order.name)',
    },
  ])('$what is fine', noFault)
})

describe('required fields', () => {
  test.each<Mistake>([
    {
      what: 'one misspelt',
      in: 'customers',
      from: 'name: coalesce(',
      to: 'naem: coalesce(',
      code: 'unknown-target-field',
      at: 'naem',
      says: 'Did you mean "name"?',
    },
    {
      what: 'one of lines left out',
      in: 'orders',
      from: '        product_id: match("product.product", "default_code", line.sku)\n',
      to: '',
      code: 'missing-required-field',
      at: 'fields:',
      says: 'sale.order.line cannot be created without "product_id"',
    },
    {
      what: 'one of an own record left out',
      in: 'orders',
      from: '      name: coalesce(order.billingAddress.name, order.email, order.name)\n',
      to: '',
      code: 'missing-required-field',
      at: 'fields:',
      says: 'res.partner cannot be created without "name"',
    },
  ])('$what is told', oneFault)
})
