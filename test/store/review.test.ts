import { expect, test } from 'vitest'
import { type DeadLetterFilter, deadLetters, parkRecords } from '../../engine/store/dead-letters.ts'
import { decide, decisionsOf } from '../../engine/store/decisions.ts'
import { noteOpened } from '../../engine/store/openings.ts'
import { openedStore, START } from './opened.ts'
import { deadLetter } from './rows.ts'

/** What people look for in the review table, and who looked. */
async function tableOfThree() {
  const opened = await openedStore()
  const { store } = opened
  const park = (letters: readonly ReturnType<typeof deadLetter>[]) =>
    store.transaction((trx) => parkRecords(trx, letters, store.now()))
  await park([
    deadLetter('1', { label: '#1042', message: '100% of the tax is missing' }),
    deadLetter('2', { label: '#2000_a', message: 'No such tax' }),
  ])
  opened.pass(60_000)
  await park([deadLetter('3', { label: null, message: 'The Émile is 1000 too many' })])
  return store
}

test.each<[string, Partial<DeadLetterFilter>, readonly string[]]>([
  ['a label', { text: '#1042' }, ['1']],
  ['a message in other letters', { text: 'no SUCH' }, ['2']],
  ['the sign for any text, as it is', { text: '0%' }, ['1']],
  ['the sign for any letter, as it is', { text: '0_a' }, ['2']],
  ['what is in several', { text: 'tax' }, ['2', '1']],
  ['what is in none', { text: 'x"y\'z\\' }, []],
  ['those parked before', { before: START + 1 }, ['2', '1']],
  ['both', { before: START + 1, text: '#2' }, ['2']],
])('found by %s', async (_, filter, keys) => {
  const found = await deadLetters(await tableOfThree(), 'acme', { ...filter, limit: 10 })
  expect(found.map(({ key }) => key).sort()).toEqual([...keys].sort())
})

test('who looked at personal values stands beside what was decided, and decides nothing', async () => {
  const store = await tableOfThree()
  const [letter, other] = await deadLetters(store, 'acme', { limit: 10 })
  const actor = { by: 'mara', reason: 'a call' }
  await store.transaction((trx) => noteOpened(trx, 'acme', [letter!.id, other!.id], actor))
  await store.transaction((trx) =>
    decide(trx, {
      ...{ project: 'acme', mapping: 'shopify-orders', updateId: 'u1', by: 'ida', reason: 'a test' },
      decision: { kind: 'discard', of: { ids: [letter!.id] } },
    }),
  )
  const [after] = await deadLetters(store, 'acme', { ids: [other!.id], limit: 1 })
  expect(after).toEqual(other)
  const kinds = (await decisionsOf(store, 'acme', [letter!.id, other!.id])).map(
    ({ deadLetterId, kind, by }) => [deadLetterId === letter!.id, kind, by],
  )
  expect(kinds).toHaveLength(3)
  expect(kinds).toEqual(
    expect.arrayContaining([
      [true, 'opened', 'mara'],
      [false, 'opened', 'mara'],
      [true, 'discard', 'ida'],
    ]),
  )
})
