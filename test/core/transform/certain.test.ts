import fc from 'fast-check'
import { expect, test } from 'vitest'
import { certainAfter } from '../../../engine/core/transform/certain.ts'
import type { DeliveredHashes } from '../../../engine/core/transform/compare.ts'

const hashes = (fields: Record<string, string>, lines: DeliveredHashes['lines'] = {}): DeliveredHashes => ({
  fields,
  lines,
  records: {},
  adjusted: {},
})

test('what both agree in is certain, what differs is not', () => {
  expect(certainAfter(hashes({ a: '1', b: '1' }), hashes({ a: '1', b: '2', c: '1' })).fields).toEqual({
    a: '1',
  })
})

test('nothing known before: the fields are not certain, the lines may be there', () => {
  const certain = certainAfter(null, hashes({ a: '1' }, { 'l/x/1': { q: '1' } }))
  expect(certain).toMatchObject({ fields: {}, lines: { 'l/x/1': {} } })
})

test('a line that only one of them knows is named, so that it can be gone', () => {
  const certain = certainAfter(
    hashes({}, { 'l/x/1': { q: '1' }, 'l/x/2': { q: '1' } }),
    hashes({}, { 'l/x/2': { q: '1' }, 'l/x/3': { q: '1' } }),
  )
  expect(certain.lines).toEqual({ 'l/x/1': {}, 'l/x/2': { q: '1' }, 'l/x/3': {} })
})

test('whether the write happened or not, a field called certain has that value', () => {
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'))
  fc.assert(
    fc.property(fields, fields, fc.boolean(), (before, sent, happened) => {
      const standing = happened ? { ...before, ...sent } : before
      const certain = certainAfter(hashes(before), hashes(sent)).fields
      for (const [field, value] of Object.entries(certain)) expect(standing[field]).toBe(value)
    }),
  )
})
