import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { tableCounts } from '../../engine/store/counts.ts'
import { MIGRATIONS } from '../../engine/store/migrations/list.ts'
import { migrate } from '../../engine/store/migrations/migrate.ts'
import { saveSelection, selectedKeys } from '../../engine/store/selections.ts'
import { newPlace, openedStore, START } from './opened.ts'

const CONTENDER = fileURLToPath(new URL('contender.ts', import.meta.url))

function contend(...args: string[]) {
  return spawn(process.execPath, [CONTENDER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

describe('opening', () => {
  test('opening again changes nothing', async () => {
    const { store, again } = await openedStore()
    const before = await tableCounts(store)
    expect(await tableCounts(await again())).toEqual(before)
  })

  test('a store with steps of a newer version is refused, and stays as it is', async () => {
    const { store, again } = await openedStore(await newPlace())
    await store.transaction(({ db }) =>
      db.insertInto('migration').values({ name: '9999-later', applied_at: 1 }).execute(),
    )
    await expect(again()).rejects.toMatchObject({
      kind: 'invalid-plan',
      message: expect.stringContaining('9999-later'),
    })
    expect((await tableCounts(store)).migration).toBe(MIGRATIONS.length + 1)
  })

  test('a later step is applied once, over the rows that are there', async () => {
    const { store } = await openedStore(await newPlace())
    const id = await store.transaction((trx) => saveSelection(trx, 'acme', ['1'], START))
    const later = {
      name: '9999-later',
      up: (db: typeof store.db) => db.schema.alterTable('selection').addColumn('note', 'text').execute(),
    }
    for (let times = 0; times < 2; times++) {
      await store.transaction((trx) => migrate(trx, [...MIGRATIONS, later]))
    }
    expect(await selectedKeys(store, 'acme', id)).toEqual(['1'])
    expect((await tableCounts(store)).migration).toBe(MIGRATIONS.length + 1)
  })

  test('of several processes opening a new store at once each finds its tables', async () => {
    const place = await newPlace()
    const processes = ['a', 'b', 'c', 'd'].map((name) => contend('open', place.url, place.folder, name))
    const codes = await Promise.all(processes.map(async (process) => (await once(process, 'exit'))[0]))
    expect(codes).toEqual([0, 0, 0, 0])
    const { store } = await openedStore(place)
    expect(await tableCounts(store)).toMatchObject({ migration: MIGRATIONS.length, selection: 4 })
  })
})

describe('a transaction', () => {
  test('that throws leaves nothing', async () => {
    const { store } = await openedStore()
    const broken = store.transaction(async (trx) => {
      await saveSelection(trx, 'acme', ['1'], START)
      throw new Error('in the middle')
    })
    await expect(broken).rejects.toThrow('in the middle')
    expect((await tableCounts(store)).selection).toBe(0)
  })

  test('whose process is killed leaves nothing and blocks nobody', async () => {
    const { store, url, folder } = await openedStore()
    const victim = contend('hang', url, folder)
    await once(victim.stdout, 'data')
    const waiting = store.transaction((trx) => saveSelection(trx, 'acme', ['after'], START))
    victim.kill('SIGKILL')
    const id = await waiting
    expect(await selectedKeys(store, 'acme', id)).toEqual(['after'])
    expect((await tableCounts(store)).selection).toBe(1)
  })

  test('is not seen from outside before it is committed', async () => {
    const { store, again } = await openedStore()
    const other = await again()
    await store.transaction(async (trx) => {
      await saveSelection(trx, 'acme', ['1'], START)
      expect((await tableCounts(trx)).selection).toBe(1)
      expect((await tableCounts(store)).selection).toBe(0)
      expect((await tableCounts(other)).selection).toBe(0)
    })
    expect((await tableCounts(store)).selection).toBe(1)
    expect((await tableCounts(other)).selection).toBe(1)
  })

  test('is not nested: it would wait for itself', async () => {
    const { store } = await openedStore()
    await expect(store.transaction(() => store.transaction(async () => 1))).rejects.toMatchObject({
      kind: 'bug',
    })
  })

  test('is the only way to write', async () => {
    const { store } = await openedStore()
    await expect(store.db.deleteFrom('ledger').execute()).rejects.toThrow(/read-?only/)
  })
})
