import { describe, expect, test } from 'vitest'
import { Decimal } from '../../../engine/core/expression/decimal.ts'
import type { ValueObject } from '../../../engine/core/expression/value.ts'
import { evaluate, plain } from './world.ts'

const order: ValueObject = {
  id: 'o-1',
  name: '#1042',
  note: null,
  customer: null,
  createdAt: '2026-10-01T22:30:00Z',
  total: new Decimal('28.50'),
  count: 3,
  test: false,
  status: 'PAID',
  lines: [
    { sku: 'MUG', price: new Decimal('18.50'), quantity: 2 },
    { sku: null, price: new Decimal('0'), quantity: 1 },
  ],
}

describe('a value comes out', () => {
  test.each<[string, unknown]>([
    ['order.name', '#1042'],
    ['order["name"]', '#1042'],
    ['order.name + " #1"', '#1042 #1'],
    ['order.customer', null],
    ['order.customer.id', null],
    ['order.customer.address.city', null],
    ['order.never', null],
    ['order.constructor', null],
    ['order.lines[0].sku', 'MUG'],
    ['order.lines[7].sku', null],
    ['order.lines[-1].sku', null],
    ['0.1 + 0.2', { decimal: '0.3' }],
    ['0.1 + 0.2 == 0.3', true],
    ['2 == 2.0', true],
    ['order.total == 28.5', true],
    ['order.total * order.count', { decimal: '85.5' }],
    ['-order.total', { decimal: '-28.5' }],
    ['7 / 2', { decimal: '3.5' }],
    ['6 / 2', 3],
    ['1 / 3', { decimal: '0.3333333333333333333333333333' }],
    ['7 % 3', 1],
    ['-7 % 3', -1],
    ['7.5 % 2', { decimal: '1.5' }],
    ['9007199254740991 + 1', { decimal: '9007199254740992' }],
    ['9007199254740993', { decimal: '9007199254740993' }],
    ['9007199254740993 == 9007199254740992', false],
    ['0.1', { decimal: '0.1' }],
    ['1e3', { decimal: '1000' }],
    ['-0', 0],
    ['order.total > 28 && order.total <= 28.50', true],
    ['order.note == null', true],
    ['has(order.note)', false],
    ['has(order.name)', true],
    ['!order.note', true],
    ['!order.test', true],
    ['order.note && order.test', false],
    ['order.note || true', true],
    ['order.note ? "yes" : "no"', 'no'],
    ['when(order.status == "PAID", 1, 2)', 1],
    ['coalesce(order.note, order.customer.note, "none")', 'none'],
    ['coalesce(order.note, null)', null],
    ['order.status in ["PAID", "PENDING"]', true],
    ['3 in [1, 2, 3.0]', true],
    ['1 in order.missing', false],
    ['"1" == 1', false],
    ['[1, [2.0]] == [1.0, [2]]', true],
    ['[1, 2] == [2, 1]', false],
    ['{"a": 1} == {"a": 1.0, "b": null}', true],
    ['[1] + [2]', [1, 2]],
    ['order.lines.map(l, l.price * l.quantity)', [{ decimal: '37' }, { decimal: '0' }]],
    ['order.lines.map(l, l.sku != null, l.sku)', ['MUG']],
    ['order.lines.filter(l, l.price > 0).size()', 1],
    ['order.missing.map(l, l.sku)', []],
    ['order.missing.all(l, false)', true],
    ['order.missing.exists(l, true)', false],
    ['order.lines.all(l, l.quantity > 0)', true],
    ['order.lines.exists_one(l, l.quantity > 1)', true],
    ['order.lines.exists(l, order.lines.exists(m, m.price > l.price))', true],
    ['sum(order.lines.map(l, l.price * l.quantity))', { decimal: '37' }],
    ['order.note.trim().lower()', null],
    ['order.note.contains("x")', null],
    ['table("pricelist", "EUR")', 'Web EUR'],
    ['table("tax", 0.2)', 'UK 20% incl.'],
    ['table("tax", decimal("0.200"))', 'UK 20% incl.'],
    ['coalesce(table("tax", order.missing), "none")', 'none'],
    ['first(order.missing)', null],
    ['date(order.createdAt, "Europe/Brussels")', '2026-10-02'],
    ['order.createdAt > "2026-10-01T00:00:00Z"', true],
    ['size("a😀b")', 3],
    ['truncate("a😀b", 2)', 'a😀'],
    ['"😀😀".substring(1)', '😀'],
  ])('%s', (cel, value) => {
    expect(plain(evaluate(cel, { order }))).toEqual(value)
  })
})

describe('a record is parked, with the reason', () => {
  test.each<[string, string, RegExp]>([
    ['order.note + "!"', 'missing-value', /order\.note has no value.*coalesce\(order\.note/],
    ['order.missing * 2', 'missing-value', /order\.missing has no value/],
    ['order.missing > 2', 'missing-value', /order\.missing > 2 needs one/],
    ['-order.missing', 'missing-value', /order\.missing/],
    ['round(order.missing, 2)', 'missing-value', /order\.missing/],
    ['sum([1, order.missing])', 'missing-value', /filter/],
    ['table("tax", order.missing)', 'missing-value', /order\.missing/],
    ['order.total / 0', 'value', /divides/],
    ['order.total % (1 - 1)', 'value', /divides/],
    [
      'table("tax", 0.21)',
      'value',
      /"tax" does not list "0\.21" \(0\.21\): add a line for it under tables\.tax/,
    ],
    ['table("tax", "0.2")', 'value', /does not list "0\.2"/],
    ['coalesce(table("pricelist", "CHF"), "none")', 'value', /does not list "CHF"/],
    ['order.name + 1', 'value', /text\(…\)/],
    ['order.name * 2', 'value', /order\.name is a text \("#1042"\)/],
    ['order.name < 2', 'value', /compares a text with a number/],
    ['order.name && true', 'value', /must be true or false/],
    ['order.name.first', 'value', /has no "first"/],
    ['order.name.map(x, x)', 'value', /a list is needed/],
    ['decimal("12,5")', 'value', /"12,5" is not a number/],
    ['integer(1.5)', 'value', /not a whole number/],
    ['date("yesterday", "UTC")', 'value', /not a date and time/],
    ['datetime("2026-10-01")', 'value', /in which zone/],
    ['country("Belgium")', 'value', /country code/],
    ['1e300 * 1e300', 'value', /out of all proportion/],
  ])('%s', (cel, kind, message) => {
    expect(plain(evaluate(cel, { order }))).toEqual({ parked: kind, message: expect.stringMatching(message) })
  })
})

describe('only what is needed is evaluated', () => {
  test.each([
    ['coalesce(1, 1 / 0)'],
    ['when(true, 1, 1 / 0)'],
    ['true ? 1 : 1 / 0'],
    ['false && 1 / 0 == 1 ? 2 : 1'],
    ['true || 1 / 0 == 1 ? 1 : 2'],
  ])('%s', (cel) => {
    expect(plain(evaluate(cel))).toBe(1)
  })
})
