import { afterEach, expect, test } from 'vitest'
import { driftOf } from '../../engine/store/drift.ts'
import { openRuns } from '../../engine/store/waiting-runs.ts'
import { decideRun } from '../../engine/transfer/run-waits.ts'
import { createWorld, type World } from './world.ts'

let world: World

afterEach(() => world.close())

test('a field that the shop does not know any more is drift, until a page comes with it again', async () => {
  world = await createWorld({ shop: { seed: { customers: 2, products: 2, orders: 0 } } })
  await world.apply()
  const open = () => driftOf(world.store, 'acme', { mapping: 'shopify-products', open: true })
  await world.shop.control.changeField({ type: 'ProductVariant', field: 'barcode', to: null })
  await expect(world.run('shopify-products')).rejects.toMatchObject({ kind: 'schema-drift' })
  expect(await open()).toMatchObject([
    {
      ...{ connection: 'shopify', resource: 'ProductVariant', field: 'barcode' },
      ...{ kind: 'missing-field', breaking: true },
    },
  ])
  await world.shop.control.changeField({ type: 'ProductVariant', field: 'barcode', to: 'recorded' })
  const [halted] = await openRuns(world.store, 'acme', { mapping: 'shopify-products' })
  const decision = { kind: 'resume', by: 'ana', reason: 'the field is back' } as const
  await decideRun({ store: world.store }, { project: 'acme', runId: halted!.id, ...decision })
  await world.run('shopify-products')
  expect(await open()).toEqual([])
})
