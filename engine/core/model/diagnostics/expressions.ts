import { CUSTOMERS, entries, ORDERS, PRODUCTS } from './entry.ts'

const REFERENCE = '  client_order_ref: order.name'
const reference = (right: string, wrong: string) => ({
  file: ORDERS,
  at: REFERENCE,
  right: `  client_order_ref: ${right}`,
  wrong: `  client_order_ref: ${wrong}`,
})

/** What is wrong inside an expression. */
export const EXPRESSION_DIAGNOSTICS = entries('mapping', {
  syntax: {
    title: 'The expression cannot be read',
    why: 'From here on it is not clear what it means.',
    mend: 'Close brackets and quotation marks; write && for and, || for or, == to compare, when(c, a, b) for a choice.',
    example: {
      file: PRODUCTS,
      right: `'variant.sku != null && variant.sku != ""'`,
      wrong: `'variant.sku != null and variant.sku != ""'`,
    },
  },
  'unknown-variable': {
    title: 'There is no variable of that name here',
    why: 'An expression knows the record under the name that `as` gives it, inside a block of lines also the line.',
    mend: 'Write one of the names that are there. A text stands in quotation marks.',
    example: reference('order.name', 'oder.name'),
  },
  'unknown-field': {
    title: 'The record has no field of that name',
    why: 'It would be empty in every record, without a word.',
    mend: 'Write a field of the recorded schema. If the API has it, record the resource again.',
    example: reference('order.name', 'order.nmae'),
  },
  'unknown-function': {
    title: 'There is no function of that name',
    why: 'The set of functions is closed, so that an expression gives the same today and tomorrow.',
    mend: 'Write one of those that docs/expressions.md lists, each with an example; the hint has the nearest.',
    example: reference('upper(order.name)', 'uper(order.name)'),
  },
  'wrong-arguments': {
    title: 'A function is given too few or too many arguments',
    why: 'What it would do with them is not defined.',
    mend: 'Write it as the hint shows it.',
    example: reference('truncate(order.name, 64)', 'truncate(order.name)'),
  },
  'wrong-type': {
    title: 'A value of another kind is needed',
    why: 'Text, numbers, dates and references are not interchangeable; the target would refuse the record, or store nonsense.',
    mend: 'Convert it where that makes sense, as the hint shows: decimal(x), text(x), date(x, zone), match(…) for a reference.',
    example: {
      file: PRODUCTS,
      right: 'list_price: variant.price',
      wrong: 'list_price: variant.sku',
    },
  },
  'wrong-value': {
    title: 'A value written out has not the form it needs',
    why: 'A comparison with it could never be true, or the look-up never find anything.',
    mend: 'Write it as the hint shows it.',
    example: reference(
      'when(order.createdAt > "2026-01-31T00:00:00Z", order.name, "before")',
      'when(order.createdAt > "31.01.2026", order.name, "before")',
    ),
  },
  'may-be-null': {
    title: 'A value may be missing where one is needed',
    why: 'Every record without it would be parked as `missing-value`.',
    mend: 'Say what to use instead with `coalesce(x, …)`, ask for it first with `when(x != null, …)`, or leave such records out under `source.keep`.',
    example: {
      file: CUSTOMERS,
      right: '  name: coalesce(customer.displayName, customer.defaultEmailAddress.emailAddress, customer.id)',
      wrong: '  name: customer.defaultEmailAddress.emailAddress',
    },
  },
  'whole-object': {
    title: 'An object is used where one value is needed',
    why: 'A customer or an amount has many fields; which of them is meant is not said.',
    mend: 'Name a field of it.',
    example: reference('order.customer.id', 'order.customer'),
  },
  'unknown-value': {
    title: 'The value is none that the field can have',
    why: 'A comparison with it is never true, so that a rule would never apply.',
    mend: 'Write one of the values that are named.',
    example: {
      file: ORDERS,
      right: 'in ["PAID", "PARTIALLY_REFUNDED"]',
      wrong: 'in ["PAYED", "PARTIALLY_REFUNDED"]',
    },
  },
  'unknown-table': {
    title: 'The mapping has no table of that name',
    why: 'There would be nothing to look up.',
    mend: 'Write the name of a table under `tables:`, or add one.',
    example: { file: ORDERS, right: 'table("pricelist", ', wrong: 'table("pricelists", ' },
  },
  'unknown-table-key': {
    title: 'The table does not list what it is asked for',
    why: 'Every record would be parked.',
    mend: 'Add the row, or write a key that is listed. What is asked for a number has numbers for keys, such as "0.0825".',
    example: {
      file: ORDERS,
      at: 'table("pricelist", order.presentmentCurrencyCode)',
      right: 'when(order.test, table("pricelist", "EUR"), table("pricelist", order.presentmentCurrencyCode))',
      wrong:
        'when(order.test, table("pricelist", "EURO"), table("pricelist", order.presentmentCurrencyCode))',
    },
  },
  'unknown-mapping': {
    title: 'There is no mapping of that name to link to',
    why: 'What it wrote could never be found.',
    mend: 'Write the name of a mapping of this repository.',
    example: {
      file: ORDERS,
      right: '  partner_id: coalesce(link("shopify-customers"',
      wrong: '  partner_id: coalesce(link("shopify-customer"',
    },
  },
  'unknown-option': {
    title: 'The function has no option of that name',
    why: 'It would be ignored, and what it was meant to do with it.',
    mend: 'Write one of the options that are named.',
    example: {
      file: CUSTOMERS,
      right: '{"otherwise": null}',
      wrong: '{"otherwize": null}',
    },
  },
  'unknown-fixed-record': {
    title: 'The target connection declares no such fixed record',
    why: 'Names that begin with `tidelock.` are records that Tidelock sees to itself; what is not declared is not made.',
    mend: 'Declare it under `settings.fixed` of the connection, or write the name of one that is there.',
    example: {
      file: ORDERS,
      right: 'order.customer.id), ref("tidelock.web_guest"))     #',
      wrong: 'order.customer.id), ref("tidelock.web_gest"))     #',
    },
  },
  'not-literal': {
    title: 'Something must be written out',
    why: 'Models, fields and tables are checked before anything runs; a computed name could not be.',
    mend: 'Write it in quotation marks.',
    example: {
      file: ORDERS,
      right: 'match("product.pricelist", "name"',
      wrong: 'match("product.pricelist", order.name',
    },
  },
  'wrong-pattern': {
    title: 'The pattern cannot be used',
    why: 'It cannot be read, or on some texts it would take minutes.',
    mend: 'Write a simpler pattern.',
    example: reference(
      'when(order.name.matches("^#[0-9]+$"), order.name, "other")',
      'when(order.name.matches("^#([0-9]+)+$"), order.name, "other")',
    ),
  },
  'look-up-not-allowed': {
    title: 'A look-up stands where only the record itself can be used',
    why: 'Filters, keys and conditions are decided before other systems are asked.',
    mend: 'Use fields of the source record.',
    example: {
      file: CUSTOMERS,
      right: 'label: customer.displayName',
      wrong: 'label: match("res.country", "code", customer.defaultAddress.countryCodeV2)',
    },
  },
  'not-a-condition': {
    title: 'A condition must be true or false',
    why: 'A text or number is neither; which values should count would be a guess.',
    mend: 'Compare it, with == or != for example.',
    example: { file: ORDERS, right: `when: 'order.test != true'`, wrong: 'when: order.name' },
  },
})
