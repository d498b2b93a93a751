import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchesOf, recordsOf } from '../../../engine/connectors/odoo/rows.ts'
import type {
  FieldValues,
  TargetShape,
  UpsertItem,
  UpsertLine,
} from '../../../engine/core/model/connector.ts'

const LINE: TargetShape = {
  resource: 'sale.order.line',
  fields: {
    product_id: { type: 'many2one' },
    product_uom_qty: { type: 'float' },
    price_unit: { type: 'float' },
    tax_ids: { type: 'many2many' },
  },
}
const ORDER: TargetShape = {
  resource: 'sale.order',
  fields: {
    client_order_ref: { type: 'text' },
    date_order: { type: 'datetime' },
    partner_id: { type: 'many2one', required: true },
    order_line: { type: 'one2many', relation: 'sale.order.line', lines: LINE },
  },
}

function order(
  key: string,
  fields: FieldValues,
  lines: readonly UpsertLine[] = [],
  more: Partial<UpsertItem> = {},
): UpsertItem {
  return {
    key,
    targetId: null,
    adopted: false,
    fields,
    firstTimeFields: {},
    lines,
    removedLines: [],
    ...more,
  }
}
const line = (key: string, fields: FieldValues): UpsertLine => ({ field: 'order_line', key, fields })
const tableOf = (item: UpsertItem) =>
  recordsOf(ORDER, item, 0, item.fields).map((record) => [record.columns, ...record.rows])

describe('the rows of a record', () => {
  test('its lines stand below it, its own cells left empty', () => {
    const item = order('t.o1', { partner_id: '7', date_order: '2026-07-01T12:00:00Z' }, [
      line('t.o1/line/1', { product_id: '3', product_uom_qty: '2', tax_ids: ['4', '5'] }),
      line('t.o1/line/2', { product_id: '9', product_uom_qty: '0', tax_ids: [] }),
    ])
    expect(tableOf(item)).toEqual([
      [
        [
          'id',
          'date_order',
          'partner_id/.id',
          'order_line/id',
          'order_line/product_id/.id',
          'order_line/product_uom_qty',
          'order_line/tax_ids/.id',
        ],
        ['t.o1', '2026-07-01 12:00:00', '7', 't.o1/line/1', '3', '2', '4,5'],
        ['', '', '', 't.o1/line/2', '9', '0', ''],
      ],
    ])
  })

  test('lines with other columns go in loads of their own, the fullest first, so that no cell is blanked', () => {
    const item = order('t.o1', { client_order_ref: '#1' }, [
      line('t.l1', { price_unit: '5' }),
      line('t.l2', { price_unit: '6', product_id: '3' }),
      line('t.l3', { product_uom_qty: '0' }),
    ])
    expect(tableOf(item)).toEqual([
      [
        ['id', 'client_order_ref', 'order_line/id', 'order_line/price_unit', 'order_line/product_id/.id'],
        ['t.o1', '#1', 't.l2', '6', '3'],
      ],
      [
        ['id', 'order_line/id', 'order_line/price_unit'],
        ['t.o1', 't.l1', '5'],
      ],
      [
        ['id', 'order_line/id', 'order_line/product_uom_qty'],
        ['t.o1', 't.l3', '0'],
      ],
    ])
  })

  test('a record that was taken over is written by database id, without its key', () => {
    const item = order('t.o1', { client_order_ref: null }, [], { targetId: '88', adopted: true })
    expect(tableOf(item)).toEqual([
      [
        ['.id', 'client_order_ref'],
        ['88', ''],
      ],
    ])
  })

  test('a record of ours is written by its key, also when its id is known', () => {
    const item = order('t.o1', { client_order_ref: 'x' }, [], { targetId: '88' })
    expect(tableOf(item)).toEqual([
      [
        ['id', 'client_order_ref'],
        ['t.o1', 'x'],
      ],
    ])
  })
})

describe('which records share a load', () => {
  const names = ['client_order_ref', 'date_order', 'partner_id'] as const
  const fields = fc
    .subarray([...names])
    .map(
      (chosen): FieldValues =>
        Object.fromEntries(
          chosen.map((name) => [name, name === 'partner_id' ? '1' : '2026-01-01T00:00:00Z']),
        ),
    )
  const orders = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fields), { maxLength: 40 })

  test('equal columns, sorted, no key twice, none too large, none lost', () => {
    fc.assert(
      fc.property(orders, fc.integer({ min: 1, max: 9 }), (drawn, size) => {
        const records = drawn.flatMap(([key, values], index) =>
          recordsOf(ORDER, order(`t.${key}`, values), index, values),
        )
        const batches = batchesOf(records, size)
        expect(
          batches
            .flat()
            .map((record) => record.item)
            .sort((a, b) => a - b),
        ).toEqual(records.map((record) => record.item))
        for (const batch of batches) {
          const keys = batch.map((record) => record.rows[0]![0]!)
          expect(batch.length).toBeLessThanOrEqual(size)
          expect(new Set(keys).size).toBe(keys.length)
          expect(keys).toEqual([...keys].sort())
          expect(new Set(batch.map((record) => record.columns.join())).size).toBe(1)
        }
      }),
    )
  })
})
