import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openIntents } from '../../engine/store/ledger.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { decideRun } from '../../engine/transfer/run-waits.ts'
import { findViolations, type Ids, idsOf } from '../kill/check.ts'
import { controlOf } from '../kill/control-of.ts'
import { SHIPPED } from '../kill/flows.ts'
import { createPeople, deleteQuotation, type People, remark, sell } from '../kill/people.ts'
import { createRandom } from '../kill/random.ts'
import { tellings } from '../kill/tellings.ts'
import type { OdooFault } from '../stand-ins/odoo/faults.ts'
import type { FieldChange } from '../stand-ins/odoo/field-change.ts'
import type { ShopifyFault } from '../stand-ins/shopify/faults.ts'
import { createWorld, type World } from './world.ts'

const MAPPINGS = SHIPPED.map(({ mapping }) => mapping)
/** More than come with their order. */
const MANY_LINES = Array.from({ length: 35 }, () => ({ sku: 'MUG', quantity: 1, unit: 500 }))
/** Longer than a write may be on its way, and than a parked record waits for its next chance. */
const TRIED_AGAIN_MS = 26 * 3_600_000

let world: World
let people: People
let before: Ids
let version: '18.0' | '19.0' = '19.0'

beforeEach(async () => {
  world = await createWorld({ version, shop: { seed: { customers: 12, products: 8, orders: 50 } } })
  people = createPeople(controlOf(world), createRandom(7))
  before = await idsOf(people.control)
  await world.shop.control.createVariant({ sku: 'MUG' })
  await world.shop.control.createOrder({ name: '#long', financial: 'PENDING', lines: MANY_LINES })
  await world.apply()
})

afterEach(async () => {
  await world.close()
})

/** Everything runs once. Gives what stands in the way, or is left to do. */
async function round(): Promise<readonly string[]> {
  const left: string[] = []
  for (const mapping of MAPPINGS) {
    await world.run(mapping).catch((error: Error) => left.push(`${mapping}: ${error.message}`))
    const open = await openIntents(world.store, 'acme', mapping, { limit: 1_000 })
    left.push(...open.map(({ label, key }) => `${mapping} ${label ?? key} is not settled`))
  }
  return left
}

/** What waits for a person gets its answer: look again. The next run does. */
async function letGoOn(): Promise<void> {
  for (const run of await openRuns(world.store, 'acme'))
    for (const kind of ['resume', 'abort'] as const)
      await decideRun(world, { project: 'acme', runId: run.id, kind, by: 'ana', reason: 'It is mended.' })
}

/** Rounds until twice nothing was left to do, and no fault either. */
async function calm(left: () => Promise<readonly unknown[]> = async () => []): Promise<void> {
  for (let rounds = 0, quiet = 0; quiet < 2; rounds++) {
    await world.odoo.control.finish()
    // Nothing is on its way any more, so nobody need wait for it; and what is parked gets its next chance.
    world.wait(TRIED_AGAIN_MS)
    await letGoOn()
    const open = [...(await round()), ...(await left())]
    quiet = open.length === 0 ? quiet + 1 : 0
    if (rounds === 30) expect(open).toEqual([])
  }
}

async function expectAllThere(): Promise<void> {
  const { lost, letters } = await tellings(world.store, MAPPINGS, Number.POSITIVE_INFINITY)
  const { control, remarks, deleted } = people
  const found = await findViolations(control, SHIPPED, before, { letters, remarks, deleted })
  expect({ ...found, lost: [...lost, ...found.lost] }).toEqual({ lost: [], doubled: [] })
}

const WRITES: readonly Partial<OdooFault>[] = [
  { model: 'res.partner', method: 'load' },
  { model: 'product.product', method: 'load' },
  { model: 'sale.order', method: 'load' },
  { model: 'sale.order', method: 'load', after: 2 },
  { method: 'action_confirm' },
]
const READS: readonly Partial<OdooFault>[] = [
  { model: 'res.partner', method: 'search_read' },
  { model: 'product.product', method: 'search_read', after: 1 },
  { model: 'sale.order', method: 'search_read', after: 1 },
]

/** The fault strikes at each of these places in the first run, and again in one with changes. */
async function survives(fault: OdooFault, places: readonly Partial<OdooFault>[]): Promise<void> {
  const { control } = world.odoo
  const faults = places.map((place) => ({ ...fault, ...place }))
  await control.faults({ faults })
  await round()
  await sell(people, 10)
  await remark(people)
  await calm(() => control.faults())
  await control.faults({ faults })
  await sell(people, 20)
  await round()
  await sell(people, 10)
  await round()
  await calm()
  await expectAllThere()
  expect((await control.stats()).faultsHit[fault.kind]).toBeGreaterThan(faults.length)
}

describe('Odoo: in the first run, in one with changes, and all is there afterwards', () => {
  test.each<[OdooFault, readonly Partial<OdooFault>[]]>([
    [{ kind: 'latency', ms: 50 }, [...WRITES, ...READS]],
    [{ kind: 'stall', ms: 50 }, [...WRITES, ...READS]],
    [{ kind: 'cut-before' }, [...WRITES, ...READS]],
    [{ kind: 'cut-read' }, [...WRITES, ...READS]],
    [{ kind: 'cut-after' }, [...WRITES, ...READS]],
    [{ kind: 'cut-working', ms: 60_000 }, WRITES],
    [{ kind: 'cut-queued', ms: 60_000 }, WRITES],
    [{ kind: 'half' }, [...WRITES, ...READS]],
    [{ kind: 'garbled' }, [...WRITES, ...READS]],
    [{ kind: 'garbled', body: 'other' }, [...WRITES, ...READS]],
    [{ kind: 'garbled', body: 'type' }, [...WRITES, ...READS]],
    [{ kind: 'status', status: 502 }, [...WRITES, ...READS]],
    [{ kind: 'status', status: 200 }, [...WRITES, ...READS]],
    [{ kind: 'status', status: 429 }, [...WRITES, ...READS]],
    [{ kind: 'status', status: 429, retryAfter: '1' }, [...WRITES, ...READS]],
    [{ kind: 'key-expired' }, [...WRITES, ...READS]],
    [{ kind: 'conflict' }, WRITES],
    [{ kind: 'conflict', as: 'error' }, [...WRITES, ...READS]],
    [{ kind: 'conflict', says: 'deadlock' }, WRITES],
    [{ kind: 'conflict', says: 'deadlock', as: 'error' }, WRITES],
    [{ kind: 'late-commit', ms: 60_000 }, WRITES],
    [{ kind: 'date', ms: 600_000 }, [...WRITES, ...READS]],
  ])('%j', survives)
})

describe('Odoo 18.0, over JSON-RPC', () => {
  beforeAll(() => {
    version = '18.0'
  })
  afterAll(() => {
    version = '19.0'
  })

  test.each<[OdooFault, readonly Partial<OdooFault>[]]>([
    [{ kind: 'cut-after' }, [...WRITES, ...READS]],
    [{ kind: 'cut-queued', ms: 60_000 }, WRITES],
    [{ kind: 'garbled' }, [...WRITES, ...READS]],
    [{ kind: 'garbled', body: 'other' }, [...WRITES, ...READS]],
    [{ kind: 'status', status: 429, retryAfter: '1' }, [...WRITES, ...READS]],
    [{ kind: 'key-expired' }, [...WRITES, ...READS]],
    [{ kind: 'conflict', says: 'deadlock', as: 'error' }, WRITES],
  ])('%j', survives)
})

const PAGES: readonly Partial<ShopifyFault>[] = [
  { operation: 'Page', field: 'customers' },
  { operation: 'Page', field: 'productVariants' },
  { operation: 'Page', field: 'orders' },
  { operation: 'Page', field: 'orders', after: 1 },
  { operation: 'More' },
]

describe('Shopify: in the first run, in one with changes, and all is there afterwards', () => {
  test.each<[ShopifyFault, readonly Partial<ShopifyFault>[]]>([
    [{ kind: 'latency', ms: 50 }, PAGES],
    [{ kind: 'stall', ms: 50 }, PAGES],
    [{ kind: 'cut-before' }, PAGES],
    [{ kind: 'cut-read' }, PAGES],
    [{ kind: 'cut-after' }, PAGES],
    [{ kind: 'half' }, PAGES],
    [{ kind: 'garbled' }, PAGES],
    [{ kind: 'garbled', body: 'other' }, PAGES],
    [{ kind: 'garbled', body: 'type' }, PAGES],
    [{ kind: 'html' }, PAGES],
    [{ kind: 'status', status: 503 }, PAGES],
    [{ kind: 'status', status: 429, retryAfter: '1.0' }, PAGES],
    [{ kind: 'internal-error' }, PAGES],
    [{ kind: 'throttled' }, PAGES],
    [{ kind: 'max-cost' }, PAGES],
    [{ kind: 'expired-token' }, PAGES],
    [{ kind: 'date', ms: 60_000 }, PAGES],
    [{ kind: 'date', ms: -60_000 }, PAGES],
    [{ kind: 'duplicate' }, [{ operation: 'Page', field: 'orders' }]],
    [{ kind: 'edited', edit: { addLine: 'MUG' } }, [PAGES[2]!, PAGES[3]!, PAGES[4]!]],
    [{ kind: 'edited', edit: { removeLine: 0 } }, [PAGES[2]!, PAGES[4]!]],
    [{ kind: 'edited', edit: { setQuantity: { line: 33, quantity: 9 } } }, [PAGES[3]!, PAGES[4]!]],
    [{ kind: 'edited', edit: 'markPaid' }, [PAGES[2]!, PAGES[3]!, PAGES[4]!]],
    [{ kind: 'edited', edit: 'cancel' }, [PAGES[2]!, PAGES[4]!]],
  ])('%j', async (fault, places) => {
    const { control } = world.shop
    const faults = places.map((place) => ({ ...fault, ...place }))
    await control.faults({ faults })
    await round()
    await sell(people, 10)
    await calm(() => control.faults())
    await control.editOrder({ order: '#long', setQuantity: { line: 34, quantity: 2 } })
    await control.faults({ faults })
    await sell(people, 20)
    await round()
    await sell(people, 10)
    await round()
    await calm()
    await expectAllThere()
    expect((await control.stats()).faultsHit[fault.kind]).toBeGreaterThanOrEqual(faults.length)
  })
})

describe('what no request is to blame for', () => {
  const order = (name: string) => ({ order: name, addLine: 'MUG' })

  test('changes that become visible late, behind what was read already', async () => {
    await round()
    await sell(people, 10)
    await round()
    await world.shop.control.faults({ faults: [{ kind: 'late-commit', ms: 90_000, times: 40 }] })
    await sell(people, 40)
    await calm()
    await expectAllThere()
  })

  test('a change of an order whose stamp lies before that of the change before it', async () => {
    await round()
    await world.shop.control.editOrder(order('#1003'))
    await round()
    await world.shop.control.faults({ faults: [{ kind: 'late-commit', ms: 30_000 }] })
    await world.shop.control.editOrder(order('#1003'))
    expect(await world.run('shopify-orders')).toMatchObject({ updated: 0, parked: 1 })
    await calm()
    await expectAllThere()
  })

  test.each([
    ['shop', 90_000],
    ['shop', -90_000],
    ['odoo', 3_600_000],
    ['odoo', -3_600_000],
  ] as const)('the clock of %s jumps by %i ms in the middle', async (system, ms) => {
    await round()
    await sell(people, 10)
    await round()
    await world[system].control.advanceClock({ ms })
    await sell(people, 20)
    await calm()
    await expectAllThere()
  })

  test('people in Odoo write, archive and delete between runs', async () => {
    await round()
    for (let n = 0; n < 5; n++) {
      await remark(people)
      await deleteQuotation(people)
      await sell(people, 5)
      await round()
    }
    await calm()
    await expectAllThere()
    expect(people.deleted.size).toBeGreaterThan(2)
  })
})

describe('a field that the mapping uses is not what it was: the run stops or parks and says so, and nothing is lost', () => {
  const said = async () => {
    const left = await round()
    const { letters } = await tellings(world.store, MAPPINGS, 0)
    return [...left, ...letters.map(({ message }) => message)]
  }

  test.each<[string, FieldChange, RegExp]>([
    [
      'gone',
      { model: 'res.partner', field: 'city', to: null },
      /^shopify-customers: Odoo has no field city of res.partner .* mapped at/,
    ],
    [
      'of another name',
      { model: 'sale.order', field: 'client_order_ref', to: { name: 'reference' } },
      /client_order_ref/,
    ],
    [
      'of another type',
      { model: 'sale.order', field: 'client_order_ref', to: { type: 'integer' } },
      /an integer for field 'Customer Reference'/,
    ],
  ])('in Odoo: %s', async (_what, change, message) => {
    await round()
    await sell(people, 30)
    await world.odoo.control.changeField(change)
    expect(await said()).toContainEqual(expect.stringMatching(message))
    if (change.to !== null && change.to !== 'recorded' && change.to.name !== undefined)
      await world.odoo.control.changeField({ ...change, field: change.to.name, to: { name: change.field } })
    await world.odoo.control.changeField({ ...change, to: 'recorded' })
    await calm()
    await expectAllThere()
  })

  test.each([
    ['gone', null],
    ['of another name', { name: 'title' }],
    ['of another type', { type: 'MoneyBag!' }],
  ])('in Shopify: %s', async (_what, to) => {
    const change = { type: 'Order', field: 'name' }
    await round()
    await sell(people, 30)
    await world.shop.control.changeField({ ...change, to })
    expect(await said()).toContainEqual(expect.stringMatching(/^shopify-orders: .*name/))
    await world.shop.control.changeField({ ...change, to: 'recorded' })
    await calm()
    await expectAllThere()
  })
})
