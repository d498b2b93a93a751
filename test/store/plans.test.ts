import { describe, expect, test } from 'vitest'
import type { Plan, SourceMap } from '../../engine/core/model/plan.ts'
import type { Store } from '../../engine/store/open.ts'
import {
  appliedPlan,
  appliedPlans,
  claimTarget,
  planByHash,
  removeApplied,
  savePlan,
  setAppliedPlan,
} from '../../engine/store/plans.ts'
import { saveSelection, selectedKeys } from '../../engine/store/selections.ts'
import { addUsage, type UsageEntry, usageOf } from '../../engine/store/usage.ts'
import { openedStore, START } from './opened.ts'

const plan = (mapping: string): Plan => ({
  format: 1,
  project: 'acme',
  mapping,
  namespace: mapping,
  description: 'Größe 漢字',
  owner: null,
  source: {
    connection: { name: 'shopify', connector: 'shopify', settings: { shop: 'acme' }, auth: {} },
    limits: null,
    resource: 'orders',
    as: 'order',
    since: null,
    selection: { name: { type: 'text' } },
    keep: [],
  },
  target: {
    connection: { name: 'odoo', connector: 'odoo', settings: {}, auth: {} },
    limits: null,
    resource: 'sale.order',
    identity: [{ cel: 'order.id' }],
    label: null,
    adopt: null,
    gone: 'ignore',
    changed: 'new',
    deletedAtTarget: 'park',
    shape: { resource: 'sale.order', fields: {} },
    fixed: {},
  },
  tables: {},
  fields: {},
  agree: [],
  steps: [],
  schedule: null,
  priority: 'normal',
  scopes: {},
  errors: {
    retry: { first: 1, max: 2, attempts: 3 },
    parked: { again: [1], escalate: null, keepPayload: 4 },
    halt: { rejected: 0.2, window: 50 },
  },
  links: {},
  alerts: [],
  drift: {},
  readiness: null,
})

const sourceMap = (line: number): SourceMap => ({
  file: 'mappings/orders.yaml',
  places: { fields: { line, column: 1 } },
})
const stamp = (appliedAt: number) => ({ appliedAt, author: 'ops@acme.example', commit: 'abc' })

const save = (store: Store, hash: string, mapping: string, line = 1) =>
  store.transaction((trx) =>
    savePlan(trx, { hash, plan: plan(mapping), sourceMap: sourceMap(line), ...stamp(START) }),
  )

describe('plans', () => {
  test('are kept by hash; the same plan from moved lines takes the new places', async () => {
    const { store } = await openedStore()
    await save(store, 'h1', 'orders', 1)
    await save(store, 'h1', 'orders', 9)
    expect(await planByHash(store, 'h1')).toEqual({
      hash: 'h1',
      plan: plan('orders'),
      sourceMap: sourceMap(9),
      ...stamp(START),
    })
    expect(await planByHash(store, 'h2')).toBeNull()
  })

  test('one is applied for each mapping of a project', async () => {
    const { store } = await openedStore()
    await save(store, 'h1', 'orders')
    await save(store, 'h2', 'orders')
    await save(store, 'h3', 'customers')
    await store.transaction(async (trx) => {
      await setAppliedPlan(trx, 'acme', 'orders', 'h1', stamp(START))
      await setAppliedPlan(trx, 'acme', 'customers', 'h3', stamp(START))
      await setAppliedPlan(trx, 'acme.test', 'orders', 'h1', stamp(START))
      await setAppliedPlan(trx, 'acme', 'orders', 'h2', stamp(START + 1))
    })
    expect(await appliedPlan(store, 'acme', 'orders')).toMatchObject({
      hash: 'h2',
      appliedAt: START + 1,
      author: 'ops@acme.example',
      commit: 'abc',
    })
    expect((await appliedPlans(store, 'acme')).map((row) => row.hash)).toEqual(['h3', 'h2'])
    await store.transaction((trx) => removeApplied(trx, 'acme', 'orders'))
    expect(await appliedPlan(store, 'acme', 'orders')).toBeNull()
    expect(await appliedPlan(store, 'acme.test', 'orders')).toMatchObject({ hash: 'h1' })
    expect(await planByHash(store, 'h2')).not.toBeNull()
  })

  test('one that the store does not have cannot be applied', async () => {
    const { store } = await openedStore()
    const applying = store.transaction((trx) =>
      setAppliedPlan(trx, 'acme', 'orders', 'unknown', stamp(START)),
    )
    await expect(applying).rejects.toThrow(/foreign key/i)
  })
})

describe('a target', () => {
  test('belongs to one environment of a project', async () => {
    const { store } = await openedStore()
    const claim = (project: string, environment: string, target: string) =>
      store.transaction((trx) => claimTarget(trx, project, environment, target))
    await claim('acme', 'default', 'odoo|acme')
    await claim('acme', 'default', 'odoo|acme')
    await claim('acme', 'test', 'odoo|acme-test')
    await claim('other', 'test', 'odoo|acme')
    await expect(claim('acme', 'test', 'odoo|acme')).rejects.toMatchObject({
      kind: 'invalid-plan',
      message: expect.stringContaining('"default" writes to odoo|acme'),
    })
  })
})

describe('lists of keys', () => {
  test('come back in order; an unknown one is an error', async () => {
    const { store } = await openedStore()
    const id = await store.transaction((trx) => saveSelection(trx, 'acme', ['2', '1', "o'brien"], START))
    expect(await selectedKeys(store, 'acme', id)).toEqual(['2', '1', "o'brien"])
    await expect(selectedKeys(store, 'other', id)).rejects.toMatchObject({ kind: 'invalid-plan' })
  })
})

describe('usage', () => {
  test('adds up by connection, mapping and day', async () => {
    const { store, pass } = await openedStore()
    const counts = { calls: 2, writeCalls: 1, bytesIn: 300, bytesOut: 40, refusals: 1 }
    const entry = { project: 'acme', connection: 'odoo', mapping: 'orders', ...counts }
    const add = (added: UsageEntry) => store.transaction((trx) => addUsage(trx, added))
    await add(entry)
    await add({ ...entry, refusals: 0 })
    await add({ ...entry, connection: 'shopify' })
    await add({
      ...entry,
      calls: 0,
      writeCalls: 0,
      bytesIn: 0,
      bytesOut: 0,
      refusals: 0,
      connection: 'idle',
    })
    pass(86_400_000)
    await add(entry)
    const today = { project: 'acme', mapping: 'orders', day: '2026-11-24' }
    const tomorrow = { ...entry, day: '2026-11-25' }
    const odoo = {
      ...today,
      connection: 'odoo',
      calls: 4,
      writeCalls: 2,
      bytesIn: 600,
      bytesOut: 80,
      refusals: 1,
    }
    expect(await usageOf(store, 'acme')).toEqual([
      odoo,
      { ...today, connection: 'shopify', ...counts },
      tomorrow,
    ])
    expect(await usageOf(store, 'acme', { connection: 'odoo', mapping: 'orders' })).toEqual([odoo, tomorrow])
    expect(await usageOf(store, 'acme', { since: '2026-11-25' })).toEqual([tomorrow])
  })
})
