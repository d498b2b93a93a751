import { Environment } from '@marcbachmann/cel-js'
import { describe, expect, test } from 'vitest'
import { evaluate, plain } from './world.ts'

const cel = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })
const variables = {
  name: 'Ann',
  age: 41,
  tags: ['a', 'b', 'c'],
  person: { name: 'Ann' },
  lines: [
    { sku: 'x', n: 1 },
    { sku: 'y', n: 2 },
  ],
  flag: true,
}

/** Integers are bigints there. */
function asPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(asPlain)
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, member]) => [key, asPlain(member)]))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asPlain(member)]))
  }
  return value
}

describe('where CEL agrees, we give what cel-js gives', () => {
  test.each([
    '1 + 2 * 3',
    '(1 + 2) * 3',
    '10 - 4 - 3',
    '2 * 3 % 4',
    '-7 % 3',
    '6 / 2',
    '-(3 - 5)',
    '1 < 2',
    '2 <= 2',
    '3 > 4',
    '4 >= 4',
    '1 == 1',
    '1 != 1',
    '"a" < "b"',
    '"a" == "a"',
    '"a" + "b" + "c"',
    '\'single\' == "single"',
    '"tab\\tnew\\nquote\\""',
    'r"raw\\n"',
    '"\\u00e9" == "é"',
    '"""triple "quoted" """',
    'true && false',
    'true || false',
    '!true',
    '!(1 == 2) && true',
    'true ? 1 : 2',
    'false ? 1 : true ? 2 : 3',
    'null == null',
    'name == null',
    '[1, 2, 3][1]',
    '{"a": 1}["a"]',
    '{"a": {"b": 2}}.a.b',
    '[1, 2] == [1, 2]',
    '[1, 2] + [3]',
    '2 in [1, 2]',
    '"z" in tags',
    '"a" in {"a": 1}',
    'size([1, 2, 3])',
    'size("añ😀")',
    '"abc".size()',
    'tags.size()',
    'name.startsWith("A")',
    'name.endsWith("n")',
    'name.contains("nn")',
    '"a-1".matches("^[a-z]-[0-9]$")',
    '"AbC".lowerAscii()',
    '"AbC".upperAscii()',
    '" a ".trim()',
    '"a,b,c".split(",")',
    '["a", "b"].join("-")',
    '"abcdef".substring(2)',
    '"abcdef".substring(2, 4)',
    'tags.map(t, t + "!")',
    'tags.map(t, t != "b", t + "!")',
    'tags.filter(t, t > "a")',
    'lines.filter(l, l.n > 1).map(l, l.sku)',
    'lines.all(l, l.n > 0)',
    'lines.exists(l, l.n == 2)',
    'lines.exists_one(l, l.n > 0)',
    'lines.map(l, lines.exists(m, m.n > l.n))',
    'has(person.name)',
    'has(person.age)',
    'lines[0].sku == "x" && flag',
    '0x1F',
    '1 + 1 // a comment',
  ])('%s', (expression) => {
    const theirs = () =>
      cel.evaluate(expression, {
        ...variables,
        age: 41n,
        lines: variables.lines.map((line) => ({ ...line, n: BigInt(line.n) })),
      })
    expect(plain(evaluate(expression, variables))).toEqual(asPlain(theirs()))
  })
})

describe('where we differ on purpose', () => {
  test.each([
    ['7 / 2', 3n, { decimal: '3.5' }],
    ['0.1 + 0.2 == 0.3', false, true],
    ['"abc".substring(9)', null, ''],
    ['[1, 2][5]', null, null],
    ['{"a": null}.a.b', null, null],
    ['2 * 1.5', null, { decimal: '3' }],
  ])('%s', (expression, theirs, ours) => {
    const run = () => cel.evaluate(expression)
    if (theirs === null) expect(run).toThrow()
    else expect(run()).toBe(theirs)
    expect(plain(evaluate(expression))).toEqual(ours)
  })
})
