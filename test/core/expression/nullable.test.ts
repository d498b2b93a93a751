import { describe, expect, test } from 'vitest'
import { check, evaluate, parsed, plain } from './world.ts'

/** What the fault points to. */
const marked = (cel: string) =>
  check(cel).faults.map(({ code, offset, length }) => [code, cel.slice(offset, offset + length)])

describe('null where a value is needed is told, with the guard to write', () => {
  test.each<[string, string, string]>([
    // expression, what may be null, guard
    ['order.note + "!"', 'order.note', 'coalesce(order.note, "")'],
    ['"!" + order.customer.email', 'order.customer.email', 'coalesce(order.customer.email, "")'],
    ['first(order.lineItems).currentDiscount * 2', 'first(order.lineItems).currentDiscount', ', 0)'],
    ['-order.lineItems[0].currentDiscount', 'order.lineItems[0].currentDiscount', ', 0)'],
    ['order.cancelledAt > "2026-01-01T00:00:00Z"', 'order.cancelledAt', 'coalesce(order.cancelledAt, …)'],
    ['"x".contains(order.note)', 'order.note', 'coalesce(order.note, "")'],
    ['round(order.lineItems[0].currentDiscount, 2)', 'order.lineItems[0].currentDiscount', ', 0)'],
    ['min(1, order.lineItems[0].currentQuantity)', 'order.lineItems[0].currentQuantity', ', 0)'],
    [
      'sum(order.lineItems.map(l, l.taxLines[0].rate))',
      'order.lineItems.map(l, l.taxLines[0].rate)',
      'filter',
    ],
    ['order.lineItems.map(l, l.sku + "!")', 'l.sku', 'coalesce(l.sku, "")'],
    // Guards that guard something else.
    [
      'when(order.note != null, order.customer.email, "") + "!"',
      'when(order.note != null, order.customer.email, "")',
      'coalesce(when(',
    ],
    ['order.note == null ? order.note + "!" : "x"', 'order.note', 'coalesce'],
    ['order.test || order.note != null ? order.note + "!" : "x"', 'order.note', 'coalesce'],
    [
      '!(order.note != null && order.test) ? "x" : order.customer.email + "!"',
      'order.customer.email',
      'coalesce',
    ],
    ['order.note != null && order.lineItems.map(order, order.sku + "x").size() > 0', 'order.sku', 'coalesce'],
    ['order.customer != null ? order.customer.email + "!" : ""', 'order.customer.email', 'coalesce'],
    ['order.lineItems.filter(l, l.sku == null).map(l, l.sku + "!")', 'l.sku', 'coalesce'],
    [
      'coalesce(order.note, order.customer.email) + "!"',
      'coalesce(order.note, order.customer.email)',
      'coalesce(coalesce(',
    ],
  ])('%s', (cel, at, guard) => {
    expect(marked(cel)).toEqual([['may-be-null', at]])
    expect(check(cel).faults[0]!.hint).toContain(guard)
  })
})

describe('what a guard lets through has a value', () => {
  test.each([
    'coalesce(order.note, "") + "!"',
    'coalesce(order.note, order.customer.email, "none") + "!"',
    'order.note != null ? order.note + "!" : ""',
    'order.note == null ? "" : order.note + "!"',
    'when(order.note != null, order.note + "!", "")',
    'when(has(order.note), order.note + "!", "")',
    'when(!has(order.note), "", order.note + "!")',
    'when(null != order.note, order.note + "!", "")',
    'order.note != null && order.note + "!" == "!"',
    'order.note == null || order.note + "!" == "!"',
    'when(order.note == null || order.customer.email == null, "", order.note + order.customer.email)',
    'when(!(order.note == null || order.customer.email == null), order.note + order.customer.email, "")',
    'when(order.note != null && (order.test || order.customer.email != null), order.note + "!", "")',
    'when(order.test ? order.note != null : false, order.note + "!", "")',
    'when(order.note == "x", order.note + "!", "")',
    'when(order.note == order.name, order.note + "!", "")',
    'when(order.note in ["a", "b"], order.note + "!", "")',
    'when(order.note.contains("x"), order.note + "!", "")',
    'when(lower(order.note) != null, order.note + "!", "")',
    'when(coalesce(order.note == "x", false), order.note + "!", "")',
    'when(order["note"] != null, order.note + "!", "")',
    'when(order.customer.email != null, order.customer.id + "!", "")',
    'when(order.lineItems[0].sku != null, order.lineItems[0].sku + "!", "")',
    'when(first(order.lineItems) != null, first(order.lineItems).currentDiscount * 2, 0)',
    'order.lineItems.filter(l, l.sku != null).map(l, l.sku + "!")',
    'order.lineItems.map(l, l.sku != null, l.sku + "!")',
    'order.lineItems.filter(l, l.sku != null).filter(l, l.currentDiscount > 0).map(l, l.sku + "!")',
    'order.lineItems.map(l, l.taxLines[0].rate).filter(r, r != null).map(r, r * 2)',
    'sum(order.lineItems.map(l, l.taxLines[0].rate).filter(r, r != null))',
    'order.note != null ? order.lineItems.map(l, l.currentDiscount > 0, order.note + "!") : []',
    'order.lineItems.all(l, l.sku == null || l.sku + "!" != "")',
  ])('%s', (cel) => {
    expect(marked(cel)).toEqual([])
  })
})

describe('optional access is plain access', () => {
  test.each([
    ['order.?customer.?email', 'order.customer.email'],
    ['order[?"note"]', 'order["note"]'],
    ['order.tags[?0]', 'order.tags[0]'],
  ])('%s', (optional, plainly) => {
    const record = { order: { customer: null, note: 'n', tags: [] } }
    expect(parsed(optional).tree.op).toBe(parsed(plainly).tree.op)
    expect(check(optional).faults).toEqual([])
    expect(check(optional).type).toEqual(check(plainly).type)
    expect(plain(evaluate(optional, record))).toEqual(plain(evaluate(plainly, record)))
  })

  test('what CEL hangs on it has an answer', () => {
    expect(check('order.?note.orValue("x")').faults).toMatchObject([
      { code: 'unknown-function', hint: 'Write coalesce(a, b).' },
    ])
  })
})
