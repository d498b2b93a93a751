import { describe, expect, test } from 'vitest'
import type { Resolution } from '../../../engine/core/expression/compile.ts'
import type { ValueObject } from '../../../engine/core/expression/value.ts'
import { evaluate, found, PENDING, plain, references } from './world.ts'

const order: ValueObject = {
  id: 'o-1',
  customer: { id: 'c-1' },
  guest: null,
  lines: [{ sku: 'MUG' }, { sku: 'CAP' }, { sku: 'MUG' }],
  empty: '',
}
const ambiguous: Resolution = { status: 'ambiguous', ids: ['4', '9'] }

describe('a look-up', () => {
  test.each<[string, string, Record<string, Resolution>, unknown]>([
    ['gives what it finds', 'match("m", "f", "x")', { 'm.f=x': found('7') }, { reference: '7' }],
    ['compares numbers as text', 'match("m", "f", 12.50)', { 'm.f=12.5': found('7') }, { reference: '7' }],
    [
      'takes conditions',
      'match("m", "f", "x", {"where": {"a": true, "b": "c"}})',
      { 'm.f=x,a=true,b=c': found('7') },
      { reference: '7' },
    ],
    [
      'takes a reference as its value',
      'match("m", "parent", link("c", "1"))',
      { 'c/1': found('5'), 'm.parent=5': found('7') },
      { reference: '7' },
    ],
    ['by link', 'link("c", order.customer.id)', { 'c/c-1': found('7') }, { reference: '7' }],
    ['by external id', 'ref("base.be")', { 'base.be': found('20') }, { reference: '20' }],
    [
      'without a key gives null inside coalesce',
      'coalesce(link("c", order.guest.id), ref("a.b"))',
      { 'a.b': found('7') },
      { reference: '7' },
    ],
    [
      'without a key gives null deep inside coalesce',
      'coalesce(match("m", "f", lower(order.guest.id)), ref("a.b"))',
      { 'a.b': found('7') },
      { reference: '7' },
    ],
    [
      'without a key gives what stands under otherwise',
      'link("c", order.guest.id, {"otherwise": ref("a.b")})',
      { 'a.b': found('7') },
      { reference: '7' },
    ],
    [
      'without a key gives null under otherwise null',
      'match("m", "f", order.guest.id, {"otherwise": null})',
      {},
      null,
    ],
    ['of a branch not taken is not asked', 'order.guest == null ? 1 : ref("a.b")', { 'a.b': PENDING }, 1],
    ['waits', 'match("m", "f", "x")', { 'm.f=x': PENDING }, 'pending'],
    [
      'that waits is not hidden by coalesce',
      'coalesce(link("c", "1"), "none")',
      { 'c/1': PENDING },
      'pending',
    ],
    ['that waits hides the fault it would cause', 'link("c", "1") + 1', { 'c/1': PENDING }, 'pending'],
    [
      'that waits in a condition runs no branch',
      'ref("a.b") == null ? 1 / 0 : 1 / 0',
      { 'a.b': PENDING },
      'pending',
    ],
  ])('%s: %s', (_, cel, known, value) => {
    expect(plain(evaluate(cel, { order }, references(known)))).toEqual(value)
  })

  test.each<[string, string, Record<string, Resolution>, string, RegExp]>([
    ['without a key', 'link("c", order.guest.id)', {}, 'missing-value', /order\.guest\.id has no value/],
    ['with an empty key', 'match("m", "f", order.empty)', {}, 'missing-value', /order\.empty/],
    [
      'without a key in a list inside coalesce',
      'coalesce(order.lines.map(l, match("m", "f", l.gone)), [])',
      {},
      'missing-value',
      /l\.gone/,
    ],
    [
      'without a condition',
      'match("m", "f", "x", {"where": {"a": order.guest}})',
      {},
      'missing-value',
      /order\.guest/,
    ],
    [
      'that finds nothing',
      'match("product.product", "default_code", "X")',
      {},
      'missing-reference',
      /No active product\.product has default_code = "X"/,
    ],
    [
      'that finds nothing, inside coalesce',
      'coalesce(match("m", "f", "x"), ref("a.b"))',
      { 'a.b': found('7') },
      'missing-reference',
      /No active m/,
    ],
    [
      'that finds nothing, with otherwise',
      'match("m", "f", "x", {"otherwise": null})',
      {},
      'missing-reference',
      /No active m/,
    ],
    ['that finds several', 'match("m", "f", "x")', { 'm.f=x': ambiguous }, 'ambiguous', /^2 .*4, 9/],
    [
      'that finds several, inside coalesce',
      'coalesce(match("m", "f", "x"), 1)',
      { 'm.f=x': ambiguous },
      'ambiguous',
      /4, 9/,
    ],
    ['of a fixed record that is gone', 'ref("a.b")', {}, 'missing-reference', /a\.b does not exist/],
    [
      'with a reason of its own',
      'link("c", "1")',
      { 'c/1': { status: 'missing', message: 'Left out by a rule.' } },
      'missing-reference',
      /^Left out by a rule\.$/,
    ],
  ])('%s parks the record: %s', (_, cel, known, kind, message) => {
    expect(plain(evaluate(cel, { order }, references(known)))).toEqual({
      parked: kind,
      message: expect.stringMatching(message),
    })
  })

  test('of a missing link says what it waits for', () => {
    expect(evaluate('link("customers", order.customer.id)', { order })).toMatchObject({
      class: 'missing-reference',
      reference: { mapping: 'customers', key: 'c-1' },
    })
  })
})

describe('all look-ups that can be asked are asked in the first pass', () => {
  test.each<[string, readonly string[]]>([
    ['order.lines.map(l, match("m", "f", l.sku))', ['m.f=MUG', 'm.f=CAP', 'm.f=MUG']],
    [
      'order.lines.map(l, match("m", "f", l.sku) == ref("a.b"), link("c", l.sku))',
      ['m.f=MUG', 'a.b', 'm.f=CAP', 'a.b', 'm.f=MUG', 'a.b'],
    ],
    [
      'order.lines.exists(l, match("m", "f", l.sku) == ref("a.b"))',
      ['m.f=MUG', 'a.b', 'm.f=CAP', 'a.b', 'm.f=MUG', 'a.b'],
    ],
    ['[ref("a.b"), link("c", "1")]', ['a.b', 'c/1']],
    ['coalesce(link("c", "1"), ref("a.b"))', ['c/1']],
    ['coalesce(link("c", order.guest.id), ref("a.b"))', ['a.b']],
    ['match("m", "parent", link("c", "1"))', ['c/1']],
  ])('%s', (cel, asked) => {
    const waiting = references(new Proxy({}, { get: () => PENDING }))
    expect(plain(evaluate(cel, { order }, waiting))).toBe('pending')
    expect(waiting.asked).toEqual(asked)
  })
})
