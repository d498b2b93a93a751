import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { tableCounts } from '../../engine/store/counts.ts'
import { MIGRATIONS } from '../../engine/store/migrations/list.ts'
import { migrate } from '../../engine/store/migrations/migrate.ts'
import { openStore } from '../../engine/store/open.ts'
import { saveSelection, selectedKeys } from '../../engine/store/selections.ts'
import { openedStore, START } from './opened.ts'

const CONTENDER = fileURLToPath(new URL('contender.ts', import.meta.url))

function contend(...args: string[]) {
  return spawn(process.execPath, [CONTENDER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

describe('opening', () => {
  test('makes the file and its folders', async () => {
    const { folder } = await openedStore()
    const store = await openStore('sqlite:new/folders/store.db', { folder, now: () => START })
    expect((await tableCounts(store)).ledger).toBe(0)
    await store.close()
  })

  test.each(['postgres://user:hush@host/db', 'mysql:x', 'sqlite:', 'store.db'])(
    'refuses %s and shows no password',
    async (url) => {
      const opening = openStore(url, { folder: '/nonexistent', now: () => START })
      await expect(opening).rejects.toMatchObject({ kind: 'invalid-plan' })
      await expect(opening).rejects.not.toThrow(/hush/)
    },
  )

  test('opening again changes nothing', async () => {
    const { store, again } = await openedStore()
    const before = await tableCounts(store)
    expect(await tableCounts(await again())).toEqual(before)
  })

  test('a store with steps of a newer version is refused, and stays as it is', async () => {
    const { store, again } = await openedStore()
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
    const { store } = await openedStore()
    const id = await store.transaction((trx) => saveSelection(trx, 'acme', ['1'], START))
    const later = {
      name: '0002-later',
      up: (db: typeof store.db) => db.schema.alterTable('selection').addColumn('note', 'text').execute(),
    }
    for (let times = 0; times < 2; times++) {
      await store.transaction(({ db }) => migrate(db, START, [...MIGRATIONS, later]))
    }
    expect(await selectedKeys(store, 'acme', id)).toEqual(['1'])
    expect((await tableCounts(store)).migration).toBe(MIGRATIONS.length + 1)
  })

  test('of several processes opening a new file at once each finds its tables', async () => {
    const { folder } = await openedStore()
    const fresh = `${folder}/fresh`
    const processes = ['a', 'b', 'c', 'd'].map((name) => contend('open', fresh, name))
    const codes = await Promise.all(processes.map(async (process) => (await once(process, 'exit'))[0]))
    expect(codes).toEqual([0, 0, 0, 0])
    const store = await openStore('sqlite:store.db', { folder: fresh, now: () => START })
    expect(await tableCounts(store)).toMatchObject({ migration: MIGRATIONS.length, selection: 4 })
    await store.close()
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
    const { store, folder } = await openedStore()
    const victim = contend('hang', folder)
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

  test('waits for the one before, in this process and over another handle', async () => {
    const { store, again } = await openedStore()
    const handles = [store, await again(), await again()]
    const order: string[] = []
    const writes = Array.from({ length: 12 }, (_, index) =>
      handles[index % handles.length]!.transaction(async (trx) => {
        order.push(`begin ${index}`)
        await saveSelection(trx, 'acme', [String(index)], START)
        order.push(`end ${index}`)
      }),
    )
    await Promise.all(writes)
    expect((await tableCounts(store)).selection).toBe(12)
    for (let index = 0; index < order.length; index += 2) {
      expect(order[index + 1]).toBe(order[index]!.replace('begin', 'end'))
    }
  })

  test('is not nested: it would wait for itself', async () => {
    const { store } = await openedStore()
    await expect(store.transaction(() => store.transaction(async () => 1))).rejects.toMatchObject({
      kind: 'bug',
    })
  })

  test('is the only way to write', async () => {
    const { store } = await openedStore()
    await expect(store.db.deleteFrom('ledger').execute()).rejects.toThrow(/readonly/)
  })
})
