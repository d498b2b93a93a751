import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type DemoWorld, openDemoWorld } from './demo-world.ts'

/** As a person does it: commands are processes, Temporal is real, and the store is a file that is deleted. */
let world: DemoWorld

vi.setConfig({ testTimeout: 240_000 })

beforeAll(async () => {
  world = await openDemoWorld({ seed: { customers: 10, products: 6, orders: 25 } })
  // Nothing runs but what the test runs.
  world.stopSchedules()
})

afterAll(() => world.close())

interface Result {
  readonly mapping: string
  readonly read: number
  readonly created: number
  readonly parked: number
  readonly balanced: boolean
}

/** Applies the files and runs all mappings. */
async function applyAndRun(): Promise<Readonly<Record<string, Result>>> {
  expect(await world.processes.ended(['apply'])).toMatchObject({ code: 0 })
  const { code, stdout } = await world.processes.ended(['run'])
  expect(code).toBe(0)
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result)
  for (const result of results) expect(result).toMatchObject({ balanced: true })
  return Object.fromEntries(results.map((result) => [result.mapping, result]))
}

const one = async (model: string, domain: readonly unknown[]) =>
  (await world.odoo.control.read({ model, domain: domain as never, limit: 1 }))[0] as Readonly<
    Record<string, unknown>
  > & { readonly id: number }

test('the store is deleted, applied to and run again: nothing is made twice, and what people wrote stays', async () => {
  const first = await applyAndRun()
  expect(first['shopify-orders']!.created).toBeGreaterThan(15)
  // A field the mapping leaves alone, and one that it fills the first time only.
  const contact = await one('res.partner', [['email', '!=', false]])
  const order = await one('sale.order', [['state', '=', 'sale']])
  await world.odoo.control.write({
    model: 'res.partner',
    ids: [contact.id],
    values: { comment: 'likes blue' },
  })
  await world.odoo.control.write({ model: 'sale.order', ids: [order.id], values: { note: 'called twice' } })
  const counts = await world.odoo.control.counts()
  expect(Object.keys(counts)).toEqual(
    expect.arrayContaining(['res.partner', 'product.product', 'sale.order', 'sale.order.line']),
  )

  const state = join(world.folder, '.tidelock')
  const files = readdirSync(state).filter((name) => name.startsWith('store.db'))
  expect(files).toContain('store.db')
  for (const name of files) rmSync(join(state, name))
  const again = await applyAndRun()

  for (const [mapping, { read, parked }] of Object.entries(first))
    expect(again[mapping]).toMatchObject({ read, parked, created: 0 })
  expect(await world.odoo.control.counts()).toEqual(counts)
  expect(String((await one('res.partner', [['id', '=', contact.id]]))['comment'])).toContain('likes blue')
  expect(String((await one('sale.order', [['id', '=', order.id]]))['note'])).toContain('called twice')
  expect((await one('sale.order', [['id', '=', order.id]]))['state']).toBe('sale')
})
