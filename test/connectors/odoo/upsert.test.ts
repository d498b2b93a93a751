import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { odoo } from '../../../engine/connectors/odoo/index.ts'
import type {
  Connection,
  FieldValues,
  TargetShape,
  UpsertItem,
  UpsertLine,
} from '../../../engine/core/model/connector.ts'
import { joinKey, recordKey } from '../../../engine/core/model/record-key.ts'
import { LOGINS } from '../../stand-ins/odoo/seed.ts'
import { startOdoo } from '../../stand-ins/odoo/server.ts'
import { startCuttingProxy } from './cutting-proxy.ts'
import { createTestHost, type TestHost } from './host.ts'

const { signal } = new AbortController()

const PARTNER: TargetShape = {
  resource: 'res.partner',
  fields: {
    name: { type: 'text', required: true },
    email: { type: 'text' },
    ref: { type: 'text' },
    comment: { type: 'html' },
    is_company: { type: 'boolean' },
    color: { type: 'integer' },
    country_id: { type: 'many2one', relation: 'res.country' },
  },
}
const PRODUCT: TargetShape = {
  resource: 'product.product',
  fields: {
    name: { type: 'text', required: true },
    default_code: { type: 'text' },
    list_price: { type: 'float' },
  },
}

function item(name: string, fields: FieldValues, more: Partial<UpsertItem> = {}): UpsertItem {
  const key = recordKey('acme', 'story', joinKey([name]))
  return {
    key,
    targetId: null,
    adopted: false,
    fields,
    firstTimeFields: {},
    lines: [],
    removedLines: [],
    ...more,
  }
}

describe.each(['18.0', '19.0'] as const)('records in Odoo %s', (version) => {
  const TAXES = version === '18.0' ? 'tax_id' : 'tax_ids'
  const ORDER: TargetShape = {
    resource: 'sale.order',
    fields: {
      client_order_ref: { type: 'text' },
      date_order: { type: 'datetime' },
      partner_id: { type: 'many2one', relation: 'res.partner', required: true },
      note: { type: 'html' },
      order_line: {
        type: 'one2many',
        relation: 'sale.order.line',
        lines: {
          resource: 'sale.order.line',
          fields: {
            product_id: { type: 'many2one', relation: 'product.product' },
            product_uom_qty: { type: 'float' },
            price_unit: { type: 'float' },
            [TAXES]: { type: 'many2many', relation: 'account.tax' },
          },
        },
      },
    },
  }
  let server: Awaited<ReturnType<typeof startOdoo>>
  let host: TestHost
  let connection: Connection

  /** A connection as another user, or to another place. */
  async function open(key: string, settings: Record<string, string> = {}): Promise<Connection> {
    host = createTestHost({ 'odoo-key': key })
    return odoo.open(
      {
        name: 'erp',
        connector: 'odoo',
        settings: {
          url: server.url,
          database: server.database,
          version,
          company: 1,
          language: 'en_US',
          ...settings,
        },
        auth: {
          apiKey: { secret: 'odoo-key' },
          login: key === server.settingsApiKey ? LOGINS.settings : server.login,
        },
      },
      host,
    )
  }

  beforeAll(async () => {
    server = await startOdoo({ version, seed: true })
    connection = await open(server.apiKey)
  })
  afterAll(async () => {
    await host.close()
    await server.close()
  })

  const upsert = (shape: TargetShape, items: readonly UpsertItem[]) =>
    connection.upsert({ shape, items, signal })
  async function write(shape: TargetShape, ...items: UpsertItem[]): Promise<string[]> {
    const outcomes = await upsert(shape, items)
    return outcomes.map((outcome) => {
      if (outcome.status !== 'created' && outcome.status !== 'updated')
        throw new Error(JSON.stringify(outcome))
      return outcome.targetId
    })
  }
  async function read(resource: string, id: string, fields: readonly string[]) {
    const found = await connection.lookUp({
      resource,
      by: { kind: 'id' },
      values: [id],
      where: {},
      fields,
      archived: true,
      signal,
    })
    return found[0]?.fields
  }
  async function linesOf(orderId: string) {
    const [order] = await connection.readKeys({
      resource: 'sale.order',
      keys: [orderId],
      selection: {
        amount_total: { type: 'decimal' },
        order_line: {
          type: 'one2many',
          list: 'plain',
          fields: {
            product_uom_qty: { type: 'float' },
            price_unit: { type: 'float' },
            [TAXES]: { type: 'many2many' },
          },
        },
      },
      signal,
    })
    return order!.data as {
      amount_total: string
      order_line: { product_uom_qty: string; price_unit: string }[]
    }
  }

  test.each<[string, string]>([
    ['accents', 'Zoë Ångström-Núñez'],
    ['CJK', '東京 株式会社'],
    ['emoji', 'Ship 🚢 happens 👩‍👩‍👧'],
    ['quotes', `O'Brien "the" \\ <b>`],
    ['separators', '50% off, a/b;c\td'],
    ['a number', '007'],
    ['a word Odoo reads as false', 'No'],
    ['very long', 'lorem ipsum '.repeat(800).trim()],
  ])('%s come back as they went', async (label, text) => {
    const [id] = await write(PARTNER, item(`nasty ${label}`, { name: text, ref: text.slice(0, 60) }))
    expect(await read('res.partner', id!, ['name', 'ref'])).toEqual({ name: text, ref: text.slice(0, 60) })
  })

  test.each(['100% sure', 'a/b', 'a,b', 'a b', 'gid://shopify/Order/1?x=y', '東京', "it's", 'a.b.c'])(
    'the key %s finds its record again',
    async (name) => {
      const sent = item(name, { name })
      const [first] = await upsert(PARTNER, [sent])
      expect(first).toMatchObject({ status: 'created' })
      expect(await upsert(PARTNER, [sent])).toEqual([{ ...first, status: 'updated' }])
      const found = await connection.lookUp({
        resource: 'res.partner',
        by: { kind: 'key' },
        values: [sent.key],
        where: {},
        fields: ['name'],
        signal,
      })
      expect(found).toEqual([
        { value: sent.key, id: (first as { targetId: string }).targetId, fields: { name } },
      ])
    },
  )

  test('a batch sent twice has the effect of once', async () => {
    const items = Array.from({ length: 60 }, (_, index) =>
      item(`twice ${index}`, { name: `Twice ${index}`, color: index % 5 }),
    )
    const first = await upsert(PARTNER, items)
    expect(first.every((outcome) => outcome.status === 'created')).toBe(true)
    const again = await upsert(PARTNER, items)
    expect(again).toEqual(first.map((outcome) => ({ ...outcome, status: 'updated' })))
  })

  test('one bad record among fifty is rejected with its field, the others are delivered', async () => {
    const items = Array.from({ length: 50 }, (_, index) =>
      item(`fifty ${index}`, { name: `Fifty ${index}`, color: index === 17 ? 'red' : '1' }),
    )
    const outcomes = await upsert(PARTNER, items)
    expect(outcomes[17]).toMatchObject({ status: 'rejected', class: 'rejected', field: 'color', line: null })
    expect(outcomes.filter((outcome) => outcome.status === 'created')).toHaveLength(49)
  })

  test('a missing name is refused by Odoo and said', async () => {
    const outcomes = await upsert(PARTNER, [
      item('nameless', { name: null }),
      item('named', { name: 'Named' }),
    ])
    expect(outcomes).toMatchObject([
      { status: 'rejected', message: expect.stringMatching(/name/i) },
      { status: 'created' },
    ])
  })

  test('only the fields sent change, and null clears', async () => {
    const [id] = await write(
      PARTNER,
      item('fields', { name: 'Fields', email: 'a@b.example', ref: 'R', is_company: true }),
    )
    await write(PARTNER, item('fields', { email: null }, { targetId: id! }), item('other', { name: 'Other' }))
    expect(await read('res.partner', id!, ['name', 'email', 'ref', 'is_company'])).toEqual({
      name: 'Fields',
      email: null,
      ref: 'R',
      is_company: true,
    })
  })

  test.each(['apiKey', 'settingsApiKey'] as const)(
    'what is written the first time only is left alone later (%s)',
    async (key) => {
      const as = await open(server[key])
      const send = (each: UpsertItem) => as.upsert({ shape: PARTNER, items: [each], signal })
      const sent = item(
        `first ${key}`,
        { name: 'First' },
        { firstTimeFields: { ref: 'typed once', email: null } },
      )
      const [created] = await send(sent)
      expect(created).toMatchObject({ status: 'created' })
      const { targetId } = created as { targetId: string }
      expect(await read('res.partner', targetId, ['ref'])).toEqual({ ref: 'typed once' })
      await send(item(`first ${key}`, { ref: 'amended' }, { targetId }))
      expect(await send(sent)).toEqual([{ status: 'updated', targetId }])
      expect(await read('res.partner', targetId, ['ref'])).toEqual({ ref: 'amended' })
    },
  )

  test.each(['apiKey', 'settingsApiKey'] as const)(
    'what a lost write may have left out of it is filled in where it is empty (%s)',
    async (key) => {
      const as = await open(server[key])
      const firstTimeFields = { ref: 'typed once', comment: 'from the shop', is_company: true }
      const sent = item(`lost ${key}`, { name: 'Lost' }, { firstTimeFields, mayBeNew: true })
      const [id] = await write(PARTNER, item(`lost ${key}`, { name: 'Lost', comment: 'by hand' }))
      for (let time = 0; time < 2; time++) {
        expect(await as.upsert({ shape: PARTNER, items: [sent], signal })).toEqual([
          { status: 'updated', targetId: id },
        ])
        const found = await read('res.partner', id!, ['ref', 'comment', 'is_company'])
        // A yes or no cannot be told from none.
        expect(found).toMatchObject({ ref: 'typed once', is_company: false })
        expect(String(found?.['comment'])).toContain('by hand')
      }
    },
  )

  test('a first-time field that Odoo requires goes with the record', async () => {
    const sent = item('required first', { ref: 'r' }, { firstTimeFields: { name: 'Only once' } })
    const [id] = await write(PARTNER, sent)
    await write(PARTNER, item('required first', { name: 'Amended' }, { targetId: id! }))
    expect(await upsert(PARTNER, [sent])).toEqual([{ status: 'updated', targetId: id }])
    expect(await read('res.partner', id!, ['name'])).toEqual({ name: 'Amended' })
  })

  test('a record deleted by a person is not made again from the few fields that changed', async () => {
    const [id] = await write(PARTNER, item('deleted', { name: 'Deleted', ref: 'x' }))
    expect(await connection.act({ resource: 'res.partner', action: 'unlink', ids: [id!], signal })).toEqual([
      { status: 'done' },
    ])
    const known = item('deleted', { ref: 'y' }, { targetId: id! })
    expect(await upsert(PARTNER, [known])).toMatchObject([{ status: 'rejected', class: 'deleted-at-target' }])
    expect(await upsert(PARTNER, [item('deleted', { name: 'Again' })])).toMatchObject([{ status: 'created' }])
  })

  test('a record that was taken over is written by its id, and no second one appears', async () => {
    const [id] = await write(PARTNER, item('by hand', { name: 'By hand', ref: 'hand-1' }))
    const adopted = item('another key', { email: 'taken@over.example' }, { targetId: id!, adopted: true })
    expect(await upsert(PARTNER, [adopted])).toEqual([{ status: 'updated', targetId: id }])
    const found = await connection.lookUp({
      resource: 'res.partner',
      by: { kind: 'field', field: 'email' },
      values: ['taken@over.example'],
      where: {},
      fields: [],
      signal,
    })
    expect(found.map((record) => record.id)).toEqual([id])
    const gone = item('gone key', { email: 'x@y.example' }, { targetId: '999999', adopted: true })
    expect(await upsert(PARTNER, [gone])).toMatchObject([{ status: 'rejected', class: 'deleted-at-target' }])
  })

  describe('orders and their lines', () => {
    let partner: string
    let products: string[]
    const key = (name: string, line: string) =>
      recordKey('acme', 'story', joinKey([name]), { as: 'line', key: line })
    const line = (name: string, of: string, fields: FieldValues): UpsertLine => ({
      field: 'order_line',
      key: key(name, of),
      fields,
    })

    beforeAll(async () => {
      ;[partner] = (await write(PARTNER, item('buyer', { name: 'Buyer' }))) as [string]
      products = await write(
        PRODUCT,
        ...['A', 'B'].map((code) =>
          item(`product ${code}`, { name: `P ${code}`, default_code: `ST-${code}`, list_price: '10' }),
        ),
      )
    })

    const full = (name: string, quantities: readonly string[]): UpsertItem =>
      item(
        name,
        { client_order_ref: name, partner_id: partner, date_order: '2026-07-01T12:00:00Z' },
        {
          lines: quantities.map((quantity, index) =>
            line(name, String(index), {
              product_id: products[index % 2]!,
              product_uom_qty: quantity,
              price_unit: index === 1 ? '-5.60' : '28',
              [TAXES]: [],
            }),
          ),
        },
      )

    test('lines are written once, zero and negative prices too, and the total adds up', async () => {
      const [id] = await write(ORDER, full('o-1', ['2', '1', '0']))
      await write(ORDER, full('o-1', ['2', '1', '0']))
      const { amount_total, order_line } = await linesOf(id!)
      expect(order_line.map((each) => [each.product_uom_qty, each.price_unit])).toEqual([
        ['2', '28'],
        ['1', '-5.6'],
        ['0', '28'],
      ])
      expect(Number(amount_total)).toBeCloseTo(50.4, 2)
      expect(await read('sale.order', id!, ['date_order', 'partner_id'])).toEqual({
        date_order: '2026-07-01T12:00:00Z',
        partner_id: partner,
      })
    })

    test('an order of 120 lines', async () => {
      const [id] = await write(
        ORDER,
        full(
          'o-120',
          Array.from({ length: 120 }, () => '1'),
        ),
      )
      expect((await linesOf(id!)).order_line).toHaveLength(120)
    })

    test('a changed line and a new one, each with the columns it needs', async () => {
      const [id] = await write(ORDER, full('o-2', ['2']))
      await write(
        ORDER,
        item(
          'o-2',
          {},
          {
            targetId: id!,
            lines: [
              line('o-2', '0', { product_uom_qty: '5' }),
              line('o-2', '9', {
                product_id: products[1]!,
                product_uom_qty: '1',
                price_unit: '7',
                [TAXES]: [],
              }),
            ],
          },
        ),
      )
      const { order_line } = await linesOf(id!)
      expect(order_line.map((each) => [each.product_uom_qty, each.price_unit])).toEqual([
        ['5', '28'],
        ['1', '7'],
      ])
    })

    test('a line that left: removed from a draft, emptied on a confirmed order, done when it is gone already', async () => {
      const [id] = await write(ORDER, full('o-3', ['1', '2', '3']))
      const removed = (n: string, values: FieldValues | null) => ({
        field: 'order_line',
        key: key('o-3', n),
        values,
      })
      const known = (lines: UpsertItem['removedLines']) =>
        item('o-3', {}, { targetId: id!, removedLines: lines })
      await write(ORDER, known([removed('1', null)]))
      expect((await linesOf(id!)).order_line.map((each) => each.product_uom_qty)).toEqual(['1', '3'])
      expect(await upsert(ORDER, [known([removed('1', null)])])).toEqual([
        { status: 'updated', targetId: id },
      ])

      expect(
        await connection.act({ resource: 'sale.order', action: 'action_confirm', ids: [id!], signal }),
      ).toEqual([{ status: 'done' }])
      expect(await upsert(ORDER, [known([removed('2', null)])])).toMatchObject([
        { status: 'rejected', line: key('o-3', '2') },
      ])
      expect(await upsert(ORDER, [known([removed('2', { product_uom_qty: '0' })])])).toEqual([
        { status: 'updated', targetId: id },
      ])
      expect((await linesOf(id!)).order_line.map((each) => each.product_uom_qty)).toEqual(['1', '0'])
    })

    test('lines that were taken over are written, emptied and removed by their ids, without an external id', async () => {
      const partnerId = Number(partner)
      const id = await server.control.create({
        model: 'sale.order',
        values: {
          partner_id: partnerId,
          order_line: products.slice(0, 2).map((product) => [0, 0, { product_id: Number(product) }]),
        },
      })
      const typed = await server.control.read({
        model: 'sale.order.line',
        domain: [['order_id', '=', id]],
        fields: ['id'],
      })
      const [first, second] = typed.map((each) => String(each['id']))
      const known = (more: Partial<UpsertItem>) =>
        item('o-6', {}, { targetId: String(id), adopted: true, ...more })
      const written = { ...line('o-6', '1', { product_uom_qty: '7' }), adoptedId: first! }
      await write(ORDER, known({ lines: [written] }))
      const quantities = async () =>
        (await linesOf(String(id))).order_line.map((each) => each.product_uom_qty)
      expect(await quantities()).toEqual(['7', '1'])
      const left = (adoptedId: string, values: FieldValues | null) => ({
        field: 'order_line',
        key: key('o-6', adoptedId),
        adoptedId,
        values,
      })
      await write(ORDER, known({ removedLines: [left(first!, { product_uom_qty: '0' })] }))
      expect(await quantities()).toEqual(['0', '1'])
      await write(ORDER, known({ removedLines: [left(second!, null)] }))
      expect(await quantities()).toEqual(['0'])
      const keys = await connection.keysOf({ resource: 'sale.order.line', ids: [first!], signal })
      expect(keys.size).toBe(0)
    })

    test('confirming, again, and cancelling', async () => {
      const ids = await write(ORDER, full('o-4', ['1']), full('o-5', ['1']))
      const act = (action: string, which: readonly string[]) =>
        connection.act({ resource: 'sale.order', action, ids: which, signal })
      expect(await act('action_confirm', [ids[0]!])).toEqual([{ status: 'done' }])
      expect(await act('action_confirm', ids)).toMatchObject([
        { status: 'rejected', message: expect.stringMatching(/confirm/) },
        { status: 'done' },
      ])
      expect(await read('sale.order', ids[1]!, ['state'])).toEqual({ state: 'sale' })
      expect(await act('action_cancel', ids)).toEqual([{ status: 'done' }, { status: 'done' }])
      expect(await read('sale.order', ids[0]!, ['state'])).toEqual({ state: 'cancel' })
    })
  })

  test.each(['before', 'after'] as const)(
    'a connection lost %s Odoo committed: unknown, and sending again makes one record',
    async (cut) => {
      const proxy = await startCuttingProxy(server.url)
      const through = await open(server.apiKey, { url: proxy.url })
      const sent = [
        item(`cut ${cut} 1`, { name: `Cut ${cut} 1` }),
        item(`cut ${cut} 2`, { name: `Cut ${cut} 2` }),
      ]
      const send = () => through.upsert({ shape: PARTNER, items: sent, signal })
      const count = async () => {
        const names = sent.map((each) => String(each.fields.name))
        const by = { kind: 'field', field: 'name' } as const
        const found = await connection.lookUp({
          resource: 'res.partner',
          by,
          values: names,
          where: {},
          fields: [],
          signal,
        })
        return found.length
      }
      proxy.cutNext(cut, `Cut ${cut} 1`)
      expect((await send()).map((outcome) => outcome.status)).toEqual(['unknown', 'unknown'])
      expect(await count()).toBe(cut === 'before' ? 0 : 2)
      // New either way: what is written only once is still to be written.
      expect((await send()).map((outcome) => outcome.status)).toEqual(['created', 'created'])
      expect((await send()).map((outcome) => outcome.status)).toEqual(['updated', 'updated'])
      expect(await count()).toBe(2)
      await proxy.close()
    },
  )

  test('an Odoo that is not there has been sent nothing', async () => {
    const proxy = await startCuttingProxy(server.url)
    await proxy.close()
    const nowhere = await open(server.apiKey, { url: proxy.url })
    const sending = nowhere.upsert({ shape: PARTNER, items: [item('nowhere', { name: 'Nowhere' })], signal })
    await expect(sending).rejects.toMatchObject({ kind: 'unavailable', maybeSent: false })
  })

  test('what stands there is asked once a connection, and every later load is still told apart', async () => {
    await write(PARTNER, item('once 0', { name: 'Once 0' }))
    const other = await open(server.apiKey)
    const send = async (...names: string[]) => {
      const outcomes = await other.upsert({
        shape: PARTNER,
        items: names.map((name) => item(name, { name })),
        signal,
      })
      return outcomes.map((outcome) => outcome.status)
    }
    expect(await send('once 1', 'once 0')).toEqual(['created', 'updated'])
    const together = await Promise.all([send('once 2', 'once 3'), send('once 4', 'once 1')])
    expect(together).toEqual([
      ['created', 'created'],
      ['created', 'updated'],
    ])
    expect(await send('once 5', 'once 4')).toEqual(['created', 'updated'])
    expect(host.sent.filter(({ body }) => body?.includes('id desc'))).toHaveLength(1)
  })

  test('with Settings rights keys are found in one call, without them one by one, with the same answer', async () => {
    const sent = ['k1', 'k2', 'k3'].map((name) => item(name, { name }))
    const ids = await write(PARTNER, ...sent)
    const values = [...sent.map(({ key }) => key), recordKey('acme', 'story', joinKey(['no such']))]
    const ask = async (key: string) => {
      const other = await open(key)
      const before = host.sent.length
      const found = await other.lookUp({
        resource: 'res.partner',
        by: { kind: 'key' },
        values,
        where: {},
        fields: [],
        signal,
      })
      return {
        found: found.map((record) => record.id),
        calls: host.sent
          .slice(before)
          .filter(
            (call) =>
              call.body?.includes('xml_id') ||
              call.body?.includes('ir.model.data') ||
              call.url.includes('ir.model.data'),
          ).length,
      }
    }
    expect(await ask(server.settingsApiKey)).toEqual({ found: ids, calls: 1 })
    expect(await ask(server.apiKey)).toEqual({ found: ids, calls: 5 })
  })

  test('exact values only, one row a match', async () => {
    await write(
      PARTNER,
      item('m1', { name: 'M1', ref: 'Case' }),
      item('m2', { name: 'M2', ref: 'case' }),
      item('m3', { name: 'M3', ref: 'case' }),
    )
    const found = await connection.lookUp({
      resource: 'res.partner',
      by: { kind: 'field', field: 'ref' },
      values: ['Case', 'case', 'none'],
      where: { is_company: false },
      fields: ['name', 'country_id'],
      signal,
    })
    expect(found.map((record) => [record.value, record.fields])).toEqual([
      ['Case', { name: 'M1', country_id: null }],
      ['case', { name: 'M2', country_id: null }],
      ['case', { name: 'M3', country_id: null }],
    ])
  })
})
