import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { SourceRecord } from '../../engine/core/model/connector.ts'
import type { JsonValue } from '../../engine/core/model/json.ts'
import { recordKey } from '../../engine/core/model/record-key.ts'
import { balances, type Tally } from '../../engine/core/model/tally.ts'
import type { Store } from '../../engine/store/open.ts'
import { memoryWorld, quickStore, version } from './memory-world.ts'

/** What can be the matter with a record, and what then becomes of it. */
const MATTERS = {
  nothing: ['created', {}],
  paid: ['created', { paid: true }],
  test: ['filtered', { status: 'test' }],
  cancelled: ['filtered', { status: 'cancelled' }],
  refused: ['parked', { name: 'refused by the target' }],
  stubborn: ['parked', { name: 'stubborn at its step', paid: true }],
  nameless: ['parked', { name: null }],
  nonsense: ['parked', { amount: 'a lot' }],
  nobody: ['parked', { customer: 'nobody' }],
  twins: [
    'parked',
    {
      lines: [
        { id: '1', quantity: 1 },
        { id: '1', quantity: 2 },
      ],
    },
  ],
  keyless: ['parked', { id: null }],
} as const satisfies Record<string, readonly ['created' | 'filtered' | 'parked', Record<string, JsonValue>]>
type Matter = keyof typeof MATTERS

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f']

interface Version {
  readonly key: string
  readonly stamp: number
  readonly matter: Matter
  readonly amount: number
  readonly lines: readonly number[]
}

const one: fc.Arbitrary<Version> = fc.record({
  key: fc.constantFrom(...KEYS),
  stamp: fc.integer({ min: 0, max: 9 }),
  matter: fc.oneof(fc.constant('nothing' as const), fc.constantFrom(...(Object.keys(MATTERS) as Matter[]))),
  amount: fc.integer({ min: 1, max: 3 }),
  lines: fc.subarray([1, 2, 3]),
})
const page = fc.array(one, { maxLength: 12 })
/** Pages in which no version of a record differs from another one of the same stamp. */
const pagesOfVersions = fc
  .uniqueArray(one, { selector: ({ key, stamp }) => `${key} ${stamp}`, maxLength: 24 })
  .map((versions) => [versions.slice(0, 8), versions.slice(8, 16), versions.slice(16)])

const recordOf = ({ key, stamp, matter, amount, lines }: Version): SourceRecord =>
  version(key, stamp, {
    amount: String(amount),
    customer: amount === 1 ? null : 'ann',
    lines: lines.map((id) => ({ id: String(id), quantity: amount })),
    ...MATTERS[matter][1],
  })

/** The last version of each key, and how many others there are. */
function newestOf(versions: readonly Version[]): {
  readonly newest: readonly Version[]
  readonly older: number
} {
  const newest = new Map<string, Version>()
  for (const each of versions) {
    const other = newest.get(each.key)
    if (other === undefined || other.stamp <= each.stamp) newest.set(each.key, each)
  }
  return { newest: [...newest.values()], older: versions.length - newest.size }
}

const balanced = (tally: Tally) => expect(balances(tally), JSON.stringify(tally)).toBe(true)

/** What stands at the target of a version that arrived. */
function expectArrived(
  found: { readonly fields: object; readonly lines: object } | undefined,
  { amount, lines, matter, key }: Version,
): void {
  expect(found).toMatchObject({
    fields: {
      amount: String(amount),
      customer: amount === 1 ? null : 'p1',
      ...(matter === 'paid' ? { state: 'done' } : {}),
    },
  })
  expect(found?.lines).toEqual(
    Object.fromEntries(
      lines.map((id) => [
        recordKey('acme', 'orders', key, { as: 'line', key: String(id) }),
        { quantity: amount },
      ]),
    ),
  )
}

let store: Store
let pass: (ms: number) => void

beforeEach(async () => {
  const opened = await quickStore()
  store = opened.store
  pass = opened.pass
})

describe('conservation', () => {
  test('whatever a page holds, each record ends as it should, and the sums are those of its parts', async () => {
    await fc.assert(
      fc.asyncProperty(page, async (versions) => {
        const { memory, run } = await memoryWorld(store)
        memory.pages.push(versions.map(recordOf))
        const tally = await run()
        const { newest, older } = newestOf(versions)
        const ending = (how: string) => newest.filter(({ matter }) => MATTERS[matter][0] === how).length
        expect(tally).toMatchObject({
          read: versions.length,
          created: ending('created'),
          updated: 0,
          unchanged: 0,
          filtered: ending('filtered') + older,
          parked: ending('parked'),
        })
        balanced(tally)
      }),
      { numRuns: 40 },
    )
  })

  test('over many pages in any order and many runs nothing gets lost: the newest version has arrived, is parked or is left out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(page, { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        async (runs) => {
          const { memory, run, picture } = await memoryWorld(store, { plan: { again: [0] } })
          const seen: Version[] = []
          for (const pages of runs) {
            const due = (await picture(KEYS)).letters.length
            memory.pages.push(...pages.map((versions) => versions.map(recordOf)))
            seen.push(...pages.flat())
            const tally = await run()
            balanced(tally)
            expect(tally).toMatchObject({ read: pages.flat().length, due })
            pass(1)
          }
          // What came with an earlier stamp than before is read by its key once more.
          balanced(await run())
          const { ledger, letters, target } = await picture(KEYS)
          for (const last of newestOf(seen).newest) {
            const found = target.find(({ key }) => key === recordKey('acme', 'orders', last.key))
            const letter = letters.find(({ key }) => key === last.key)
            const delivered = ledger.find(({ key }) => key === last.key)?.at != null
            // A step that was taken for an earlier version is not taken again, and so not refused.
            const isDone = found?.fields['state'] === 'done'
            const ending = last.matter === 'stubborn' && isDone ? 'created' : MATTERS[last.matter][0]
            if (ending === 'parked') expect(letter?.payload).toEqual(recordOf(last))
            else expect(letter).toBeUndefined()
            if (
              ending === 'created' ||
              last.matter === 'stubborn' ||
              (last.matter === 'cancelled' && delivered)
            )
              expectArrived(found, last)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('idempotency', () => {
  test('what is read a second time is not sent a second time, and nothing of it is known otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(pagesOfVersions, async (pages) => {
        const { memory, run, picture } = await memoryWorld(store)
        const records = pages.map((versions) => versions.map(recordOf))
        memory.pages.push(...records)
        await run()
        const before = await picture(KEYS)
        const [sent, acted] = [memory.sent.length, memory.acted.length]
        memory.pages.push(...records)
        const again = await run()
        balanced(again)
        expect(again).toMatchObject({ created: 0, updated: 0 })
        expect([memory.sent.length, memory.acted.length]).toEqual([sent, acted])
        expect(await picture(KEYS)).toEqual(before)
        // A full run tries what is parked once more, and only that.
        await run('backfill')
        const parked = new Set(before.letters.map(({ key }) => recordKey('acme', 'orders', key)))
        expect(memory.sent.slice(sent).filter((key) => !parked.has(key as never))).toEqual([])
        const { ledger, target } = await picture(KEYS)
        expect({ ledger, target }).toEqual({ ledger: before.ledger, target: before.target })
      }),
      { numRuns: 40 },
    )
  })
})

describe('order', () => {
  test('in which order the records of a page come makes no difference', async () => {
    const versions = fc.uniqueArray(one, { selector: ({ key, stamp }) => `${key} ${stamp}`, maxLength: 12 })
    const shuffled = versions.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        page,
      ),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ([one, other, earlier]) => {
        const pictures = []
        for (const versions of [one, other]) {
          const { memory, run, picture } = await memoryWorld(store)
          memory.pages.push(earlier.map(recordOf), versions.map(recordOf))
          balanced(await run())
          pictures.push(await picture(KEYS))
        }
        expect(pictures[0]).toEqual(pictures[1])
      }),
      { numRuns: 40 },
    )
  })

  test('a version is held back as older only when it is strictly older; of equal stamps the later one counts', async () => {
    const good = one.map((version) => ({ ...version, key: 'a', matter: 'nothing' as const }))
    await fc.assert(
      fc.asyncProperty(fc.array(good, { minLength: 1, maxLength: 6 }), async (versions) => {
        const { memory, run, picture } = await memoryWorld(store)
        memory.pages.push(...versions.map((version) => [recordOf(version)]))
        const tally = await run()
        let newest = versions[0]!
        let older = 0
        for (const version of versions) {
          if (version.stamp < newest.stamp) older++
          else newest = version
        }
        // Its first one stays due until it has been read by its key.
        expect((tally.filteredBy['superseded'] ?? 0) + tally.parked).toBe(older)
        expectArrived((await picture(KEYS)).target[0], newest)
      }),
      { numRuns: 40 },
    )
  })
})
