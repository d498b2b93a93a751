import { expect, test } from 'vitest'
import type { Plan } from '../../../engine/core/model/plan.ts'
import { changed, compileFiles, filesOf } from './repository.ts'

const shipped = filesOf('.')

function planOf(files: Readonly<Record<string, string>>, mapping: string): { plan: Plan; hash: string } {
  const { plans, diagnostics } = compileFiles(files)
  const found = plans.find(({ plan }) => plan.mapping === mapping)
  if (found === undefined)
    throw new Error(
      diagnostics
        .map((diagnostic) => `${diagnostic.file}:${diagnostic.line} ${diagnostic.message}`)
        .join('\n'),
    )
  return found
}

test('mappings come in link order', () => {
  const order = compileFiles(shipped).plans.map(({ plan }) => plan.mapping)
  expect(order.indexOf('shopify-customers')).toBeLessThan(order.indexOf('shopify-orders'))
})

test('a circle of links is told by the names along it', () => {
  const circle = changed(
    shipped,
    'mappings/shopify-customers.yaml',
    '  city: customer.defaultAddress.city',
    '  parent_id: link("shopify-orders", customer.id)',
  )
  expect(compileFiles(circle).diagnostics.map(({ code }) => code)).toContain('link-cycle')
})

test('one mapping compiles for 18.0 and 19.0, each with its own names', () => {
  const old = changed(shipped, 'mappings/connections/odoo.yaml', 'version: "19.0"', 'version: "18.0"')
  const lineFields = (files: Readonly<Record<string, string>>) =>
    Object.keys(planOf(files, 'shopify-orders').plan.target.shape.fields['order_line']!.lines!.fields).sort()
  expect(lineFields(shipped)).toContain('tax_ids')
  expect(lineFields(old)).toContain('tax_id')
  expect(lineFields(old)).not.toContain('tax_ids')
  expect(planOf(old, 'shopify-orders').plan.agree[0]!.adjust!.fields.taxes).toBe('tax_id')
})

test('an old field name is a warning with the new one', () => {
  const written = {
    ...shipped,
    'mappings/shopify-orders.yaml': shipped['mappings/shopify-orders.yaml']!.replaceAll(
      'tax_ids:',
      'tax_id:',
    ),
  }
  const { diagnostics } = compileFiles(written)
  expect(diagnostics.map(({ code, severity, hint }) => ({ code, severity, hint }))).toEqual(
    Array.from({ length: 3 }, () => ({
      code: 'renamed-field',
      severity: 'warning',
      hint: 'Write "tax_ids": it works with every recorded version.',
    })),
  )
})

test('only fields that expressions use are asked for', () => {
  const selection = JSON.stringify(planOf(shipped, 'shopify-orders').plan.source.selection)
  expect(selection).toContain('currentDiscount')
  expect(selection).not.toContain('clientIp')
  expect(selection).not.toContain('transactions')
})

test('a plan says which fields of both sides are personal, also those that only the mapping calls so', () => {
  const { source, target } = planOf(shipped, 'shopify-customers').plan
  expect(source.selection['displayName']).toEqual({ type: 'text', personal: true })
  expect(source.selection['defaultAddress']?.fields?.['city']).toMatchObject({ personal: true })
  expect(source.selection['id']).not.toHaveProperty('personal')
  expect(target.shape.fields['email']).toMatchObject({ personal: true })
  expect(target.shape.fields['country_id']).not.toHaveProperty('personal')
  const marked = changed(
    shipped,
    'mappings/shopify-customers.yaml',
    'fields:',
    'personal: [customer.id, customer.defaultAddress.countryCodeV2]\n\nfields:',
  )
  const { selection } = planOf(marked, 'shopify-customers').plan.source
  expect(selection['id']).toEqual({ type: 'text', personal: true })
  expect(selection['defaultAddress']?.fields?.['countryCodeV2']).toMatchObject({ personal: true })
  expect(selection['defaultAddress']).not.toHaveProperty('personal')
})

test('the language examples compile', () => {
  const { plans, diagnostics } = compileFiles(filesOf('test/fixtures/language'))
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(plans.map(({ plan }) => plan.mapping).sort()).toEqual(['shopify-customers', 'shopify-orders'])
})
