import { expect, test } from 'vitest'
import type { Selection } from '../../../engine/core/model/selection.ts'
import { openTinyShop } from './tiny-shop.ts'

const variant = (id: number, own: string, product: string) => ({
  __typename: 'ProductVariant',
  id: `gid://shopify/ProductVariant/${id}`,
  sku: `V${id}`,
  updatedAt: own,
  product: { __typename: 'Product', id: `gid://shopify/Product/${id}`, title: 'Mug', updatedAt: product },
})

test.each<[name: string, selection: Selection]>([
  ['product fields are read', { product: { type: 'object', fields: { title: { type: 'text' } } } }],
  ['none is', { sku: { type: 'text' } }],
])(
  'the stamp of a variant is the later one of its own and its product’s, when %s',
  async (_name, selection) => {
    const { connection } = await openTinyShop({
      things: {
        productVariants: [
          variant(1, '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'),
          variant(2, '2026-11-03T00:00:00Z', '2026-11-02T00:00:00Z'),
        ],
      },
    })
    const { records, next } = await connection.readPage({
      resource: 'variants',
      selection,
      cursor: null,
      since: null,
      limit: 250,
      lookbackMs: 0,
      signal: new AbortController().signal,
    })
    expect(records.map(({ stamp }) => stamp)).toEqual(['2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z'])
    expect(records.map(({ data }) => Object.keys(data))).toEqual([
      Object.keys(selection),
      Object.keys(selection),
    ])
    // The filter looks at the variant alone, so its own changes say how far the read came.
    expect(next['watermark']).toBe('2026-11-03T00:00:00Z')
  },
)
