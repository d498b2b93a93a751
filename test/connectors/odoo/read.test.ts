import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import { answer19, type Scripted, startScripted } from './scripted.ts'

const { signal } = new AbortController()

const FIELDS: Readonly<Record<string, JsonObject>> = {
  'sale.order': {
    name: { type: 'char', required: true },
    partner_id: { type: 'many2one', relation: 'res.partner', required: true },
    order_line: { type: 'one2many', relation: 'sale.order.line' },
    amount_total: { type: 'monetary', readonly: true },
    tax_totals: { type: 'binary', readonly: true, store: false },
    state: {
      type: 'selection',
      readonly: true,
      selection: [
        ['draft', 'Quotation'],
        ['sale', 'Sales Order'],
      ],
    },
  },
}
const ROWS: Readonly<Record<string, readonly JsonObject[]>> = {
  'sale.order': [
    {
      id: 4,
      write_date: '2026-11-23 12:00:01',
      name: 'S4',
      partner_id: 7,
      order_line: [12, 11],
      amount_total: 28.75,
      state: 'draft',
    },
    {
      id: 5,
      write_date: '2026-11-23 12:00:02',
      name: 'S5',
      partner_id: [8, 'Beta'],
      order_line: [],
      amount_total: 0,
      state: 'sale',
    },
  ],
  'sale.order.line': [
    { id: 11, name: 'One', price_unit: 19.995, product_id: false },
    { id: 12, name: 'Two', price_unit: -5.6, product_id: [3, '[A-1] Prod A'] },
  ],
  'res.partner': [{ id: 7, name: 'Äcme', email: false }],
}

let scripted: Scripted
beforeAll(async () => {
  scripted = await startScripted(
    answer19((path) => {
      const [model, method] = path.split('/') as [string, string]
      return { body: method === 'fields_get' ? FIELDS[model] : ROWS[model] }
    }),
  )
})
afterAll(() => scripted.close())

describe('what is read is what was selected', () => {
  test('related records are read in one call a field and page, lines in their order, what is hidden left out', async () => {
    const page = await scripted.connection.readPage({
      resource: 'sale.order',
      selection: {
        name: { type: 'text' },
        amount_total: { type: 'decimal' },
        partner_id: { type: 'many2one', fields: { name: { type: 'text' }, email: { type: 'text' } } },
        order_line: {
          type: 'one2many',
          list: 'plain',
          fields: {
            id: { type: 'integer' },
            price_unit: { type: 'float' },
            product_id: { type: 'many2one' },
          },
        },
      },
      cursor: null,
      since: null,
      limit: 100,
      lookbackMs: 0,
      signal,
    })
    expect(page.records).toEqual([
      {
        key: '4',
        stamp: '2026-11-23T12:00:01Z',
        data: {
          name: 'S4',
          amount_total: '28.75',
          partner_id: { name: 'Äcme', email: null },
          order_line: [
            { id: 12, price_unit: '-5.6', product_id: '3' },
            { id: 11, price_unit: '19.995', product_id: null },
          ],
        },
      },
      {
        key: '5',
        stamp: '2026-11-23T12:00:02Z',
        data: { name: 'S5', amount_total: '0', partner_id: null, order_line: [] },
      },
    ])
    const calls = scripted.received.filter((request) => request.path.endsWith('/search_read'))
    expect(calls.map((call) => JSON.parse(call.body).fields)).toEqual([
      ['id', 'write_date', 'name', 'amount_total', 'partner_id', 'order_line'],
      ['id', 'name', 'email'],
      ['id', 'price_unit', 'product_id'],
    ])
  })

  test('keys that cannot be ids are left out, and nothing is asked for none', async () => {
    const before = scripted.received.length
    const asked = { resource: 'sale.order', selection: {}, signal }
    expect(await scripted.connection.readKeys({ ...asked, keys: [] })).toEqual([])
    expect(await scripted.connection.readKeys({ ...asked, keys: ['#1042'] })).toEqual([])
    expect(scripted.received).toHaveLength(before)
  })

  test('the live shape, in the form of a recorded schema', async () => {
    expect(await scripted.connection.discover('sale.order', signal)).toMatchObject({
      title: 'sale.order',
      'x-system': 'odoo',
      'x-version': '19.0',
      properties: {
        name: { 'x-type': 'text', 'x-required': true },
        partner_id: { 'x-type': 'many2one', 'x-relation': 'res.partner', 'x-required': true },
        order_line: { 'x-type': 'one2many', 'x-relation': 'sale.order.line', type: 'array' },
        amount_total: { 'x-type': 'decimal', 'x-readonly': true },
        tax_totals: { 'x-type': 'binary', 'x-stored': false },
        state: { 'x-type': 'selection', enum: ['draft', 'sale', null] },
      },
    })
  })
})
