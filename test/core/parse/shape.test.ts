import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../../engine/core/parse/document.ts'
import { shapeFaults } from '../../../engine/core/parse/shape.ts'

/** Forms as connectors write them for their settings: choices of blocks, of texts, beside other keys, by reference. */
const SCHEMA = {
  type: 'object',
  properties: {
    url: { type: 'string', pattern: '^https://', description: 'An https address.' },
    auth: {
      description: 'A token, or a login with its password.',
      type: 'object',
      properties: {
        token: { $ref: '#/$defs/secret' },
        login: { type: 'string' },
        password: { $ref: '#/$defs/secret' },
      },
      oneOf: [{ required: ['token'] }, { required: ['login', 'password'] }],
      additionalProperties: false,
    },
    page: {
      anyOf: [
        {
          type: 'object',
          properties: { number: { type: 'string' }, size: { type: 'string' }, max: { type: 'integer' } },
          required: ['number'],
          additionalProperties: false,
        },
        {
          type: 'object',
          properties: { cursor: { type: 'string' }, size: { type: 'string' } },
          required: ['cursor'],
          additionalProperties: false,
        },
        { enum: ['none', 'link'] },
        { type: 'array', items: { type: 'integer' } },
      ],
    },
    hosts: {
      type: 'object',
      propertyNames: { pattern: '^[a-z.]+$' },
      additionalProperties: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] },
    },
  },
  required: ['url'],
  additionalProperties: false,
  $defs: {
    secret: {
      type: 'object',
      properties: { secret: { type: 'string' } },
      required: ['secret'],
      additionalProperties: false,
    },
  },
}

const tell = (text: string) => {
  const document = parseDocument('c.yaml', text)
  return shapeFaults(document, SCHEMA, document.value).map(
    ({ line, column, code, message, hint }) => `${line}:${column} ${code} ${message} ${hint}`,
  )
}

const URL = 'url: https://a.example\n'

test.each([
  `${URL}auth: { token: { secret: x } }\npage: { number: page, max: 250 }`,
  `${URL}auth: { login: me, password: { secret: x } }\npage: { cursor: next }`,
  `${URL}page: link\nhosts: { a.example: 1, b.example: null }`,
  `${URL}page: [1, 2]`,
])('fits: %j', (text) => {
  expect(tell(text)).toEqual([])
})

describe('one fault is one message, of the form that was meant', () => {
  test.each([
    [
      'page: { number: page, maxx: 250 }',
      '2:23 unknown-key "maxx" is not known under "page". Did you mean "max"?',
    ],
    [
      'page: { number: page, max: "250" }',
      '2:28 wrong-kind "max" is the text "250"; expected is a whole number. Write 250 without quotation marks.',
    ],
    ['page: { cursor: 7 }', '2:17 wrong-kind "cursor" is the number 7; expected is a text. Quote it: "7".'],
    ['page: lnik', '2:7 not-one-of "page" is "lnik"; it can be none or link. Did you mean "link"?'],
    ['page: [1, two]', '2:11 wrong-kind "page" item 2 is the text "two"; expected is a whole number. null'],
    ['page: { curser: next }', '2:9 unknown-key "curser" is not known under "page". Did you mean "cursor"?'],
    [
      'auth: { token: abc }',
      '2:16 wrong-kind "token" is a text; expected is the name of a secret. Write { secret: NAME } and declare NAME in temporal.yaml.',
    ],
    [
      'auth: { token: { secrt: x } }',
      '2:18 unknown-key "secrt" is not known under "token". Did you mean "secret"?',
    ],
    ['auth: { login: me }', '2:1 missing-key "auth" lacks "password". Add password: …'],
    ['hosts: { A: 1 }', '2:10 bad-name "A" is not a name that can stand here. null'],
    ['hosts: { a: 0 }', '2:13 out-of-range "a" is 0; it must be >= 1. null'],
    ['page: true', '2:7 wrong-shape "page" is true, which fits none of its forms. null'],
  ])('%s', (text, told) => {
    expect(tell(URL + text)).toEqual([told])
  })

  test('two branches that fit together are told as they are', () => {
    const both = tell(`${URL}auth: { token: { secret: x }, login: me, password: { secret: y } }`)
    expect(both).toEqual([
      '2:7 wrong-shape "auth" is a block of keys, which fits none of its forms. A token, or a login with its password.',
    ])
  })

  test('what stands beside a choice is told', () => {
    expect(tell(`${URL}auth: { login: me, password: { secret: y }, more: 1 }`)).toEqual([
      '2:45 unknown-key "more" is not known under "auth". Known are: token, login, password.',
    ])
    expect(tell(`${URL}auth: { login: 7, password: { secret: y } }`)).toEqual([
      '2:16 wrong-kind "login" is the number 7; expected is a text. Quote it: "7".',
    ])
  })

  test('faults at several places are all told', () => {
    expect(tell('url: http://a\npage: lnik\nhosts: { a: 0 }').map((line) => line.split(' ')[1])).toEqual([
      'bad-format',
      'not-one-of',
      'out-of-range',
    ])
  })
})
