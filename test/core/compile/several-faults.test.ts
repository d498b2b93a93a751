import { expect, test } from 'vitest'
import { changed, compileFiles, filesOf } from './repository.ts'

const shipped = filesOf('.')
const ORDERS = 'mappings/shopify-orders.yaml'
const CUSTOMERS = 'mappings/shopify-customers.yaml'

test('the shipped files have no faults and no warnings', () => {
  expect(compileFiles(shipped).diagnostics).toEqual([])
})

test('a broken file does not hide the faults of another', () => {
  const broken = changed(
    changed(shipped, CUSTOMERS, 'fields:', 'fields: ['),
    ORDERS,
    'order.note',
    'order.notte',
  )
  expect(new Set(compileFiles(broken).diagnostics.map(({ file }) => file))).toContain(ORDERS)
})

test('a fault that follows from another is not told', () => {
  const files = changed(shipped, 'mappings/connections/odoo.yaml', 'version: "19.0"', 'version: 19.0')
  expect(compileFiles(changed(files, CUSTOMERS, 'res.country: [read],', '')).diagnostics).toMatchObject([
    { file: 'mappings/connections/odoo.yaml', code: 'wrong-kind' },
  ])
})
