import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeNode } from '../../../engine/connectors/shopify/decode.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'

const DECIMAL: Selection = { rate: { type: 'decimal' } }

test.each([
  ['0.0825', '0.0825'],
  ['0.1', '0.1'],
  ['19.0', '19'],
  ['1e-7', '0.0000001'],
  ['"28.0"', '28.0'],
  ['"0.0"', '0.0'],
  ['null', null],
])('a decimal that stands as %s comes out as %s', (written, text) => {
  const node = JSON.parse(`{"rate":${written}}`) as JsonObject
  expect(decodeNode(node, DECIMAL)).toEqual({ rate: text })
})

test('a rate of up to eight digits is never changed on its way', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999 }), (digits) => {
      const text = `0.${String(digits).padStart(8, '0')}`.replace(/\.?0+$/, '') || '0'
      const node = JSON.parse(`{"rate":${text}}`) as JsonObject
      expect(decodeNode(node, DECIMAL)).toEqual({ rate: text })
    }),
  )
})

test('lists are plain whatever they came as, what is absent is null, nothing else comes along', () => {
  const selection: Selection = {
    tags: { type: 'text', list: 'plain' },
    customer: { type: 'object', fields: { note: { type: 'text' } } },
    billingAddress: { type: 'object', fields: { city: { type: 'text' } } },
    lineItems: { type: 'object', list: 'connection', fields: { sku: { type: 'text' } } },
    refunds: { type: 'object', list: 'first', fields: { note: { type: 'text' } } },
    note: { type: 'text' },
  }
  const node: JsonObject = {
    __typename: 'Order',
    id: 'gid://shopify/Order/1',
    updatedAt: '2026-11-19T00:00:00Z',
    tags: ['a', 'b'],
    customer: {},
    billingAddress: null,
    lineItems: { pageInfo: { hasNextPage: false }, nodes: [{ id: 'x', sku: null }, { id: 'y' }] },
    refunds: [],
  }
  expect(decodeNode(node, selection)).toEqual({
    tags: ['a', 'b'],
    customer: { note: null },
    billingAddress: null,
    lineItems: [{ sku: null }, { sku: null }],
    refunds: [],
    note: null,
  })
})

const line = (currencyCode: string, quantity: number, currentQuantity: number, amounts: string[]) => ({
  quantity,
  currentQuantity,
  discountAllocations: amounts.map((amount) => ({
    allocatedAmountSet: {
      presentmentMoney: { amount, currencyCode },
      shopMoney: { amount: '7.0', currencyCode: 'USD' },
    },
  })),
})

test.each([
  ['all still ordered', line('USD', 3, 3, ['1.0', '0.5']), '1.5'],
  ['two of three', line('USD', 3, 2, ['1.0']), '0.67'],
  ['none left', line('USD', 3, 0, ['1.0']), '0'],
  ['half a cent goes up', line('EUR', 2, 1, ['10.05']), '5.03'],
  ['whole yen', line('JPY', 2, 1, ['101.0']), '51'],
  ['whole won', line('KRW', 3, 1, ['100.0']), '33'],
  ['three digits of a dinar', line('KWD', 2, 1, ['1.001']), '0.501'],
  ['no discount', line('USD', 3, 2, []), '0'],
  ['nothing was ever ordered', line('USD', 0, 0, []), '0'],
])('the discount on what is left: %s', (_name, node, discount) => {
  const selection: Selection = { currentDiscount: { type: 'decimal', computed: true } }
  expect(decodeNode(node, selection)).toEqual({ currentDiscount: discount })
})

test('the discount in the shop’s own currency has the digits of that currency', () => {
  const selection: Selection = { currentDiscountShop: { type: 'decimal', computed: true } }
  expect(decodeNode(line('JPY', 3, 1, ['100.0']), selection)).toEqual({ currentDiscountShop: '2.33' })
})
