import { Decimal as Plain } from 'decimal.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalDecimal, Decimal, parseDecimal } from '../../../engine/core/expression/decimal.ts'
import {
  compileDecoder,
  decode,
  encodeValue,
  Reference,
  type Value,
} from '../../../engine/core/expression/value.ts'
import type { FieldType } from '../../../engine/core/model/recorded.ts'
import { evaluate, plain } from './world.ts'

describe('a mapped value in the form its field takes', () => {
  test.each<[FieldType, Value, unknown]>([
    ['text', 'Ann', 'Ann'],
    ['text', 12, '12'],
    ['text', new Decimal('28.50'), '28.5'],
    ['html', '<p>x</p>', '<p>x</p>'],
    ['selection', 'draft', 'draft'],
    ['decimal', 28, '28'],
    ['decimal', new Decimal('28.00'), '28'],
    ['decimal', '028.50', '28.5'],
    ['decimal', '1e-7', '0.0000001'],
    ['decimal', new Decimal('-0'), '0'],
    ['decimal', 0.05, '0.05'],
    ['float', new Decimal('1e21'), '1000000000000000000000'],
    ['integer', 3, 3],
    ['integer', new Decimal('3.0'), 3],
    ['integer', '7', 7],
    ['boolean', false, false],
    ['date', '2026-02-28', '2026-02-28'],
    ['datetime', '2026-10-01T12:00:00+02:00', '2026-10-01T10:00:00Z'],
    ['datetime', '2026-10-01T12:00:00.987Z', '2026-10-01T12:00:00Z'],
    ['datetime', '2026-12-31 23:30:00-0100', '2027-01-01T00:30:00Z'],
    ['datetime', '2026-10-01 12:00:00', '2026-10-01T12:00:00Z'],
    ['datetime', '2026-10-01', '2026-10-01T00:00:00Z'],
    ['many2one', new Reference('res.partner', '7'), '7'],
    ['many2one', '7', '7'],
    [
      'many2many',
      [
        new Reference('account.tax', '7'),
        new Reference('account.tax', '3'),
        new Reference('account.tax', '7'),
      ],
      ['7', '3'],
    ],
    ['many2many', [], []],
    ['json', { b: new Decimal('1.50'), a: [new Reference('x', '1')] }, '{"a":["1"],"b":"1.5"}'],
    ['text', null, null],
  ])('%s %s', (type, value, form) => {
    expect(encodeValue(value, type)).toEqual(form)
  })

  test.each<[FieldType, Value, RegExp]>([
    ['text', true, /true or false.*takes text/],
    ['text', ['a'], /a list/],
    ['text', new Reference('x', '1'), /a reference/],
    ['decimal', '12,50', /"12,50" is a text/],
    ['decimal', '1e999999', /takes a number/],
    ['integer', new Decimal('1.5'), /round\(x, 0\)/],
    ['integer', '9007199254740993', /whole number within/],
    ['boolean', 'true', /true or false/],
    ['date', '2026-02-30', /a date/],
    ['date', '2026-10-01T00:00:00Z', /in which zone/],
    ['datetime', '2026-10-01T25:00:00Z', /date and time/],
    ['many2one', true, /match\(…\)/],
    ['many2many', 'x', /list of references/],
    ['many2many', [null], /match\(…\)/],
    ['one2many', 'x', /one2many/],
  ])('%s does not take %s', (type, value, fault) => {
    expect(encodeValue(value, type)).toEqual({ fault: expect.stringMatching(fault) })
  })
})

describe('a source record as values', () => {
  test('has exactly the selected fields, each of its type', () => {
    const decoded = decode(
      {
        id: 'o-1',
        total: '28.50',
        rate: 0.2,
        big: '12345678901234567890',
        count: '3',
        at: '2026-10-01T12:00:00+02:00',
        wrong: 'n/a',
        customer: { id: 'c', secret: 'x' },
        lines: [{ price: '1.10' }, { price: null }],
        tags: ['a', 'b'],
        unselected: 1,
      },
      {
        id: { type: 'text' },
        total: { type: 'decimal' },
        rate: { type: 'float' },
        big: { type: 'integer' },
        count: { type: 'integer' },
        at: { type: 'datetime' },
        wrong: { type: 'decimal' },
        absent: { type: 'decimal' },
        customer: { type: 'object', fields: { id: { type: 'text' } } },
        guest: { type: 'object', fields: { id: { type: 'text' } } },
        lines: { type: 'object', list: 'connection', fields: { price: { type: 'decimal' } } },
        tags: { type: 'text', list: 'plain' },
      },
    )
    expect(plain({ ok: true, value: decoded })).toEqual({
      id: 'o-1',
      total: { decimal: '28.5' },
      rate: { decimal: '0.2' },
      big: { decimal: '12345678901234567890' },
      count: 3,
      at: '2026-10-01T10:00:00Z',
      wrong: 'n/a',
      absent: null,
      customer: { id: 'c' },
      guest: null,
      lines: [{ price: { decimal: '1.1' } }, { price: null }],
      tags: ['a', 'b'],
    })
  })
})

/** Money and rates as systems write them: some digits, a point somewhere, zeros at the end. */
const decimalText = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 0, max: 8 }))
  .map(([negative, digits, places]) => {
    const padded = digits.toString().padStart(places + 1, '0')
    const point = padded.length - places
    return `${negative ? '-' : ''}${padded.slice(0, point)}${places > 0 ? `.${padded.slice(point)}` : ''}`
  })

describe('laws of numbers', () => {
  const decoder = compileDecoder({ x: { type: 'decimal' } })

  test('a decimal goes through unchanged in value, and its form is canonical', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const form = encodeValue(decoder({ x: text }).x!, 'decimal') as string
        expect(new Plain(form).eq(text)).toBe(true)
        expect(form).toMatch(/^(?:0|-?(?:[1-9]\d*|0)(?:\.\d*[1-9])?)$/)
        expect(encodeValue(form, 'decimal')).toBe(form)
      }),
    )
  })

  test.each<['+' | '-' | '*', (a: Plain, b: Plain) => Plain]>([
    ['+', (a, b) => a.plus(b)],
    ['-', (a, b) => a.minus(b)],
    ['*', (a, b) => a.times(b)],
  ])('%s is exact, whether its operands are whole or not', (operator, theirs) => {
    const Exact = Plain.clone({ precision: 100 })
    fc.assert(
      fc.property(decimalText, decimalText, (a, b) => {
        const ours = evaluate(`a ${operator} b`, {
          a: decode({ a }, { a: { type: 'integer' } }).a!,
          b: parseDecimal(b)!,
        })
        expect(ours.ok && canonicalDecimal(ours.value as Decimal)).toBe(
          theirs(new Exact(a), new Exact(b)).toFixed().replace(/^-0$/, '0'),
        )
      }),
    )
  })

  test('numbers compare by value, however they are written', () => {
    fc.assert(
      fc.property(decimalText, decimalText, (a, b) => {
        const variables = { a: parseDecimal(a)!, b: decode({ b }, { b: { type: 'integer' } }).b! }
        const order = new Plain(a).cmp(b)
        expect(plain(evaluate('[a < b, a == b, a > b]', variables))).toEqual([
          order < 0,
          order === 0,
          order > 0,
        ])
      }),
    )
  })

  test('a quotient times its divisor comes back to 27 digits', () => {
    fc.assert(
      fc.property(decimalText, decimalText, (a, b) => {
        fc.pre(!new Plain(b).isZero() && !new Plain(a).isZero())
        const quotient = evaluate('a / b', { a: parseDecimal(a)!, b: parseDecimal(b)! })
        expect(quotient.ok).toBe(true)
        const back = new Decimal(String((quotient as { value: Value }).value)).times(b)
        expect(back.minus(a).abs().lte(new Decimal(a).abs().times('1e-27'))).toBe(true)
      }),
    )
  })
})
