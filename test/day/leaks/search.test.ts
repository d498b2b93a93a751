import { describe, expect, test } from 'vitest'
import { createScanner, type Needle } from './search.ts'

const mail: Needle = { kind: 'personal', what: 'an email address', value: 'zoë+news@mail.example.com' }
const street: Needle = { kind: 'personal', what: 'a street', value: '12 Rue de l’Église' }
const name: Needle = { kind: 'personal', what: 'a name', value: "D'Arcy O'Malley" }
const key: Needle = { kind: 'secret', what: 'a key', value: 'c4f3//se+cr3t==/key' }
const scanner = createScanner([mail, street, name, key])
const found = (text: string) => scanner.leaks({ where: 'here', text }).map(({ what }) => what)
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a planted value is found', () => {
  test.each([
    ['as it is', `{"to":"${mail.value}"}`],
    ['in capitals', `TO: ${mail.value.toUpperCase()}`],
    ['in the middle of a word', `xx${mail.value}yy`],
    ['in a query', `https://x.example/?mail=${encodeURIComponent(mail.value)}`],
    ['in a form', new URLSearchParams({ a: '1', mail: mail.value }).toString()],
    ['with its letters escaped', '{"to":"zo\\u00eb+news@mail.example.com"}'],
    ['in hexadecimal', Buffer.from(mail.value).toString('hex')],
    ['in a file read as Latin 1', Buffer.from(mail.value).toString('latin1')],
    ['in base64', base64(mail.value)],
    ['in base64, one letter later', base64(`x${mail.value} and more`)],
    ['in base64, two letters later', base64(`xy${mail.value} and more`)],
    ['in base64 of JSON', base64(JSON.stringify({ n: 1, to: mail.value, cc: null }))],
    ['in base64 of base64url', Buffer.from(`a${mail.value}z`).toString('base64url')],
  ])('%s', (_how, text) => {
    expect(found(text)).toContain(mail.what)
  })

  test.each([
    ['quotation marks of JSON', JSON.stringify({ a: `he is "${name.value}"` }), name.what],
    ['entities', '<b>D&#39;Arcy O&#39;Malley</b>', name.what],
    ['a street in a path', `/x/${encodeURIComponent(street.value)}`, street.what],
    ['a street in base64', base64(`..${street.value}..`), street.what],
    ['a key in base64url', Buffer.from(`k=${key.value}`).toString('base64url'), key.what],
    ['a key in a URL', `?k=${encodeURIComponent(key.value)}`, key.what],
  ])('%s', (_how, text, what) => {
    expect(found(text)).toContain(what)
  })
})

test.each([
  ['nothing', ''],
  ['a mask', 'z***@mail.example.com, 12 R…, D. O.'],
  ['half of it', 'zoë+news@mail, 12 Rue de, c4f3//se'],
  ['base64 of something else', base64('zoe+news@mail.example.org is somebody else')],
])('%s is no leak', (_what, text) => {
  expect(found(text)).toEqual([])
})

test('each place where it stands is told, with the text it stands in', () => {
  const text = `a ${key.value} b ${key.value}`
  expect(scanner.leaks({ where: 'worker.log', text })).toEqual(
    [2, 24].map((at) => ({ where: 'worker.log', kind: 'secret', what: 'a key', at, found: key.value })),
  )
})

test('what is too short to be unmistakable is refused', () => {
  expect(() => createScanner([{ kind: 'personal', what: 'a name', value: 'Ada' }])).toThrow('too short')
})
