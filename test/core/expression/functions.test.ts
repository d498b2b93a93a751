import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FUNCTIONS } from '../../../engine/core/expression/functions.ts'
import { expressionsPage } from '../../../engine/core/expression/page.ts'
import { safePattern } from '../../../engine/core/expression/pattern.ts'
import { check, evaluate, found, plain, references } from './world.ts'

const known = {
  'product.product.default_code=MUG,sale_ok=true': found('7'),
  'shopify-customers/c-1': found('42'),
  'base.be': found('20'),
}

describe('every function does what its line in the documentation shows', () => {
  test.each(Object.entries(FUNCTIONS))('%s', (name, { example }) => {
    expect(example.cel).toContain(name)
    expect(check(example.cel).faults).toEqual([])
    expect(plain(evaluate(example.cel, {}, references(known)))).toEqual(example.gives)
  })

  test('the page is current', () => {
    expect(readFileSync(new URL('../../../docs/expressions.md', import.meta.url), 'utf8')).toBe(
      expressionsPage(),
    )
  })

  test('a function gives the kind of value the checker expects', () => {
    const kinds = Object.values(FUNCTIONS).map(({ example }) => {
      const { type } = check(example.cel)
      const value = plain(evaluate(example.cel, {}, references(known)))
      return [example.cel, type.kind, value] as const
    })
    for (const [cel, kind, value] of kinds) {
      const fits = {
        text: typeof value === 'string',
        date: typeof value === 'string',
        datetime: typeof value === 'string',
        boolean: typeof value === 'boolean',
        integer: typeof value === 'number',
        decimal: typeof value === 'number' || typeof value === 'object',
        list: Array.isArray(value),
        reference: typeof value === 'object',
        unknown: true,
      }[kind as 'text']
      expect([cel, kind, fits]).toEqual([cel, kind, true])
    }
  })
})

describe('rounding', () => {
  test.each([
    ['2.5', 'half-up', 3],
    ['-2.5', 'half-up', -3],
    ['2.5', 'half-even', 2],
    ['3.5', 'half-even', 4],
    ['2.5', 'half-down', 2],
    ['2.1', 'up', 3],
    ['-2.1', 'up', -3],
    ['2.9', 'down', 2],
    ['-2.1', 'ceiling', -2],
    ['-2.1', 'floor', -3],
  ])('%s %s', (number, mode, rounded) => {
    expect(plain(evaluate(`round(${number}, 0, "${mode}")`))).toBe(rounded)
  })
})

describe('a pattern that can run away is refused', () => {
  test.each([
    '(a+)+',
    '(a|aa)*',
    '((a+)b)*',
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    'a*a*a*a*a*b',
    '(a{1,9}){2,}',
    '[',
  ])('%s', (pattern) => {
    expect(safePattern(pattern)).toMatch(/^The pattern/)
  })

  test.each(['^[A-Z]{2}-\\d+$', '(?:DE|AT)\\d{9}', '(ab)+', 'a|b|c', '[(+]x', '\\(a+\\)+'])(
    '%s is fine',
    (pattern) => {
      expect(safePattern(pattern)).toBeInstanceOf(RegExp)
    },
  )
})
