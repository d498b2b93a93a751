import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { backUp, restore } from '../../engine/store/backup.ts'
import { checkStore } from '../../engine/store/check/check.ts'
import { deadLetters, dueRecords, keptRecords, parkRecords } from '../../engine/store/dead-letters.ts'
import { keptExchange } from '../../engine/store/exchanges.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { openDeadLettersOf } from '../../engine/store/open-letters.ts'
import { type Keyring, parseKeys } from '../../engine/store/seal.ts'
import { reseal } from '../../engine/store/sealed.ts'
import { newPlace, ownFolder, START, type StorePlace, storePlace } from './opened.ts'
import { deadLetter } from './rows.ts'

/** Dead letters hold records of people: what of that stands in the database's own files. */
const CUSTOMER = { name: 'Ida Brandt', email: 'ida@brandt.example' }

const EXCHANGE = {
  request: JSON.stringify(CUSTOMER),
  response: 'Brandt is twice there',
  personal: ['Ida Brandt'],
}

const keys = (...ids: readonly string[]): Keyring =>
  parseKeys(ids.map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`).join(','), 'the test')

async function opened({ url, folder }: StorePlace, ring: Keyring): Promise<Store> {
  const store = await openStore(url, { folder, keys: ring, now: () => START })
  onTestFinished(store.close)
  return store
}

function park(store: Store, key: string): Promise<void> {
  const payload = { key: `gid/${key}`, stamp: '2026-11-24T12:00:00Z', data: CUSTOMER }
  return store.transaction((trx) =>
    parkRecords(
      trx,
      [deadLetter(key, { payload, mapped: CUSTOMER, exchange: EXCHANGE, dueAfterMs: [0] })],
      START,
    ),
  )
}

/** Payloads as the database holds them. */
async function kept({ db }: Store): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('dead_letter')
    .select(['payload', 'mapped', 'exchange'])
    .orderBy('key')
    .execute()
  return rows.flatMap(({ payload, mapped, exchange }) => [payload!, mapped!, exchange!])
}

const payloadsOf = async (store: Store) =>
  Promise.all(
    (await deadLetters(store, 'acme', { limit: 10 })).map(async ({ id, payload, mapped }) => [
      payload?.data,
      mapped,
      await keptExchange(store, 'acme', id),
    ]),
  )

test('records of dead letters are sealed at rest and read as they were', async () => {
  const store = await opened(await storePlace(), keys('a'))
  await park(store, '1')
  for (const text of await kept(store)) {
    expect(text).not.toContain('Brandt')
    expect(store.sealer.keyOf(text)).toBe('a')
  }
  expect(await payloadsOf(store)).toEqual([[CUSTOMER, CUSTOMER, EXCHANGE]])
  const due = await dueRecords(store, 'acme', 'shopify-orders', { now: START, limit: 10 })
  const inputs = await keptRecords(
    store,
    due.map(({ id }) => id),
  )
  expect([...inputs.values()].map(({ data }) => data)).toEqual([CUSTOMER])
  const open = await openDeadLettersOf(store, 'acme', 'shopify-orders', ['1'], [])
  expect(open.byKey.get('1')?.stamp).toBe('2026-11-24T12:00:00Z')
})

test('a payload does not open in the place of another column', async () => {
  const store = await opened(await storePlace(), keys('a'))
  await park(store, '1')
  await store.transaction((trx) => sql`update dead_letter set mapped = payload`.execute(trx.db))
  await expect(deadLetters(store, 'acme', { limit: 10 })).rejects.toThrow(/does not open/)
  const { findings } = await checkStore(store, () => '')
  expect(findings.map(({ code }) => code)).toEqual(['sealed-away'])
})

test('resealing takes what an older key sealed and what an earlier version kept as it was, once', async () => {
  const place = await storePlace()
  const before = await opened(place, keys('old'))
  await park(before, '1')
  await park(before, '2')
  await before.transaction((trx) =>
    sql`update dead_letter set payload = ${JSON.stringify({ key: 'gid/2', stamp: 's', data: CUSTOMER })} where key = '2'`.execute(
      trx.db,
    ),
  )
  const both = await opened(place, keys('new', 'old'))
  await park(both, '3')
  expect(await payloadsOf(both)).toEqual(Array(3).fill([CUSTOMER, CUSTOMER, EXCHANGE]))
  expect(await reseal(both)).toMatchObject({ 'dead_letter.payload': 2, 'dead_letter.mapped': 2 })
  expect(await reseal(both)).toMatchObject({ 'dead_letter.payload': 0, 'dead_letter.mapped': 0 })
  const after = await opened(place, keys('new'))
  expect(await payloadsOf(after)).toEqual(Array(3).fill([CUSTOMER, CUSTOMER, EXCHANGE]))
  expect((await checkStore(after, () => '')).findings).toEqual([])
})

test('without its key a record says which key it needs, and the check says it too', async () => {
  const place = await storePlace()
  await park(await opened(place, keys('lost')), '1')
  const store = await opened(place, keys('other'))
  await expect(deadLetters(store, 'acme', { limit: 10 })).rejects.toThrow(/sealed with the key "lost"/)
  await expect(reseal(store)).rejects.toThrow(/"lost"/)
  const { findings } = await checkStore(store, () => '')
  expect(
    findings.map(({ code, message }) => [code, /: (\w+) does not open.*"lost"/.exec(message)?.[1]]),
  ).toEqual(['payload', 'mapped', 'exchange'].map((column) => ['sealed-away', column]))
})

test('a backup is as sealed as its store, and opens with its keys', async () => {
  const store = await opened(await storePlace(), keys('a'))
  await park(store, '1')
  const file = `${ownFolder()}/backup.db`
  await backUp(store, file)
  const again = await opened(await newPlace(), keys(randomBytes(4).toString('hex'), 'a'))
  await restore(again, file)
  expect(await kept(again)).toEqual(await kept(store))
  expect(await payloadsOf(again)).toEqual([[CUSTOMER, CUSTOMER, EXCHANGE]])
})
