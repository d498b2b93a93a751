import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SyncError } from '../../engine/core/model/failure.ts'
import { driftOf } from '../../engine/store/drift.ts'
import { lookedAt } from '../../engine/store/shapes.ts'
import { decideRun } from '../../engine/transfer/run-waits.ts'
import { createWorld, type World } from './world.ts'

/** What both systems say of themselves is looked at before a run. */
let world: World

const PRODUCTS = 'shopify-products'
const FILE = `mappings/${PRODUCTS}.yaml`
const HOUR = 3_600_000

beforeEach(async () => {
  world = await createWorld({ shop: { seed: { customers: 2, products: 3, orders: 0 } } })
})

afterEach(() => world.close())

const withDrift = (drift: string) => world.apply([[FILE, 'schedule:', `drift: ${drift}\n\nschedule:`]])
const open = async () =>
  (await driftOf(world.store, 'acme', { mapping: PRODUCTS, open: true })).map(
    ({ connection, resource, field, kind, breaking }) =>
      `${connection} ${resource}.${field} ${kind}${breaking ? '!' : ''}`,
  )
const rename = (field: string, name: string) =>
  world.odoo.control.changeField({ model: 'product.product', field, to: { name } })
/** When both sides were looked at last. */
const looks = async () => [
  await lookedAt(world.store, 'acme', { connection: 'shopify', resource: 'variants' }),
  await lookedAt(world.store, 'acme', { connection: 'odoo', resource: 'product.product' }),
]

async function decide(halted: unknown, kind: 'resume' | 'abort'): Promise<void> {
  const runId = String((halted as SyncError).fields['run'])
  await decideRun(world, { project: 'acme', runId, kind, by: 'ana', reason: 'seen' })
}

test('fields that are new, went or changed and that the mapping does not use are told, and the run goes on; once they are back it is over', async () => {
  await world.apply()
  await world.run(PRODUCTS)
  expect(await open()).toEqual([])
  await rename('description_sale', 'x_text')
  await world.odoo.control.changeField({ model: 'product.product', field: 'volume', to: { type: 'char' } })
  await world.shop.control.changeField({ type: 'ProductVariant', field: 'position', to: null })
  world.wait(HOUR)
  expect(await world.run(PRODUCTS)).toMatchObject({ parked: 0 })
  expect(await open()).toEqual([
    'odoo product.product.description_sale unused-missing',
    'shopify variants.position unused-missing',
    'odoo product.product.volume unused-type',
    'odoo product.product.x_text new-field',
  ])
  await rename('x_text', 'description_sale')
  await world.odoo.control.changeField({ model: 'product.product', field: 'volume', to: 'recorded' })
  await world.shop.control.changeField({ type: 'ProductVariant', field: 'position', to: 'recorded' })
  world.wait(HOUR)
  await world.run(PRODUCTS)
  expect(await open()).toEqual([])
})

test('each system is asked once an hour, however many runs there are', async () => {
  await world.apply()
  await world.run(PRODUCTS)
  const first = await looks()
  expect(first.every((at) => at !== null)).toBe(true)
  for (let run = 0; run < 2; run++) await world.run(PRODUCTS)
  expect(await looks()).toEqual(first)
  world.wait(HOUR)
  await world.run(PRODUCTS)
  const second = await looks()
  expect(second.map((at, index) => at! - first[index]! >= HOUR)).toEqual([true, true])
  await world.run(PRODUCTS)
  expect(await looks()).toEqual(second)
})

test('nobody is asked where the mapping does not want to know', async () => {
  await withDrift('{ added: ignore, unused: ignore, mapped: ignore }')
  await world.run(PRODUCTS)
  expect(await looks()).toEqual([null, null])
})

test('where a new field halts the mapping, it halts until somebody lets it go on, and is no news from then on', async () => {
  await withDrift('{ added: halt, unused: ignore }')
  await world.run(PRODUCTS)
  await rename('description_sale', 'x_text')
  world.wait(HOUR)
  const halted = await world.run(PRODUCTS).catch((error: unknown) => error)
  expect(halted).toMatchObject({
    kind: 'schema-drift',
    message: 'odoo: product.product.x_text was no such field, now text. Nothing was written.',
  })
  expect(await open()).toEqual(['odoo product.product.x_text new-field!'])
  await decide(halted, 'abort')
  const again = await world.run(PRODUCTS).catch((error: unknown) => error)
  expect(again).toMatchObject({ kind: 'schema-drift' })
  await decide(again, 'resume')
  await world.run(PRODUCTS)
  expect(await open()).toEqual([])
  world.wait(HOUR)
  await world.run(PRODUCTS)
  expect(await open()).toEqual([])
})

test.each([
  ['gone', null, 'now no such field', 'missing-field'],
  ['of another type', { type: 'integer' }, 'was text, now integer', 'changed-type'],
])(
  'a field that the mapping writes and that is %s halts it before anything is asked for; mended, the next run goes on',
  async (_what, to, told, kind) => {
    await world.apply()
    await world.run(PRODUCTS)
    const change = { model: 'product.product', field: 'barcode', to }
    await world.odoo.control.changeField(change)
    await world.shop.control.createVariant({ sku: 'NEW' })
    world.wait(HOUR)
    const halted = await world.run(PRODUCTS).catch((error: Error) => error)
    expect(halted).toMatchObject({ kind: 'schema-drift', message: expect.stringContaining(told) })
    expect((halted as Error).message).toMatch(
      /; mapped at mappings\/shopify-products\.yaml:\d+\. Nothing was written\./,
    )
    expect(await open()).toEqual([`odoo product.product.barcode ${kind}!`])
    await decide(halted, 'abort')
    const again = await world.run(PRODUCTS).catch((error: unknown) => error)
    expect(again).toMatchObject({ kind: 'schema-drift' })
    await decide(again, 'abort')
    await world.odoo.control.changeField({ ...change, to: 'recorded' })
    expect(await world.run(PRODUCTS)).toMatchObject({ created: 1, parked: 0 })
    expect(await open()).toEqual([])
  },
)

test('a plan that is applied begins with how things are now', async () => {
  await world.apply()
  await world.run(PRODUCTS)
  await rename('description_sale', 'x_text')
  world.wait(HOUR)
  await world.run(PRODUCTS)
  expect(await open()).toHaveLength(2)
  await withDrift('{ added: warning }')
  await world.run(PRODUCTS)
  expect(await open()).toEqual([])
})
