import pg from 'pg'
import { expect, test } from 'vitest'
import { faultOf } from '../../../engine/store/postgres/fault.ts'

const answered = (code: string) => Object.assign(new pg.DatabaseError('why', 3, 'error'), { code })
const failed = (code: string, message = 'why') => Object.assign(new Error(message), { code })

test.each([
  ['too many connections', answered('53300'), 'unavailable'],
  ['a full disk', answered('53100'), 'unavailable'],
  ['a shutdown', answered('57P01'), 'unavailable'],
  ['a server that starts', answered('57P03'), 'unavailable'],
  ['a lock held for too long', answered('55P03'), 'unavailable'],
  ['a deadlock', answered('40P01'), 'unavailable'],
  ['a transaction that idled', answered('25P03'), 'unavailable'],
  ['a reset connection', failed('ECONNRESET'), 'unavailable'],
  ['a broken pipe', failed('EPIPE'), 'unavailable'],
  ['addresses that all refuse', failed('ECONNREFUSED', ''), 'unavailable'],
  ['a name that is not known', failed('ENOTFOUND'), 'unavailable'],
  ['a certificate that has expired', failed('CERT_HAS_EXPIRED'), 'unavailable'],
  ['a name the certificate does not bear', failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'unavailable'],
  ['a connection that ended', new Error('Connection terminated unexpectedly'), 'unavailable'],
  ['an answer that did not come', new Error('Query read timeout'), 'unavailable'],
  ['no connection free', new Error('timeout exceeded when trying to connect'), 'unavailable'],
  ['a server without TLS', new Error('The server does not support SSL connections'), 'unavailable'],
  ['a wrong password', answered('28P01'), 'auth-expired'],
  ['a user who may not come in', answered('28000'), 'auth-expired'],
  ['a right that is missing', answered('42501'), 'scope-violation'],
  ['a database that is not there', answered('3D000'), 'invalid-plan'],
])('%s', (_, error, kind) => {
  expect(faultOf(error, 'db:5432/acme')).toMatchObject({
    kind,
    cause: error,
    message: expect.stringContaining('db:5432/acme'),
  })
})

test.each([
  ['a row that is there already', answered('23505')],
  ['a statement that is wrong', answered('42601')],
  ['a fault of ours', new TypeError('undefined is not a function')],
])('%s stays what it is: a bug', (_, error) => {
  expect(faultOf(error, 'db:5432/acme')).toBe(error)
})
