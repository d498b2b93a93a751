import { describe, expect, test } from 'vitest'
import { SyncError } from '../../../engine/core/model/failure.ts'
import {
  type Answer,
  answer18,
  answer19,
  fault18,
  fault19,
  NOT_FOUND_18,
  type Received,
  type Scripted,
  scriptedForTest,
  VERSION_19,
} from './scripted.ts'

const { signal } = new AbortController()

function lookUpOne(to: Scripted) {
  return to.connection.lookUp({
    resource: 'res.partner',
    by: { kind: 'id' },
    values: ['10'],
    where: {},
    fields: [],
    signal,
  })
}

async function failureOf(promise: Promise<unknown>): Promise<SyncError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(SyncError)
  return error as SyncError
}

describe('which protocol', () => {
  const execute18 = answer18(() => ({ body: { jsonrpc: '2.0', id: 1, result: [{ id: 10 }] } }))

  test.each<[string, Answer]>([
    ['404', NOT_FOUND_18],
    ['a redirect to the login', { status: 303, headers: { location: '/web/login' }, body: '' }],
    ['a page', { status: 200, body: '<html>Odoo</html>' }],
    ['an older version', { body: { version_info: [18, 0, 0, 'final', 0, ''], version: '18.0' } }],
  ])('JSON-RPC when /web/version answers with %s', async (_, version) => {
    const to = await scriptedForTest((request) =>
      request.path === '/web/version' ? version : execute18(request),
    )
    expect(await lookUpOne(to)).toEqual([{ value: '10', id: '10', fields: {} }])
    expect(to.received.map((request) => request.path)).toEqual([
      '/web/version',
      '/jsonrpc',
      '/jsonrpc',
      '/jsonrpc',
    ])
  })

  test('JSON-2 when /web/version says 19: bearer key, database, buffered body, no cookie back', async () => {
    const to = await scriptedForTest(
      (request) =>
        request.path === '/web/version'
          ? { ...VERSION_19, headers: { 'set-cookie': 'session_id=abc' } }
          : { body: [{ id: 10 }] },
      { company: 2, language: 'de_DE' },
    )
    await lookUpOne(to)
    const call = to.received.at(-1) as Received
    expect(call.path).toBe('/json/2/res.partner/search_read')
    expect(call.headers).toMatchObject({
      authorization: 'bearer k-123',
      'x-odoo-database': 'acme',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(call.body)),
    })
    expect(call.headers.cookie).toBeUndefined()
    expect(call.headers['transfer-encoding']).toBeUndefined()
    expect(JSON.parse(call.body).context).toEqual({
      allowed_company_ids: [2],
      lang: 'de_DE',
      tz: 'UTC',
      active_test: false,
    })
  })

  test('the version is asked once, and asked again only when the answer failed', async () => {
    let first = true
    const to = await scriptedForTest((request) => {
      if (request.path !== '/web/version') return { body: [] }
      if (!first) return VERSION_19
      first = false
      return { status: 503, body: '<html>starting</html>' }
    })
    expect((await failureOf(lookUpOne(to))).kind).toBe('unavailable')
    await lookUpOne(to)
    await lookUpOne(to)
    expect(to.received.filter((request) => request.path === '/web/version')).toHaveLength(2)
  })

  test('the user is authenticated once on 18, and each call carries company and UTC by name', async () => {
    const to = await scriptedForTest(execute18, { company: 1, version: '18.0' })
    await lookUpOne(to)
    await lookUpOne(to)
    const bodies = to.received
      .filter((request) => request.path === '/jsonrpc')
      .map((request) => JSON.parse(request.body))
    expect(bodies.map((body) => body.params.method)).toEqual([
      'version',
      'authenticate',
      'execute_kw',
      'execute_kw',
    ])
    expect(bodies[1].params.args).toEqual(['acme', 'sync', 'k-123', {}])
    expect(bodies[2].params.args.slice(0, 6)).toEqual([
      'acme',
      6,
      'k-123',
      'res.partner',
      'search_read',
      [[['id', 'in', [10]]]],
    ])
    expect(bodies[2].params.args[6].context).toEqual({
      allowed_company_ids: [1],
      tz: 'UTC',
      active_test: false,
    })
  })
})

const PG_BAD_DATA =
  "invalid input syntax for type integer: \"Germany\"\nLINE 1: ...VALUES (true, 'ask', 0, 'secret customer'"

describe('what stops a read', () => {
  test.each<[string, Answer, string]>([
    ['a bad key', fault19(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey'), 'auth-expired'],
    [
      'a key of another session',
      fault19(403, 'odoo.exceptions.AccessDenied', 'Access Denied'),
      'auth-expired',
    ],
    [
      'a missing right',
      fault19(403, 'odoo.exceptions.AccessError', 'You are not allowed'),
      'scope-violation',
    ],
    [
      'a conflict, with 500',
      fault19(500, 'psycopg2.errors.SerializationFailure', 'could not …'),
      'unavailable',
    ],
    ['a lock, with 409', fault19(409, 'odoo.exceptions.LockError', 'locked'), 'unavailable'],
    [
      'a database that is away',
      fault19(500, 'psycopg2.OperationalError', 'connection refused'),
      'unavailable',
    ],
    [
      'an unknown field, with 500',
      fault19(500, 'builtins.ValueError', "Invalid field 'x' in 'res.partner'"),
      'schema-drift',
    ],
    [
      'an unknown model',
      fault19(404, 'werkzeug.exceptions.NotFound', "the model 'no.such' does not exist"),
      'schema-drift',
    ],
    [
      'bad data, with 500',
      fault19(500, 'psycopg2.errors.InvalidTextRepresentation', PG_BAD_DATA),
      'schema-drift',
    ],
    ['a proxy with 502', { status: 502, body: '<html>Bad Gateway</html>' }, 'unavailable'],
    ['a proxy with 429', { status: 429, headers: { 'retry-after': '7' }, body: 'slow down' }, 'throttled'],
    ['no such database', { status: 404, body: '<!DOCTYPE html>No database is selected' }, 'auth-expired'],
    [
      'an address that moved',
      { status: 301, headers: { location: 'https://new.example/json/2' }, body: '' },
      'auth-expired',
    ],
    ['a page where JSON was due', { status: 200, body: '<html>maintenance</html>' }, 'unavailable'],
    ['JSON of another shape', { body: { status: 'ok' } }, 'unavailable'],
    ['a list of something else', { body: ['ok'] }, 'unavailable'],
  ])('19: %s', async (_, answer, kind) => {
    const to = await scriptedForTest(answer19(() => answer))
    const failure = await failureOf(lookUpOne(to))
    expect(failure.kind).toBe(kind)
    expect(JSON.stringify([failure.message, failure.fields])).not.toMatch(/Traceback|secret customer|k-123/)
  })

  test.each<[string, Answer, string]>([
    [
      'a key that ended in the middle',
      fault18('odoo.exceptions.AccessDenied', 'Access Denied'),
      'auth-expired',
    ],
    ['a missing right', fault18('odoo.exceptions.AccessError', 'You are not allowed'), 'scope-violation'],
    ['a conflict', fault18('psycopg2.errors.DeadlockDetected', 'deadlock detected'), 'unavailable'],
    ['bad data', fault18('psycopg2.errors.NumericValueOutOfRange', PG_BAD_DATA), 'schema-drift'],
    [
      'an unknown method',
      fault18('builtins.AttributeError', "The method 'x' does not exist"),
      'schema-drift',
    ],
    [
      'an unknown model',
      fault18('odoo.exceptions.UserError', "Object no.such.model doesn't exist"),
      'schema-drift',
    ],
    ['JSON of another shape', { body: { status: 'ok' } }, 'unavailable'],
    ['a proxy with 504', { status: 504, body: '<html>Gateway Timeout</html>' }, 'unavailable'],
  ])('18: %s', async (_, answer, kind) => {
    const to = await scriptedForTest(answer18(() => answer))
    const failure = await failureOf(lookUpOne(to))
    expect(failure.kind).toBe(kind)
    expect(failure.message).not.toMatch(/Traceback|secret customer|k-123/)
  })

  test.each<[string, Answer, RegExp]>([
    ['wrong login or key', { body: { jsonrpc: '2.0', id: 1, result: false } }, /refuses login "sync"/],
    [
      'no such database',
      fault18(
        'psycopg2.OperationalError',
        'connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  database "acme" does not exist',
      ),
      /no database "acme"/,
    ],
  ])('18: %s is for an operator, and hosts are not told', async (_, answer, message) => {
    const to = await scriptedForTest((request) => {
      if (request.path === '/jsonrpc' && request.body.includes('"authenticate"')) return answer
      return answer18(() => ({ body: {} }))(request)
    })
    const failure = await failureOf(lookUpOne(to))
    expect(failure.kind).toBe('auth-expired')
    expect(failure.message).toMatch(message)
    expect(failure.message).not.toMatch(/10\.0\.0\.1/)
  })

  test('JSON of another shape is not taken for fields', async () => {
    const to = await scriptedForTest(
      answer19((call) => ({ body: call.endsWith('fields_get') ? { status: 'ok' } : [{ id: 10 }] })),
    )
    const byName = to.connection.lookUp({
      resource: 'res.partner',
      by: { kind: 'field', field: 'name' },
      values: ['Acme'],
      where: {},
      fields: [],
      signal,
    })
    expect((await failureOf(byName)).kind).toBe('unavailable')
  })

  test('how long to wait is handed on', async () => {
    const to = await scriptedForTest(
      answer19(() => ({ status: 429, headers: { 'retry-after': '7' }, body: '' })),
    )
    expect((await failureOf(lookUpOne(to))).retryAfterMs).toBe(7000)
  })
})

describe('what an action answers', () => {
  const actOn = (to: Scripted, action: string, ids: readonly string[]) =>
    to.connection.act({ resource: 'sale.order', action, ids, signal })
  const WIZARD = { name: 'Cancel Sales Order', type: 'ir.actions.act_window', res_model: 'sale.order.cancel' }

  test.each<[string, Answer]>([
    ['a reply without a result', { body: { jsonrpc: '2.0', id: 51 } }],
    ['true', { body: { jsonrpc: '2.0', id: 51, result: true } }],
  ])('18: %s is done', async (_, answer) => {
    const to = await scriptedForTest(answer18(() => answer))
    expect(await actOn(to, 'action_unarchive', ['3'])).toEqual([{ status: 'done' }])
  })

  test('19: null is done', async () => {
    const to = await scriptedForTest(answer19(() => ({ body: null })))
    expect(await actOn(to, 'action_archive', ['3', '4'])).toEqual([{ status: 'done' }, { status: 'done' }])
  })

  test('a wizard is not done, and the message says what Odoo asks', async () => {
    const to = await scriptedForTest(answer18(() => ({ body: { jsonrpc: '2.0', id: 1, result: WIZARD } })))
    const [outcome] = await actOn(to, 'action_cancel', ['3'])
    expect(outcome).toMatchObject({
      status: 'rejected',
      message: expect.stringContaining('Cancel Sales Order'),
    })
    expect(to.received.at(-1)?.body).toContain('"disable_cancel_warning":true')
  })

  test.each([
    ['18', answer18(() => ({ body: { status: 'ok' } }))],
    ['19', answer19(() => ({ body: { status: 'ok' } }))],
  ])('%s: JSON that is not Odoo’s leaves it open', async (_, answer) => {
    const to = await scriptedForTest(answer)
    expect(await actOn(to, 'action_confirm', ['3'])).toMatchObject([{ status: 'unknown' }])
  })

  test('one refusal among three is found by asking for each alone', async () => {
    const refusal = fault19(
      422,
      'odoo.exceptions.UserError',
      'Some orders are not in a state requiring confirmation.',
    )
    const to = await scriptedForTest(
      answer19((_, body) => ((body.ids as number[]).includes(4) ? refusal : { body: true })),
    )
    expect(await actOn(to, 'action_confirm', ['3', '4', '5'])).toMatchObject([
      { status: 'done' },
      { status: 'rejected', message: 'Some orders are not in a state requiring confirmation.' },
      { status: 'done' },
    ])
  })

  test('a connection lost leaves all of them open', async () => {
    const to = await scriptedForTest(answer19(() => 'cut'))
    expect(await actOn(to, 'action_confirm', ['3', '4'])).toMatchObject([
      { status: 'unknown' },
      { status: 'unknown' },
    ])
  })

  test('nothing is called on no record', async () => {
    const to = await scriptedForTest(answer19(() => ({ body: true })))
    expect(await actOn(to, 'action_confirm', [])).toEqual([])
    expect(await actOn(to, 'action_confirm', ['gid://x'])).toMatchObject([{ status: 'rejected' }])
    expect(to.received).toEqual([])
  })
})
