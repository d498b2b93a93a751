import { expect, test } from 'vitest'
import { createTransformer } from '../../../engine/core/transform/transformer.ts'
import { changed, compileFiles, filesOf } from '../compile/repository.ts'

const products = 'mappings/shopify-products.yaml'

/** The shipped products, known by their SKU; those without are kept away. */
const transformer = createTransformer(
  compileFiles(changed(filesOf('.'), products, 'identity: variant.id', 'identity: variant.sku')).plans.find(
    ({ plan }) => plan.mapping === 'shopify-products',
  )!.plan,
)

test.each([
  ['a record with a key', { sku: 'MUG' }, { status: 'identified', key: 'MUG', label: 'MUG' }],
  ['one without, which a rule keeps away', { sku: null }, { status: 'filtered', reason: 'no SKU' }],
])('%s', (_what, record, identified) => {
  expect(transformer.identify(transformer.decode(record))).toEqual(identified)
})
