import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { JsonValue } from '../../engine/core/model/json.ts'
import type { Plan } from '../../engine/core/model/plan.ts'
import { EMPTY_TALLY } from '../../engine/core/model/tally.ts'
import { hashOf } from '../../engine/core/transform/fingerprint.ts'
import { checkStore } from '../../engine/store/check/check.ts'
import { advanceCursor } from '../../engine/store/cursor.ts'
import { parkRecords } from '../../engine/store/dead-letters.ts'
import { confirmRows, writeIntents } from '../../engine/store/ledger.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { savePlan, setAppliedPlan } from '../../engine/store/plans.ts'
import { addToRun, finishRun, startRun } from '../../engine/store/runs.ts'
import { newPlace, openedStore, START, type StorePlace } from './opened.ts'
import { deadLetter, intent, ledgerRow } from './rows.ts'

const MAPPING = 'shopify-orders'

/** A store after some work, all of it as it has to be. */
async function soundStore(place?: StorePlace) {
  const opened = await openedStore(place)
  const plan = { mapping: MAPPING } as unknown as Plan
  const hash = hashOf(plan as unknown as JsonValue)
  await opened.store.transaction(async (trx) => {
    const stamp = { appliedAt: START, author: null, commit: null }
    await savePlan(trx, { hash, plan, sourceMap: { file: 'f', places: {} }, ...stamp })
    await setAppliedPlan(trx, 'acme', MAPPING, hash, stamp)
    const run = {
      project: 'acme',
      mapping: MAPPING,
      lane: 'live',
      workflowId: 'w',
      planHash: hash,
      startedAt: START,
    }
    await startRun(trx, { ...run, id: 'run-1' })
    for (const sequence of [1, 2]) {
      await addToRun(trx, 'run-1', { ...EMPTY_TALLY, read: 3, created: 2, parked: 1 }, sequence)
      const at = { project: 'acme', mapping: MAPPING, lane: 'live', cursor: { at: sequence } }
      await advanceCursor(trx, { ...at, sequence, runId: 'run-1', now: START })
    }
    await finishRun(trx, {
      id: 'run-1',
      finishedAt: START,
      state: 'done',
      failureKind: null,
      failureMessage: null,
    })
    await confirmRows(trx, [ledgerRow('1'), ledgerRow('2')])
    await writeIntents(trx, [intent('3')])
    const waits = { namespace: 'customers', mapping: 'shopify-customers', key: '7' }
    await parkRecords(
      trx,
      [deadLetter('4'), deadLetter('5', { state: 'waiting', waitsFor: waits, dueAfterMs: [1e9] })],
      START,
    )
  })
  return opened
}

const codes = async (store: Store) => (await checkStore(store, hashOf)).findings.map(({ code }) => code)

test('a store that is as it has to be', async () => {
  const { store } = await soundStore()
  expect(await checkStore(store, hashOf)).toMatchObject({ findings: [], rows: { ledger: 3, run_page: 2 } })
})

test.each([
  ['unbalanced-run', `update run set tally = '{"read":6,"created":5}'`],
  ['miscounted-run', `update run set pages = 3`],
  ['miscounted-run', `delete from run_page where sequence = 1`],
  ['cursor-apart', `update cursor set sequence = 3`],
  ['cursor-apart', `update cursor set sequence = 1`],
  ['lost-payload', `update dead_letter set payload = null where key = '4'`],
  ['shared-target', `drop index ledger_target; update ledger set target_id = '91' where key = '2'`],
  ['unsound-row', `update ledger set target_id = null where key = '2'`],
  ['unsound-row', `update ledger set sent_at = null where key = '3'`],
  ['old-intents', `update ledger set sent_at = sent_at - 90000000 where key = '3'`],
  ['missed-arrival', `update ledger set namespace = 'customers', key = '7' where key = '2'`],
  ['broken-json', `update ledger set field_hashes = '{' where key = '1'`],
  ['broken-json', `update plan set plan = ''`],
  ['altered-plan', `update plan set plan = '{"mapping":"other"}'`],
])('%s: %s', async (code, damage) => {
  // What is done to the tables themselves is not undone for the next test.
  const { store } = await soundStore(damage.startsWith('drop') ? await newPlace() : undefined)
  await store.transaction(async ({ db }) => {
    for (const statement of damage.split(';')) await sql.raw(statement).execute(db)
  })
  expect(await codes(store)).toEqual([code])
})

test('nothing is wrong with a lane that begins anew, a run under way, and what is closed', async () => {
  const { store } = await soundStore()
  await store.transaction(async ({ db }) => {
    await sql`update cursor set cursor = null, sequence = sequence + 1`.execute(db)
    await sql`update run set state = 'running', finished_at = null, balanced = null`.execute(db)
    await sql`update dead_letter set state = 'resolved', payload = null, due_at = null where key = '4'`.execute(
      db,
    )
  })
  expect(await codes(store)).toEqual([])
})

test('a store of an earlier version is told what it lacks', async () => {
  const { url, folder } = await newPlace()
  const store = await openStore(url, { folder, migrate: false })
  onTestFinished(store.close)
  expect(await checkStore(store, hashOf)).toMatchObject({
    findings: [{ code: 'earlier-version' }],
    rows: null,
  })
})
