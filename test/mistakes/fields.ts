import { CUSTOMERS, type Mistake, ODOO, ORDERS, PRODUCTS } from './repository.ts'

const COUNTRIES = `tidelock: 1
mapping: countries
source: { connection: shopify, resource: customers, as: customer }
target: { connection: odoo, resource: res.country, identity: customer.id }
fields: { name: customer.displayName, code: ‸{ constant: BEL } }
scopes:
  shopify: [read_customers]
  odoo: { res.country: [read, create, write] }
`

// biome-ignore format: one line a mistake
export const FIELD_MISTAKES: readonly Mistake[] = [
  ['a field of the target misspelt', ORDERS, 'client_order_ref:', '‸client_order_reff:', 'unknown-target-field', /Did you mean "client_order_ref"/],
  ['a field of the shop as a field of the target', CUSTOMERS, '  street2:', '  ‸address2:', 'unknown-target-field', /not a field of res\.partner/],
  ['a computed field written', ORDERS, 'client_order_ref: order.name', 'client_order_ref: order.name\n  ‸amount_total: order.totalPriceSet.presentmentMoney.amount', 'read-only-field', /computed by odoo/],
  ['a required field left out', PRODUCTS, `fields:\n  name: 'when(variant.title == "Default Title", variant.product.title, variant.product.title + " - " + variant.title)'`, '‸fields:', 'missing-required-field', /"name"/],
  ['a text into a reference', ORDERS, 'pricelist_id: match("product.pricelist", "name", table("pricelist", order.presentmentCurrencyCode))', 'pricelist_id: ‸order.presentmentCurrencyCode', 'wrong-type', /match\("model"/],
  ['a reference to the wrong model', ORDERS, 'partner_id: coalesce(link("shopify-customers", order.customer.id), ref("tidelock.web_guest"))     #', 'partner_id: ‸match("res.country", "code", order.presentmentCurrencyCode) #', 'wrong-reference', /points to res\.partner, and this gives a res\.country/],
  ['a selection value misspelt', ORDERS, '{ constant: invoice }', '‸{ constant: invoce }', 'unknown-selection', /Did you mean "invoice"/],
  ['a selection value by its label', PRODUCTS, '{ constant: consu }', '‸{ constant: Goods }', 'unknown-selection', /consu/],
  ['a text into a number', PRODUCTS, 'list_price: variant.price', 'list_price: ‸variant.title', 'wrong-type', /takes a float/],
  ['a number written as a text', PRODUCTS, 'list_price: variant.price', 'list_price: ‸{ constant: "28.00" }', 'wrong-type', /takes a float/],
  ['a text into a yes or no', PRODUCTS, 'barcode: variant.barcode', 'barcode: variant.barcode\n  active: ‸variant.title', 'wrong-type', /Write a comparison/],
  ['a time into a date', ORDERS, 'date_order: order.createdAt', 'date_order: order.createdAt\n  validity_date: ‸order.createdAt', 'wrong-type', /date\(order\.createdAt, "Europe\/Brussels"\)/],
  ['one reference into a list of them', ORDERS, 'tax_ids: line.taxLines.map(t, match("account.tax", "name", when(order.taxesIncluded, table("taxIncluded", t.rate), table("tax", t.rate))))', 'tax_ids: ‸match("account.tax", "name", line.sku)', 'wrong-type', /Write a list/],
  ['a list of texts into a list of references', ORDERS, 'tax_ids: line.taxLines.map(t, match("account.tax", "name", when(order.taxesIncluded, table("taxIncluded", t.rate), table("tax", t.rate))))', 'tax_ids: ‸line.taxLines.map(t, t.title)', 'wrong-type', /account\.tax/],
  ['a list into a text', CUSTOMERS, 'city: customer.defaultAddress.city', 'city: ‸customer.tags', 'wrong-type', /takes a text, and this gives a list/],
  ['the old name of a field', ORDERS, 'tax_ids: line.', '‸tax_id: line.', 'renamed-field', /Write "tax_ids"/],
  ['nothing into a required field', CUSTOMERS, 'name: coalesce(customer.displayName, customer.defaultEmailAddress.emailAddress, customer.id)', 'name: ‸customer.note', 'may-be-null', /coalesce/],
  ['nothing as an identity', CUSTOMERS, 'identity: customer.id', 'identity: ‸customer.note', 'may-be-null', /coalesce|keep/],
  ['a number as an identity', CUSTOMERS, 'identity: customer.id', 'identity: ‸12', 'wrong-identity', /the same for all of them/],
  ['the order as the identity of its lines', ORDERS, 'identity: line.id', 'identity: ‸order.id', 'wrong-identity', /the same for all of them/],
  ['a look-up as an identity', CUSTOMERS, 'identity: customer.id', 'identity: ‸match("res.country", "code", customer.id)', 'look-up-not-allowed', /field of the source record/],
  ['a look-up in a condition of keep', ORDERS, "when: 'order.test != true'", `when: ‸'ref("base.be") == null'`, 'look-up-not-allowed', /field of the source record/],
  ['a list as an identity', CUSTOMERS, 'identity: customer.id', 'identity: ‸customer.tags', 'wrong-identity', /gives a list/],
  ['a resource of the shop misspelt', ORDERS, 'resource: orders', 'resource: ‸order', 'unknown-resource', /Did you mean "orders"/],
  ['a model of Odoo misspelt', CUSTOMERS, 'resource: res.partner', 'resource: ‸res.partners', 'unknown-resource', /Did you mean "res\.partner"/],
  ['the values of a fixed record misspelt', ODOO, 'values: { name: Web guest }', 'values: { ‸nam: Web guest }', 'unknown-target-field', /Did you mean "name"/],
  ['the model of a fixed record misspelt', ODOO, 'model: res.partner', 'model: ‸res.partnr', 'unknown-resource', /Did you mean "res\.partner"/],
  ['any text into a selection', PRODUCTS, 'type: { constant: consu }', 'type: ‸variant.product.productType', 'any-text', /table\("…", variant\.product\.productType\)/],
  ['a text that is cut', 'mappings/countries.yaml', '', COUNTRIES, 'too-long', /"BEL" has 3 characters, and "code" keeps 2/],
  ['a quotient that is rounded', ORDERS, 'product_uom_qty: line.currentQuantity', 'product_uom_qty: ‸line.currentQuantity / 3', 'too-many-digits', /round\(line\.currentQuantity \/ 3, 2\)/],
  ['a table of two kinds of values', ORDERS, 'GBP: Web GBP }', 'GBP: ‸3 }', 'mixed-table', /"USD" gives a text, and "GBP" an integer/],
  ['a table that nothing asks', ORDERS, 'tables:  ', 'tables:\n  ‸colours: { red: rouge }\n  #', 'unused-table', /"colours"/],
  ['a row that nothing asks for', ORDERS, 'tax: { "0.0825": CA 8.25%, ', 'tax: { "0.0825": CA 8.25%, ‸half: CA 50%, ', 'unused-table-row', /never "half"/],
  ['a key that changes with the record', CUSTOMERS, 'identity: customer.id', 'identity: [customer.id, ‸customer.updatedAt]', 'unstable-identity', /each version would become a record of its own/],
  ['a key that two records may share', CUSTOMERS, 'identity: customer.id', 'identity: ‸customer.displayName', 'repeated-identity', /customer\.id/],
  ['a personal field misspelt', CUSTOMERS, 'adopt: { by: email }', 'adopt: { by: email }\n\npersonal: [customer.tags, ‸customer.defaultAddress.cty]', 'unknown-field', /customer\.defaultAddress has no field "cty"\. Did you mean "city"/],
  ['a personal field without the record', CUSTOMERS, 'adopt: { by: email }', 'adopt: { by: email }\n\npersonal: [‸tags]', 'unknown-variable', /Write customer\./],
  ['a list for a label', CUSTOMERS, 'label: customer.displayName', 'label: ‸customer.tags', 'wrong-type', /A label is a text/],
  ['records archived that cannot be', ORDERS, '  changed: new', '  changed: new\n  gone: ‸archive', 'cannot-go', /no field "active"/],
  ['records archived, which is not done yet', CUSTOMERS, 'adopt: { by: email }', 'gone: ‸archive\n  adopt: { by: email }', 'not-yet', /stay as it is.*gone: ignore/],
  ['records cancelled that cannot be', CUSTOMERS, 'adopt: { by: email }', 'gone: ‸cancel\n  adopt: { by: email }', 'cannot-go', /No action of res\.partner cancels it.*gone: ignore/],
]

// biome-ignore format: one line a mistake
export const LINE_MISTAKES: readonly Mistake[] = [
  ['a field of the lines misspelt', ORDERS, 'price_unit: line.', '‸price_unitt: line.', 'unknown-target-field', /Did you mean "price_unit"/],
  ['a value where lines belong', ORDERS, '  order_line:                                # every block adds lines\n', '  order_line: order.note\n  ‸order_line:\n', 'duplicate-key', /"order_line" stands here twice/],
  ['one value for lines', CUSTOMERS, '  city: customer.defaultAddress.city', '  city: customer.defaultAddress.city\n  child_ids: ‸customer.note', 'lines-expected', /list of blocks/],
  ['lines for a plain field', CUSTOMERS, '  city: customer.defaultAddress.city', '  city: ‸[ { each: customer.tags, as: tag, identity: tag, fields: { name: tag } } ]', 'not-lines', /holds one value/],
  ['lines of what is no list', ORDERS, '- each: order.shippingLines', '- each: ‸order.name', 'not-a-list', /order\.lineItems/],
  ['lines of one record', ORDERS, '- each: order.shippingLines', '- each: ‸order.shippingAddress', 'whole-object', /shippingAddress/],
  ['a required field of lines left out', ORDERS, 'fields:\n        product_id: match("product.product", "default_code", "SHIPPING")\n        product_uom_qty: 1\n        price_unit: ship.discountedPriceSet.presentmentMoney.amount\n', '‸fields:\n        product_uom_qty: 1\n        price_unit: ship.discountedPriceSet.presentmentMoney.amount\n', 'missing-required-field', /"product_id"/],
  ['two blocks of one name', ORDERS, 'as: ship', 'as: ‸line', 'duplicate-name', /lines are known by it/],
  ['a block named like the record', ORDERS, 'as: ship', 'as: ‸order', 'duplicate-name', /Choose another/],
  ['a block named target', ORDERS, 'as: ship', 'as: ‸target', 'reserved-name', /something else/],
  ['a record named like a word of CEL', CUSTOMERS, 'as: customer', 'as: ‸in', 'reserved-name', /something else/],
  ['a variable with a hyphen', ORDERS, 'as: line\n', 'as: ‸order-line\n', 'bad-format', /letters, digits and _/],
  ['a line set to a field it has not', ORDERS, 'gone: { set: { product_uom_qty: 0 } }', 'gone: { set: { ‸product_uom_qt: 0 } }', 'unknown-target-field', /Did you mean "product_uom_qty"/],
  ['a line set to a value of another kind', ORDERS, 'gone: { set: { product_uom_qty: 0 } }', 'gone: { set: { product_uom_qty: ‸none } }', 'wrong-type', /takes a float/],
  ['lines of a model that is not recorded', CUSTOMERS, '  city: customer.defaultAddress.city', '  city: customer.defaultAddress.city\n  activity_ids: ‸[ { each: customer.tags, as: tag, identity: tag, fields: { summary: tag } } ]', 'unrecorded-resource', /Nothing is recorded of mail\.activity.*leave it out/],
  ['a record of its own where there is none', CUSTOMERS, '  city: customer.defaultAddress.city', '  city: ‸{ as: town, fields: { name: customer.note } }', 'not-a-record', /does not point to one record/],
  ['a record of its own for lines', ORDERS, 'note: { value: order.note, firstTimeOnly: true }', 'note: { value: order.note, firstTimeOnly: true }\n  tag_ids: ‸{ as: tag, fields: { name: order.name } }\n  #', 'not-a-record', /expression/],
  ['a required field of an own record left out', CUSTOMERS, '  city: customer.defaultAddress.city', '  city: customer.defaultAddress.city\n  parent_id:\n    as: company\n    ‸fields: { city: customer.defaultAddress.city }', 'missing-required-field', /"name"/],
  ['a field of an own record misspelt', ORDERS, 'phone: order.billingAddress.phone', '‸phon: order.billingAddress.phone', 'unknown-target-field', /Did you mean "phone"/],
  ['an own record for no reason', ORDERS, "when: 'order.billingAddress.address1 != null && order.billingAddress.address1 != order.customer.defaultAddress.address1'", 'when: ‸order.billingAddress.address1', 'not-a-condition', /true or false/],
]

const FILLED =
  'adopt: { by: email }                       # a contact that is there already is taken over, not doubled\n\nfields:'

// biome-ignore format: one line a mistake
export const AFTER_MISTAKES: readonly Mistake[] = [
  ['records recognised by formatted text', CUSTOMERS, FILLED, FILLED.replace('by: email', 'by: ‸comment').replace('fields:', 'fields:\n  comment: customer.note'), 'adopt-not-searchable', /formatted text/],
  ['records recognised by what is computed', CUSTOMERS, FILLED, FILLED.replace('by: email', 'by: ‸company_type').replace('fields:', 'fields:\n  company_type: { constant: person }'), 'adopt-not-searchable', /computed and not stored/],
  ['cents on a line for what is no amount', ORDERS, '  - target: amount_total\n    equals: when(order.cancelledAt == null, order.currentTotalPriceSet.presentmentMoney.amount, null)\n    adjust:', '  - target: client_order_ref\n    equals: order.name\n    ‸adjust:', 'cannot-adjust', /is no amount/],
  ['records recognised by a field that the mapping does not fill', CUSTOMERS, 'adopt: { by: email }', 'adopt: { by: ‸ref }', 'adopt-not-filled', /none would ever be taken over/],
  ['records recognised by their lines', ORDERS, 'adopt: { by: client_order_ref }', 'adopt: { by: ‸order_line }', 'adopt-not-filled', /one of:/],
  ['records recognised by a record of their own, which is written after them', ORDERS, 'adopt: { by: client_order_ref }', 'adopt: { by: [client_order_ref, ‸partner_invoice_id] }', 'adopt-not-filled', /one of:/],
  ['lines recognised by a field that the block does not fill', ORDERS, 'adopt: { by: product_id }', 'adopt: { by: [product_id, ‸discount] }', 'adopt-not-filled', /this block/],
  ['records recognised by no field at all', CUSTOMERS, 'adopt: { by: email }', 'adopt: { by: ‸emial }', 'unknown-target-field', /Did you mean "email"/],
  ['a total misspelt', ORDERS, 'target: amount_total', 'target: ‸amount_totl', 'unknown-target-field', /Did you mean "amount_total"/],
  ['a total that is a text', ORDERS, 'equals: when(order.cancelledAt == null, order.currentTotalPriceSet.presentmentMoney.amount, null)', 'equals: ‸order.name', 'wrong-type', /amount_total/],
  ['a look-up in a total', ORDERS, 'equals: when(order.cancelledAt == null, order.currentTotalPriceSet.presentmentMoney.amount, null)', 'equals: ‸ref("base.be")', 'look-up-not-allowed', /field of the source record/],
  ['cents on a field without lines', ORDERS, 'adjust: { line: order_line,', 'adjust: { line: ‸note,', 'cannot-adjust', /order_line/],
  ['cents that are none', ORDERS, 'atMost: 0.05', 'atMost: ‸0', 'out-of-range', /> 0/],
  ['an action misspelt', ORDERS, 'call: action_confirm', 'call: ‸action_confrim', 'unknown-action', /Did you mean "action_confirm"/],
  ['a step on a field of the order as Odoo has it', ORDERS, "when: 'order.cancelledAt != null'", `when: '‸target.state != "cancel"'`, 'unknown-variable', /unless/],
]

// biome-ignore format: one line a mistake
export const TEST_MISTAKES: readonly Mistake[] = [
  ['a sample misspelt', CUSTOMERS, 'sample: customers/mara-quill', 'sample: ‸customers/mara-quil', 'unknown-sample', /Did you mean "customers\/mara-quill"/],
  ['a sample of another resource', PRODUCTS, 'sample: variants/tee-blu-m', 'sample: ‸orders/1042', 'unknown-sample', /variants\//],
  ['an expected field that the mapping does not fill', CUSTOMERS, 'expect: { name: Mara Quill,', 'expect: { ‸nam: Mara Quill,', 'unknown-expectation', /Did you mean "name"/],
  ['an expected field of lines that they do not fill', ORDERS, 'order_line: [ { product_uom_qty: 2,', 'order_line: [ { ‸product_uom_qyt: 2,', 'unknown-expectation', /Did you mean "product_uom_qty"/],
  ['an expected step that the mapping does not take', ORDERS, 'then: [action_confirm]', 'then: [‸action_confrim]', 'unknown-expectation', /Did you mean "action_confirm"/],
  ['parked at a place that is none', ORDERS, 'parked: { at: order_line.0.product_id }', 'parked: { at: ‸order_line.0.product }', 'unknown-expectation', /Did you mean "order_line\.0\.product_id"/],
  ['a change of no field', ORDERS, 'change: { "lineItems.0.sku": null }', 'change: { ‸"lineItems.0.skuu": null }', 'unknown-field', /Did you mean "sku"/],
  ['a test without an expectation', CUSTOMERS, '- name: a customer with an address\n    given: { sample: customers/mara-quill }\n    expect: { name: Mara Quill, email: mara.quill@example.com, city: Oakland }', '- ‸name: a customer with an address\n    given: { sample: customers/mara-quill }', 'missing-key', /lacks "expect"/],
]
