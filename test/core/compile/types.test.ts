import { describe, expect, test } from 'vitest'
import { changed, compileFiles, filesOf } from './repository.ts'

/** A mapping into fields of few characters. */
const COUNTRIES = `tidelock: 1
mapping: countries
source: { connection: shopify, resource: customers, as: customer }
target: { connection: odoo, resource: res.country, identity: customer.id }
tables:
  codes: { "1": BE, "2": NL }
fields:
  name: customer.displayName
  code: table("codes", customer.numberOfOrders)
  phone_code: customer.numberOfOrders
scopes:
  shopify: [read_customers]
  odoo: { res.country: [read, create, write] }
`

const shipped = { ...filesOf('.'), 'mappings/countries.yaml': COUNTRIES }
const FILES = {
  countries: 'mappings/countries.yaml',
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
      to: 'name: order.billingAddress.address1',
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

const STREET2 = 'street2: customer.defaultAddress.address2'
const TYPE = 'type: { constant: consu }'

describe('a selection', () => {
  test.each<Mistake>([
    {
      what: 'given a text written out in an expression',
      in: 'products',
      from: TYPE,
      to: 'type: when(variant.taxable, "consu", "servce")',
      code: 'unknown-selection',
      at: 'when(',
      says: '"servce"',
    },
    {
      what: 'given a text that is one of few, some of which it does not have',
      in: 'products',
      from: TYPE,
      to: 'type: coalesce(lower(variant.product.status), "consu")',
      code: 'unknown-selection',
      at: 'coalesce(',
      says: '"active", "archived", "draft"',
    },
    {
      what: 'given any text',
      in: 'products',
      from: TYPE,
      to: 'type: variant.product.productType',
      code: 'any-text',
      at: 'variant.product.productType',
      says: 'table("…", variant.product.productType)',
    },
    {
      what: 'given the values of a table',
      in: 'products',
      from: `fields:\n`,
      to: `tables:\n  kinds: { tee: consu, voucher: servise }\nfields:\n  expense_policy: table("kinds", variant.product.productType)\n`,
      code: 'unknown-selection',
      at: 'table(',
      says: '"consu", "servise"',
    },
    {
      what: 'given a number',
      in: 'products',
      from: TYPE,
      to: 'type: 1',
      code: 'wrong-type',
      at: '1',
      says: 'takes a selection, and this gives an integer',
    },
  ])('$what is told', oneFault)

  test.each<Change>([
    {
      what: 'one of its values',
      in: 'products',
      from: TYPE,
      to: 'type: when(variant.taxable, "consu", "service")',
    },
    {
      what: 'the values of a table that can be asked for',
      in: 'products',
      from: `fields:\n`,
      to: `tables:\n  policies: { ACTIVE: cost, ARCHIVED: no, DRAFT: sales_price }\nfields:\n  expense_policy: table("policies", variant.product.status)\n`,
    },
    {
      what: 'values made of values',
      in: 'products',
      from: TYPE,
      to: 'type: when(variant.taxable, lower("CON") + "su", "ser" + "vice")',
    },
    {
      what: 'nothing, where it is not required',
      in: 'products',
      from: TYPE,
      to: 'expense_policy: { constant: null }',
    },
  ])('takes $what', noFault)
})

describe('one kind of value for another', () => {
  test.each<Mistake>([
    {
      what: 'a moment for a day',
      in: 'orders',
      from: '  date_order: order.createdAt',
      to: '  validity_date: order.createdAt',
      code: 'wrong-type',
      at: 'order.createdAt',
      says: 'date(order.createdAt, "Europe/Brussels")',
    },
    {
      what: 'a decimal for a whole number',
      in: 'products',
      from: TYPE,
      to: 'sequence: variant.price',
      code: 'wrong-type',
      at: 'variant.price',
      says: 'round(variant.price)',
    },
    {
      what: 'a text for a number',
      in: 'products',
      from: 'list_price: variant.price',
      to: 'list_price: variant.title',
      code: 'wrong-type',
      at: 'variant.title',
      says: 'decimal(variant.title)',
    },
    {
      what: 'a boolean for a text',
      in: 'customers',
      from: STREET2,
      to: 'street2: customer.taxExempt',
      code: 'wrong-type',
      at: 'customer.taxExempt',
      says: 'text(customer.taxExempt)',
    },
    {
      what: 'a text for a boolean',
      in: 'customers',
      from: STREET2,
      to: 'is_company: customer.note',
      code: 'wrong-type',
      at: 'customer.note',
      says: 'Write a comparison',
    },
    {
      what: 'a day that is none',
      in: 'orders',
      from: '  date_order: order.createdAt',
      to: '  validity_date: { constant: 2026-02-30 }',
      code: 'wrong-type',
      at: '{ constant',
      says: '',
    },
    {
      what: 'references of two models',
      in: 'customers',
      from: `country_id: 'match("res.country", "code", customer.defaultAddress.countryCodeV2, {"otherwise": null})'`,
      to: 'country_id: when(customer.taxExempt, match("res.country", "code", "BE"), match("res.currency", "name", "EUR"))',
      code: 'wrong-type',
      at: 'match("res.currency"',
      says: 'a reference to res.country, the other a reference to res.currency',
    },
    {
      what: 'a text where a look-up finds nothing',
      in: 'customers',
      from: '{"otherwise": null}',
      to: '{"otherwise": "BE"}',
      code: 'wrong-type',
      at: '"BE"',
      says: 'a reference',
    },
  ])('$what is told', oneFault)

  test.each<Change>([
    {
      what: 'a day written out',
      in: 'orders',
      from: '  date_order: order.createdAt',
      to: '  validity_date: { constant: 2026-02-28 }',
    },
    {
      what: 'a moment for a moment',
      in: 'orders',
      from: '  date_order: order.createdAt',
      to: '  commitment_date: order.cancelledAt',
    },
    {
      what: 'a day in a zone',
      in: 'orders',
      from: '  date_order: order.createdAt',
      to: '  validity_date: date(order.createdAt, "Asia/Tokyo")',
    },
    { what: 'a number for a text', in: 'customers', from: STREET2, to: 'street2: customer.numberOfOrders' },
  ])('$what is fine', noFault)
})

describe('what the target would cut or round', () => {
  const QUANTITY = 'product_uom_qty: line.currentQuantity'
  const CODE = 'code: table("codes", customer.numberOfOrders)'
  test.each<Mistake>([
    {
      what: 'a long text written out',
      in: 'countries',
      from: CODE,
      to: 'code: { constant: BEL }',
      code: 'too-long',
      at: '{ constant',
      says: '"BEL" has 3 characters, and "code" keeps 2',
    },
    {
      what: 'a long text of a table',
      in: 'countries',
      from: '"2": NL }',
      to: '"2": NLD }',
      code: 'too-long',
      at: 'table(',
      says: 'truncate(table(',
    },
    {
      what: 'a number written out',
      in: 'orders',
      from: QUANTITY,
      to: 'product_uom_qty: 1.125',
      code: 'too-many-digits',
      at: '1.125',
      says: '3 digits',
    },
    ...[
      ['line.currentQuantity / 3', 'any number of digits'],
      ['line.currentQuantity * 0.125', '3 digits'],
      ['line.currentDiscount * line.currentDiscount', 'any number of digits'],
      ['when(line.taxable, line.currentQuantity, 0.001)', '3 digits'],
      ['sum([line.currentQuantity, 1.005])', '3 digits'],
      ['round(line.currentQuantity / 3, 3)', '3 digits'],
    ].map(
      ([cel, says]): Mistake => ({
        what: cel!,
        in: 'orders',
        from: QUANTITY,
        to: `product_uom_qty: ${cel}`,
        code: 'too-many-digits',
        at: cel!,
        says: says!,
        severity: 'warning',
      }),
    ),
  ])('$what is told', oneFault)

  test.each<Change>(
    [
      'line.currentDiscount',
      'line.currentQuantity * 2',
      'line.currentQuantity / 100',
      'line.currentQuantity * 0.25',
      'round(line.currentQuantity / 3, 2)',
      'round(line.currentQuantity / 3)',
      'line.currentDiscount + 1.25',
      'decimal("1.125")',
    ].map((cel) => ({ what: cel, in: 'orders', from: QUANTITY, to: `product_uom_qty: ${cel}` })),
  )('$what is fine', noFault)

  test('prices are rounded by Odoo 18 and kept by Odoo 19', () => {
    const price = 'price_unit: line.originalUnitPriceSet.presentmentMoney.amount'
    const change: Change = { what: '', in: 'orders', from: price, to: `${price} * 0.9` }
    noFault(change)
    const older = changed(shipped, 'mappings/connections/odoo.yaml', 'version: "19.0"', 'version: "18.0"')
    const faults = compileFiles(changed(older, FILES.orders, change.from, change.to)).diagnostics
    expect(faults.filter(({ code }) => !code.endsWith('-scopes'))).toMatchObject([
      { severity: 'warning', code: 'too-many-digits' },
    ])
  })
})

describe('a table', () => {
  const CODES = 'codes: { "1": BE, "2": NL }'
  test.each<Mistake>([
    {
      what: 'of values of two kinds',
      in: 'countries',
      from: CODES,
      to: 'codes: { "1": BE, "2": 2 }',
      code: 'mixed-table',
      at: '2 }',
      says: '"1" gives a text, and "2" an integer',
    },
    {
      what: 'that nothing asks',
      in: 'countries',
      from: CODES,
      to: `${CODES}\n  colours: { red: rouge }`,
      code: 'unused-table',
      at: 'colours',
      says: '"colours"',
      severity: 'warning',
    },
    {
      what: 'asked by number, with a key that is none',
      in: 'countries',
      from: CODES,
      to: 'codes: { "1": BE, two: NL }',
      code: 'unused-table-row',
      at: 'two',
      says: 'never "two"',
      severity: 'warning',
    },
    {
      what: 'with a key that the source cannot have',
      in: 'products',
      from: `fields:\n`,
      to: `tables:\n  policies: { ACTIVE: cost, ARCHIVD: no }\nfields:\n  expense_policy: table("policies", variant.product.status)\n`,
      code: 'unused-table-row',
      at: 'ARCHIVD',
      says: 'Did you mean "ARCHIVED"?',
      severity: 'warning',
    },
    {
      what: 'whose numbers go to a text of a selection',
      in: 'countries',
      from: 'phone_code: customer.numberOfOrders',
      to: 'phone_code: table("codes", customer.numberOfOrders)',
      code: 'wrong-type',
      at: 'table(',
      says: 'takes an integer, and this gives a text',
    },
  ])('$what is told', oneFault)
})
