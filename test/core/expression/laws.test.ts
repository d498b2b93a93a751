import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { References, Resolution } from '../../../engine/core/expression/compile.ts'
import type { Value } from '../../../engine/core/expression/value.ts'
import { evaluate, PENDING, plain } from './world.ts'

/** Expressions of all kinds, nested, with look-ups in every place; most make sense, some park. */
const { expression } = fc.letrec<{ expression: string; condition: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      '1',
      '2.5',
      '"a"',
      '"b"',
      'null',
      'order.name',
      'order.gone',
      'order.total',
      'ref("a.b")',
    ),
    tie('expression').map((key) => `match("m", "f", ${key})`),
    tie('expression').map((key) => `link("c", ${key}, {"otherwise": null})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `coalesce(${a}, ${b})`),
    fc
      .tuple(tie('condition'), tie('expression'), tie('expression'))
      .map(([c, a, b]) => `when(${c}, ${a}, ${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} + ${b})`),
    tie('expression').map((body) => `order.items.map(i, ${body})`),
    fc.tuple(tie('condition'), tie('expression')).map(([c, body]) => `order.items.map(i, ${c}, ${body})`),
    tie('condition').map((c) => `order.items.filter(i, ${c}).size()`),
    tie('expression').map((x) => `[${x}, i0]`.replace('i0', 'order.name')),
  ),
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('true', 'false', 'order.gone == null'),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a} == ${b}`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} && ${b})`),
    tie('condition').map((c) => `!(${c})`),
    tie('condition').map((c) => `order.items.exists(i, ${c})`),
  ),
}))

const variables: Readonly<Record<string, Value>> = {
  order: { name: 'a', gone: null, total: 3, items: ['a', 'b', 'c'] },
}

/** What is there: two of three questions have an answer, by their text alone. */
function truthOf(question: string): Resolution {
  const sum = [...question].reduce((total, character) => total + character.charCodeAt(0), 0)
  return sum % 3 === 0 ? { status: 'missing' } : { status: 'found', id: String(sum) }
}

function answers(answer: (question: string) => Resolution): References {
  return {
    match: ({ resource, field, value }) => answer(`${resource}.${field}=${value}`),
    link: (mapping, key) => answer(`${mapping}/${key}`),
    ref: answer,
  }
}

/** Questions are collected, answered together, and the expression is evaluated again: what a leg does. */
function inPasses(cel: string): {
  readonly result: unknown
  readonly passes: number
  readonly asked: ReadonlySet<string>
} {
  const known = new Map<string, Resolution>()
  for (let passes = 1; passes <= 50; passes++) {
    const open = new Set<string>()
    const book = answers((question) => {
      const answer = known.get(question)
      if (answer === undefined) open.add(question)
      return answer ?? PENDING
    })
    const result = plain(evaluate(cel, variables, book))
    expect(result === 'pending').toBe(open.size > 0)
    if (result !== 'pending') return { result, passes, asked: new Set(known.keys()) }
    for (const question of open) known.set(question, truthOf(question))
  }
  throw new Error(`${cel} never ends`)
}

describe('laws of evaluation', () => {
  test('the same record gives the same', () => {
    fc.assert(
      fc.property(expression, (cel) => {
        expect(plain(evaluate(cel, variables, answers(truthOf)))).toEqual(
          plain(evaluate(cel, variables, answers(truthOf))),
        )
      }),
      { numRuns: 500 },
    )
  })

  test('answers that come in passes give what answers at once give: nothing pending leaks into a value', () => {
    fc.assert(
      fc.property(expression, (cel) => {
        const { result } = inPasses(cel)
        expect(result).toEqual(plain(evaluate(cel, variables, answers(truthOf))))
      }),
      { numRuns: 1000 },
    )
  })

  test('only what the branch taken asks is asked', () => {
    fc.assert(
      fc.property(expression, (cel) => {
        const needed = new Set<string>()
        const value = evaluate(
          cel,
          variables,
          answers((question) => {
            needed.add(question)
            return truthOf(question)
          }),
        )
        fc.pre(value.ok && !/exists|filter/.test(cel))
        expect(inPasses(cel).asked).toEqual(needed)
      }),
      { numRuns: 500 },
    )
  })
})
