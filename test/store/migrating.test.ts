import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { EMPTY_TALLY } from '../../engine/core/model/tally.ts'
import { tableCounts } from '../../engine/store/counts.ts'
import { cursorOf } from '../../engine/store/cursor.ts'
import { deadLetterById, dueRecords } from '../../engine/store/dead-letters.ts'
import { leaseOf } from '../../engine/store/lease.ts'
import { ledgerRows, openIntents } from '../../engine/store/ledger.ts'
import { MIGRATIONS } from '../../engine/store/migrations/list.ts'
import { bringUp } from '../../engine/store/migrations/migrate.ts'
import { appliedPlan, claimTarget } from '../../engine/store/plans.ts'
import { runById } from '../../engine/store/runs.ts'
import { selectedKeys } from '../../engine/store/selections.ts'
import { usageOf } from '../../engine/store/usage.ts'
import { earlierStore, type Row, rowsAfter } from './every-table.ts'
import { START } from './opened.ts'

const VERSIONS = MIGRATIONS.slice(0, -1).map(({ name }, index) => [name, index + 1] as const)

test.each(VERSIONS)('a store at %s with rows in every table is brought up and read', async (_, steps) => {
  const store = await earlierStore(steps)
  const before = await tableCounts(store)
  expect(await bringUp(store)).toEqual(MIGRATIONS.slice(steps).map(({ name }) => name))
  expect(await bringUp(store)).toEqual([])
  expect(await tableCounts(store)).toEqual({ ...before, migration: MIGRATIONS.length })

  expect(await appliedPlan(store, 'acme', 'orders')).toMatchObject({
    hash: 'h1',
    plan: { mapping: 'orders' },
  })
  await expect(
    store.transaction((trx) => claimTarget(trx, 'acme', 'test', 'odoo|acme')),
  ).rejects.toMatchObject({ kind: 'invalid-plan' })
  expect(await leaseOf(store, 'acme', 'orders')).toMatchObject({
    holder: 'run-1',
    epoch: 7,
    wantedBy: 'backfill',
  })
  expect(await cursorOf(store, 'acme', 'orders', 'live')).toMatchObject({ cursor: { at: 1 }, sequence: 3 })
  const ledger = await ledgerRows(store, 'acme', 'orders', ['1', '2', '3'])
  expect(ledger.get('1')).toMatchObject({
    targetId: '91',
    adopted: true,
    fieldHashes: { fields: { note: 'n' } },
  })
  expect(ledger.get('3')).toMatchObject({ state: 'intent', previous: { state: 'confirmed', stepsDue: [2] } })
  expect((await openIntents(store, 'acme', 'orders', { limit: 9 })).map((row) => row.key)).toEqual(['2', '3'])
  expect(await deadLetterById(store, 'acme', 'letter')).toMatchObject({ attempts: 2, waitsFor: { key: '7' } })
  expect(await dueRecords(store, 'acme', 'orders', { now: START, limit: 9 })).toMatchObject([{ key: '4' }])
  expect(await runById(store, 'acme', 'run-1')).toMatchObject({
    tally: { ...EMPTY_TALLY, read: 2, created: 2 },
  })
  expect(await selectedKeys(store, 'acme', 'list')).toEqual(['1', '2'])
  expect(await usageOf(store, 'acme')).toMatchObject([{ calls: 1, refusals: 5 }])
})

test.each(VERSIONS)('these rows leave no column of %s empty', async (_, steps) => {
  const store = await earlierStore(steps)
  const rows = rowsAfter(steps)
  const counts = Object.entries(await tableCounts(store))
  const tables = counts.flatMap(([table, count]) => (table !== 'migration' && count > 0 ? [table] : []))
  expect(Object.keys(rows).sort()).toEqual(tables.sort())
  for (const table of tables) {
    const { rows: found } = await sql<Row>`select * from ${sql.table(table)}`.execute(store.db)
    const empty = Object.keys(found[0]!).filter((name) => found.every((row) => row[name] === null))
    expect(empty, table).toEqual([])
  }
})
