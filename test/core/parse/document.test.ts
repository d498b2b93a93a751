import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../../engine/core/parse/document.ts'
import { applyEdits } from '../../../engine/core/parse/edits.ts'

const TEXT = [
  '# a comment',
  'mapping: m',
  'fields:',
  '  name: order.name   # why',
  "  note: 'a ''b'''",
  '  line:',
  '    - { each: order.lines, as: line }',
  '    - each: order.more',
  'tables:',
  '  tax: { 0.10: ten, "0.2": twenty, true: yes }',
  '',
].join('\n')

/** The same file as other editors save it. */
const SAVED = [
  ['with LF', TEXT],
  ['with CRLF', TEXT.replaceAll('\n', '\r\n')],
  ['with a byte order mark', `\ufeff${TEXT}`],
  ['with both', `\ufeff${TEXT.replaceAll('\n', '\r\n')}`],
] as const

describe.each(SAVED)('a file saved %s', (_how, text) => {
  const document = parseDocument('m.yaml', text)
  const place = (line: number, column: number) => ({ file: 'm.yaml', line, column })

  test.each([
    [['mapping'], 2, 10, 2, 1],
    [['fields'], 4, 3, 3, 1],
    [['fields', 'name'], 4, 9, 4, 3],
    [['fields', 'line', 0, 'as'], 7, 32, 7, 28],
    [['fields', 'line', 1, 'each'], 8, 13, 8, 7],
    [['tables', 'tax', '0.10'], 10, 16, 10, 10],
    [['tables', 'tax', '0.2'], 10, 28, 10, 21],
  ])('knows the places of %j', (path, line, column, keyLine, keyColumn) => {
    expect(document.placeOf(path)).toMatchObject(place(line, column))
    expect(document.placeOfKey(path)).toMatchObject(place(keyLine, keyColumn))
  })

  test('shows what is not there at what is around it', () => {
    expect(document.placeOf(['fields', 'line', 0, 'identity'])).toMatchObject(place(7, 7))
    expect(document.placeOf(['target', 'identity'])).toMatchObject(place(2, 1))
  })

  test('keeps scalars as they are written', () => {
    expect(document.rawOf(['fields', 'name'])).toEqual({
      text: 'order.name',
      place: { ...place(4, 9), endLine: 4, endColumn: 19 },
    })
    expect(document.rawOf(['fields', 'note'])?.text).toBe("'a ''b'''")
    expect(document.rawOf(['fields'])).toBeNull()
    expect(document.rawOf(['nothing'])).toBeNull()
  })

  test.each([
    ['a value', () => document.placeOf(['fields', 'name']), 4, 9, 4, 19],
    ['a key', () => document.placeOfKey(['tables', 'tax', '0.2']), 10, 21, 10, 26],
    ['a part of a plain text', () => document.placeIn(['fields', 'name'], 6, 4), 4, 15, 4, 19],
    ['a part of a quoted text', () => document.placeIn(['fields', 'note'], 2, 3), 5, 12, 5, 17],
    ['a block, by its first key', () => document.placeOf(['tables']), 10, 3, 10, 6],
    ['a list, by its first dash', () => document.placeOf(['fields', 'line']), 7, 5, 7, 6],
  ])('knows where %s ends', (_what, stretch, line, column, endLine, endColumn) => {
    expect(stretch()).toEqual({ file: 'm.yaml', line, column, endLine, endColumn })
  })

  test('is plain data with keys as text', () => {
    expect(document.diagnostics).toEqual([])
    expect(document.value).toEqual({
      mapping: 'm',
      fields: {
        name: 'order.name',
        note: "a 'b'",
        line: [{ each: 'order.lines', as: 'line' }, { each: 'order.more' }],
      },
      tables: { tax: { '0.10': 'ten', '0.2': 'twenty', true: 'yes' } },
    })
  })
})

test.each([
  ['28.00', 28],
  ['-0.5', -0.5],
  ['true', true],
  ['yes', 'yes'],
  ['on', 'on'],
  ['null', null],
  ['~', null],
  ['2026-10-01', '2026-10-01'],
  ['2026-10-01T00:00:00Z', '2026-10-01T00:00:00Z'],
  ['12:30', '12:30'],
  ['"28.00"', '28.00'],
  ['9007199254740991', 9_007_199_254_740_991],
])('the value %s is %j', (written, value) => {
  expect(parseDocument('f.yaml', `a: ${written}\n`).value).toEqual({ a: value })
})

test.each([
  ['nothing', ''],
  ['a comment', '# later\n'],
  ['a mark', '---\n'],
  ['a byte order mark', '\ufeff'],
])('a file with %s is empty', (_what, text) => {
  expect(parseDocument('f.yaml', text).diagnostics).toMatchObject([
    { code: 'empty-file', line: 1, column: 1 },
  ])
})

test('texts that are no expressions may look like one', () => {
  const text = 'mapping: m\ndescription: orders (all # of them\ntests:\n  - { name: a (b, given: {} }\n'
  expect(parseDocument('m.yaml', text).diagnostics).toEqual([])
})

test.each([
  ['a block', '|\n    order.name +\n      " #1"'],
  ['a folded block', '>-\n    order.name +\n    " #1"'],
  ['quotes over two lines', '"order.name +\n    order.note"'],
  ['a plain text over two lines', 'coalesce(order.name,\n    order.note)'],
])('an expression may be %s', (_how, written) => {
  const text = `mapping: m\nfields:\n  a: ${written}\n  b: order.name\n`
  expect(parseDocument('m.yaml', text).diagnostics).toEqual([])
})

test('several expressions that YAML would change are told together', () => {
  const text = 'mapping: m\nfields:\n  a: !order.test\n  b: order.name + " #1"\n  c: { value: f(a, b) }\n'
  expect(
    parseDocument('m.yaml', text).diagnostics.map(({ line, column, code }) => [line, column, code]),
  ).toEqual([
    [3, 6, 'quote-expression'],
    [4, 6, 'quote-expression'],
    [5, 15, 'quote-expression'],
  ])
})

/** A scalar as it is written below `a:`, and the text that an edit replaces in its value. */
const REPLACED = [
  ['order.nmae', 'nmae', 'name', 'order.name'],
  ["'order.nmae == \"it''s\"'", 'nmae', 'name', "'order.name == \"it''s\"'"],
  ["'order.name == \"it''s\"'", '"it\'s"', '"he\'s"', "'order.name == \"he''s\"'"],
  ['"order.nmae == \\"a\\""', 'nmae', 'name', '"order.name == \\"a\\""'],
  ['"order.name == \\"a\\""', '"a"', '"b"', '"order.name == \\"b\\""'],
  ['|\n    order.note +\n      order.nmae', 'nmae', 'name', '|\n    order.note +\n      order.name'],
  ['>-\n    order.note +\n    order.nmae', 'nmae', 'name', '>-\n    order.note +\n    order.name'],
  ['"order.note +\n    order.nmae"', 'nmae', 'name', '"order.note +\n    order.name"'],
  ['order.note +\n    order.nmae', 'nmae', 'name', 'order.note +\n    order.name'],
  ['order.name + x', 'x', '" #1"', '\'order.name + " #1"\''],
  ['{ value: order.name }', 'order.name', 'f(a, b)', "{ value: 'f(a, b)' }"],
] as const

test.each(REPLACED)('in %j the part %s is replaced by %s', (written, part, text, expected) => {
  const source = `mapping: m\na: ${written}\n`
  const document = parseDocument('m.yaml', source)
  const path = written.startsWith('{') ? ['a', 'value'] : ['a']
  const value = path.reduce((node, key) => (node as Record<string, unknown>)[key], document.value) as string
  const edit = document.replacingIn(path, value.trim().indexOf(part), part.length, text)!
  expect(applyEdits(source, [edit])).toBe(`mapping: m\na: ${expected}\n`)
})

test.each([
  ['high', 'low', 'low'],
  ['"high"', 'low', '"low"'],
  ["'high'", "it's", "'it''s'"],
  ['high', 'a: b', "'a: b'"],
])('the value %s is replaced by %s as %s', (written, text, expected) => {
  const source = `\ufeffa: ${written}   # why\r\nb: 1\r\n`
  const edit = parseDocument('m.yaml', source).replacing(['a'], text)!
  expect(applyEdits(source, [edit])).toBe(`\ufeffa: ${expected}   # why\r\nb: 1\r\n`)
})
