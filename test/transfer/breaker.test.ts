import { expect, test } from 'vitest'
import { SyncError } from '../../engine/core/model/failure.ts'
import { balances } from '../../engine/core/model/tally.ts'
import { hashOf } from '../../engine/core/transform/fingerprint.ts'
import { checkStore } from '../../engine/store/check/check.ts'
import { cursorOf } from '../../engine/store/cursor.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { runById } from '../../engine/store/runs.ts'
import { decideRun } from '../../engine/transfer/run-waits.ts'
import { openedStore } from '../store/opened.ts'
import { memoryWorld, version } from './memory-world.ts'

/** Three refused of the last ten halt it. */
const HALT = { rejected: 0.2, window: 10 }

/** Records by a letter each: `g`ood, `r`efused by the target, `s`tubborn in a step, `w`aiting for a reference, `t`est. */
function records(letters: string, from = 1) {
  const names: Readonly<Record<string, Record<string, string | boolean>>> = {
    g: {},
    r: { name: 'refused' },
    s: { name: 'stubborn', paid: true },
    w: { customer: 'nobody' },
    t: { status: 'test' },
  }
  return [...letters].map((letter, index) => {
    const key = String(from + index)
    const { name, ...rest } = names[letter]!
    return version(key, from + index, { ...rest, ...(name === undefined ? {} : { name: `${name} ${key}` }) })
  })
}

async function breakerWorld(pages: readonly string[], pageByPage = true) {
  const { store, pass } = await openedStore()
  const world = await memoryWorld(store, { plan: { halt: HALT, again: [60_000] }, pageByPage })
  let from = 1
  world.memory.pages = pages.map((letters) => {
    const page = records(letters, from)
    from += letters.length
    return page
  })
  /** What a run did, or why it halted. */
  const run = async (lane: 'live' | 'backfill' | 'retry' = 'live') =>
    world.run(lane).then(
      (tally) => ({ tally, halted: null }),
      (error: unknown) => {
        if (error instanceof SyncError) return { tally: null, halted: error }
        throw error
      },
    )
  const row = async (halted: SyncError | null) =>
    (await runById(store, world.scope, String(halted!.fields['run'])))!
  const open = async () =>
    (await deadLetters(store, world.scope, { open: true, limit: 100 }))
      .map(({ key }) => key)
      .sort((a, b) => Number(a) - Number(b))
  const decide = (halted: SyncError | null, kind: 'resume' | 'abort') =>
    decideRun(
      { store },
      { project: world.scope, runId: String(halted!.fields['run']), kind, by: 'ana', reason: 'seen' },
    )
  return { store, world, run, row, open, decide, pass }
}

test.each([
  ['too few to say anything', ['rrrrrrrrr'], false],
  ['a share at the limit', ['ggggggggrr'], false],
  ['a share above the limit', ['gggggggrrr'], true],
  ['refusals in a step', ['gggggggsss'], true],
  ['what waits for a reference says nothing', ['gggggggwww'], false],
  ['what is left out says nothing', ['gggggttttttrr'], false],
  ['refusals of several pages', ['ggggggg', 'ggrr', 'r'], true],
  ['refusals that are too far apart', ['rrggggg', 'ggg', 'r'], false],
])('%s: %j', async (_, pages, halts) => {
  const { store, world, run } = await breakerWorld(pages)
  const { halted, tally } = await run()
  expect(halted?.kind ?? null).toBe(halts ? 'too-many-rejected' : null)
  if (tally !== null) expect(balances(tally)).toBe(true)
  expect((await checkStore(store, hashOf)).findings).toEqual([])
  expect(world.memory.records.size).toBeGreaterThan(0)
})

test('a halt keeps what was delivered and refused, and neither cursor nor counters; resumed, the page is read again and adds up', async () => {
  const { store, world, run, row, open, decide } = await breakerWorld(['ggggggg', 'grrgrggggg', 'ggg'])
  const { halted } = await run()
  expect(halted).toMatchObject({
    kind: 'too-many-rejected',
    message: expect.stringContaining('Of 10 records in a row 3 were refused'),
  })
  expect(await row(halted)).toMatchObject({
    state: 'halted',
    until: null,
    tally: { read: 7, created: 7 },
    pages: 1,
  })
  expect((await cursorOf(store, world.scope, 'orders', 'live'))?.sequence).toBe(1)
  expect(await open()).toEqual(['9', '10', '12'])
  const sent = world.memory.sent.length

  await decide(halted, 'resume')
  expect(await row(halted)).toMatchObject({
    state: 'running',
    decision: { kind: 'resume', by: 'ana', reason: 'seen' },
  })
  const { tally } = await run()
  // Of the page read again nothing was sent once more.
  expect(tally).toMatchObject({ read: 13, created: 3, unchanged: 7, parked: 3 })
  expect(balances(tally!)).toBe(true)
  expect(world.memory.sent.slice(sent)).toHaveLength(3)
  expect(await open()).toEqual(['9', '10', '12'])
  expect((await checkStore(store, hashOf)).findings).toEqual([])
})

test('a halt binds every other run of the mapping, in every lane, until somebody decides', async () => {
  const { run, decide } = await breakerWorld(['gggggggrrr', 'ggg'])
  const { halted } = await run()
  for (const lane of ['live', 'backfill'] as const)
    expect((await run(lane)).halted).toMatchObject({
      kind: 'too-many-rejected',
      message: expect.stringContaining(`Another run of it is halted (${halted!.fields['run']}`),
    })
  await decide(halted, 'resume')
  expect((await run()).tally).toMatchObject({ read: 13 })
})

test.each([
  ['good ones before the refused', ['gggggggrrr', 'ggg'], 0],
  ['nothing but refused ones', ['ggggggg', 'rrr', 'ggg'], 1],
  ['good ones after the refused', ['ggggggg', 'rrrgggggggggg', 'ggg'], 1],
])('aborted, the next run halts at the same place, as nothing has changed: %s', async (_, pages, passed) => {
  const { store, world, run, row, decide } = await breakerWorld(pages)
  for (let round = 0; round < 3; round++) {
    const { halted } = await run()
    expect(halted).toMatchObject({ kind: 'too-many-rejected' })
    expect((await cursorOf(store, world.scope, 'orders', 'live'))?.sequence ?? 0).toBe(passed)
    await decide(halted, 'abort')
    expect(await row(halted)).toMatchObject({ state: 'cancelled', decision: { kind: 'abort' } })
  }
})

test.each([
  ['all of them are mended', 'gggggggggg', 'g', []],
  ['one of them is not', 'gggggggrgg', 'g', ['8']],
  ['all of them are mended, and later ones are refused, as many as may be', 'gggggggggg', 'rr', ['11', '12']],
])('aborted, and mended without another plan, it goes on: %s', async (_, mended, later, left) => {
  const { world, run, open, decide } = await breakerWorld(['gggggggrrr', 'g'])
  const { halted } = await run()
  await decide(halted, 'abort')
  world.memory.pages = [records(mended), records(later, 11)]
  expect((await run()).halted).toBeNull()
  expect(await open()).toEqual(left)
})

test('aborted, and mended by retries, what was refused counts no more', async () => {
  const { world, run, open, decide, pass } = await breakerWorld(['gggggggrrr', 'g'])
  const { halted } = await run()
  await decide(halted, 'abort')
  world.memory.pages = [records('gggggggggg'), records('rr', 11)]
  pass(120_000)
  expect((await run('retry')).tally).toMatchObject({ due: 3, delivered: 3 })
  expect((await run()).halted).toBeNull()
  expect(await open()).toEqual(['11', '12'])
})

test('another plan judges for itself: one that mends nothing halts again, one that mends it goes on', async () => {
  const { world, run, open } = await breakerWorld(['gggggggrrr', 'ggg'])
  await run()
  await world.apply({ description: 'another text' })
  expect((await run()).halted).toMatchObject({ kind: 'too-many-rejected' })
  // Mended at the target, so to speak: what was refused is taken now.
  await world.apply({ description: 'mended' })
  world.memory.pages = [records('gggggggggg'), records('ggg', 11)]
  expect((await run()).tally).toMatchObject({ read: 13, parked: 0 })
  expect(await open()).toEqual([])
})

test('what is parked and only read again, or tried again when it is due, is no new refusal', async () => {
  const { world, run, open, pass } = await breakerWorld(['ggggggggrr'], false)
  expect((await run()).tally).toMatchObject({ parked: 2 })
  for (let round = 0; round < 5; round++) {
    pass(120_000)
    world.memory.pages = [...world.memory.pages, records('g', 20 + round)]
    expect((await run()).halted).toBeNull()
  }
  expect(await open()).toEqual(['9', '10'])
})
