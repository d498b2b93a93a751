import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { quoteExpression, quotingFaults } from '../../../engine/core/expression/quoting.ts'

describe('YAML takes something away from an expression', () => {
  test.each<[string, boolean, string, string]>([
    ['order.name + " #1"', false, 'comment', `'order.name + " #1"'`],
    ['coalesce(order.note, # the note', false, 'comment', `'coalesce(order.note, # the note'`],
    ['!order.test', false, 'tag', `'!order.test'`],
    ['order.test ? "a" : "b"', false, 'colon', `'order.test ? "a" : "b"'`],
    ['order.name == "a: b"', false, 'colon', `'order.name == "a: b"'`],
    ['"WEB-" + order.name', false, 'quote', `'"WEB-" + order.name'`],
    ["'a' + order.name  # why", false, 'quote', `'''a'' + order.name'  # why`],
    ['match("m", "f", x) }', true, 'comma', `'match("m", "f", x)' }`],
    [
      'match("m", "f", x), firstTimeOnly: true }',
      true,
      'comma',
      `'match("m", "f", x)', firstTimeOnly: true }`,
    ],
    ['order.tags[0] }', true, 'comma', `'order.tags[0]' }`],
    ['order.name + " #1" }', true, 'comment', `'order.name + " #1"' }`],
    ['match("m", "f", \'x\') }', true, 'comma', `'match("m", "f", ''x'')' }`],
  ])('%s', (raw, flow, reason, fixed) => {
    expect(quotingFaults(raw, { flow })).toMatchObject([{ code: 'quote-expression', reason, fixed }])
  })

  test.each<[string, boolean]>([
    ['order.name', false],
    ['order.name   # the number people know', false],
    ['coalesce(link("c", order.customer.id), ref("a.b"))   # guests', false],
    [`'order.name + " #1"'`, false],
    ['"order.name"', false],
    ['-discount.currentDiscount', false],
    ['order.test != true', false],
    ['order.name, firstTimeOnly: true }', true],
    [`'match("m", "f", x)', firstTimeOnly: true }`, true],
  ])('but not from %s', (raw, flow) => {
    expect(quotingFaults(raw, { flow })).toEqual([])
  })

  test('nothing is said when YAML read what was written', () => {
    expect(quotingFaults('order.name == "a:b"', { flow: false, value: 'order.name == "a:b"' })).toEqual([])
  })
})

describe('the line proposed', () => {
  const pieces = fc.array(
    fc.constantFrom(
      'order.name',
      '" #1"',
      "'x'",
      ' + ',
      'f(a, b)',
      '!x',
      ' ? ',
      ' : ',
      '{"k": 1}',
      '[0]',
      "it's",
    ),
    { minLength: 1 },
  )

  test('is read by YAML as the expression', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const expression = parts.join('').trim()
        expect(parse(`key: ${quoteExpression(expression)}`)).toEqual({ key: expression })
        expect(parse(`{ key: ${quoteExpression(expression)} }`)).toEqual({ key: expression })
      }),
    )
  })

  test.each<[string, boolean]>([
    ['order.name + " #1"', false],
    ['!order.test', false],
    ['order.test ? "a" : "b"', false],
    ['"WEB-" + order.name', false],
    ['match("m", "f", x)', true],
    ['order.name + " #1"', true],
    ['order.tags[0]', true],
  ])('mends %s, which YAML reads otherwise', (expression, flow) => {
    const around = (value: string) => (flow ? `{ value: ${value} }` : `value: ${value}`)
    const read = (yaml: string): unknown => {
      try {
        return (parse(yaml, { logLevel: 'silent' }) as { value: unknown }).value
      } catch {
        return undefined
      }
    }
    expect(read(around(expression))).not.toBe(expression)
    const [fault] = quotingFaults(flow ? `${expression} }` : expression, { flow })
    expect(read(flow ? `{ value: ${fault!.fixed}` : `value: ${fault!.fixed}`)).toBe(expression)
  })
})
