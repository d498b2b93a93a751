import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { JsonValue } from '../../engine/core/model/json.ts'
import { hashOf } from '../../engine/core/transform/fingerprint.ts'
import { openStore } from '../../engine/store/open.ts'
import { savePlan, setAppliedPlan } from '../../engine/store/plans.ts'
import { addUsage, type UsageEntry } from '../../engine/store/usage.ts'
import { ROOT } from '../core/compile/repository.ts'
import { planOf } from '../transfer/memory-world.ts'

vi.setConfig({ testTimeout: 120_000 })

const SCOPE = 'acme'

/** A repository with two connections, one of which has a price and a budget, and calls in its store. */
async function repository(calls: readonly Omit<UsageEntry, 'project'>[]) {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-cost-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'mappings', 'connections'), { recursive: true })
  writeFileSync(
    join(folder, 'mappings', 'connections', 'erp.yaml'),
    `tidelock: 1
connection: erp
connector: odoo
settings: { url: https://acme.odoo.com, database: acme, version: "19.0" }
auth: { apiKey: { secret: odoo-key } }
price: { per1000Calls: 0.40, perGB: 2, currency: EUR }
`,
  )
  writeFileSync(
    join(folder, 'temporal.yaml'),
    `tidelock: 1
project: acme
environments: { default: { store: "sqlite:store.db" } }
secrets: { odoo-key: { from: "env:ODOO_API_KEY", to: [acme.odoo.com] } }
`,
  )
  const store = await openStore('sqlite:store.db', { folder })
  const plan = planOf()
  const limited = { ...plan, target: { ...plan.target, limits: { perDay: 1_000, reserve: '10%' } } }
  const hash = hashOf(limited as unknown as JsonValue)
  const stamp = { appliedAt: 0, author: null, commit: null }
  await store.transaction(async (trx) => {
    await savePlan(trx, { hash, plan: limited, sourceMap: { file: '', places: {} }, ...stamp })
    await setAppliedPlan(trx, SCOPE, limited.mapping, hash, stamp)
    for (const entry of calls) await addUsage(trx, { project: SCOPE, ...entry })
  })
  await store.close()
  const cost = (
    ...args: readonly string[]
  ): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [
        join(ROOT, 'engine/cli/bin.js'),
        'cost',
        ...args,
        '--folder',
        folder,
      ])
      const ended = { stdout: '', stderr: '' }
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].on('data', (part) => {
          ended[stream] += part
        })
      child.on('close', (code) => resolve({ ...ended, code }))
    })
  return { cost }
}

const today = new Date().toISOString().slice(0, 10)
const used = (calls: number, bytesIn = 0) => ({ calls, writeCalls: 1, bytesIn, bytesOut: 10, refusals: 2 })

test('calls, refusals and money by connection, mapping and day, and how much of the budget is used', async () => {
  const { cost } = await repository([
    { connection: 'erp', mapping: 'orders', day: today, ...used(600, 5e8) },
    { connection: 'erp', mapping: 'products', day: today, ...used(150) },
    { connection: 'shop', mapping: 'orders', day: today, ...used(30) },
    { connection: 'erp', mapping: 'orders', day: '2025-02-03', ...used(2_500) },
    { connection: 'erp', mapping: 'orders', day: '2025-02-04', ...used(2_500) },
  ])
  const report = JSON.parse((await cost('--json')).stdout)
  expect(report).toMatchObject({
    month: today.slice(0, 7),
    connections: [
      {
        connection: 'erp',
        calls: 750,
        writeCalls: 2,
        bytesIn: 5e8,
        bytesOut: 20,
        refusals: 4,
        currency: 'EUR',
        budgets: [{ of: 'perDay', used: 750, most: 900 }],
      },
      { connection: 'shop', calls: 30, money: null, forecast: { money: null }, budgets: [] },
    ],
    mappings: [
      { connection: 'erp', mapping: 'orders', calls: 600 },
      { connection: 'erp', mapping: 'products', calls: 150, money: 0.06 },
      { connection: 'shop', mapping: 'orders', calls: 30 },
    ],
  })
  expect(report.connections[0].money).toBeCloseTo(1.3, 9)
  expect(report.connections[0].forecast.calls).toBeGreaterThanOrEqual(750)
  expect(report.days).toHaveLength(3)

  const february = JSON.parse((await cost('--month', '2025-02', '--json')).stdout)
  expect(february.connections).toMatchObject([
    { connection: 'erp', calls: 5_000, money: 2, forecast: { calls: 5_000 } },
  ])
  expect(february.days.map(({ day }: { day: string }) => day)).toEqual(['2025-02-03', '2025-02-04'])

  const { code, stdout } = await cost()
  expect(code).toBe(0)
  expect(stdout).toMatch(/erp +products +150 +1 +0 +10 +2 +0\.0600 EUR/)
  expect(stdout).toMatch(/erp: 750 calls, 1\.30 EUR in .*; at its end \d+ calls, \d+\.\d\d EUR/)
  expect(stdout).toContain("83 % of the day's calls are used (750 of 900)")
})

test('a month that is none is refused, one without calls says so', async () => {
  const { cost } = await repository([])
  expect(await cost('--month', 'November')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/"November", expected a month such as 2026-11/),
  })
  expect((await cost('--month', '2025-02')).stdout).toBe('No calls in 2025-02.\n')
})
