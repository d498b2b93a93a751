import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { driftOf } from '../../engine/store/drift.ts'
import { openIntents } from '../../engine/store/ledger.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { decideRun } from '../../engine/transfer/run-waits.ts'
import { ROOT } from '../core/compile/repository.ts'
import { createWorld, type World } from './world.ts'

/** An upgrade of Odoo takes a field away that a mapping fills. */
let world: World

const ORDERS = 'shopify-orders'
const FILE = 'mappings/shopify-orders.yaml'

beforeEach(async () => {
  world = await createWorld({ shop: { seed: { customers: 4, products: 3, orders: 0 } } })
  await world.shop.control.createVariant({ sku: 'MUG' })
  await world.apply()
  await world.runAll()
  for (let n = 0; n < 120; n++)
    await world.shop.control.createOrder({ name: `#2${n}`, lines: [{ sku: 'MUG', quantity: 1, unit: 500 }] })
})

afterEach(() => world.close())

const open = () => driftOf(world.store, 'acme', { mapping: ORDERS, open: true })
const letters = () => deadLetters(world.store, 'acme', { mapping: ORDERS, open: true, limit: 10 })
const intents = () => openIntents(world.store, 'acme', ORDERS, { limit: 1_000 })
const orders = async () => (await world.odoo.control.counts())['sale.order'] ?? 0
const gone = (model: string, field: string) => world.odoo.control.changeField({ model, field, to: null })

/** The first line that fills it. */
const lineOf = (field: string) =>
  readFileSync(join(ROOT, FILE), 'utf8')
    .split('\n')
    .findIndex((line) => line.trim().startsWith(`${field}:`)) + 1

async function resume(): Promise<void> {
  const [halted] = await openRuns(world.store, 'acme', { mapping: ORDERS, state: 'halted' })
  const decision = { kind: 'resume', by: 'ana', reason: 'the field is back' } as const
  await decideRun(world, { project: 'acme', runId: halted!.id, ...decision })
}

test.each([
  ['the record', 'sale.order', 'date_order', 'Odoo has no field date_order of sale.order (any more).'],
  ['a line of it', 'sale.order.line', 'price_unit', 'Odoo has no field price_unit of sale.order.line'],
  ['a look at what is there', 'sale.order', 'client_order_ref', "Invalid field 'client_order_ref' on"],
])(
  'a field of %s that is gone halts the run before anything is written, and is told with its line',
  async (_what, model, field, told) => {
    const before = await orders()
    await gone(model, field)
    const halted = await world.run(ORDERS).catch((error: Error) => error)
    expect(halted).toMatchObject({ kind: 'schema-drift', message: expect.stringContaining(told) })
    expect((halted as Error).message).toContain(` ${field} is mapped at ${FILE}:${lineOf(field)}.`)
    expect(await open()).toMatchObject([
      { connection: 'odoo', resource: model, field, kind: 'missing-field', breaking: true },
    ])
    expect([await orders(), await letters(), await intents()]).toEqual([before, [], []])

    // Resumed though nothing has changed, it halts at the same place.
    await resume()
    await expect(world.run(ORDERS)).rejects.toMatchObject({ kind: 'schema-drift' })
    expect([await orders(), await letters(), await intents()]).toEqual([before, [], []])

    await world.odoo.control.changeField({ model, field, to: 'recorded' })
    await resume()
    expect(await world.run(ORDERS)).toMatchObject({ created: 120, parked: 0 })
    expect(await open()).toEqual([])
    expect(await orders()).toBe(before + 120)
  },
)

test('a mapping that does without the field is mended: applied, it delivers everything at once', async () => {
  await gone('sale.order', 'date_order')
  await expect(world.run(ORDERS)).rejects.toMatchObject({ kind: 'schema-drift' })
  await world.apply([[FILE, '  date_order: order.createdAt\n', '']])
  expect(await world.run(ORDERS)).toMatchObject({ created: 120, parked: 0 })
  expect(await open()).toEqual([])
})
