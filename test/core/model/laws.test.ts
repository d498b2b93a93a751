import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isOurKey, joinKey, parseRecordKey, recordKey } from '../../../engine/core/model/record-key.ts'

/** Parts of keys as sources have them, and as they had better not: whatever an external id must not hold is frequent. */
const part = fc.oneof(
  fc.constantFrom(
    'gid://shopify/Order/1',
    '100%',
    '%2F',
    'a/b',
    'a b',
    'a,b',
    '\t',
    '\u0000',
    '\u0085',
    '\u00a0',
    '東京 €',
    '🚚',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('%', '/', ',', ' ', '\n', '2', 'F', '.', ':', 'é'),
    minLength: 1,
    maxLength: 6,
  }),
)
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
const key = fc.array(part, { minLength: 1, maxLength: 3 })
const line = fc.record({ as: name, key: fc.array(part, { minLength: 1, maxLength: 2 }) })
const textOf = (
  project: string,
  namespace: string,
  parts: readonly string[],
  of: { as: string; key: readonly string[] } | null,
) =>
  recordKey(project, namespace, joinKey(parts), of === null ? undefined : { as: of.as, key: joinKey(of.key) })

describe('laws of keys', () => {
  test('what a key was made of is read from it', () => {
    fc.assert(
      fc.property(part, part, key, fc.option(line), (project, namespace, parts, of) => {
        const text = textOf(project, namespace, parts, of)
        expect(isOurKey(text)).toBe(true)
        expect(parseRecordKey(text)).toEqual([
          project,
          namespace,
          ...parts,
          ...(of === null ? [] : [of.as, ...of.key]),
        ])
      }),
      { numRuns: 1000 },
    )
  })

  test('a key holds nothing that Odoo refuses in an external id or reads as two of them', () => {
    fc.assert(
      fc.property(part, part, key, fc.option(line), (project, namespace, parts, of) => {
        expect(textOf(project, namespace, parts, of)).not.toMatch(/[\s,\p{Cc}]/u)
      }),
      { numRuns: 1000 },
    )
  })

  test('of one mapping, two records or lines have the same key only when they are the same', () => {
    const few = fc.constantFrom('a', 'b', 'a/b', '/', '%2F', 'line')
    const compound = fc.integer({ min: 1, max: 2 }).chain((size) => {
      const one = fc.record({
        parts: fc.array(few, { minLength: size, maxLength: size }),
        of: fc.option(
          fc.record({ as: fc.constantFrom('line', 'a'), key: fc.array(few, { minLength: 1, maxLength: 2 }) }),
        ),
      })
      return fc.tuple(one, one)
    })
    fc.assert(
      fc.property(compound, ([a, b]) => {
        const same = JSON.stringify(a) === JSON.stringify(b)
        expect(textOf('acme', 'orders', a.parts, a.of) === textOf('acme', 'orders', b.parts, b.of)).toBe(same)
      }),
      { numRuns: 2000 },
    )
  })

  test('what nobody of ours wrote is no key of ours', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          part,
          fc
            .tuple(fc.constantFrom('__export__.', 'tidelock', 'tidelocks.', 'Tidelock.'), part)
            .map((parts) => parts.join('')),
        ),
        (text) => {
          fc.pre(!text.startsWith('tidelock.'))
          expect(parseRecordKey(text)).toBeNull()
        },
      ),
    )
  })
})
