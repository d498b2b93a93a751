import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExpression } from '../../../engine/core/expression/parse.ts'

describe('what is no expression is a fault at its place', () => {
  test.each<[string, number, RegExp]>([
    ['', 0, /order\.name/],
    ['   ', 0, /order\.name/],
    ['order.name = "x"', 11, /==/],
    ['a and b', 2, /&&/],
    ['a or b', 2, /\|\|/],
    ['not a', 4, /!/],
    ['a & b', 2, /&&/],
    ['a | b', 2, /\|\|/],
    ['if(a, b, c)', 0, /when/],
    ['order?.name', 6, /plain dot/],
    ['(order.name', 11, /"\)" is missing/],
    ['match("a", [order.name', 22, /"\]\)" is missing/],
    ['order.name + ', 13, /ends too early/],
    ['"abc', 0, /quotation mark/],
    ['“abc”', 0, /straight quotation marks/],
    ['b"bytes"', 0, /plain text/],
    ['5u', 0, /plain text or number/],
    ['list.map(1, x)', 9, /list\.map\(x, …\)/],
  ])('%s', (text, offset, hint) => {
    const result = parseExpression(text)
    expect(result).toMatchObject({ ok: false, fault: { code: 'syntax', offset } })
    if (!result.ok) expect(String(result.fault.hint)).toMatch(hint)
  })

  test('no text makes it throw', () => {
    const piece = fc.constantFrom(
      'order',
      '.',
      '(',
      ')',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      '?',
      ':',
      '&&',
      '+',
      '1',
      '0.5',
      'map',
      ',',
      ' ',
      '#',
      'é',
      '\\',
      '=',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('')
        const result = parseExpression(text)
        if (!result.ok) expect(result.fault.offset).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 2000 },
    )
  })
})
