import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, isJsonObject, type JsonValue } from '../../../engine/core/model/json.ts'

test.each([
  [{ b: 1, a: [{ d: null, c: 'x' }] }, '{"a":[{"c":"x","d":null}],"b":1}'],
  [{ a: { z: 1, y: 2 } }, '{"a":{"y":2,"z":1}}'],
  // Objects hold names that are numbers in the order of the numbers.
  [{ 9: 'nine', 10: 'ten' }, '{"10":"ten","9":"nine"}'],
  [{ a: undefined, b: [] } as unknown as JsonValue, '{"b":[]}'],
  [-0, '0'],
])('canonical JSON of %j', (value, text) => {
  expect(canonicalJson(value)).toBe(text)
})

/** Every object's members the other way round. */
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  )
}

test('equal values have one canonical text, whatever the order of their members', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = canonicalJson(value as JsonValue)
      expect(canonicalJson(reversed(value as JsonValue))).toBe(text)
      expect(canonicalJson(JSON.parse(text))).toBe(text)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
