import { describe, expect, test } from 'vitest'
import type { ActOutcome, Exchange, Outcome, TargetShape } from '../../../engine/core/model/connector.ts'
import { type Answer, answer18, answer19, fault18, fault19, scriptedForTest } from './scripted.ts'

const { signal } = new AbortController()
const LINES: TargetShape = { resource: 'sale.order.line', fields: { name: { type: 'text' } } }
const ORDER: TargetShape = {
  resource: 'sale.order',
  fields: {
    client_order_ref: { type: 'text' },
    order_line: { type: 'one2many', relation: LINES.resource, lines: LINES },
  },
}
const KEY = 'tidelock.acme/orders'

const order = (name: string) => ({
  key: `${KEY}/${name}`,
  targetId: null,
  adopted: false,
  fields: { client_order_ref: name },
  firstTimeFields: {},
  lines: ['1', '2'].map((line) => ({
    field: 'order_line',
    key: `${KEY}/${name}/line/${line}`,
    fields: { name: `${name}.${line}` },
  })),
  removedLines: [],
})

const exchangeIn = (outcome: Outcome | ActOutcome | undefined): Exchange => {
  if (outcome?.status !== 'rejected' || outcome.exchange === undefined)
    throw new Error(`No exchange in ${JSON.stringify(outcome)}.`)
  return outcome.exchange
}

/** What is sent to load the order #2 among three. */
const SENT = {
  fields: ['id', 'client_order_ref', 'order_line/id', 'order_line/name'],
  data: [
    [`${KEY}/#2`, '#2', `${KEY}/#2/line/1`, '#2.1'],
    ['', '', `${KEY}/#2/line/2`, '#2.2'],
  ],
  context: { allowed_company_ids: [3], lang: 'nl_BE', tz: 'UTC' },
}

async function load(version: '18.0' | '19.0', refusal: Answer): Promise<Exchange> {
  const isBad = (data: unknown) => JSON.stringify(data).includes('#2')
  const loaded = (data: unknown) => {
    const records = (data as readonly string[][]).filter(([key]) => key !== '')
    return { ids: records.map(([, name]) => Number(name!.slice(1)) + 7), messages: [] }
  }
  const scripted = await scriptedForTest(
    version === '19.0'
      ? answer19((path, { data }) => {
          if (!path.endsWith('/load')) return { body: path.endsWith('/has_access') ? true : [] }
          return isBad(data) ? refusal : { body: loaded(data) }
        })
      : answer18((path, args) => {
          const result = (value: unknown): Answer => ({ body: { jsonrpc: '2.0', id: 1, result: value } })
          if (!path.endsWith('/load')) return result(path.endsWith('/check_access_rights') ? true : [])
          return isBad(args[1]) ? refusal : result(loaded(args[1]))
        }),
    { version, company: 3, language: 'nl_BE' },
  )
  const items = ['#1', '#2', '#3'].map(order)
  const outcomes = await scripted.connection.upsert({ shape: ORDER, items, signal })
  expect(outcomes.map(({ status }) => status)).toEqual(['created', 'rejected', 'created'])
  return exchangeIn(outcomes[1])
}

const message = {
  ...{ type: 'error', record: 0, rows: { from: 0, to: 1 }, field: 'order_line', value: '#2.1' },
  message: 'No such unit',
  moreinfo: [{ id: 1, name: 'Units' }],
}
const said = { type: 'error', record: 0, field: 'order_line', value: '#2.1', message: 'No such unit' }

describe('what was sent for a refused record, and what was answered', () => {
  test.each<[string, '18.0' | '19.0', Answer, string, string, object | null]>([
    [
      'messages of load',
      '19.0',
      { body: { ids: false, messages: [message], nextrow: 0 } },
      'POST /json/2/sale.order/load',
      'HTTP 200',
      { ids: false, nextrow: 0, messages: [said] },
    ],
    [
      'messages of load, by JSON-RPC',
      '18.0',
      { body: { jsonrpc: '2.0', id: 1, result: { ids: false, messages: [message] } } },
      'POST /jsonrpc sale.order load',
      'HTTP 200',
      { ids: false, messages: [said] },
    ],
    [
      'an error by its class, without its traceback',
      '19.0',
      fault19(422, 'odoo.exceptions.ValidationError', 'The reference is taken'),
      'POST /json/2/sale.order/load',
      'HTTP 422',
      { name: 'odoo.exceptions.ValidationError', message: 'The reference is taken' },
    ],
    [
      'an error by JSON-RPC, which says 200',
      '18.0',
      fault18('odoo.exceptions.AccessError', 'You may not create orders'),
      'POST /jsonrpc sale.order load',
      'HTTP 200',
      { name: 'odoo.exceptions.AccessError', message: 'You may not create orders' },
    ],
    [
      'an error of the database with the column, without the row',
      '19.0',
      fault19(
        500,
        'psycopg2.errors.NotNullViolation',
        'null value in column "unit" violates not-null constraint\nDETAIL:  Failing row contains (1, 2).',
      ),
      'POST /json/2/sale.order/load',
      'HTTP 500',
      {
        name: 'psycopg2.errors.NotNullViolation',
        message: 'null value in column "unit" violates not-null constraint',
      },
    ],
    [
      'a request that is too large',
      '19.0',
      { status: 413, body: '<html>413</html>' },
      'POST /json/2/sale.order/load',
      'HTTP 413',
      null,
    ],
  ])('%s', async (_, version, refusal, where, status, answered) => {
    const { request, response } = await load(version, refusal)
    const [head, sent] = request.split('\n')
    expect(head).toBe(where)
    expect(JSON.parse(sent!)).toEqual(SENT)
    const [state, ...body] = response.split('\n')
    expect(state).toBe(status)
    expect(body.length === 0 ? null : JSON.parse(body.join('\n'))).toEqual(answered)
  })

  const act = async (ids: readonly string[], answer: (ids: unknown) => Answer) => {
    const scripted = await scriptedForTest(answer19((_, body) => answer(body['ids'])))
    const { connection } = scripted
    return connection.act({ resource: 'sale.order', action: 'action_confirm', ids, signal })
  }

  test('of an action: the call on this record alone', async () => {
    const [first, second] = await act(['7', '8'], (ids) =>
      JSON.stringify(ids).includes('8')
        ? fault19(422, 'odoo.exceptions.UserError', 'It is cancelled')
        : { body: true },
    )
    expect(first).toEqual({ status: 'done' })
    expect(exchangeIn(second)).toEqual({
      request: 'POST /json/2/sale.order/action_confirm\n{"ids":[8],"context":{"tz":"UTC"}}',
      response: 'HTTP 422\n{"name":"odoo.exceptions.UserError","message":"It is cancelled"}',
    })
  })

  test('of an action that opens a window: which', async () => {
    const context = { default_partner: 'Ida Brandt' }
    const window = { type: 'ir.actions.act_window', name: 'Choose', res_model: 'a.wizard', context }
    const [outcome] = await act(['8'], () => ({ body: window }))
    expect(exchangeIn(outcome).response).toBe(
      'HTTP 200\n{"type":"ir.actions.act_window","name":"Choose","res_model":"a.wizard"}',
    )
  })
})
