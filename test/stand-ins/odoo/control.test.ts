import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OdooStandIn, startOdoo } from './server.ts'
import { speakTo } from './speak.ts'

describe('what a person does, and what only a test sees', () => {
  let odoo: OdooStandIn
  beforeAll(async () => {
    odoo = await startOdoo({ version: '19.0' })
  })
  afterAll(() => odoo.close())

  test('a person changes, archives and deletes a record; all of it is stamped and counted', async () => {
    const { control } = odoo
    const before = (await control.counts())['res.partner']!
    const id = await control.create({ model: 'res.partner', values: { name: 'Ann' } })
    const [created] = await control.stamps({ model: 'res.partner', ids: [id] })
    await control.write({ model: 'res.partner', ids: [id], values: { city: 'Ghent' } })
    const [written] = await control.stamps({ model: 'res.partner', ids: [id] })
    expect(written!.create_date).toBe(created!.create_date)
    expect(String(written!.write_date) > String(created!.write_date)).toBe(true)
    await control.act({ model: 'res.partner', ids: [id], method: 'action_archive' })
    expect(await control.read({ model: 'res.partner', ids: [id], fields: ['city', 'active'] })).toEqual([
      { id, city: 'Ghent', active: false },
    ])
    expect((await control.counts())['res.partner']).toBe(before + 1)
    await control.unlink({ model: 'res.partner', ids: [id] })
    expect((await control.counts())['res.partner']).toBe(before)
  })

  test('what Odoo refuses a person is thrown', async () => {
    const [user] = await odoo.control.read({ model: 'res.users', domain: [['login', '=', odoo.login]] })
    const ids = [Number(user!.partner_id)]
    await expect(odoo.control.unlink({ model: 'res.partner', ids })).rejects.toThrow(
      'linked to an active user',
    )
  })

  test('an address taken from a user is missing with the next call', async () => {
    const [user] = await odoo.control.read({ model: 'res.users', domain: [['login', '=', odoo.login]] })
    await odoo.control.write({ model: 'res.users', ids: [Number(user!.id)], values: { email: false } })
    const call = speakTo(odoo, '19.0')
    const args = { domain: [['id', '=', user!.id!]], fields: ['email', 'login'] }
    expect(await call('res.users', 'search_read', args)).toEqual([
      { id: user!.id, email: false, login: odoo.login },
    ])
  })

  test('calls are counted by method, writes by themselves, and control not at all', async () => {
    await odoo.control.resetStats()
    const call = speakTo(odoo, '19.0')
    await call('res.country', 'search', { domain: [] })
    await call('res.partner', 'create', { vals_list: [] })
    await call('res.partner', 'load', { fields: ['id', 'name'], data: [] })
    await odoo.control.counts()
    expect(await odoo.control.stats()).toEqual({
      calls: 3,
      writeCalls: 2,
      byMethod: { 'res.country.search': 1, 'res.partner.create': 1, 'res.partner.load': 1 },
      faultsHit: {},
      goingOn: 0,
    })
  })

  test('two servers share nothing', async () => {
    const other = await startOdoo({ version: '19.0', database: 'other', seed: false })
    await odoo.control.create({ model: 'utm.source', values: { name: 'only here' } })
    expect((await other.control.counts())['utm.source']).toBeUndefined()
    const reply = await fetch(`${other.url}/json/2/res.users/context_get`, {
      method: 'POST',
      headers: { authorization: `bearer ${other.apiKey}`, 'x-odoo-database': 'acme' },
    })
    expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    await other.close()
  })
})

test.each(['18.0', '19.0'] as const)(
  'fields of %s: what the models of this version have',
  async (version) => {
    const odoo = await startOdoo({ version })
    const args = { attributes: ['type', 'relation', 'required', 'readonly', 'store'] }
    const fields = await speakTo(odoo, version)('sale.order.line', 'fields_get', args)
    const tax = { type: 'many2many', relation: 'account.tax', required: false, readonly: false, store: true }
    const order = { type: 'many2one', relation: 'sale.order', required: true, readonly: false, store: true }
    const total = { type: 'monetary', required: false, readonly: true, store: true }
    const name = version === '19.0' ? 'tax_ids' : 'tax_id'
    const gone = version === '19.0' ? 'tax_id' : 'tax_ids'
    expect(fields).toMatchObject({ [name]: tax, order_id: order, price_total: total })
    expect(fields).not.toHaveProperty(gone)
    await odoo.close()
  },
)
