import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import { openStore } from '../../engine/store/open.ts'
import { runningDevServer, stopDevServer } from '../../engine/temporal/dev-server/server.ts'
import { ROOT } from '../core/compile/repository.ts'
import { type OdooStandIn, startOdoo } from '../stand-ins/odoo/server.ts'
import { type ShopifyStandIn, startShopify } from '../stand-ins/shopify/server.ts'

/** The commands as a person types them: processes of their own, a real Temporal dev server, a store in a file. */
let shop: ShopifyStandIn
let odoo: OdooStandIn
let folder: string

// Several processes a story, on machines that do other things too.
vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  shop = await startShopify({
    seed: { customers: 30, products: 20, orders: 150 },
    now: () => Date.now() - 60_000,
  })
  odoo = await startOdoo({ version: '19.0' })
  folder = mkdtempSync(join(tmpdir(), 'tidelock-commands-'))
  prepareDemoFolder(folder, { odoo, shopify: shop, control: { url: '' } }, '19.0')
  // Nothing runs but what is run here.
  for (const mapping of ['shopify-customers', 'shopify-products', 'shopify-orders']) {
    const file = join(folder, 'mappings', `${mapping}.yaml`)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^schedule: .*$/m, 'schedule: { every: 12h }'))
  }
})

afterAll(async () => {
  await stopDevServer(folder)
  await Promise.all([shop.close(), odoo.close()])
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function tidelock(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const { TEMPORAL_ADDRESS: _none, ...environment } = process.env
    const child = spawn(process.execPath, [join(ROOT, 'engine/cli/bin.js'), ...args, '--folder', folder], {
      env: environment,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (part) => {
      stdout += part
    })
    child.stderr.on('data', (part) => {
      stderr += part
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const orders = () => join(folder, 'mappings', 'shopify-orders.yaml')
const json = (ended: Ended) => {
  const lines = ended.stdout.trim().split('\n')
  return JSON.parse(lines.at(-1)!)
}

test('validate says what is wrong, where, and what to write instead', async () => {
  const text = readFileSync(orders(), 'utf8')
  writeFileSync(orders(), text.replace('client_order_ref: order.name', 'client_order_ref: order.nmae'))
  const ended = await tidelock('validate')
  writeFileSync(orders(), text)
  expect(ended.code).toBe(1)
  expect(ended.stdout).toContain('mappings/shopify-orders.yaml:')
  expect(ended.stdout).toContain('unknown-field')
  expect(ended.stdout).toContain('"name"')
  expect((await tidelock('validate')).code).toBe(0)
})

test('nothing runs before it is applied', async () => {
  const ended = await tidelock('run', 'shopify-customers')
  expect(ended.code).toBe(2)
  expect(ended.stderr).toContain('tidelock apply')
})

test('plan shows three new flows, apply makes them, plan shows no difference', async () => {
  const before = await tidelock('plan', '--detailed-exitcode', '--out', join(folder, 'change.plan'))
  expect(before.code).toBe(2)
  expect(before.stdout).toContain('+ shopify-orders')
  expect(await tidelock('apply', join(folder, 'change.plan'))).toMatchObject({ code: 0 })
  expect(await tidelock('plan', '--detailed-exitcode')).toMatchObject({ code: 0 })
  const stale = await tidelock('apply', join(folder, 'change.plan'))
  expect(stale).toMatchObject({ code: 2, stderr: expect.stringContaining('stale') })
})

test('channels are applied like mappings, and shown where they differ', { timeout: 240_000 }, async () => {
  const settings = join(folder, 'temporal.yaml')
  const before = readFileSync(settings, 'utf8')
  const channels = join(folder, 'mappings', 'channels.yaml')
  const write = (url: string) =>
    writeFileSync(
      channels,
      `tidelock: 1\nchannels:\n  hook: { webhook: { url: "${url}", sign: { secret: signing } } }\n`,
    )
  writeFileSync(
    settings,
    before.replace(/^secrets:.*$/m, 'secrets:\n  signing: { from: "env:SIGNING", to: [hooks.acme.example] }'),
  )
  write('https://hooks.acme.example/a')
  const planned = await tidelock('plan', '--detailed-exitcode', '--out', join(folder, 'channels.plan'))
  expect(planned.code).toBe(2)
  expect(planned.stdout).toContain('+ channel hook')
  write('https://hooks.acme.example/b')
  const stale = await tidelock('apply', join(folder, 'channels.plan'))
  expect(stale).toMatchObject({ code: 2, stderr: expect.stringContaining('stale') })
  expect(await tidelock('apply')).toMatchObject({ code: 0 })
  expect(json(await tidelock('alerts', 'channels', '--json'))).toMatchObject({
    channels: [{ channel: 'hook', kind: 'webhook', to: 'hooks.acme.example', state: 'up', queued: 0 }],
  })
  const store = await openStore('sqlite:.tidelock/store.db', { folder })
  await store.transaction((trx) =>
    trx.db.updateTable('channel').set({ state: 'dead', last_error: 'It answered 410.' }).execute(),
  )
  await store.close()
  expect((await tidelock('status')).stdout).toMatch(/The channel "hook" is dead since .*: It answered 410\./)
  rmSync(channels)
  writeFileSync(settings, before)
  expect(await tidelock('apply')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('- channel hook'),
  })
})

test('run without a name runs all in link order, balances, and says so in JSON', async () => {
  const ended = await tidelock('run', '--json')
  expect(ended.code).toBe(0)
  const results = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(results.map((result) => result.mapping)).toEqual([
    'shopify-customers',
    'shopify-products',
    'shopify-orders',
  ])
  for (const result of results) expect(result).toMatchObject({ balanced: true, state: 'done' })
  expect(results[2].read).toBe(150)
  const again = await tidelock('run', 'shopify-orders', '--full', '--json')
  expect(json(again)).toMatchObject({ read: 150, created: 0, updated: 0, writeCalls: 0 })
})

test('the run in Temporal shows mapping, state, plan and counts', async () => {
  const dev = JSON.parse(readFileSync(join(folder, '.tidelock', 'dev.json'), 'utf8'))
  const connection = await Connection.connect({ address: dev.address })
  const client = new Client({ connection })
  const found = []
  for await (const run of client.workflow.list({
    query: "TidelockMapping = 'shopify-orders' AND ExecutionStatus = 'Completed'",
  }))
    found.push(run)
  expect(found.length).toBeGreaterThan(0)
  const attributes = found[0]!.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])
  expect(Object.fromEntries(attributes)).toMatchObject({
    TidelockMapping: 'shopify-orders',
    TidelockState: 'Running',
    TidelockConnection: ['shopify', 'odoo'],
  })
  expect(found[0]!.historyLength).toBeLessThanOrEqual(16)
  const described = await client.workflow.getHandle(found[0]!.workflowId, found[0]!.runId).describe()
  expect(await described.staticSummary()).toContain('shopify orders → odoo sale.order')
  const history = await client.workflow.getHandle(found[0]!.workflowId, found[0]!.runId).fetchHistory()
  expect(JSON.stringify(history)).not.toContain('gid://shopify')
  await connection.close()
})

test('status, runs and dead letters tell what happened', async () => {
  const status = json(await tidelock('status', '--json'))
  expect(status.mappings.map((mapping: { mapping: string }) => mapping.mapping)).toContain('shopify-orders')
  expect((await tidelock('status')).stdout).toContain('shopify-orders')
  expect((await tidelock('runs', 'shopify-orders')).stdout).toContain('done')
  await shop.control.createOrder({
    name: '#tip',
    tip: 500,
    lines: [{ sku: 'SKU-1-1', quantity: 1, unit: 500 }],
  })
  await tidelock('run', 'shopify-orders')
  expect((await tidelock('dead-letters', 'list')).stdout).toContain('disagrees')
  const shown = await tidelock('dead-letters', 'show', '#tip')
  expect(shown.stdout).toContain('5.00')
  expect(shown.stdout).toMatch(/mappings\/shopify-orders\.yaml:\d+/)
})

test('explain takes one record through every line, beside what ledger and Odoo say', async () => {
  const told = await tidelock('explain', 'shopify-orders', '#tip')
  expect(told.code).toBe(0)
  for (const text of ['parked since', 'amount_total: ', 'differs', 'client_order_ref = "#tip"', 'order.name'])
    expect(told.stdout).toContain(text)
  const { ledger, target, totals, record } = json(
    await tidelock('explain', 'shopify-orders', '#1010', '--json'),
  )
  expect(ledger).toMatchObject({ state: 'confirmed', targetId: target.id })
  expect(Number(totals[0].source)).toBe(Number(totals[0].found))
  expect(record.fields.length).toBeGreaterThan(10)
  const left = (await tidelock('explain', 'shopify-orders', '#1010')).stdout
  expect(left).toContain('Nothing would be done')
  expect(await tidelock('explain', 'shopify-orders', '#nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('#nobody'),
  })
  expect((await tidelock('explain', 'shopify-orders', '--sample', 'orders/1042')).stdout).toContain('84.58')
})

test('a changed file does not run until it is applied; rewriting lets it reach what is there', async () => {
  const text = readFileSync(orders(), 'utf8')
  writeFileSync(
    orders(),
    text.replace(
      '  client_order_ref: order.name',
      '  client_order_ref: order.name\n  origin: order.sourceName',
    ),
  )
  const refused = await tidelock('run', 'shopify-orders')
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('differs') })
  const planned = await tidelock('plan')
  expect(planned.stdout).toContain('fields.origin: added order.sourceName')
  expect(planned.stdout).toContain('--rewrite')
  expect(await tidelock('apply', '--rewrite')).toMatchObject({ code: 0 })
  const written = (await odoo.control.read({ model: 'sale.order', fields: ['origin'] })) as unknown as {
    origin: string
  }[]
  expect(new Set(written.map((order) => order.origin))).toEqual(new Set(['web']))
})

test('one order by its name', async () => {
  await shop.control.editOrder({ order: '#1010', note: 'again' })
  const ended = await tidelock('run', 'shopify-orders', '--only', '#1010', '--json')
  expect(json(ended)).toMatchObject({ read: 1, balanced: true })
})

test('a dry run shows what would happen and writes nothing', async () => {
  const before = await odoo.control.counts()
  const ended = await tidelock('run', 'shopify-customers', '--dry', '--limit', '5')
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing written') })
  expect(ended.stderr).toContain('--open')
  expect(await odoo.control.counts()).toEqual(before)
  const compared = ['run', 'shopify-customers', '--dry', '--limit', '5', '--compare', '--json']
  expect((await tidelock(...compared)).stdout).not.toContain('@')
  const { records } = json(await tidelock(...compared, '--open'))
  const { key, label }: { readonly key: string; readonly label: string } = records[0]
  const explained = (...options: string[]) =>
    tidelock('explain', 'shopify-customers', decodeURIComponent(key), ...options)
  expect((await explained()).stdout).not.toContain(label)
  expect((await explained('--open')).stdout).toContain(label)
  expect(await tidelock('run', 'shopify-customers', '--open')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--open goes with --dry'),
  })
})

test('a mapping under another name is refused until it says so, and then goes on where it was', async () => {
  const file = join(folder, 'mappings', 'shopify-products.yaml')
  const text = readFileSync(file, 'utf8')
  const called = (extra: string) =>
    writeFileSync(file, text.replace('mapping: shopify-products', `mapping: web-products${extra}`))
  called('')
  const refused = await tidelock('apply')
  expect(refused).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('moved: { from: shopify-products }'),
  })
  called('\nmoved: { from: shopify-products }')
  const planned = await tidelock('plan')
  expect(planned.stdout).toContain('web-products (was shopify-products)')
  expect(await tidelock('apply')).toMatchObject({ code: 0 })
  expect(await tidelock('plan', '--detailed-exitcode')).toMatchObject({ code: 0 })
  const before = await odoo.control.counts()
  expect(json(await tidelock('run', 'web-products', '--json'))).toMatchObject({ created: 0, updated: 0 })
  expect(json(await tidelock('run', 'web-products', '--full', '--json'))).toMatchObject({
    created: 0,
    updated: 0,
  })
  expect(await odoo.control.counts()).toEqual(before)
  expect((await tidelock('runs', 'web-products')).stdout.split('\n').length).toBeGreaterThan(3)
  // And back, to a name that was given up.
  writeFileSync(
    file,
    text.replace(
      'mapping: shopify-products',
      'mapping: shopify-products\nmoved: { from: web-products }\nkeys: shopify-products',
    ),
  )
  expect(await tidelock('apply')).toMatchObject({ code: 0 })
  expect(json(await tidelock('run', 'shopify-products', '--full', '--json'))).toMatchObject({
    created: 0,
    updated: 0,
  })
})

test.each([
  [['runn'], 'Did you mean "run" or "runs"?'],
  [['run', 'shopify-order'], 'Did you mean "shopify-orders"?'],
  [['resume', 'shopify-order', '--reason', 'seen'], 'Did you mean "shopify-orders"?'],
  [['run', '--fulll'], '--help'],
  [['plan', '--env', 'production'], 'production'],
])('%j exits with 2 and says what to do', async (args, says) => {
  const ended = await tidelock(...args)
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(says) })
})

test('the local Temporal comes back where it was after it was killed, so that workers find it', async () => {
  const before = await runningDevServer(folder)
  process.kill(before!.pid, 'SIGKILL')
  await vi.waitUntil(async () => (await runningDevServer(folder)) === null, { timeout: 30_000 })
  expect((await tidelock('status')).code).toBe(0)
  const after = await runningDevServer(folder)
  expect(after).toMatchObject({ address: before!.address, ui: before!.ui })
  expect(after!.pid).not.toBe(before!.pid)
})
