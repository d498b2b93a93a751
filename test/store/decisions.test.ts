import { describe, expect, test } from 'vitest'
import type { DeadLetterChoice } from '../../engine/core/model/dead-letter.ts'
import { escalateDeadLetters, escalated, pruneDeadLetters } from '../../engine/store/aging.ts'
import { clusters } from '../../engine/store/clusters.ts'
import { deadLetters, dueRecords, type NewDeadLetter, parkRecords } from '../../engine/store/dead-letters.ts'
import { type DecisionRequest, decide, decisionsOf } from '../../engine/store/decisions.ts'
import { clusterDueNow, dueTimes, judgedByOtherPlans, probeStates } from '../../engine/store/due-now.ts'
import { saveEdit } from '../../engine/store/edits.ts'
import { keptExchange } from '../../engine/store/exchanges.ts'
import { heldDecisions } from '../../engine/store/overlays.ts'
import { type OpenedStore, openedStore, START } from './opened.ts'
import { deadLetter } from './rows.ts'

const MAPPING = 'shopify-orders'
const EXCHANGE = { request: 'POST', response: 'HTTP 422', personal: [] }

/** Four parked orders: two of one cause, one of another, one of another class and place. */
async function parkedStore(): Promise<OpenedStore> {
  const opened = await openedStore()
  const waits = { cluster: 'c-waits', text: 'customers has not delivered its record … yet.' }
  await park(
    opened,
    deadLetter('1', { dueAfterMs: [1e9], exchange: EXCHANGE }),
    deadLetter('2', { dueAfterMs: [1e9] }),
    deadLetter('3', {
      ...{ dueAfterMs: [1e9], cause: { cluster: 'c-sku', text: 'No such SKU …' }, exchange: EXCHANGE },
    }),
    deadLetter('4', {
      dueAfterMs: [1e9],
      class: 'missing-reference',
      at: 'fields.partner_id',
      state: 'waiting',
      cause: waits,
    }),
  )
  return opened
}

const park = ({ store, now }: OpenedStore, ...letters: NewDeadLetter[]) =>
  store.transaction((trx) => parkRecords(trx, letters, now()))

const all = async ({ store }: OpenedStore) => {
  const letters = await deadLetters(store, 'acme', { limit: 100 })
  return new Map(letters.map((letter) => [letter.key, letter]))
}
const statesOf = async (opened: OpenedStore) =>
  Object.fromEntries([...(await all(opened))].sort().map(([key, { state }]) => [key, state]))
const idOf = async (opened: OpenedStore, key: string) => (await all(opened)).get(key)!.id

function request(decision: DecisionRequest['decision'], updateId = 'update-1'): DecisionRequest {
  return { project: 'acme', mapping: MAPPING, by: 'ana', reason: 'looked at it', updateId, decision }
}
const decideOn = ({ store }: OpenedStore, decision: DecisionRequest['decision'], updateId?: string) =>
  store.transaction((trx) => decide(trx, request(decision, updateId)))
const dueKeys = async ({ store, now }: OpenedStore) =>
  (await dueRecords(store, 'acme', MAPPING, { now: now(), limit: 10 })).map(({ key }) => key).sort()

describe('what is chosen', () => {
  test.each<[string, DeadLetterChoice, string[]]>([
    ['a cluster', { cluster: 'c-tax' }, ['1', '2']],
    ['all', { filter: {} }, ['1', '2', '3', '4']],
    ['a class', { filter: { class: 'missing-reference' } }, ['4']],
    ['a state', { filter: { state: 'waiting' } }, ['4']],
    ['a place', { filter: { at: 'fields.partner_id', owner: null } }, ['4']],
    ['another one’s', { filter: { owner: 'bo' } }, []],
    ['older ones', { filter: { before: START } }, []],
    ['a class and an instant', { filter: { class: 'rejected', before: START + 1 } }, ['1', '2', '3']],
  ])('%s', async (_, of, keys) => {
    const opened = await parkedStore()
    expect(await decideOn(opened, { kind: 'retry', of })).toMatchObject({ count: keys.length, skipped: 0 })
    expect(await dueKeys(opened)).toEqual(keys)
  })

  test('by id: those that are open, of this mapping', async () => {
    const opened = await parkedStore()
    const ids = [await idOf(opened, '1'), await idOf(opened, '3'), 'nobody']
    const other = { ...request({ kind: 'discard', of: { ids } }), mapping: 'other' }
    expect(await opened.store.transaction((trx) => decide(trx, other))).toMatchObject({
      count: 0,
      skipped: 3,
    })
    expect(await decideOn(opened, { kind: 'discard', of: { ids } })).toMatchObject({ count: 2, skipped: 1 })
    expect(await statesOf(opened)).toEqual({ 1: 'discarded', 2: 'parked', 3: 'discarded', 4: 'waiting' })
  })
})

test('a decision says who, why and when, and stands once for each dead letter and update', async () => {
  const opened = await parkedStore()
  const first = await decideOn(opened, { kind: 'retry', of: { cluster: 'c-tax' } })
  opened.pass(5)
  // The letters may have been parked again meanwhile: the same update decides nothing of them.
  await park(opened, deadLetter('1', { message: 'Another one', dueAfterMs: [1e9] }))
  expect(await decideOn(opened, { kind: 'retry', of: { cluster: 'c-tax' } })).toEqual(first)
  expect(await dueKeys(opened)).toEqual(['2'])
  expect(await decisionsOf(opened.store, 'acme', first.ids)).toEqual(
    [...first.ids].map(() => ({
      id: expect.any(String),
      deadLetterId: expect.any(String),
      kind: 'retry',
      by: 'ana',
      reason: 'looked at it',
      sourceHash: 'source',
      overlay: null,
      decidedAt: START,
    })),
  )
  expect(await decideOn(opened, { kind: 'retry', of: { cluster: 'c-tax' } }, 'update-2')).toMatchObject({
    count: 2,
  })
  expect(await decisionsOf(opened.store, 'acme', first.ids)).toHaveLength(4)
})

test('what is discarded holds for this version of the source, until it is retried by its id', async () => {
  const opened = await parkedStore()
  const id = await idOf(opened, '1')
  const held = () => heldDecisions(opened.store, 'acme', MAPPING, ['gid/1', 'gid/2'])
  await decideOn(opened, { kind: 'discard', of: { ids: [id] } })
  expect([...(await held()).values()]).toEqual([
    expect.objectContaining({ kind: 'discard', sourceKey: 'gid/1', deadLetterId: id, overlay: null }),
  ])
  expect(await decideOn(opened, { kind: 'retry', of: { cluster: 'c-tax' } }, 'u2')).toMatchObject({
    count: 1,
  })
  expect(await decideOn(opened, { kind: 'retry', of: { ids: [id] } }, 'u3')).toMatchObject({ count: 1 })
  expect([...(await held()).keys()]).toEqual([])
  expect((await all(opened)).get('1')).toMatchObject({ state: 'retrying', resolvedAt: null, dueAt: START })
})

test('a discarded one is not opened again beside another one of its record', async () => {
  const opened = await parkedStore()
  const id = await idOf(opened, '1')
  await decideOn(opened, { kind: 'discard', of: { ids: [id] } })
  await park(opened, deadLetter('1', { sourceHash: 'changed' }))
  expect(await decideOn(opened, { kind: 'retry', of: { ids: [id] } }, 'u2')).toMatchObject({
    count: 0,
    skipped: 1,
  })
})

test('a correction is kept apart from the decision, and is due at once', async () => {
  const opened = await parkedStore()
  const { store } = opened
  const overlay = { name: '#1a' }
  const deadLetterId = await idOf(opened, '1')
  const save = (sourceHash: string) =>
    store.transaction((trx) => saveEdit(trx, 'acme', MAPPING, [{ deadLetterId, sourceHash, overlay }]))
  // It was read again from a changed source since.
  const stale = await save('before')
  expect(await decideOn(opened, { kind: 'correct', edit: stale })).toMatchObject({ count: 0, skipped: 1 })
  expect(await decideOn(opened, { kind: 'correct', edit: 'nothing' }, 'u2')).toMatchObject({ count: 0 })
  const edit = await save('source')
  expect(await decideOn(opened, { kind: 'correct', edit }, 'u3')).toMatchObject({ count: 1, skipped: 0 })
  expect((await heldDecisions(store, 'acme', MAPPING, ['gid/1'])).get('gid/1')).toMatchObject({
    kind: 'correct',
    overlay,
  })
  expect(await dueKeys(opened)).toEqual(['1'])
  expect(await decisionsOf(store, 'acme', [deadLetterId])).toMatchObject([{ kind: 'correct', overlay }])
})

test('somebody has it, and nobody again', async () => {
  const opened = await parkedStore()
  await decideOn(opened, { kind: 'assign', of: { cluster: 'c-sku' }, to: 'bo' })
  expect(await deadLetters(opened.store, 'acme', { owner: 'bo', limit: 9 })).toMatchObject([{ key: '3' }])
  await park(opened, deadLetter('3', { message: 'Still no such SKU' }))
  expect((await all(opened)).get('3')).toMatchObject({ owner: 'bo', state: 'parked' })
  await decideOn(opened, { kind: 'assign', of: { filter: { owner: 'bo' } }, to: null }, 'u2')
  expect(await deadLetters(opened.store, 'acme', { owner: null, limit: 9 })).toHaveLength(4)
})

test('clusters say how many, since when, where, and three of them', async () => {
  const opened = await parkedStore()
  opened.pass(7)
  for (const key of ['5', '6', '7']) await park(opened, deadLetter(key))
  const found = await clusters(opened.store, 'acme')
  expect(found.map(({ cluster, count }) => [cluster, count])).toEqual([
    ['c-tax', 5],
    ['c-sku', 1],
    ['c-waits', 1],
  ])
  const letters = await all(opened)
  expect(found[0]).toEqual({
    mapping: MAPPING,
    cluster: 'c-tax',
    class: 'rejected',
    cause: 'No such tax',
    at: 'fields.order_line.0.fields.tax_ids',
    file: 'mappings/shopify-orders.yaml',
    line: 40,
    column: 9,
    count: 5,
    firstSeenAt: START,
    lastSeenAt: START + 7,
    examples: ['5', '6', '7']
      .map((key) => letters.get(key)!.id)
      .sort()
      .reverse(),
  })
  expect(await clusters(opened.store, 'acme', { mapping: 'other' })).toEqual([])
})

test('pruned, a settled one keeps id, hash and reason; an open one keeps everything', async () => {
  const opened = await parkedStore()
  const { store } = opened
  const [one, two] = [await idOf(opened, '1'), await idOf(opened, '2')]
  const edit = await store.transaction((trx) =>
    saveEdit(trx, 'acme', MAPPING, [{ deadLetterId: two, sourceHash: 'source', overlay: { name: 'x' } }]),
  )
  await decideOn(opened, { kind: 'correct', edit })
  opened.pass(1)
  await decideOn(opened, { kind: 'discard', of: { ids: [one, two] } }, 'u2')
  const prune = () => store.transaction((trx) => pruneDeadLetters(trx, 'acme', MAPPING, opened.now() - 1_000))
  opened.pass(1_000)
  expect(await prune()).toBe(0)
  opened.pass(1)
  const before = await all(opened)
  expect(await prune()).toBe(2)
  expect(await prune()).toBe(0)
  const after = await all(opened)
  for (const key of ['1', '2'])
    expect(after.get(key)).toEqual({ ...before.get(key), payload: null, mapped: null })
  for (const key of ['3', '4']) expect(after.get(key)).toEqual(before.get(key))
  const sent = (key: string) => keptExchange(store, 'acme', before.get(key)!.id)
  expect([await sent('1'), await sent('3')]).toEqual([null, EXCHANGE])
  expect(
    (await decisionsOf(store, 'acme', [two])).map(({ kind, reason, overlay }) => [kind, reason, overlay]),
  ).toEqual([
    ['correct', 'looked at it', null],
    ['discard', 'looked at it', null],
  ])
  // What was decided holds on.
  expect((await heldDecisions(store, 'acme', MAPPING, ['gid/1'])).get('gid/1')?.kind).toBe('discard')
  const { count } = await store.db
    .selectFrom('edit')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  expect(Number(count)).toBe(0)
})

test('open for too long is told once', async () => {
  const opened = await parkedStore()
  const { store } = opened
  const escalate = () =>
    store.transaction((trx) => escalateDeadLetters(trx, 'acme', MAPPING, opened.now() - 100))
  const told = async (since = 0) =>
    (await escalated(store, 'acme', { since, limit: 10 })).map(({ key }) => key).sort()
  opened.pass(99)
  expect(await escalate()).toBe(0)
  await park(opened, deadLetter('5'))
  opened.pass(1)
  expect(await escalate()).toBe(4)
  expect(await escalate()).toBe(0)
  expect(await told()).toEqual(['1', '2', '3', '4'])
  expect(await told(opened.now() + 1)).toEqual([])
  await decideOn(opened, { kind: 'discard', of: { cluster: 'c-tax' } })
  expect(await told()).toEqual(['3', '4'])
})

test('what is due, what comes next, and what another plan judged', async () => {
  const opened = await parkedStore()
  const { store } = opened
  const times = () => dueTimes(store, 'acme', MAPPING)
  const nextAt = START + 1e9
  expect(await times()).toEqual({ open: 4, due: 0, decided: 0, nextAt, oldest: START })
  await decideOn(opened, { kind: 'retry', of: { cluster: 'c-sku' } })
  expect(await times()).toEqual({ open: 4, due: 1, decided: 1, nextAt, oldest: START })
  const others = () => judgedByOtherPlans(store, 'acme', MAPPING, 'plan-2', 1)
  expect((await others()).map(({ cluster, count, probes }) => [cluster, count, probes.length])).toEqual([
    ['c-tax', 2, 1],
    ['c-sku', 1, 1],
    ['c-waits', 1, 1],
  ])
  const due = await store.transaction((trx) => clusterDueNow(trx, 'acme', MAPPING, 'plan-2', 'c-tax'))
  expect(due).toBe(2)
  expect(await dueKeys(opened)).toEqual(['1', '2', '3'])
  await park(opened, deadLetter('1', { planHash: 'plan-2', dueAfterMs: [1e9] }))
  expect((await others())[0]).toMatchObject({ count: 1 })
  const ids = [await idOf(opened, '1'), await idOf(opened, '2')]
  expect(await probeStates(store, ids, 'plan-2', 'c-tax')).toEqual({ untried: [ids[1]], failed: 1, other: 0 })
})
