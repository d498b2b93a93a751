import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  columnOf,
  decimalText,
  fromOdoo,
  idOf,
  stampOf,
  stampPlus,
  toCell,
} from '../../../engine/connectors/odoo/values.ts'
import type { FieldValue } from '../../../engine/core/model/connector.ts'
import type { JsonValue } from '../../../engine/core/model/json.ts'

describe('what is read', () => {
  test.each<[string, JsonValue, JsonValue]>([
    ['text', false, null],
    ['text', '', ''],
    ['text', 'Äcme 東京 €', 'Äcme 東京 €'],
    ['boolean', false, false],
    ['boolean', true, true],
    ['integer', 0, 0],
    ['decimal', 0, '0'],
    ['decimal', 19.995, '19.995'],
    ['float', -0.1, '-0.1'],
    ['many2one', [57, 'Germany'], '57'],
    ['many2one', 57, '57'],
    ['many2one', false, null],
    ['many2many', [3, 1], ['3', '1']],
    ['many2many', [], []],
    ['date', '2026-07-01', '2026-07-01'],
    ['datetime', '2026-11-23 12:45:37', '2026-11-23T12:45:37Z'],
    ['datetime', false, null],
    ['selection', 'sale', 'sale'],
  ])('%s %j becomes %j', (type, value, expected) => {
    expect(fromOdoo(value, type)).toEqual(expected)
  })
})

describe('what is written', () => {
  test.each<[string, FieldValue, string]>([
    ['text', null, ''],
    ['text', 'O\'Brien, 🚢 "x"', 'O\'Brien, 🚢 "x"'],
    ['boolean', true, 'True'],
    ['boolean', false, 'False'],
    ['integer', 0, '0'],
    ['integer', -3, '-3'],
    ['decimal', '-5.60', '-5.60'],
    ['datetime', '2026-07-01T12:00:00Z', '2026-07-01 12:00:00'],
    ['datetime', '2026-07-01T12:00:00.123Z', '2026-07-01 12:00:00'],
    ['datetime', '2026-07-01T12:00:00+02:00', '2026-07-01 10:00:00'],
    ['date', '2026-07-01', '2026-07-01'],
    ['many2one', '57', '57'],
    ['many2many', ['3', '1'], '3,1'],
    ['many2many', [], ''],
  ])('%s %j becomes the cell %j', (type, value, cell) => {
    expect(toCell(value, type)).toBe(cell)
  })

  test.each([
    ['name', 'text', 'name'],
    ['partner_id', 'many2one', 'partner_id/.id'],
    ['tax_ids', 'many2many', 'tax_ids/.id'],
  ])('%s (%s) goes in column %s', (field, type, column) => {
    expect(columnOf(field, type)).toBe(column)
  })
})

describe('numbers as text', () => {
  test.each([
    [1e-7, '0.0000001'],
    [-1.5e-9, '-0.0000000015'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
    [0.1, '0.1'],
    [28.75, '28.75'],
  ])('%d is %s', (value, text) => {
    expect(decimalText(value)).toBe(text)
  })

  test('no exponent, and the same number when read again', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = decimalText(value)
        expect(text).toMatch(/^-?\d+(\.\d+)?$/)
        expect(Number(text)).toBe(value === 0 ? 0 : value)
      }),
    )
  })
})

describe('stamps and ids', () => {
  test.each([
    ['2026-12-31 23:59:59', 1000, '2027-01-01 00:00:00'],
    ['2026-11-23 12:00:00', -300_000, '2026-11-23 11:55:00'],
  ])('%s and %d ms is %s', (stamp, ms, expected) => {
    expect(stampPlus(stamp, ms)).toBe(expected)
  })

  test('an instant without a zone is taken as UTC', () => {
    expect(stampOf('2026-11-23T12:00:00')).toBe('2026-11-23 12:00:00')
  })

  test.each([
    ['10', 10],
    ['0', null],
    ['-1', null],
    ['1e3', null],
    ['gid://shopify/Order/1', null],
    ['', null],
  ])('the id in %j is %j', (text, id) => {
    expect(idOf(text)).toBe(id)
  })
})
