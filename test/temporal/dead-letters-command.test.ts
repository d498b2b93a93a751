import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { csvRows, csvText } from '../../engine/cli/dead-letters/sheet/csv.ts'
import { prepareDemoFolder } from '../../engine/cli/demo/folder.ts'
import { stopDevServer } from '../../engine/temporal/dev-server/server.ts'
import { ROOT } from '../core/compile/repository.ts'
import { type OdooStandIn, startOdoo } from '../stand-ins/odoo/server.ts'
import { type ShopifyStandIn, startShopify } from '../stand-ins/shopify/server.ts'

/** The review table as a person uses it: processes of their own, a real Temporal dev server, a store in a file. */
let shop: ShopifyStandIn
let odoo: OdooStandIn
let folder: string

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const EMAIL = 'ida.brandt@example.com'

beforeAll(async () => {
  shop = await startShopify({
    seed: { customers: 3, products: 3, orders: 3 },
    now: () => Date.now() - 60_000,
  })
  odoo = await startOdoo({ version: '19.0' })
  folder = mkdtempSync(join(tmpdir(), 'tidelock-dead-letters-'))
  prepareDemoFolder(folder, { odoo, shopify: shop, control: { url: '' } }, '19.0')
  // Nothing runs but what the story starts.
  for (const name of ['shopify-customers', 'shopify-products', 'shopify-orders']) {
    const file = join(folder, 'mappings', `${name}.yaml`)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^schedule:.*$/m, ''))
  }
  // What is engraved on a thing may name somebody.
  const products = join(folder, 'mappings', 'shopify-products.yaml')
  const engraved = 'personal: [variant.product.title]\n\nfields:'
  writeFileSync(products, readFileSync(products, 'utf8').replace(/^fields:/m, engraved))
  await tidelock('apply')
  await tidelock('run')
  for (const name of ['#bad-1', '#bad-2', '#bad-3']) {
    await shop.control.createOrder({
      name,
      email: EMAIL,
      billing: {
        firstName: 'Ida',
        lastName: 'Brandt',
        address1: 'Kanaal 12',
        city: 'Gent',
        countryCodeV2: 'BE',
      },
      lines: [{ sku: `MISSING-${name.slice(-1)}`, quantity: 1, unit: 500 }],
    })
  }
  for (const name of ['#tip-1', '#tip-2'])
    await shop.control.createOrder({ name, tip: 500, lines: [{ sku: 'SKU-1-1', quantity: 1, unit: 500 }] })
  await tidelock('run', 'shopify-orders')
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
      cwd: folder,
    })
    const ended = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (part) => {
        ended[stream] += part
      })
    child.on('close', (code) => resolve({ ...ended, code }))
  })
}

interface Shown {
  readonly id: string
  readonly label: string
}

const deadLetters = (...args: string[]) => tidelock('dead-letters', ...args)
const json = (ended: Ended) => {
  if (ended.stdout === '') throw new Error(ended.stderr)
  return JSON.parse(ended.stdout.trim().split('\n').at(-1)!)
}
const labels = (rows: readonly { readonly label: string }[]) => rows.map(({ label }) => label).sort()
const orders = async () =>
  (
    (await odoo.control.read({ model: 'sale.order', fields: ['client_order_ref'] })) as unknown as {
      client_order_ref: string
    }[]
  ).map((order) => order.client_order_ref)

test('the list is filtered; by cause it has a row each', async () => {
  const all = json(await deadLetters('list', '--json'))
  expect(labels(all)).toEqual(['#bad-1', '#bad-2', '#bad-3', '#tip-1', '#tip-2'])
  expect(all[0]).not.toHaveProperty('payload')
  const some = await deadLetters('list', '--class', 'missing-reference', '--text', 'BAD-2', '--json')
  expect(labels(json(some))).toEqual(['#bad-2'])
  const causes = json(await deadLetters('list', '--clusters', '--json'))
  expect(causes.map(({ count, class: why }: { count: number; class: string }) => [count, why])).toEqual([
    [3, 'missing-reference'],
    [2, 'disagrees'],
  ])
  const shown = (await deadLetters('list', '--clusters')).stdout
  expect(shown).toMatch(/c-\S+ +shopify-orders +3 +missing-reference +mappings\/shopify-orders\.yaml:\d+/)
})

test('a name that nothing has, a number that is none and a folder that is not there are told, and nothing is done', async () => {
  const mapping = ['--mapping', 'shopify-order'] as const
  const cluster = ['--cluster', 'c-nope'] as const
  const near = 'Did you mean "shopify-orders"?'
  const noCluster = 'There is no cluster c-nope; see dead-letters list --clusters.'
  const rows: readonly (readonly [told: string, ...args: string[]])[] = [
    [near, 'dead-letters', 'list', ...mapping],
    [near, 'dead-letters', 'list', '--clusters', ...mapping],
    [near, 'dead-letters', 'retry', ...mapping],
    [near, 'dead-letters', 'export', 'none.csv', ...mapping],
    [noCluster, 'dead-letters', 'list', ...cluster],
    [noCluster, 'dead-letters', 'discard', '--reason', 'a test', ...cluster],
    ['"nope" is not a mapping here. There are: ', 'runs', 'nope'],
    ['from 1 to 100000', 'dead-letters', 'list', '--limit', '99999999999999999999'],
    ['from 1 to 100000', 'dead-letters', 'list', '--limit=-1'],
    ['from 1 to 100000', 'runs', '--limit', '1.5'],
    ['There is no folder /nodir to write', 'dead-letters', 'export', '/nodir/x.csv'],
  ]
  for (const [told, ...args] of rows) {
    const { code, stdout, stderr } = await tidelock(...args)
    expect.soft({ code, stdout, stderr }, args.join(' ')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(told),
    })
    expect.soft(stderr, args.join(' ')).not.toMatch(/^ +at /m)
  }
  expect(readdirSync(folder)).not.toContain('none.csv')
  expect(await tidelock('runs', 'shopify-orders', '--limit', '1')).toMatchObject({ code: 0 })
})

test('one is shown with both systems, the line of the mapping, both sides, and nothing personal', async () => {
  const shown = await deadLetters('show', '#bad-1')
  for (const text of [
    'missing-reference',
    'match("product.product", "default_code", line.sku)',
    `${shop.url}/admin/orders/`,
    'As it was read',
    'lineItems.0.sku  MISSING-1',
    'order_line.0.product_id',
  ])
    expect(shown.stdout).toContain(text)
  expect(shown.stdout + shown.stderr).not.toMatch(/ida|brandt|kanaal/i)
  const tip = json(await deadLetters('show', '#tip-1', '--json'))
  expect(tip.links.target).toBe(`${odoo.url}/odoo/sale.order/${tip.targetId}`)
  expect(tip.mapped).toMatchObject({ client_order_ref: '#tip-1' })
  expect(await deadLetters('show', '#nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('#nobody'),
  })
})

test('who opens one is noted with the reason', async () => {
  const opened = await deadLetters('show', '#bad-1', '--open', '--by', 'mara', '--reason', 'a call', '--json')
  expect(opened.stdout).toContain(EMAIL)
  const { decisions } = json(await deadLetters('show', '#bad-1', '--json'))
  expect(decisions).toMatchObject([{ kind: 'opened', by: 'mara', reason: 'a call' }])
  expect((await deadLetters('show', '#bad-1')).stdout).toContain('mara  opened: a call')
})

test('a retry shows what would come of it before anything is decided', async () => {
  const dry = await deadLetters('retry', '#bad-2', '--dry')
  expect(dry.stdout).toMatch(
    /before: missing-reference: .*\n {2}after: {2}it would be parked again: missing-reference/,
  )
  expect(dry.stdout).toContain('Nothing was decided.')
  expect(await deadLetters('retry', '#bad-2')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--yes'),
  })
  expect(json(await deadLetters('show', '#bad-2', '--json')).decisions).toEqual([])
})

test('a correction is refused with the reasons, shown, decided, and delivered', async () => {
  const wrong = await deadLetters(
    'correct',
    '#bad-1',
    '--set',
    'lineItems.7.sku=X',
    '--set',
    'nam=x',
    '--reason',
    'typo',
  )
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/there is no number 7[\s\S]*reads no field "nam"/),
  })
  expect(await deadLetters('correct', '#bad-1', '--set', 'name=x')).toMatchObject({ code: 2 })
  const ended = await deadLetters(
    ...['correct', '#bad-1', '--set', 'order.lineItems.0.sku=SKU-1-1', '--set', 'email=x@new.example'],
    ...['--reason', 'typo in the shop', '--by', 'mara', '--yes'],
  )
  expect(ended.code).toBe(0)
  for (const text of [
    'lineItems.0.sku: "MISSING-1" → "SKU-1-1"',
    'email: ••• → •••',
    'it would be created',
    'resolved: 1',
  ])
    expect(ended.stdout).toContain(text)
  expect(await orders()).toContain('#bad-1')
  const { decisions, state } = json(await deadLetters('show', '#bad-1', '--json'))
  expect(state).toBe('resolved')
  expect(decisions.at(-1)).toMatchObject({
    kind: 'correct',
    by: 'mara',
    reason: 'typo in the shop',
    overlay: { 'lineItems.0.sku': '•••' },
  })
})

test('all of one cause are tried again with one decision, once what they miss is there', async () => {
  const [{ cluster }] = json(await deadLetters('list', '--clusters', '--json')).filter(
    (row: { class: string }) => row.class === 'missing-reference',
  )
  for (const name of ['MISSING-2', 'MISSING-3'])
    await odoo.control.create({ model: 'product.product', values: { name, default_code: name } })
  const ended = json(await deadLetters('retry', '--cluster', cluster, '--json'))
  expect(ended).toMatchObject({
    decision: 'retry',
    count: 2,
    skipped: 0,
    mappings: [{ mapping: 'shopify-orders', count: 2 }],
  })
  expect(ended.previews.map(({ would }: { would: string }) => would)).toEqual(['create', 'create'])
  expect(ended.letters.map(({ state }: { state: string }) => state)).toEqual(['resolved', 'resolved'])
  expect(await orders()).toEqual(expect.arrayContaining(['#bad-2', '#bad-3']))
})

test('a person decides in a spreadsheet, and the same sheet again changes nothing', async () => {
  expect((await deadLetters('export', 'parked.csv', '--class', 'disagrees')).code).toBe(0)
  expect(statSync(join(folder, 'parked.csv')).mode & 0o077).toBe(0)
  expect(await deadLetters('export', 'parked.csv')).toMatchObject({ code: 2 })
  const rows = csvRows(readFileSync(join(folder, 'parked.csv'), 'utf8'))
  if ('fault' in rows) throw new Error(rows.fault)
  const cells = rows.map((row) => [...row.cells])
  const at = (name: string) => cells[0]!.indexOf(name)
  // Those of one page are in no order.
  const line = (label: string) => cells.findIndex((row) => row[at('label')] === label)
  expect(cells).toHaveLength(3)
  const write = () => writeFileSync(join(folder, 'decided.csv'), csvText(cells))
  cells[line('#tip-2')]![at('decision')] = 'discard'
  cells[line('#tip-1')]![at('decision')] = 'assign'
  cells[line('#tip-1')]![at('owner')] = 'mara'
  write()
  const refused = json(await deadLetters('import', 'decided.csv', '--json'))
  expect(refused.faults).toEqual([
    { line: line('#tip-2') + 1, column: 'K (reason)', message: expect.stringContaining('needs a reason') },
  ])
  cells[line('#tip-2')]![at('reason')] = 'the tip is booked elsewhere'
  write()
  expect(json(await deadLetters('import', 'decided.csv', '--dry', '--json'))).toMatchObject({
    dry: true,
    decided: 0,
  })
  const first = json(await deadLetters('import', 'decided.csv', '--json', '--by', 'mara'))
  expect(first).toMatchObject({ decided: 2, before: 0, skipped: 0 })
  const shown = async () => {
    const rows: readonly Shown[] = json(await deadLetters('list', '--all', '--json', '--class', 'disagrees'))
    return rows.toSorted((a, b) => (a.label < b.label ? -1 : 1))
  }
  const after = await shown()
  expect(after).toMatchObject([
    { label: '#tip-1', owner: 'mara', state: 'parked' },
    { label: '#tip-2', owner: null, state: 'discarded' },
  ])
  expect(json(await deadLetters('import', 'decided.csv', '--json'))).toMatchObject({ decided: 0, before: 2 })
  expect(await shown()).toEqual(after)
  const { decisions } = json(await deadLetters('show', after[1]!.id, '--json'))
  expect(decisions).toMatchObject([{ kind: 'discard', by: 'mara', reason: 'the tip is booked elsewhere' }])
})

test('a decision on what is settled already says who settled it and since when', async () => {
  const discard = ['discard', '#tip-2', '--reason', 'once more', '--yes'] as const
  const settled =
    /#tip-2 is discarded already, by mara, since \d{4}-\d\d-\d\d \d\d:\d\dZ: nothing is to be done\./
  for (const args of [discard, ['assign', '#tip-2', '--to', 'mara', '--yes']])
    expect(await deadLetters(...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(settled) })
  const told = await deadLetters(...discard, '--json')
  expect(told.code).toBe(1)
  expect(json(told)).toEqual({
    decision: 'discard',
    count: 0,
    skipped: 1,
    faults: [expect.stringMatching(settled)],
  })
  const resolved = await deadLetters('retry', '#bad-1', '--yes')
  expect(resolved).toMatchObject({ code: 1, stderr: expect.stringContaining('#bad-1 is resolved already') })
  // What the workflow refuses is told in its words: a whole cause means what is open of it.
  expect(await deadLetters('discard', '#tip-1', '--reason', 'as the other', '--yes')).toMatchObject({
    code: 0,
  })
  const { cluster } = json(await deadLetters('show', '#tip-1', '--json'))
  expect(await deadLetters('retry', '--cluster', cluster, '--all', '--yes')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('No open dead letter of shopify-orders is meant by this decision'),
  })
})

test('what was sent for a refused record and what was answered is shown: masked, and as it is when opened', async () => {
  for (const [sku, productTitle] of [
    ['TAG-1', 'A plain tag'],
    ['TAG-2', 'A tag for Ida Brandt'],
  ] as const)
    await shop.control.createVariant({ sku, productTitle, barcode: '5012399990001' })
  expect((await tidelock('run', 'shopify-products')).stdout).toMatch(/parked +1/)
  const shown = await deadLetters('show', 'TAG-2')
  expect(shown.stdout).toMatch(
    /What was sent\n {2}POST \/json\/2\/product\.product\/load\n {2}.*"•••".*\n\nWhat came back\n {2}HTTP 200\n {2}.*[Bb]arcode/,
  )
  expect(shown.stderr).toContain('--open')
  const { exchange } = json(await deadLetters('show', 'TAG-2', '--json'))
  const sent = JSON.parse(exchange.request.split('\n')[1])
  // This record alone, of a page of two.
  expect(sent.data).toEqual([expect.arrayContaining(['TAG-2', '•••', '5012399990001'])])
  const all = await deadLetters('list', '--json')
  expect(all.stdout).not.toContain('exchange')
  expect(shown.stdout + JSON.stringify(exchange) + all.stdout).not.toMatch(/brandt/i)
  const opened = await deadLetters('show', 'TAG-2', '--open', '--reason', 'an engraving', '--json')
  expect(json(opened).exchange.request).toContain('A tag for Ida Brandt')
  expect(Object.keys(json(opened).exchange)).toEqual(['request', 'response'])
})

test('nothing personal stands in the store, the log or what Temporal keeps', () => {
  const state = join(folder, '.tidelock')
  const kept = readdirSync(state)
    .filter((name) => /\.(db|db-wal|log)$/.test(name))
    .map((name) => [name, readFileSync(join(state, name), 'latin1')] as const)
  expect(kept.map(([name]) => name)).toEqual(
    expect.arrayContaining(['store.db', 'temporal.db', 'worker.log']),
  )
  // What is no secret is found where it is looked for.
  expect(kept.some(([name, text]) => name.startsWith('store.db') && text.includes('#bad-1'))).toBe(true)
  expect(kept.some(([name, text]) => name.startsWith('temporal.db') && text.includes('shopify-orders'))).toBe(
    true,
  )
  for (const [name, text] of kept)
    for (const personal of ['Kanaal 12', 'Brandt', EMAIL])
      expect(text.includes(personal), `${name}: ${personal}`).toBe(false)
})
