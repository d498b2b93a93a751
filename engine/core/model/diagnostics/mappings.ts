import { CUSTOMERS, entries, ODOO, ORDERS, PRODUCTS } from './entry.ts'

const REFERENCE = '  client_order_ref: order.name'

const MAPPING = entries('mapping', {
  'unknown-resource': {
    title: 'The resource is not recorded',
    why: 'Without its recorded shape no field can be checked.',
    mend: 'Write a resource that is recorded; the hint says which are.',
    example: { file: ORDERS, right: '  resource: orders\n', wrong: '  resource: order\n' },
  },
  'unrecorded-version': {
    title: 'Nothing is recorded of the version the connection uses',
    why: 'Fields differ from version to version; what is checked against another one says nothing.',
    mend: 'Write a version that is recorded.',
    example: { file: ODOO, right: 'version: "19.0"', wrong: 'version: "17.0"' },
  },
  'unrecorded-resource': {
    title: 'A field points to a resource that is not recorded',
    why: 'Its lines or its own record cannot be checked.',
    mend: 'Leave the field out, or use a version for which the resource is recorded; the hint says which.',
    example: {
      file: CUSTOMERS,
      right: '  city: customer.defaultAddress.city',
      wrong: '  bank_ids: [ { each: customer.tags, as: tag, identity: tag, fields: { name: tag } } ]',
    },
  },
  'unknown-target-field': {
    title: 'The target has no field of that name',
    why: 'The target would refuse every record, or drop the value.',
    mend: 'Write a field of the recorded schema; the hint has the nearest.',
    example: { file: ORDERS, right: '  client_order_ref: order', wrong: '  client_order_reff: order' },
  },
  'renamed-field': {
    severity: 'warning',
    title: 'The field has a new name',
    why: 'The old name works as long as the connection uses that version, and breaks with the next.',
    mend: 'Write the new name: it works with every recorded version. `--fix` does it.',
    example: { file: ORDERS, right: '        tax_ids: ship.', wrong: '        tax_id: ship.' },
  },
  'read-only-field': {
    title: 'The target computes the field itself',
    why: 'A value written to it is ignored, or makes the record contradict itself.',
    mend: 'Write the fields it is computed from. To compare it with the source use `agree`.',
    example: {
      file: ORDERS,
      at: REFERENCE,
      right: REFERENCE,
      wrong: `${REFERENCE}\n  amount_total: order.currentTotalPriceSet.presentmentMoney.amount`,
    },
  },
  'missing-required-field': {
    title: 'A field is not filled without which the target creates nothing',
    why: 'Every new record would be refused.',
    mend: 'Add a line for it under `fields`.',
    example: {
      file: PRODUCTS,
      right: `fields:\n  name: 'when(variant.title == "Default Title", variant.product.title, variant.product.title + " - " + variant.title)'\n`,
      wrong: 'fields:\n',
    },
  },
  'unknown-selection': {
    title: 'The constant is none of the values the field can have',
    why: 'The target would refuse every record.',
    mend: 'Write one of the values that are named.',
    example: { file: ORDERS, right: '{ constant: invoice }', wrong: '{ constant: invoce }' },
  },
  'any-text': {
    title: 'Any text may come, and the field takes only some',
    why: 'The target would refuse every record with a text that is none of its values.',
    mend: 'List under `tables` what becomes what, and write `table("name", …)`; what is not listed is parked by name.',
    example: {
      file: PRODUCTS,
      right: '  type: { constant: consu }',
      wrong: '  type: variant.product.productType',
    },
  },
  'too-long': {
    title: 'A text is longer than the field keeps',
    why: 'The target would cut it, or refuse the record.',
    mend: 'Cut it yourself with `truncate(x, n)`, or write a shorter one.',
    example: {
      file: 'mappings/countries.yaml',
      right:
        'tidelock: 1\nmapping: countries\nsource: { connection: shopify, resource: customers, as: customer }\ntarget: { connection: odoo, resource: res.country, identity: customer.id }\nfields:\n  name: customer.id\n  code: { constant: BE }\nscopes:\n  shopify: [read_customers]\n  odoo: { res.country: [read, create, write] }\n',
      wrong:
        'tidelock: 1\nmapping: countries\nsource: { connection: shopify, resource: customers, as: customer }\ntarget: { connection: odoo, resource: res.country, identity: customer.id }\nfields:\n  name: customer.id\n  code: { constant: BEL }\nscopes:\n  shopify: [read_customers]\n  odoo: { res.country: [read, create, write] }\n',
    },
  },
  'too-many-digits': {
    severity: 'warning',
    title: 'A number may have more digits than the field keeps',
    why: 'The target rounds without a word; totals computed from it differ from those at the source. A constant with too many digits is an error.',
    mend: 'Say that it is rounded: `round(x, digits)`.',
    example: {
      file: ORDERS,
      at: 'product_uom_qty: line.currentQuantity',
      right: 'product_uom_qty: round(line.currentQuantity / 3, 2)',
      wrong: 'product_uom_qty: line.currentQuantity / 3',
    },
  },
  'mixed-table': {
    title: 'The values of a table are of several kinds',
    why: 'An expression could not know whether it gets a text or a number.',
    mend: 'Write all values as one kind; a number that is meant as a text stands in quotation marks.',
    example: { file: ORDERS, right: 'GBP: Web GBP }', wrong: 'GBP: 3 }' },
  },
  'unused-table': {
    severity: 'warning',
    title: 'No expression asks the table',
    why: 'Who reviews it believes that it does something.',
    mend: 'Remove it, or ask it with `table(name, key)`.',
    example: {
      file: ORDERS,
      right: 'tables:                                      #',
      wrong: 'tables:\n  colours: { red: rouge }\n  #',
    },
  },
  'unused-table-row': {
    severity: 'warning',
    title: 'A row of a table is never asked for',
    why: 'Its key is none of the values that can come; most often it is misspelt, and the right one parks.',
    mend: 'Correct the key, or remove the row.',
    example: {
      file: ORDERS,
      right: 'tax: { "0.0825": CA 8.25%, ',
      wrong: 'tax: { "0.0825": CA 8.25%, half: CA 50%, ',
    },
  },
  'wrong-reference': {
    title: 'A record of another model is looked up than the field points to',
    why: 'The id of one model means a different record in another: the target would link the wrong one.',
    mend: 'Look up a record of the model that is named.',
    example: {
      file: CUSTOMERS,
      right: `'match("res.country", "code", customer`,
      wrong: `'match("res.partner", "name", customer`,
    },
  },
  'lines-expected': {
    title: 'The field holds lines, and one value is given',
    why: 'Lines need a list to go over and a key each.',
    mend: 'Write a list of blocks with `each`, `as`, `identity` and `fields`.',
    example: {
      file: CUSTOMERS,
      at: '  city: customer.defaultAddress.city',
      right: '  city: customer.defaultAddress.city',
      wrong: '  child_ids: customer.defaultAddress.city',
    },
  },
  'not-lines': {
    title: 'Lines are given, and the field holds one value',
    why: 'There is no place for several.',
    mend: 'Write an expression.',
    example: {
      file: CUSTOMERS,
      at: `  country_id: 'match("res.country", "code", customer.defaultAddress.countryCodeV2, {"otherwise": null})'`,
      right: `  country_id: 'match("res.country", "code", customer.defaultAddress.countryCodeV2, {"otherwise": null})'`,
      wrong:
        '  country_id: [ { each: customer.tags, as: tag, identity: tag, fields: { name: tag, code: tag } } ]',
    },
  },
  'not-a-list': {
    title: '`each` is no list',
    why: 'Lines are made of the items of a list.',
    mend: 'Name a list of the source record, such as order.lineItems.',
    example: { file: ORDERS, right: 'each: order.shippingLines', wrong: 'each: order.name' },
  },
  'not-a-record': {
    title: 'A record of its own is given, and the field does not point to one',
    why: 'There is nothing the field could point at.',
    mend: 'Write an expression, or a list of line blocks.',
    example: {
      file: CUSTOMERS,
      at: '  country_id:',
      right: '  country_id:',
      wrong: '  child_ids: { as: home, fields: { name: customer.displayName } }\n  country_id:',
    },
  },
  'wrong-identity': {
    title: 'A part of a key is no plain value',
    why: 'A key tells one record from another for ever: it must be one text or number.',
    mend: 'Name a field that tells records apart, such as an id.',
    example: { file: CUSTOMERS, right: '  identity: customer.id', wrong: '  identity: customer.tags' },
  },
  'unstable-identity': {
    title: 'The key changes whenever the record does',
    why: 'Each version of a record would become a record of its own.',
    mend: 'Name what stays as it is, such as an id.',
    example: { file: CUSTOMERS, right: '  identity: customer.id', wrong: '  identity: customer.updatedAt' },
  },
  'repeated-identity': {
    severity: 'warning',
    title: 'Two records of the source may have the same key',
    why: 'They would be taken for two versions of one record, of which one overwrites the other.',
    mend: 'Write the key of the source, alone or beside what is there. Where the field is unique by agreement, leave it.',
    example: { file: CUSTOMERS, right: '  identity: customer.id', wrong: '  identity: customer.displayName' },
  },
  'cannot-go': {
    title: 'What shall happen to records that disappear cannot be done with this model',
    why: 'Only models with a field "active" can archive records, and only those with an action for it can cancel them.',
    mend: 'Choose what the model can do, or ignore.',
    example: { file: ORDERS, right: '  changed: new', wrong: '  gone: archive' },
  },
  'adopt-not-searchable': {
    title: 'Records are to be recognised by a field that cannot be searched',
    why: 'The target could not be asked which of its records have the value.',
    mend: 'Choose a stored field with one plain value, such as a number, a code or an address.',
    example: { file: ORDERS, right: 'adopt: { by: client_order_ref }', wrong: 'adopt: { by: note }' },
  },
  'not-yet': {
    title: 'The language has it, and this version does not do it',
    why: 'The file would promise what does not happen.',
    mend: 'Write what the hint says; the CHANGELOG tells when it is done.',
    example: {
      file: CUSTOMERS,
      at: '  label: customer.displayName',
      right: '  label: customer.displayName\n  gone: ignore',
      wrong: '  label: customer.displayName\n  gone: archive',
    },
  },
  'adopt-not-filled': {
    title: 'Records are to be recognised by a field that is not filled',
    why: 'None would ever be taken over, and all would be created a second time.',
    mend: 'Fill the field, or choose one that is filled with one value.',
    example: { file: CUSTOMERS, right: 'adopt: { by: email }', wrong: 'adopt: { by: ref }' },
  },
  'cannot-adjust': {
    title: 'The field named for the adjustment holds no lines that can hold one',
    why: 'Cents of rounding are booked on a line of their own; there must be lines with product, quantity and price.',
    mend: 'Name the field of the lines, such as order_line.',
    example: { file: ORDERS, right: 'adjust: { line: order_line,', wrong: 'adjust: { line: partner_id,' },
  },
  'unknown-action': {
    title: 'The target has no such action',
    why: 'The step could never be taken, and every record would be parked after it was written.',
    mend: 'Write one of the recorded actions.',
    example: { file: ORDERS, right: 'call: action_confirm', wrong: 'call: action_confrim' },
  },
  'link-cycle': {
    title: 'Mappings link in a circle',
    why: 'Each would wait for what the other writes first.',
    mend: 'Remove one of the links.',
    example: {
      file: CUSTOMERS,
      at: '  city: customer.defaultAddress.city',
      right: '  city: customer.defaultAddress.city',
      wrong:
        '  city: customer.defaultAddress.city\n  parent_id: coalesce(link("shopify-customers", customer.id), null)',
    },
  },
  'moved-from-itself': {
    title: '`moved` names a mapping that is still there',
    why: 'Both would take the same delivered records for their own.',
    mend: 'Name what the mapping was called before, or remove the line.',
    example: {
      file: CUSTOMERS,
      at: 'mapping: shopify-customers\n',
      right: 'mapping: shopify-customers\nmoved: { from: customers }\n',
      wrong: 'mapping: shopify-customers\nmoved: { from: shopify-orders }\n',
    },
  },
  'shared-keys': {
    title: 'Two mappings use the same keys',
    why: "Each would take the other's records for its own, and overwrite them.",
    mend: 'Give each mapping `keys` of its own.',
    example: {
      file: PRODUCTS,
      at: 'mapping: shopify-products\n',
      right: 'mapping: shopify-products\n',
      wrong: 'mapping: shopify-products\nkeys: shopify-customers\n',
    },
  },
})

const RIGHTS = entries('rights', {
  'missing-scopes': {
    title: 'The rights at a connection are not declared',
    why: 'What a mapping may do at a system is reviewed with the mapping, and refused at run time where it is not declared.',
    mend: 'Write the lines that the hint shows. `--fix` does it.',
    example: { file: CUSTOMERS, right: 'scopes:\n  shopify: [read_customers]\n', wrong: 'scopes:\n' },
  },
  'missing-scope': {
    title: 'A right is needed that is not declared',
    why: 'The first run would stop with `scope-violation`.',
    mend: 'Write the line that the hint shows, or remove the line of the mapping that needs the right. `--fix` writes it.',
    example: {
      file: ORDERS,
      right: '  odoo: { account.tax: [read], product',
      wrong: '  odoo: { product',
    },
  },
  'superfluous-scope': {
    title: 'A right is declared that nothing needs',
    why: 'It is a door left open: the credentials get more rights than the mapping uses.',
    mend: 'Write the line that the hint shows. `--fix` does it.',
    example: { file: CUSTOMERS, right: 'res.country: [read]', wrong: 'res.country: [read, write]' },
  },
})

const TESTS = entries('tests', {
  'unknown-sample': {
    title: 'There is no recorded sample of that name',
    why: 'The test has no record to run on.',
    mend: 'Write the name of a recorded sample, or record one.',
    example: {
      file: CUSTOMERS,
      right: 'given: { sample: customers/mara-quill }',
      wrong: 'given: { sample: customers/mara-quil }',
    },
  },
  'unknown-expectation': {
    title: 'A test expects something that the mapping does not give',
    why: 'The expectation could never be met; most often a field was renamed or removed.',
    mend: 'Expect a field that the mapping fills, or remove the line.',
    example: { file: CUSTOMERS, right: 'city: Oakland', wrong: 'cty: Oakland' },
  },
})

/** What is wrong between a mapping and the systems it connects. */
export const MAPPING_DIAGNOSTICS = { ...MAPPING, ...RIGHTS, ...TESTS }
