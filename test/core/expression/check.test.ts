import { describe, expect, test } from 'vitest'
import { check, ENVIRONMENT, lineEnvironment } from './world.ts'

describe('a fault is found before anything runs', () => {
  test.each<[string, string, string, string | RegExp | null]>([
    // expression, the part it points to, code, hint
    ['ordr.name', 'ordr', 'unknown-variable', 'Did you mean "order"?'],
    ['Web', 'Web', 'unknown-variable', /in quotation marks: "Web"/],
    ['order.nmae', 'nmae', 'unknown-field', 'Did you mean "name"?'],
    ['order["nmae"]', '"nmae"', 'unknown-field', 'Did you mean "name"?'],
    ['order.customer.emial', 'emial', 'unknown-field', 'Did you mean "email"?'],
    ['order.lineItems.map(l, l.skuu)', 'skuu', 'unknown-field', 'Did you mean "sku"?'],
    ['order.lineItems.sku', 'sku', 'wrong-type', /order\.lineItems\.map\(x, x\.sku\)/],
    ['order.name.first', 'first', 'unknown-field', null],
    ['order.customer', 'order.customer', 'whole-object', /order\.customer\.id/],
    ['order.customer == order.shippingAddress', 'order.customer', 'whole-object', /\.id/],
    ['order.customer + "x"', 'order.customer', 'whole-object', /\.id/],
    ['order.customer && true', 'order.customer', 'whole-object', /\.id/],
    ['matsch("m", "f", 1)', 'matsch', 'unknown-function', 'Did you mean "match"?'],
    ['int(order.name)', 'int', 'unknown-function', 'Write integer(x).'],
    ['now()', 'now', 'unknown-function', /today and tomorrow/],
    ['order.name.toUpperCase()', 'toUpperCase', 'unknown-function', 'Write upper(x).'],
    ['order.name.coalesce("x")', 'coalesce', 'unknown-function', 'Write coalesce(a, b, …).'],
    ['order.tags.map(order.name)', 'map', 'wrong-arguments', 'Write list.map(x, …).'],
    [
      'round(1.5, 2, "half-up", 4)',
      'round(1.5, 2, "half-up", 4)',
      'wrong-arguments',
      'Write round(x[, digits][, mode]).',
    ],
    ['coalesce(order.name)', 'coalesce(order.name)', 'wrong-arguments', 'Write coalesce(a, b, …).'],
    ['round(order.name)', 'order.name', 'wrong-type', 'Make it a number: decimal(order.name).'],
    ['round(1.5, 2, "halfup")', '"halfup"', 'unknown-value', 'Did you mean "half-up"?'],
    ['order.name + order.weight', 'order.weight', 'wrong-type', 'Make it a text: text(order.weight).'],
    ['order.name * 2', 'order.name', 'wrong-type', 'Make it a number: decimal(order.name).'],
    ['order.createdAt + 1', 'order.createdAt', 'wrong-type', /addDays/],
    ['order.weight + null', 'null', 'wrong-type', null],
    ['-order.name', 'order.name', 'wrong-type', null],
    [
      'order.weight == "5"',
      'order.weight == "5"',
      'wrong-type',
      'Write the number without quotation marks: 5.',
    ],
    [
      'order.currentTotalPriceSet.presentmentMoney.amount > order.name',
      'order.currentTotalPriceSet.presentmentMoney.amount > order.name',
      'wrong-type',
      'Make it a number: decimal(order.name).',
    ],
    ['order.test == "true"', 'order.test == "true"', 'wrong-type', /without quotation marks/],
    ['order.name < null', 'null', 'wrong-type', /== null/],
    ['order.tags < order.tags', 'order.tags', 'wrong-type', null],
    ['order.createdAt > "yesterday"', '"yesterday"', 'wrong-value', /2026-01-31T00:00:00Z/],
    ['order.createdAt > "2026-10-01"', '"2026-10-01"', 'wrong-value', /2026-01-31T00:00:00Z/],
    [
      'order.createdAt == date(order.createdAt, "UTC")',
      'order.createdAt == date(order.createdAt, "UTC")',
      'wrong-type',
      /zone/,
    ],
    ['date(order.createdAt, "Europe/Brusels")', '"Europe/Brusels"', 'unknown-zone', /Europe\/Brussels/],
    ['date(order.createdAt, order.name)', 'order.name', 'not-literal', /quotation marks/],
    ['order.displayFinancialStatus == "PAYED"', '"PAYED"', 'unknown-value', 'Did you mean "PAID"?'],
    ['"PAYED" != order.displayFinancialStatus', '"PAYED"', 'unknown-value', 'Did you mean "PAID"?'],
    [
      'order.displayFinancialStatus in ["PAID", "PNDING"]',
      '"PNDING"',
      'unknown-value',
      'Did you mean "PENDING"?',
    ],
    ['target.state == "sales"', '"sales"', 'unknown-value', 'Did you mean "sale"?'],
    ['"x" in order.name', '"x" in order.name', 'wrong-type', 'Write order.name.contains("x").'],
    ['1 in order.tags', '1 in order.tags', 'wrong-type', null],
    ['order.name && true', 'order.name', 'wrong-type', /order\.name != null/],
    ['!order.name', 'order.name', 'wrong-type', /order\.name != null/],
    ['order.test ? 1 : "x"', '"x"', 'wrong-type', null],
    ['when(order.test, order.name, 1)', '1', 'wrong-type', null],
    ['coalesce(order.note, 0)', '0', 'wrong-type', null],
    ['order.name.exists(x, true)', 'order.name', 'wrong-type', null],
    ['has(order)', 'order', 'wrong-arguments', null],
    ['sum(order.lineItems)', 'order.lineItems', 'wrong-type', /sum\(order\.lineItems\.map\(x, x\.…\)\)/],
    ['sum(order.tags)', 'order.tags', 'wrong-type', null],
    ['order.name.matches("(a+)+$")', '"(a+)+$"', 'wrong-pattern', null],
    ['table("taxes", 0.2)', '"taxes"', 'unknown-table', 'Did you mean "tax"?'],
    ['table("tax", 0.21)', '0.21', 'unknown-table-key', 'Did you mean "0.20"?'],
    ['table(order.name, 0.2)', 'order.name', 'not-literal', null],
    ['match("product.prodct", "name", "x")', '"product.prodct"', 'unknown-resource', /name of the model/],
    [
      'match("product.product", "default_cod", "x")',
      '"default_cod"',
      'unknown-field',
      'Did you mean "default_code"?',
    ],
    ['match(order.name, "name", "x")', 'order.name', 'not-literal', null],
    ['match("product.product", "name", order.test)', 'order.test', 'wrong-type', null],
    [
      'match("product.product", "name", "x", {"were": {}})',
      '"were"',
      'unknown-option',
      'Did you mean "where"?',
    ],
    [
      'match("product.product", "name", "x", {"where": {"typ": "consu"}})',
      '"typ"',
      'unknown-field',
      'Did you mean "type"?',
    ],
    [
      'match("product.product", "name", "x", {"where": {"type": "servic"}})',
      '"servic"',
      'unknown-value',
      'Did you mean "service"?',
    ],
    ['match("product.product", "name", "x", order.name)', 'order.name', 'not-literal', /"where"/],
    [
      'link("shopify-custmers", order.id)',
      '"shopify-custmers"',
      'unknown-mapping',
      'Did you mean "shopify-customers"?',
    ],
    ['link("shopify-customers", order.customer)', 'order.customer', 'whole-object', /id/],
    [
      'ref("tidelock.web_gest")',
      '"tidelock.web_gest"',
      'unknown-fixed-record',
      'Did you mean "tidelock.web_guest"?',
    ],
    ['ref("belgium")', '"belgium"', 'wrong-value', /module\.name/],
  ])('%s', (cel, part, code, hint) => {
    const { faults } = check(cel)
    expect(
      faults.map((fault) => [cel.slice(fault.offset, fault.offset + fault.length), fault.code]),
    ).toContainEqual([part, code])
    const fault = faults.find((each) => each.code === code)!
    if (hint instanceof RegExp) expect(fault.hint).toMatch(hint)
    else if (hint !== null) expect(fault.hint).toBe(hint)
    expect(fault.message).toMatch(/\.$/)
  })

  test('all of them at once, in the order of the text', () => {
    expect(
      check('order.nme == "x" && order.displayFinancialStatus == "y" && foo()').faults.map(
        (fault) => fault.code,
      ),
    ).toEqual(['unknown-field', 'unknown-value', 'unknown-function'])
  })
})

describe('what an expression gives, reads and looks up', () => {
  test.each<[string, object, readonly string[], readonly object[]]>([
    ['order.name', { kind: 'text', nullable: false }, ['order.name'], []],
    ['order.customer.email', { kind: 'text', nullable: true }, ['order.customer.email'], []],
    ['order.customer == null', { kind: 'boolean' }, ['order.customer.id'], []],
    ['has(order.customer)', { kind: 'boolean' }, ['order.customer.id'], []],
    [
      'order.currentTotalPriceSet == null',
      { kind: 'boolean' },
      ['order.currentTotalPriceSet.presentmentMoney.amount'],
      [],
    ],
    ['size(order.lineItems)', { kind: 'integer' }, ['order.lineItems.id'], []],
    ['order.tags', { kind: 'list', of: { kind: 'text' } }, ['order.tags'], []],
    ['order.lineItems', { kind: 'list', of: { kind: 'object' } }, ['order.lineItems.id'], []],
    ['order.lineItems.exists(l, true)', { kind: 'boolean' }, ['order.lineItems.id'], []],
    ['order.lineItems.all(l, l.sku != null)', { kind: 'boolean' }, ['order.lineItems.sku'], []],
    [
      'order.lineItems.filter(l, l.currentDiscount > 0)',
      { kind: 'list', of: { kind: 'object', path: ['order', 'lineItems'] } },
      ['order.lineItems.currentDiscount', 'order.lineItems.id'],
      [],
    ],
    ['coalesce(order.note, "none")', { kind: 'text', nullable: false }, ['order.note'], []],
    [
      'coalesce(order.note, order.customer.email)',
      { kind: 'text', nullable: true },
      ['order.note', 'order.customer.email'],
      [],
    ],
    [
      'coalesce(order.shippingAddress, order.billingAddress).city',
      { kind: 'text', nullable: true },
      [
        'order.shippingAddress.id',
        'order.billingAddress.id',
        'order.shippingAddress.city',
        'order.billingAddress.city',
      ],
      [],
    ],
    ['order.test ? order.note : "x"', { kind: 'text', nullable: true }, ['order.test', 'order.note'], []],
    ['order.weight * 2', { kind: 'integer' }, ['order.weight'], []],
    ['order.weight / 2', { kind: 'decimal' }, ['order.weight'], []],
    ['order.createdAt', { kind: 'datetime' }, ['order.createdAt'], []],
    ['order.createdAt > "2026-10-01T00:00:00Z"', { kind: 'boolean' }, ['order.createdAt'], []],
    [
      'date(order.cancelledAt, "Europe/Brussels")',
      { kind: 'date', nullable: true },
      ['order.cancelledAt'],
      [],
    ],
    ['lower(order.note)', { kind: 'text', nullable: true }, ['order.note'], []],
    [
      'first(order.lineItems).sku',
      { kind: 'text', nullable: true },
      ['order.lineItems.id', 'order.lineItems.sku'],
      [],
    ],
    ['order.lineItems[0].sku', { kind: 'text', nullable: true }, ['order.lineItems.sku'], []],
    ['target.state == "sale"', { kind: 'boolean' }, ['target.state'], []],
    ['ref("base.be")', { kind: 'reference', resource: '' }, [], [{ kind: 'ref', name: 'base.be' }]],
    [
      'link("shopify-customers", order.id, {"otherwise": null})',
      { kind: 'reference', resource: 'res.partner', nullable: true },
      ['order.id'],
      [{ kind: 'link', mapping: 'shopify-customers' }],
    ],
    [
      'match("product.product", "default_code", order.name, {"where": {"type": "consu", "sale_ok": order.test}})',
      { kind: 'reference', resource: 'product.product', nullable: false },
      ['order.name', 'order.test'],
      [{ kind: 'match', resource: 'product.product', field: 'default_code', where: ['type', 'sale_ok'] }],
    ],
  ])('%s', (cel, type, reads, lookUps) => {
    const checked = check(cel)
    expect(checked.faults).toEqual([])
    expect(checked.type).toMatchObject(type)
    expect(checked.reads.map((path) => path.join('.'))).toEqual(reads)
    expect(checked.lookUps).toEqual(lookUps)
  })
})

describe('the expressions of a shop flow', () => {
  test.each([
    'order.test != true',
    'order.cancelledAt == null',
    'coalesce(link("shopify-customers", order.customer.id), ref("tidelock.web_guest"))',
    'match("product.pricelist", "name", table("pricelist", order.presentmentCurrencyCode))',
    'match("product.product", "default_code", line.sku)',
    'line.originalUnitPriceSet.presentmentMoney.amount',
    'line.taxLines.map(t, match("account.tax", "name", table("tax", t.rate)))',
    'order.lineItems.filter(l, l.currentDiscount > 0)',
    '-line.currentDiscount',
    'order.cancelledAt == null && order.displayFinancialStatus == "PAID"',
    'target.state == "sale"',
  ])('%s', (cel) => {
    expect(check(cel, lineEnvironment()).faults).toEqual([])
  })

  test('paths of a line block are absolute', () => {
    const { reads } = check('line.taxLines.map(t, table("tax", t.rate))', lineEnvironment())
    expect(reads).toEqual([['order', 'lineItems', 'taxLines', 'rate']])
  })

  test('without any variable, a name is told to be quoted or unknown', () => {
    expect(check('Web', { ...ENVIRONMENT, variables: {} }).faults).toMatchObject([
      { code: 'unknown-variable' },
    ])
  })
})
