import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { SourceRecord } from '../../engine/core/model/connector.ts'
import type { JsonValue } from '../../engine/core/model/json.ts'
import { recordKey } from '../../engine/core/model/record-key.ts'
import { balances, type Tally } from '../../engine/core/model/tally.ts'
import type { Store } from '../../engine/store/open.ts'
import { type Fence, settledAt } from '../../engine/transfer/fence.ts'
import { dieAt } from './die-at.ts'
import type { Fate } from './memory.ts'
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

const byKey = (a: SourceRecord, b: SourceRecord) => (a.key < b.key ? -1 : 1)

let store: Store
let pass: (ms: number) => void

beforeEach(async () => {
  const opened = await quickStore()
  store = opened.store
  pass = opened.pass
})

/** What becomes of a write without an answer: within `settleAfter` it is done, or never. */
const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.constantFrom('answered' as const, 'refused' as const, 'never' as const, 'at once' as const),
  fc.integer({ min: 1, max: 60_000 }).map((laterMs) => ({ laterMs })),
)

/** After that nothing can be on its way any more. */
const SETTLED_MS = 10_000 + 60_000 + 1

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
          const { memory, run, picture } = await memoryWorld(store, {
            plan: { again: [1] },
            facts: { lookbackMs: 1 },
            pageByPage: true,
          })
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

  test('where only a step is still to be taken nothing is sent, and what a person did already is not done again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(KEYS), fc.subarray(KEYS), async (paid, byHand) => {
        const { memory, run } = await memoryWorld(store)
        memory.pages.push(KEYS.map((key) => version(key, 0)))
        await run()
        const sent = memory.sent.length
        const idOf = (wanted: string) =>
          [...memory.records.values()].find(({ key }) => key === recordKey('acme', 'orders', wanted))!.id
        for (const key of byHand) memory.records.get(idOf(key))!.fields['state'] = 'done'
        memory.pages.push(KEYS.map((key) => version(key, 1, { paid: paid.includes(key) })))
        expect(await run()).toMatchObject({ updated: paid.length, unchanged: KEYS.length - paid.length })
        expect(memory.sent).toHaveLength(sent)
        const left = paid.filter((key) => !byHand.includes(key))
        expect([...memory.acted].sort()).toEqual(left.map(idOf).sort())
      }),
      { numRuns: 20 },
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
    const stamps = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 })
    const all = stamps.map((each) =>
      each.map(
        (stamp, index): Version => ({
          key: 'a',
          stamp,
          matter: 'nothing',
          amount: index + 1,
          lines: [index],
        }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(all, async (versions) => {
        const { memory, run, picture } = await memoryWorld(store, {
          facts: { lookbackMs: 1 },
          pageByPage: true,
        })
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

describe('the fence', () => {
  test('nothing is sent but under an intent of its own that is fresh: what a stamp has long enough behind it is not on its way', async () => {
    const settleAfter = fc.integer({ min: 4, max: 60_000 })
    await fc.assert(
      fc.asyncProperty(
        settleAfter,
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 6, maxLength: 6 }),
        async (settleAfterMs, percents) => {
          const plan = { settleAfter: `${settleAfterMs}ms` }
          const world = await memoryWorld(store, { plan, facts: { batchSize: 1 } })
          const { memory } = world
          const sendWithinMs = Math.min(10_000, settleAfterMs / 2)
          let writes = 0
          memory.beforeWrite = async (items) => {
            const stampedAt = new Map(
              (await world.intents()).map(({ key, sentAt }) => [recordKey('acme', 'orders', key), sentAt!]),
            )
            for (const { key } of items) {
              const at = stampedAt.get(key as never) ?? Number.NEGATIVE_INFINITY
              expect(store.now() - at).toBeLessThanOrEqual(sendWithinMs)
              // The longest it may take to have an effect.
              expect(store.now() + settleAfterMs).toBeLessThanOrEqual(
                settledAt({ sendWithinMs, settleAfterMs } as Fence, at),
              )
            }
            // The answer takes its time, now and then longer than a write may wait.
            pass(Math.round((percents[writes++]! / 100) * sendWithinMs))
          }
          memory.pages.push(KEYS.map((key) => version(key, 0)))
          expect(await world.run()).toMatchObject({ created: KEYS.length })
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('answers that get lost', () => {
  /** Edits, then a run in which answers get lost, and which may die before one of its transactions; then some time. */
  const round = fc.record({
    edits: fc.array(
      fc.record({
        key: fc.constantFrom('a', 'b'),
        matter: fc.constantFrom('nothing', 'nothing', 'refused'),
        amount: fc.integer({ min: 1, max: 3 }),
        lines: fc.subarray([1, 2, 3]),
      }),
      { maxLength: 2 },
    ),
    fates: fc.array(fate, { maxLength: 6 }),
    diesAt: fc.option(fc.integer({ min: 2, max: 8 })),
    waitMs: fc.constantFrom(1, 1, 1_000, 40_000, 80_000),
  })

  /** What a leg sent before it died comes after the next one has sent the same again, and when there is a newer version. */
  const LATE_FROM_THE_DEAD = [
    { amount: 1, fates: [{ laterMs: 50_000 }], diesAt: 4 },
    { amount: null, fates: [], diesAt: null },
    { amount: 2, fates: [], diesAt: null },
  ].map(({ amount, ...rest }) => ({
    ...rest,
    edits: amount === null ? [] : [{ key: 'a' as const, matter: 'nothing' as const, amount, lines: [] }],
    waitMs: 1 as const,
  }))

  test.each([
    ['by key', true],
    ['by id only', false],
  ])(
    'where records are written %s, whenever what got lost takes effect, in the end all stands there once, as it was last',
    async (_how, keyedWrites) => {
      await fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 5 }), async (rounds) => {
          const { memory, run, intents, picture, settleDown } = await memoryWorld(store, {
            plan: { again: [1] },
            facts: { keyedWrites },
          })
          const last = new Map<string, Version>()
          let stamp = 0
          for (const { edits, fates, diesAt, waitMs } of rounds) {
            for (const edit of edits) {
              const edited: Version = { ...edit, stamp: stamp++ }
              memory.pages.push([recordOf(edited)])
              last.set(edit.key, edited)
            }
            const left = [...fates]
            memory.fate = () => left.shift() ?? 'answered'
            const live = diesAt === null ? () => {} : dieAt(store, diesAt)
            await run().then(balanced, () => {})
            live()
            pass(waitMs + 1)
          }
          memory.fate = () => 'answered'
          // Whatever waits has waited long enough; what became due then is delivered.
          for (let round = 0; round < 3; round++) {
            pass(SETTLED_MS)
            settleDown()
            balanced(await run())
          }
          expect(await intents()).toEqual([])
          const { ledger, letters, target } = await picture(KEYS)
          const refused = [...last.values()].filter(({ matter }) => matter === 'refused')
          expect(letters.map((letter) => letter.payload)).toEqual(refused.map(recordOf).sort(byKey))
          expect(target).toHaveLength(ledger.filter(({ at }) => at !== null).length)
          for (const version of last.values())
            if (version.matter === 'nothing')
              expectArrived(
                target.find(({ key }) => key === recordKey('acme', 'orders', version.key)),
                version,
              )
        }),
        { numRuns: 40, examples: [[LATE_FROM_THE_DEAD]] },
      )
    },
  )
})

describe('the loss of the store', () => {
  test('whatever was edited until the next run, nothing is made twice, no line is left over, and what people wrote first stays', async () => {
    const edit = fc.tuple(fc.constantFrom(...KEYS), fc.integer({ min: 1, max: 3 }), fc.subarray([1, 2, 3]))
    const edits = fc.array(edit, { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(edits, edits, async (before, after) => {
        const versions = [...before, ...after].map(
          ([key, amount, lines], stamp): Version => ({ key, stamp, matter: 'nothing', amount, lines }),
        )
        const first = await memoryWorld(store)
        first.memory.pages.push(versions.slice(0, before.length).map(recordOf))
        const { created } = await first.run()
        const byHand = [...first.memory.records.values()].filter(({ key }) => key !== null)
        for (const record of byHand) record.fields['note'] = 'by hand'
        const { memory, run, picture } = await memoryWorld(store, { systems: first.systems })
        const { newest } = newestOf(versions)
        // The source has nothing but the last versions.
        memory.pages.splice(0, 1, newest.map(recordOf))
        const again = await run()
        balanced(again)
        expect(again.created).toBe(newest.length - created)
        const { target } = await picture(KEYS)
        expect(target).toHaveLength(newest.length)
        for (const version of newest)
          expectArrived(
            target.find(({ key }) => key === recordKey('acme', 'orders', version.key)),
            version,
          )
        expect(target.filter(({ fields }) => fields['note'] === 'by hand')).toHaveLength(byHand.length)
        const sent = memory.sent.length
        await run('backfill')
        expect(memory.sent).toHaveLength(sent)
      }),
      { numRuns: 40 },
    )
  })
})
