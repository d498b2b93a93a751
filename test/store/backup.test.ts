import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { EMPTY_TALLY } from '../../engine/core/model/tally.ts'
import { hashOf } from '../../engine/core/transform/fingerprint.ts'
import { backUp, restore } from '../../engine/store/backup.ts'
import { checkStore } from '../../engine/store/check/check.ts'
import { tableCounts } from '../../engine/store/counts.ts'
import { advanceCursor } from '../../engine/store/cursor.ts'
import { type AnyRow, everyRow } from '../../engine/store/every-row.ts'
import { confirmRows, ledgerRows } from '../../engine/store/ledger.ts'
import { MIGRATIONS } from '../../engine/store/migrations/list.ts'
import { bringUp, missingSteps } from '../../engine/store/migrations/migrate.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { addToRun, startRun } from '../../engine/store/runs.ts'
import { saveSelection } from '../../engine/store/selections.ts'
import { TABLE_NAMES } from '../../engine/store/shape.ts'
import { earlierStore } from './every-table.ts'
import { newPlace, openedStore, ownFolder, START } from './opened.ts'
import { ledgerRow } from './rows.ts'

const NEWEST = MIGRATIONS.length

/** All that a store has. */
async function allRows(store: Store): Promise<Readonly<Record<string, readonly AnyRow[]>>> {
  const rows: Record<string, readonly AnyRow[]> = {}
  for (const table of TABLE_NAMES) {
    if (table === 'migration') continue
    rows[table] = []
    for await (const page of everyRow(store, table)) rows[table] = [...rows[table], ...page]
  }
  return rows
}

/** A SQLite file as a store. */
async function opened(file: string): Promise<Store> {
  const store = await openStore(`sqlite:${file}`, { folder: '/', now: () => START, migrate: false })
  onTestFinished(store.close)
  return store
}

const newFile = (): string => join(ownFolder(), 'backup.db')

test('a backup has every row of every table, and so has a store that it is restored into', async () => {
  const store = await earlierStore(NEWEST)
  const file = newFile()
  const counts = await backUp(store, file)
  const rows = await allRows(store)
  expect(Object.values(rows).every((found) => found.length > 0)).toBe(true)
  expect(counts).toEqual(await tableCounts(store))
  expect(await allRows(await opened(file))).toEqual(rows)

  const { store: restored } = await openedStore(await newPlace())
  expect(await restore(restored, file)).toEqual(counts)
  expect(await allRows(restored)).toEqual(rows)
})

test('more rows than are read at once', async () => {
  const { store } = await openedStore()
  const keys = Array.from({ length: 2_345 }, (_, index) => String(index))
  await store.transaction((trx) =>
    confirmRows(
      trx,
      keys.map((key) => ledgerRow(key)),
    ),
  )
  const file = newFile()
  expect(await backUp(store, file)).toMatchObject({ ledger: 2_345 })
  expect((await ledgerRows(await opened(file), 'acme', 'orders', keys)).size).toBe(2_345)
})

test('a backup is of one moment, while others go on writing', async () => {
  const { store, again } = await openedStore()
  const worker = await again()
  const mapping = 'shopify-orders'
  await worker.transaction((trx) =>
    startRun(trx, {
      id: 'run-1',
      project: 'acme',
      mapping,
      lane: 'live',
      workflowId: 'w',
      planHash: 'p',
      startedAt: START,
    }),
  )
  let over = false
  let sequence = 0
  const page = () =>
    worker.transaction(async (trx) => {
      sequence++
      await confirmRows(
        trx,
        Array.from({ length: 20 }, (_, index) => ledgerRow(`${sequence}-${index}`)),
      )
      await addToRun(trx, 'run-1', { ...EMPTY_TALLY, read: 20, created: 20 }, sequence)
      const at = { project: 'acme', mapping, lane: 'live', cursor: {}, runId: 'run-1', now: START }
      await advanceCursor(trx, { ...at, sequence })
    })
  for (let n = 0; n < 30; n++) await page()
  const working = (async () => {
    while (!over) await page()
  })()
  const file = newFile()
  const counts = await backUp(store, file).finally(() => {
    over = true
  })
  await working
  expect(sequence).toBeGreaterThan(30)
  expect(counts.ledger).toBe(counts.run_page * 20)
  expect((await checkStore(await opened(file), hashOf)).findings).toEqual([])
})

test('a store of an earlier version is saved as it is, and brought up where it is restored', async () => {
  const store = await earlierStore(NEWEST - 1)
  const file = newFile()
  await backUp(store, file)
  const saved = await opened(file)
  expect((await missingSteps(saved)).map(({ name }) => name)).toEqual([MIGRATIONS.at(-1)!.name])

  const { store: restored } = await openedStore(await newPlace())
  await restore(restored, file)
  expect(await missingSteps(saved)).toHaveLength(1)
  await bringUp(store)
  expect(await allRows(restored)).toEqual(await allRows(store))
})

test('another store is as good as a backup: so one moves from SQLite to PostgreSQL', async () => {
  const folder = ownFolder()
  const before = await openStore('sqlite:store.db', { folder, now: () => START })
  onTestFinished(before.close)
  await before.transaction((trx) =>
    confirmRows(trx, [ledgerRow('1'), ledgerRow("o'brien", { label: 'å 漢字 🙂' })]),
  )
  const { store } = await openedStore(await newPlace())
  await restore(store, join(folder, 'store.db'))
  expect(await allRows(store)).toEqual(await allRows(before))
})

test('a backup is closed to other users of the machine, and alone: nothing is left beside it', async () => {
  const { store, folder } = await openedStore()
  await backUp(store, join(folder, 'backup.db'))
  expect(statSync(join(folder, 'backup.db')).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder).filter((name) => !name.startsWith('store.db'))).toEqual(['backup.db'])
})

test('no file is overwritten, and no store', async () => {
  const { store, folder } = await openedStore()
  const file = join(folder, 'backup.db')
  writeFileSync(file, 'something else')
  await expect(backUp(store, file)).rejects.toMatchObject({
    kind: 'invalid-plan',
    message: expect.stringContaining('is there already'),
  })
  await backUp(store, join(folder, 'other.db'))
  await store.transaction((trx) => saveSelection(trx, 'acme', ['1'], START))
  await expect(restore(store, join(folder, 'other.db'))).rejects.toMatchObject({
    kind: 'invalid-plan',
    message: expect.stringContaining('selection has 1 rows'),
  })
  expect((await tableCounts(store)).selection).toBe(1)
})

test('what is not there is not made', async () => {
  const { store, folder } = await openedStore()
  await expect(restore(store, join(folder, 'missing.db'))).rejects.toMatchObject({ kind: 'invalid-plan' })
  expect(existsSync(join(folder, 'missing.db'))).toBe(false)
  const { url, folder: empty } = await newPlace()
  const bare = await openStore(url, { folder: empty, migrate: false })
  onTestFinished(bare.close)
  await expect(backUp(bare, join(empty, 'backup.db'))).rejects.toMatchObject({
    message: expect.stringContaining('no tables'),
  })
  expect(existsSync(join(empty, 'backup.db'))).toBe(false)
})
