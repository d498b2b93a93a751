import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from './json.ts'
import { type OdooStandIn, startOdoo } from './server.ts'
import { type Speak, speakTo } from './speak.ts'

describe.each(['18.0', '19.0'] as const)('orders in Odoo %s', (version) => {
  const taxes = version === '19.0' ? 'tax_ids' : 'tax_id'
  let odoo: OdooStandIn
  let call: Speak
  let partner: number
  let product: number
  let second = Date.parse('2026-11-23T12:00:00Z')
  const tax = new Map<string, number>()
  const pricelist = new Map<string, number>()
  beforeAll(async () => {
    odoo = await startOdoo({ version, now: () => (second += 1000) })
    call = speakTo(odoo, version)
    for (const row of await odoo.control.read({ model: 'account.tax', fields: ['name'] })) {
      tax.set(String(row.name), Number(row.id))
    }
    for (const row of await odoo.control.read({ model: 'product.pricelist', fields: ['name'] })) {
      pricelist.set(String(row.name), Number(row.id))
    }
    partner = await odoo.control.create({ model: 'res.partner', values: { name: 'Mara' } })
    product = await odoo.control.create({
      model: 'product.product',
      values: { name: 'Tee', default_code: 'TEE', list_price: 28 },
    })
  })
  afterAll(() => odoo.close())

  const order = (lines: readonly JsonObject[], values: JsonObject = {}): Promise<number> =>
    odoo.control.create({
      model: 'sale.order',
      values: {
        ...{ partner_id: partner, ...values },
        order_line: lines.map((line) => [0, 0, { product_id: product, ...line }]),
      },
    })
  const amounts = async (id: number): Promise<Json> => {
    const fields = ['amount_untaxed', 'amount_tax', 'amount_total']
    const [row] = await odoo.control.read({ model: 'sale.order', ids: [id], fields })
    return fields.map((field) => row![field]!)
  }

  test.each<[string, { price: number; qty: number; discount?: number; taxes: string[] }[], number[]]>([
    ['excluded', [{ price: 100, qty: 1, taxes: ['CA 8.25%'] }], [100, 8.25, 108.25]],
    [
      'included: the total is the price',
      [{ price: 19.99, qty: 1, taxes: ['UK 20% incl.'] }],
      [16.66, 3.33, 19.99],
    ],
    [
      'each line rounds by itself',
      Array(3).fill({ price: 0.33, qty: 1, taxes: ['15%'] }),
      [0.99, 0.15, 1.14],
    ],
    ['discount', [{ price: 10, qty: 3, discount: 10, taxes: ['DE 19%'] }], [27, 5.13, 32.13]],
    [
      'a negative line counts',
      [
        { price: 50, qty: 2, taxes: ['UK 20%'] },
        { price: -10, qty: 1, taxes: ['UK 20%'] },
      ],
      [90, 18, 108],
    ],
    ['two taxes', [{ price: 100, qty: 1, taxes: ['DE 19%', 'CA 8.25%'] }], [100, 27.25, 127.25]],
    [
      'included and on top',
      [{ price: 119, qty: 1, taxes: ['DE 19% incl.', 'CA 8.25%'] }],
      [100, 27.25, 127.25],
    ],
    ['none', [{ price: 5.55, qty: 2, taxes: [] }], [11.1, 0, 11.1]],
  ])('%s', async (_name, lines, expected) => {
    const id = await order(
      lines.map((line) => ({
        ...{ price_unit: line.price, product_uom_qty: line.qty, discount: line.discount ?? 0 },
        [taxes]: [[6, 0, line.taxes.map((name) => tax.get(name)!)]],
      })),
    )
    expect(await amounts(id)).toEqual(expected)
  })

  test('the currency follows the pricelist, whatever is written', async () => {
    const id = await order([], { pricelist_id: pricelist.get('Web USD')! })
    await odoo.control.write({ model: 'sale.order', ids: [id], values: { currency_id: 1 } })
    const [row] = (await call('sale.order', 'read', { fields: ['currency_id'] }, [id])) as JsonObject[]
    expect(row!.currency_id).toEqual([2, 'USD'])
  })

  test('a line without price, taxes, name and unit has those of its product', async () => {
    const id = await order([{}])
    const [row] = await odoo.control.read({ model: 'sale.order.line', domain: [['order_id', '=', id]] })
    expect(row).toMatchObject({
      name: '[TEE] Tee',
      price_unit: 28,
      product_uom_qty: 1,
      [taxes]: [tax.get('15%')!],
    })
    expect(await amounts(id)).toEqual([28, 4.2, 32.2])
  })

  test('addresses are those of the customer', async () => {
    const company = await odoo.control.create({
      model: 'res.partner',
      values: { name: 'Co', is_company: true },
    })
    const values = { name: 'Dock', type: 'delivery', parent_id: company }
    const dock = await odoo.control.create({ model: 'res.partner', values })
    const id = await odoo.control.create({ model: 'sale.order', values: { partner_id: company } })
    const [row] = await odoo.control.read({ model: 'sale.order', ids: [id] })
    expect(row).toMatchObject({ partner_invoice_id: company, partner_shipping_id: dock })
  })

  describe('what stamps an order', () => {
    test.each<[string, (line: number, order: number) => JsonObject | null, boolean]>([
      ['another quantity of a line', () => ({ product_uom_qty: 7 }), true],
      ['another name of a line', () => ({ name: 'other' }), false],
      ['the same quantity again', () => ({ product_uom_qty: 1 }), false],
    ])('%s', async (_name, values, stamped) => {
      const id = await order([{}])
      const [row] = await odoo.control.read({ model: 'sale.order', ids: [id], fields: ['order_line'] })
      const [line] = row!.order_line as number[]
      const [before] = await odoo.control.stamps({ model: 'sale.order', ids: [id] })
      await odoo.control.write({ model: 'sale.order.line', ids: [line!], values: values(line!, id)! })
      const [after] = await odoo.control.stamps({ model: 'sale.order', ids: [id] })
      expect(after!.write_date !== before!.write_date).toBe(stamped)
    })
  })

  describe('once confirmed', () => {
    let id: number
    let line: number
    beforeEach(async () => {
      id = await order([{}], { date_order: '2020-01-01 00:00:00' })
      expect(await call('sale.order', 'action_confirm', {}, [id])).toBe(true)
      const [row] = await odoo.control.read({ model: 'sale.order', ids: [id], fields: ['order_line'] })
      line = (row!.order_line as number[])[0]!
    })

    test('the order date is now, and can be written back', async () => {
      const [row] = await odoo.control.read({
        model: 'sale.order',
        ids: [id],
        fields: ['date_order', 'state'],
      })
      expect(row).toMatchObject({ state: 'sale', date_order: expect.stringMatching(/^2026-11-23 /) })
      await call('sale.order', 'write', { vals: { date_order: '2020-01-01 00:00:00' } }, [id])
      expect(await odoo.control.read({ model: 'sale.order', ids: [id], fields: ['date_order'] })).toEqual([
        { id, date_order: '2020-01-01 00:00:00' },
      ])
    })

    test('it is confirmed once only, and one refusal refuses all', async () => {
      const draft = await order([])
      await expect(call('sale.order', 'action_confirm', {}, [draft, id])).rejects.toThrow(
        'UserError: Some orders are not in a state requiring confirmation.',
      )
      expect(await odoo.control.read({ model: 'sale.order', ids: [draft], fields: ['state'] })).toEqual([
        { id: draft, state: 'draft' },
      ])
    })

    test.each<[string, () => Promise<Json>]>([
      ['by unlink', () => call('sale.order.line', 'unlink', {}, [line])],
      ['by a command', () => call('sale.order', 'write', { vals: { order_line: [[2, line, 0]] } }, [id])],
    ])('its lines cannot be removed %s', async (_name, remove) => {
      await expect(remove()).rejects.toThrow("UserError: Once a sales order is confirmed, you can't remove")
    })

    test('the quantity can become 0', async () => {
      expect(await call('sale.order.line', 'write', { vals: { product_uom_qty: 0 } }, [line])).toBe(true)
      expect(await amounts(id)).toEqual([0, 0, 0])
    })

    test('a user without an address cannot change quantities, by write or by load', async () => {
      const noMail = speakTo(odoo, version, 'noMail')
      const text = "Unable to send message, please configure the sender's email address."
      await expect(
        noMail('sale.order.line', 'write', { vals: { product_uom_qty: 3 } }, [line]),
      ).rejects.toThrow(text)
      const fields = ['.id', 'product_uom_qty']
      expect(await noMail('sale.order.line', 'load', { fields, data: [[String(line), '3']] })).toMatchObject({
        ids: false,
        messages: [{ message: text }],
      })
      expect(await noMail('sale.order.line', 'write', { vals: { name: 'x' } }, [line])).toBe(true)
    })

    test('it is deleted only after it is cancelled', async () => {
      await expect(call('sale.order', 'unlink', {}, [id])).rejects.toThrow('UserError: You can not delete')
      const context = { disable_cancel_warning: true }
      expect(await call('sale.order', 'action_cancel', { context }, [id])).toBe(true)
      expect(await call('sale.order', 'unlink', {}, [id])).toBe(true)
      expect(await odoo.control.read({ model: 'sale.order.line', ids: [line] })).toEqual([])
    })

    test('to cancel it is to be asked back on 18.0, and to be done on 19.0', async () => {
      const answer = await call('sale.order', 'action_cancel', {}, [id])
      const [row] = await odoo.control.read({ model: 'sale.order', ids: [id], fields: ['state'] })
      if (version === '18.0') {
        expect(answer).toMatchObject({ type: 'ir.actions.act_window', res_model: 'sale.order.cancel' })
        expect(row!.state).toBe('sale')
      } else {
        expect(answer).toBe(true)
        expect(row!.state).toBe('cancel')
      }
    })
  })

  test('a user with own documents sees the own ones only', async () => {
    const foreign = await order([])
    const own = speakTo(odoo, version, 'own')
    const created = await own('sale.order', 'create', { vals_list: [{ partner_id: partner }] })
    expect(await own('sale.order', 'search', { domain: [] })).toEqual(created)
    await expect(own('sale.order', 'read', { fields: ['name'] }, [foreign])).rejects.toThrow(
      'AccessError: Uh-oh!',
    )
    await expect(own('res.partner', 'create', { vals_list: [{ name: 'x' }] })).rejects.toThrow('AccessError')
  })
})
