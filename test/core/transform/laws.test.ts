import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FieldValue } from '../../../engine/core/model/connector.ts'
import type { LineBlockPlan, LineGone, Plan } from '../../../engine/core/model/plan.ts'
import { lineKey, recordKey } from '../../../engine/core/model/record-key.ts'
import { certainAfter } from '../../../engine/core/transform/certain.ts'
import {
  type Changes,
  changesSince,
  type DeliveredHashes,
  deliveredText,
  deliveryFingerprint,
  hashesText,
  lineId,
  namesText,
} from '../../../engine/core/transform/compare.ts'
import type { MappedLine, MappedRecord } from '../../../engine/core/transform/mapped.ts'

/** As the ledger gives them back. */
const hashesOf = (
  record: MappedRecord,
  adjusted: DeliveredHashes['adjusted'],
  adoptedLines?: DeliveredHashes['adoptedLines'],
): DeliveredHashes => JSON.parse(deliveredText(hashesText(record), adjusted, adoptedLines))

const KEY = 'order'
const OWN = recordKey('acme', 'orders', KEY)
/** Names of blocks are unique in a mapping, whatever field they fill. */
const BLOCKS = {
  lines: { x: 'remove', y: { set: { q: '0' } }, z: 'ignore' },
  more: { w: 'remove' },
} as const satisfies Record<string, Record<string, LineGone>>

/** A plan with two fields of lines, whose blocks differ in what happens to lines that leave. */
const PLAN = {
  project: 'acme',
  namespace: 'orders',
  fields: Object.fromEntries(
    Object.entries(BLOCKS).map(([field, blocks]) => [
      field,
      {
        kind: 'lines',
        blocks: Object.entries(blocks).map(([as, gone]) => ({ as, gone }) as unknown as LineBlockPlan),
      },
    ]),
  ),
} as unknown as Plan

const value: fc.Arbitrary<FieldValue> = fc.constantFrom(null, '', '1', 1, true, '1.0', ['1'], ['1', '2'])

/** The same expressions fill the same fields of every version. */
const mapped: fc.Arbitrary<MappedRecord> = fc.record({
  fields: fc.record({ a: value, b: value, c: value }),
  firstTimeFields: fc.constant({}),
  lines: fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('x', 'y', 'z', 'w'), fc.constantFrom('1', '2', '1/2'), value, value)
      .map(([as, key, p, q]) => ({ field: as === 'w' ? 'more' : 'lines', as, key, fields: { p, q } })),
    { selector: lineId, maxLength: 6 },
  ),
  records: fc.constant([]),
  steps: fc.constant([]),
  agree: fc.constant([]),
})

/** A record at the target: its fields, and its lines by whatever they are found by. */
interface Standing {
  readonly fields: Record<string, FieldValue>
  readonly lines: Record<string, Record<string, FieldValue>>
}

const NOTHING: Standing = { fields: {}, lines: {} }

const placeOf = (line: { readonly key: string; readonly adoptedId?: string }) => line.adoptedId ?? line.key

/** What a connector makes of it. `arrived`: which parts of it arrive; the others get lost. */
function written(
  standing: Standing,
  changes: Changes,
  arrived: (part: string) => boolean = () => true,
): Standing {
  const fields = { ...standing.fields }
  const lines = { ...standing.lines }
  for (const [name, sent] of Object.entries(changes.fields)) if (arrived(name)) fields[name] = sent
  for (const line of changes.lines)
    if (arrived(placeOf(line))) lines[placeOf(line)] = { ...lines[placeOf(line)], ...line.fields }
  for (const line of changes.removedLines) {
    const place = placeOf(line)
    if (!arrived(place) || lines[place] === undefined) continue
    if (line.values === null) delete lines[place]
    else lines[place] = { ...lines[place], ...line.values }
  }
  return { fields, lines }
}

const deliver = (standing: Standing, record: MappedRecord, known: DeliveredHashes | null): Standing =>
  written(standing, changesSince(PLAN, KEY, record, known))

/** What has to stand there after `record` was delivered, of all lines that ever were. Of `perhaps` nobody knows whether they were. */
function expectStanding(
  standing: Standing,
  record: MappedRecord,
  known: DeliveredHashes | null,
  ever: readonly MappedLine[],
  perhaps: readonly MappedLine[] = [],
): void {
  const foundBy = (line: MappedLine) => known?.adoptedLines?.[lineId(line)] ?? lineKey(OWN, line)
  expect(standing.fields).toEqual(record.fields)
  const present = new Set(record.lines.map(lineId))
  for (const line of record.lines) expect(standing.lines[foundBy(line)]).toEqual(line.fields)
  for (const line of [...ever, ...perhaps]) {
    if (present.has(lineId(line))) continue
    const left = standing.lines[foundBy(line)]
    if (line.as === 'x' || line.as === 'w') expect(left).toBeUndefined()
    if (line.as === 'y' && (left !== undefined || !perhaps.includes(line))) expect(left?.['q']).toBe('0')
  }
}

/** Which lines of a record a person had typed in before it was taken over. */
const typedIn = fc.func(fc.boolean())
const adoptedOf = (record: MappedRecord, typed: (id: string) => boolean) =>
  Object.fromEntries(
    record.lines.flatMap((line, index) => (typed(lineId(line)) ? [[lineId(line), `id-${index}`]] : [])),
  )

describe('laws of changes', () => {
  test('what is sent, written onto what was delivered, gives the mapped record, version after version', () => {
    fc.assert(
      fc.property(fc.array(mapped, { minLength: 1, maxLength: 4 }), typedIn, (versions, typed) => {
        const adopted = adoptedOf(versions[0]!, typed)
        let known: DeliveredHashes | null = null
        let standing = NOTHING
        const ever: MappedLine[] = []
        for (const version of versions) {
          const changes = changesSince(PLAN, KEY, version, known, known, adopted)
          standing = written(standing, changes)
          known = hashesOf(version, {}, adopted)
          expectStanding(standing, version, known, ever)
          ever.push(...version.lines)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('nothing that did not change is sent, and nothing at all when nothing changed', () => {
    fc.assert(
      fc.property(mapped, mapped, (before, after) => {
        const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
        const changes = changesSince(PLAN, KEY, after, hashesOf(before, {}))
        const lines = new Map(before.lines.map((line) => [lineKey(OWN, line) + line.field, line]))
        for (const [name, sent] of Object.entries(changes.fields))
          expect(same(sent, before.fields[name])).toBe(false)
        for (const line of changes.lines) {
          const was = lines.get(line.key + line.field)
          for (const [name, sent] of Object.entries(line.fields))
            expect(same(sent, was?.fields[name])).toBe(false)
        }
        expect(changesSince(PLAN, KEY, before, hashesOf(before, {}))).toEqual({
          fields: {},
          lines: [],
          removedLines: [],
          records: [],
          any: false,
        })
        if (!changes.any) expect(after.fields).toEqual(before.fields)
      }),
      { numRuns: 300 },
    )
  })

  test('what people wrote into a field stays for as long as the mapping has the same for it', () => {
    fc.assert(
      fc.property(mapped, mapped, fc.constantFrom('a', 'b', 'c'), (before, after, edited) => {
        const first = deliver(NOTHING, before, null)
        const standing = { ...first, fields: { ...first.fields, [edited]: 'by hand' } }
        const second = deliver(standing, after, hashesOf(before, {}))
        const changed =
          JSON.stringify(before.fields[edited as 'a']) !== JSON.stringify(after.fields[edited as 'a'])
        expect(second.fields[edited]).toEqual(changed ? after.fields[edited as 'a'] : 'by hand')
      }),
    )
  })

  test('equal fingerprints are equal deliveries', () => {
    fc.assert(
      fc.property(mapped, mapped, fc.subarray(['fields', 'lines'] as const), (a, other, parts) => {
        const b = { ...a, ...Object.fromEntries(parts.map((part) => [part, other[part]])) }
        expect(deliveryFingerprint(a) === deliveryFingerprint(b)).toBe(
          JSON.stringify(a) === JSON.stringify(b),
        )
        expect(deliveryFingerprint(structuredClone(a))).toBe(deliveryFingerprint(a))
      }),
    )
  })
})

describe('laws of writes whose answer got lost', () => {
  test('of a write onto nothing the names of its lines say all that hashes would', () => {
    fc.assert(
      fc.property(mapped, typedIn, (lost, typed) => {
        const adopted = adoptedOf(lost, typed)
        const named = JSON.parse(deliveredText(namesText(lost), {}, adopted)) as DeliveredHashes
        expect(certainAfter(null, named)).toEqual(certainAfter(null, hashesOf(lost, {}, adopted)))
      }),
    )
  })

  test('whatever part of one arrived, the next version is whole at the target, without lines too many', () => {
    fc.assert(
      fc.property(
        fc.option(mapped),
        mapped,
        mapped,
        fc.func(fc.boolean()),
        typedIn,
        (before, lost, next, arrived, typed) => {
          const adopted = before === null ? {} : adoptedOf(before, typed)
          const known = before === null ? null : hashesOf(before, {}, adopted)
          const stood =
            before === null ? NOTHING : written(NOTHING, changesSince(PLAN, KEY, before, null, null, adopted))
          const standing = written(stood, changesSince(PLAN, KEY, lost, known), arrived)
          const certain = certainAfter(known, hashesOf(lost, {}, adopted))
          expectStanding(deliver(standing, next, certain), next, certain, before?.lines ?? [], lost.lines)
        },
      ),
      { numRuns: 500 },
    )
  })
})
