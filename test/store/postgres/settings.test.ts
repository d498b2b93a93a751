import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { postgresSettings } from '../../../engine/store/postgres/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidelock-settings-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const authority = join(folder, 'authority.crt')
writeFileSync(authority, 'the authority')

test('an address in parts, percent-encoded ones too', () => {
  expect(
    postgresSettings(
      'postgresql://o%27brien:p%40ss%2Fword@127.0.0.1:6543/acme%20store?options=-c%20search_path%3Da',
    ),
  ).toEqual({
    host: '127.0.0.1',
    port: 6543,
    database: 'acme store',
    user: "o'brien",
    password: 'p@ss/word',
    ssl: false,
    options: '-c search_path=a',
    enableChannelBinding: false,
  })
  expect(postgresSettings('postgres:///acme')).toMatchObject({
    host: 'localhost',
    port: 5432,
    user: undefined,
  })
  expect(postgresSettings('postgres://ops@localhost/acme?host=/run/postgresql&port=5433')).toMatchObject({
    host: '/run/postgresql',
    port: 5433,
    ssl: false,
  })
  expect(postgresSettings('postgres://[::1]/acme')).toMatchObject({ host: '::1', ssl: false })
})

/** What a connection is, by address. */
test.each([
  ['127.0.0.1', '', 'plain'],
  ['127.8.8.8', '', 'plain'],
  ['localhost', '', 'plain'],
  ['[::1]', '', 'plain'],
  ['localhost', 'sslmode=prefer', 'plain'],
  ['localhost', 'sslmode=disable', 'plain'],
  ['localhost', 'sslmode=require', 'verified'],
  ['localhost', 'sslmode=verify-full', 'verified'],
  ['db.acme.example', '', 'verified'],
  ['db.acme.example', 'sslmode=allow', 'verified'],
  ['db.acme.example', 'sslmode=prefer', 'verified'],
  ['db.acme.example', 'sslmode=require', 'verified'],
  ['db.acme.example', 'sslmode=require&channel_binding=require', 'verified'],
  ['db.acme.example', 'sslmode=verify-full&sslrootcert=system', 'verified'],
  ['db.acme.example', 'sslmode=verify-ca', 'verified but for the name'],
  ['10.0.0.7', '', 'verified'],
  ['0.0.0.0', '', 'verified'],
  ['127.0.0.1.acme.example', '', 'verified'],
  ['localhost.acme.example', '', 'verified'],
  ['db.acme.example', 'sslmode=disable', 'refused'],
  ['db.acme.example', 'host=db.acme.example&sslmode=disable', 'refused'],
  ['localhost', 'host=db.acme.example', 'verified'],
  ['db.acme.example', 'sslmode=no-verify', 'refused'],
  ['localhost', 'sslmode=require&sslrootcert=/nonexistent', 'refused'],
])('%s %s: %s', (host, query, expected) => {
  const read = () => {
    const { ssl, host: name } = postgresSettings(`postgres://ops:hush@${host}/acme?${query}`)
    if (ssl === false) return 'plain'
    expect(ssl).toMatchObject({ minVersion: 'TLSv1.2', rejectUnauthorized: true, host: name })
    return ssl.checkServerIdentity === undefined ? 'verified' : 'verified but for the name'
  }
  if (expected !== 'refused') return expect(read()).toBe(expected)
  expect(read).toThrow(expect.objectContaining({ kind: 'invalid-plan' }))
  expect(read).not.toThrow(/hush/)
})

test('an authority of its own is read from the file it names', () => {
  const { ssl } = postgresSettings(`postgres://db.acme.example/acme?sslrootcert=${authority}`)
  expect(ssl).toMatchObject({ ca: Buffer.from('the authority') })
})

test.each([
  'postgres://ops:hush@host:port/acme',
  'postgres://ops:hu#sh@host/acme',
  'postgres://ops:hush@host',
  'postgres://ops:hush@host/',
])('%s cannot be read, and is not repeated', (url) => {
  expect(() => postgresSettings(url)).toThrow(/cannot be read/)
  expect(() => postgresSettings(url)).not.toThrow(/hu#?sh/)
})
