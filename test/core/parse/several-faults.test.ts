import { expect, test } from 'vitest'
import { edited, type Files, fixture, parse } from './repository.ts'

const sound: Files = fixture('language')
const ORDERS = 'mappings/shopify-orders.yaml'
const CUSTOMERS = 'mappings/shopify-customers.yaml'
const ODOO = 'mappings/connections/odoo.yaml'
const SETTINGS = 'temporal.yaml'

test('no message repeats what looks like a secret', () => {
  const token = `shpat_${'0123456789abcdef'.repeat(2)}`
  const files = edited(sound, ODOO, '{ secret: odoo-key }', token)
  const told = JSON.stringify(parse(edited(files, ODOO, 'perDay: 50000', `perDay: ${token}`)).diagnostics)
  expect(told).toContain('wrong-kind')
  expect(told).not.toContain(token)
})

test('every file tells its own faults, whatever the others are like', () => {
  const broken = [
    [ORDERS, 'priority: high', 'priorty: high'],
    [CUSTOMERS, 'connection: shopify', 'connection: shopfy'],
    [ODOO, 'settings:', 'settings: ['],
    [SETTINGS, 'project: acme', 'projekt: acme'],
  ].reduce<Files>((files, [file, from, to]) => edited(files, file!, from!, to!), sound)
  const { diagnostics, partial, repository } = parse(broken)
  expect(new Set(diagnostics.map(({ file }) => file))).toEqual(new Set([ORDERS, CUSTOMERS, ODOO, SETTINGS]))
  expect([partial, repository]).toEqual([null, null])
})

test('what is sound goes on while another file is broken', () => {
  const { partial, repository } = parse(edited(sound, CUSTOMERS, 'owner:', 'ownr:'))
  expect(Object.keys(partial!.mappings)).toEqual(['shopify-orders'])
  expect(partial!.mappingNames).toContain('shopify-customers')
  expect(repository).toBeNull()
})
