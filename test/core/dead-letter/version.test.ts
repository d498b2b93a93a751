import { expect, test } from 'vitest'
import { fieldHashes, isVersion } from '../../../engine/core/dead-letter/version.ts'

const THEN = { email: 'a@b.example', total: '1.00', changedAt: 'monday' }

test.each<[string, object, string[], boolean]>([
  ['as it was', {}, ['email', 'total'], true],
  ['changed where the mapping reads', { total: '2.00' }, ['email', 'total'], false],
  ['changed elsewhere', { changedAt: 'tuesday' }, ['email', 'total'], true],
  ['read with one more field', { phone: '1' }, ['email', 'phone', 'total'], true],
  ['read with one field less', { total: '2.00' }, ['email'], true],
  ['without a field', { email: null }, ['email', 'total'], false],
  ['read with other fields altogether', {}, ['phone'], false],
])('a record %s', (_, change, uses, same) => {
  const version = { hash: 'then', fields: fieldHashes(THEN, ['email', 'total']) }
  expect(isVersion(version, { data: { ...THEN, ...change }, hash: 'now' }, uses)).toBe(same)
})

test('of a version that was kept without its fields only the whole is known', () => {
  const version = { hash: 'then', fields: {} }
  expect(isVersion(version, { data: THEN, hash: 'then' }, ['email'])).toBe(true)
  expect(isVersion(version, { data: THEN, hash: 'now' }, ['email'])).toBe(false)
})
