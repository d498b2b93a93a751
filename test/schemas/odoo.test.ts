import { expect, test } from 'vitest'
import { has, isNullable, read, schemas } from './recordings.ts'

const models = schemas.filter((path) => path.startsWith('odoo/'))
const VERSIONS = ['18.0', '19.0'] as const
const of = (version: string, model: string) => read(`odoo/${version}/${model}.schema.json`)

test('a renamed field has its old name in 18.0 and its new one in 19.0 only', () => {
  const renamed = models.flatMap((path) =>
    Object.entries(read(path).properties!).flatMap(([name, field]) =>
      field['x-formerly'] === undefined ? [] : [{ path, name, former: field['x-formerly'] }],
    ),
  )
  expect(renamed.map(({ former, name }) => `${former} → ${name}`)).toEqual([
    'groups_id → group_ids',
    'product_uom → product_uom_id',
    'tax_id → tax_ids',
  ])
  for (const { path, name, former } of renamed) {
    expect(path).toContain('19.0')
    const [before, now] = [read(path.replace('19.0', '18.0')).properties!, read(path).properties!]
    expect([former in before, former in now, name in before, name in now]).toEqual([true, false, false, true])
    expect(before[former]!['x-type']).toBe(now[name]!['x-type'])
    expect(before[former]!['x-relation']).toBe(now[name]!['x-relation'])
  }
})

test.each(models)('%s: what points elsewhere says where, nothing else does', (path) => {
  for (const [name, field] of Object.entries(read(path).properties!)) {
    const points = ['many2one', 'many2many', 'one2many'].includes(field['x-type']!)
    expect([name, field['x-relation'] !== undefined]).toEqual([name, points])
  }
})

test.each(
  VERSIONS.flatMap((version) =>
    [
      ['sale.order', 'partner_id', 'res.partner'],
      ['sale.order', 'partner_shipping_id', 'res.partner'],
      ['sale.order', 'pricelist_id', 'product.pricelist'],
      ['sale.order', 'order_line', 'sale.order.line'],
      ['sale.order', 'company_id', 'res.company'],
      ['sale.order', 'user_id', 'res.users'],
      ['sale.order', 'warehouse_id', 'stock.warehouse'],
      ['sale.order.line', 'product_id', 'product.product'],
      ['sale.order.line', version === '18.0' ? 'tax_id' : 'tax_ids', 'account.tax'],
      ['sale.order.line', version === '18.0' ? 'product_uom' : 'product_uom_id', 'uom.uom'],
      ['product.product', 'product_tmpl_id', 'product.template'],
      ['product.product', 'categ_id', 'product.category'],
      ['product.pricelist', 'currency_id', 'res.currency'],
      ['res.partner', 'country_id', 'res.country'],
      ['res.partner', 'parent_id', 'res.partner'],
      ['account.move', 'journal_id', 'account.journal'],
      ['account.move', 'invoice_line_ids', 'account.move.line'],
      ['account.move.line', 'account_id', 'account.account'],
      ['account.payment', 'partner_id', 'res.partner'],
      ['stock.quant', 'location_id', 'stock.location'],
    ].map((row) => [version, ...row] as [string, string, string, string]),
  ),
)('Odoo %s: %s.%s points to %s, which is recorded', (version, model, field, target) => {
  expect(of(version, model).properties![field]?.['x-relation']).toBe(target)
  expect(has(`odoo/${version}/${target}.schema.json`)).toBe(true)
})

test.each(models.filter((path) => read(path)['x-parent'] !== undefined))(
  'the lines of %s are a field of their parent',
  (path) => {
    const schema = read(path)
    const version = path.split('/')[1]!
    const parent = schema.properties![schema['x-parent']!]!
    expect(parent['x-type']).toBe('many2one')
    const lines = Object.values(of(version, parent['x-relation']!).properties!).filter(
      (field) => field['x-type'] === 'one2many' && field['x-relation'] === schema.title,
    )
    expect(lines.length).toBeGreaterThan(0)
  },
)

test.each(models)('what %s cannot be created without can be written and is never empty', (path) => {
  const schema = read(path)
  for (const name of schema.required ?? []) {
    const field = schema.properties![name]!
    expect([name, field['x-readonly'] ?? false, isNullable(field)]).toEqual([name, false, false])
  }
  for (const [name, field] of Object.entries(schema.properties!))
    if (field['x-required'] === true) expect([name, isNullable(field)]).toEqual([name, false])
})

test.each(models.filter((path) => read(path)['x-actions'] !== undefined))(
  'the actions of %s go from states there are to states there are',
  (path) => {
    const { 'x-actions': actions, properties } = read(path)
    for (const { state, from = [], to, overwrites = [] } of Object.values(actions!)) {
      for (const name of overwrites) expect(properties![name]).toBeDefined()
      if (state === undefined) continue
      expect(properties![state]!.enum).toEqual(expect.arrayContaining([...from, to]))
      expect(from).not.toContain(to)
    }
  },
)

test.each([
  ['18.0', 'sale.order.line', 'price_unit', 2],
  ['18.0', 'product.product', 'list_price', 2],
  ['18.0', 'product.template', 'standard_price', 2],
  ['18.0', 'sale.order.line', 'discount', 2],
  ['19.0', 'sale.order.line', 'discount', 2],
  ['19.0', 'sale.order.line', 'product_uom_qty', 2],
  ['19.0', 'sale.order.line', 'price_unit', undefined],
  ['19.0', 'product.product', 'list_price', undefined],
])('Odoo %s rounds %s.%s to %s digits', (version, model, field, digits) => {
  expect(of(version, model).properties![field]!['x-digits']).toBe(digits)
})

test.each(
  VERSIONS.flatMap(
    (version) =>
      [
        [version, 'sale.order', 'amount_total', true],
        [version, 'sale.order', 'state', true],
        [version, 'sale.order', 'date_order', false],
        [version, 'account.move', 'amount_total', true],
        // Described as read-only, and yet what makes a move an invoice when it is created.
        [version, 'account.move', 'move_type', false],
        // Writing it sets stock in 19.0, whoever meant to or not.
        [version, 'product.product', 'qty_available', true],
      ] as [string, string, string, boolean][],
  ),
)('Odoo %s: %s.%s is computed: %s', (version, model, field, computed) => {
  expect(of(version, model).properties![field]!['x-readonly'] ?? false).toBe(computed)
})

test.each(['lang', 'tz'])('%s is not bound to the values of one database', (field) => {
  for (const version of VERSIONS) expect(of(version, 'res.partner').properties![field]!.enum).toBeUndefined()
})
