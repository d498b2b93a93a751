import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from './json.ts'
import { type OdooStandIn, startOdoo } from './server.ts'
import { type Speak, speakTo } from './speak.ts'

describe.each(['18.0', '19.0'] as const)('load in Odoo %s', (version) => {
  const taxes = version === '19.0' ? 'tax_ids' : 'tax_id'
  let odoo: OdooStandIn
  let call: Speak
  beforeAll(async () => {
    odoo = await startOdoo({ version })
    call = speakTo(odoo, version)
    await load('res.partner', ['id', 'name'], [['t.mara', 'Mara']])
    await load('product.product', ['id', 'name', 'list_price'], [['t.tee', 'Tee', '28']])
  })
  afterAll(() => odoo.close())

  const load = async (model: string, fields: string[], data: Json[][], context: JsonObject = {}) =>
    (await call(model, 'load', { fields, data, context })) as {
      readonly ids: number[] | false
      readonly messages: readonly {
        readonly message: string
        readonly record: number
        readonly field?: string
      }[]
    }
  const linesOf = (order: number, fields: string[]) =>
    odoo.control.read({ model: 'sale.order.line', domain: [['order_id', '=', order]], fields })
  const HEAD = [
    'id',
    'partner_id/id',
    'order_line/id',
    'order_line/product_id/id',
    'order_line/product_uom_qty',
  ]

  test('external ids with slashes, colons and percent signs are found again', async () => {
    const xid = 'tidelock.acme/customers/gid:%2F%2Fshopify%2FCustomer%2F1?a=b'
    const first = await load('res.partner', ['id', 'name'], [[xid, 'One']])
    expect(await load('res.partner', ['id', 'name'], [[xid, 'Two']])).toEqual(first)
    const order = await load('sale.order', ['id', 'partner_id/id'], [['t.slash', xid]])
    const [row] = await odoo.control.read({
      model: 'sale.order',
      ids: order.ids as number[],
      fields: ['partner_id'],
    })
    expect(row!.partner_id).toBe((first.ids as number[])[0])
  })

  test('ids are those of the parents, in the order of the rows', async () => {
    const loaded = await load('sale.order', HEAD, [
      ['t.a', 't.mara', 't.a1', 't.tee', '1'],
      ['', '', 't.a2', 't.tee', '2'],
      ['t.b', 't.mara', 't.b1', 't.tee', '3'],
    ])
    expect(loaded.messages).toEqual([])
    const [a, b] = loaded.ids as number[]
    expect(loaded.ids).toHaveLength(2)
    expect((await linesOf(a!, ['product_uom_qty'])).map((line) => line.product_uom_qty)).toEqual([1, 2])
    expect((await linesOf(b!, ['product_uom_qty'])).map((line) => line.product_uom_qty)).toEqual([3])
  })

  test('a bad line of the last order undoes all of the first', async () => {
    const before = await odoo.control.counts()
    const loaded = await load('sale.order', HEAD, [
      ['t.good', 't.mara', 't.good1', 't.tee', '1'],
      ['t.bad', 't.mara', 't.bad1', 't.tee', '1'],
      ['', '', 't.bad2', 't.nothing', '1'],
    ])
    expect(loaded).toMatchObject({
      ids: false,
      messages: [{ record: 1, field: 'order_line', rows: { from: 1, to: 2 } }],
    })
    expect(loaded.messages[0]!.message).toBe(
      "No matching record found for external id 't.nothing' in field 'Order Lines/Product'",
    )
    expect(await odoo.control.counts()).toEqual(before)
  })

  test('taxes: no column brings those of the product, an empty cell none, ids just those', async () => {
    const [tax] = await odoo.control.read({
      model: 'account.tax',
      domain: [['name', '=', 'UK 20%']],
      fields: [],
    })
    const columns = ['id', 'partner_id/id', 'order_line/product_id/id']
    const none = await load('sale.order', columns, [['t.tax1', 't.mara', 't.tee']])
    const empty = await load(
      'sale.order',
      [...columns, `order_line/${taxes}/.id`],
      [['t.tax2', 't.mara', 't.tee', '']],
    )
    const named = await load(
      'sale.order',
      [...columns, `order_line/${taxes}/.id`],
      [['t.tax3', 't.mara', 't.tee', String(tax!.id)]],
    )
    const found = []
    for (const { ids } of [none, empty, named]) {
      const [line] = await linesOf((ids as number[])[0]!, [taxes, 'price_total'])
      found.push([(line![taxes] as number[]).length, line!.price_total])
    }
    expect(found).toEqual([
      [1, 32.2],
      [0, 28],
      [1, 33.6],
    ])
  })

  test('a database id updates; with a new external id beside it a second record is made', async () => {
    const id = await odoo.control.create({ model: 'res.partner', values: { name: 'Adopted' } })
    expect(await load('res.partner', ['.id', 'name'], [[String(id), 'Renamed']])).toMatchObject({ ids: [id] })
    const both = await load('res.partner', ['.id', 'id', 'name'], [[String(id), 't.both', 'Again']])
    expect(both.ids).not.toEqual([id])
    expect(await odoo.control.read({ model: 'res.partner', ids: [id], fields: ['name'] })).toEqual([
      { id, name: 'Renamed' },
    ])
  })

  test('lines are updated by database id, too', async () => {
    const columns = ['id', 'partner_id/id', 'order_line/product_id/id', 'order_line/product_uom_qty']
    const { ids } = await load('sale.order', columns, [['t.byid', 't.mara', 't.tee', '1']])
    const [order] = ids as number[]
    const [line] = await linesOf(order!, ['product_uom_qty'])
    const again = ['id', 'order_line/.id', 'order_line/product_uom_qty']
    expect(await load('sale.order', again, [['t.byid', String(line!.id), '5']])).toMatchObject({ ids })
    expect(await linesOf(order!, ['product_uom_qty'])).toEqual([{ id: line!.id, product_uom_qty: 5 }])
    expect(await load('sale.order', again, [['t.byid', '999999', '5']])).toMatchObject({
      ids: false,
      messages: [{ message: "No matching record found for database id '999999' in field 'Order Lines'" }],
    })
  })

  test('an archived record has no database id, unless the context shows it', async () => {
    const values = { name: 'Old', active: false }
    const id = await odoo.control.create({ model: 'res.partner', values })
    const rows = [[String(id), 'Older']]
    expect(await load('res.partner', ['.id', 'name'], rows)).toMatchObject({
      ids: false,
      messages: [{ message: `Unknown database identifier '${id}'`, field: '.id' }],
    })
    expect(await load('res.partner', ['.id', 'name'], rows, { active_test: false })).toMatchObject({
      ids: [id],
    })
  })

  test('a line that is named for another order moves there, and both totals follow', async () => {
    const first = await load('sale.order', HEAD, [['t.from', 't.mara', 't.moved', 't.tee', '1']])
    const second = await load('sale.order', HEAD, [['t.to', 't.mara', 't.moved', 't.tee', '1']])
    const totals = await odoo.control.read({
      model: 'sale.order',
      ids: [...(first.ids as number[]), ...(second.ids as number[])],
      fields: ['amount_untaxed', 'order_line'],
    })
    expect(totals.map((row) => [row.amount_untaxed, (row.order_line as number[]).length])).toEqual([
      [0, 0],
      [28, 1],
    ])
  })

  test('only columns that are there are written', async () => {
    await load('res.partner', ['id', 'name', 'email', 'city'], [['t.cols', 'C', 'c@x.example', 'Ghent']])
    const { ids } = await load('res.partner', ['id', 'city'], [['t.cols', '']])
    const fields = ['name', 'email', 'city']
    expect(await odoo.control.read({ model: 'res.partner', ids: ids as number[], fields })).toEqual([
      { id: (ids as number[])[0], name: 'C', email: 'c@x.example', city: false },
    ])
  })

  test('many calls at once for one new id make one record', async () => {
    const calls = Array.from({ length: 8 }, (_, index) =>
      load('res.partner', ['id', 'name'], [['t.race', `R${index}`]]),
    )
    const answers = await Promise.all(calls)
    expect(new Set(answers.map(({ ids }) => (ids as number[])[0])).size).toBe(1)
    const found = await odoo.control.read({
      model: 'ir.model.data',
      domain: [['name', '=', 'race']],
      fields: ['res_id'],
    })
    expect(found.map((row) => [row.res_id])).toEqual([answers[0]!.ids])
  })

  test('all that one call writes carries one stamp; a load of the same values stamps again', async () => {
    const rows = [
      ['t.s1', 'S1'],
      ['t.s2', 'S2'],
    ]
    const { ids } = await load('res.partner', ['id', 'name'], rows)
    const first = await odoo.control.stamps({ model: 'res.partner', ids: ids as number[] })
    expect(new Set(first.flatMap((row) => [row.create_date, row.write_date])).size).toBe(1)
    await load('res.partner', ['id', 'name'], rows)
    const second = await odoo.control.stamps({ model: 'res.partner', ids: ids as number[] })
    expect(String(second[0]!.write_date) > String(first[0]!.write_date)).toBe(true)
    expect(second[0]!.create_date).toBe(first[0]!.create_date)
  })

  test('a template and its variant are stamped together, whichever is written', async () => {
    const { ids } = await load('product.product', ['id', 'name', 'default_code'], [['t.variant', 'B', 'B-1']])
    const variant = (ids as number[])[0]!
    const [row] = await odoo.control.read({
      model: 'product.product',
      ids: [variant],
      fields: ['product_tmpl_id'],
    })
    const template = Number(row!.product_tmpl_id)
    const stamps = async () =>
      (
        await Promise.all([
          odoo.control.stamps({ model: 'product.product', ids: [variant] }),
          odoo.control.stamps({ model: 'product.template', ids: [template] }),
        ])
      ).map(([one]) => one!.write_date)
    const start = await stamps()
    await odoo.control.write({ model: 'product.product', ids: [variant], values: { default_code: 'B-2' } })
    const byVariant = await stamps()
    await odoo.control.write({ model: 'product.template', ids: [template], values: { list_price: 9 } })
    const byTemplate = await stamps()
    expect(byVariant[0]).toBe(byVariant[1])
    expect(byTemplate[0]).toBe(byTemplate[1])
    expect(new Set([start[0], byVariant[0], byTemplate[0]]).size).toBe(3)
    const fields = ['default_code', 'lst_price', 'name']
    expect(await odoo.control.read({ model: 'product.product', ids: [variant], fields })).toEqual([
      { id: variant, default_code: 'B-2', lst_price: 9, name: 'B' },
    ])
    expect(
      await odoo.control.read({ model: 'product.template', ids: [template], fields: ['default_code'] }),
    ).toEqual([{ id: template, default_code: 'B-2' }])
  })

  test('a missing mandatory value is told with its field', async () => {
    expect(await load('sale.order', ['id', 'client_order_ref'], [['t.nobody', 'x']])).toMatchObject({
      ids: false,
      messages: [
        { message: "Missing required value for the field 'Customer' (partner_id)", field: 'partner_id' },
      ],
    })
  })

  test('a language that is not installed refuses the call', async () => {
    const context = { lang: 'de_DE' }
    const answer = call('res.partner', 'load', { fields: ['id', 'name'], data: [['t.l', 'L']], context })
    await expect(answer).rejects.toThrow('odoo.exceptions.UserError: Invalid language code: de_DE')
    await odoo.control.setLanguage({ code: 'de_DE', installed: true })
    expect(await load('res.partner', ['id', 'name'], [['t.l', 'L']], context)).toMatchObject({ messages: [] })
  })
})
