import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { OdooFault } from './faults.ts'
import type { JsonObject } from './json.ts'
import { type OdooStandIn, startOdoo } from './server.ts'
import { type Speak, speakTo } from './speak.ts'

let odoo: OdooStandIn
let call: Speak
beforeAll(async () => {
  odoo = await startOdoo({ version: '19.0' })
  call = speakTo(odoo, '19.0')
})
afterAll(() => odoo.close())
afterEach(async () => {
  await odoo.control.faults({ faults: [] })
  await odoo.control.resetStats()
})

const arm = (...faults: readonly OdooFault[]) => odoo.control.faults({ faults })
const there = async (ref: string) =>
  (await odoo.control.read({ model: 'res.partner', domain: [['ref', '=', ref]] })).length
let made = 0
const newRef = () => `fault ${++made}`
const create = (ref: string) => call('res.partner', 'create', { vals_list: [{ name: 'x', ref }] })
const load = (xid: string, name = 'x') =>
  call('res.partner', 'load', { fields: ['id', 'name', 'ref'], data: [[xid, name, xid]] })

/** What a client sees of a request: the status and beginning of an answer, or the code of what broke it. */
async function seen(ref: string, signal?: AbortSignal): Promise<string> {
  try {
    const response = await fetch(`${odoo.url}/json/2/res.partner/create`, {
      method: 'POST',
      headers: { authorization: `bearer ${odoo.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ vals_list: [{ name: 'x', ref }] }),
      ...(signal === undefined ? {} : { signal }),
    })
    const text = await response.text()
    const headers = ['content-type', 'retry-after'].map((name) => response.headers.get(name))
    return [response.status, ...headers.filter((value) => value !== null), text.slice(0, 40)].join(' ')
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return cause?.code ?? name
  }
}

describe('what the client sees of a request to create, and how many records there are then', () => {
  test.each<[fault: OdooFault, seen: RegExp, there: number]>([
    [{ kind: 'latency', ms: 1 }, /^200 application\/json/, 1],
    [{ kind: 'cut-before' }, /^ECONNRESET$/, 0],
    [{ kind: 'cut-read' }, /^UND_ERR_SOCKET$/, 0],
    [{ kind: 'cut-after' }, /^UND_ERR_SOCKET$/, 1],
    [{ kind: 'half' }, /^UND_ERR_RES_CONTENT_LENGTH_MISMATCH$/, 1],
    [{ kind: 'stall', ms: 1 }, /^UND_ERR_SOCKET$/, 0],
    [{ kind: 'garbled' }, /^200 application\/json; charset=utf-8 \[\d*$/, 1],
    [{ kind: 'garbled', body: 'other' }, /^200 application\/json; charset=utf-8 {"status":"ok"}$/, 1],
    [{ kind: 'garbled', body: 'type' }, /^200 text\/plain; charset=utf-8 \[\d+\]$/, 1],
    [{ kind: 'date', ms: 60_000 }, /^200 application\/json/, 1],
    [{ kind: 'status' }, /^502 text\/html; charset=utf-8 <!doctype html>/, 0],
    [{ kind: 'status', status: 200 }, /^200 text\/html; charset=utf-8 <!doctype html>/, 0],
    [{ kind: 'status', status: 429 }, /^429 text\/html; charset=utf-8 <!doctype html>/, 0],
    [{ kind: 'status', status: 429, retryAfter: '7' }, /^429 text\/html; charset=utf-8 7 <!doctype/, 0],
    [{ kind: 'key-expired' }, /^401 application\/json; charset=utf-8 {"name":"werkzeug\.exceptions\.Una/, 0],
    [{ kind: 'conflict' }, /^500 application\/json; charset=utf-8 {"name":"psycopg2\.errors\.Serializati/, 0],
    [
      { kind: 'conflict', says: 'deadlock' },
      /^500 application\/json; charset=utf-8 {"name":"psycopg2\.errors\.DeadlockDetec/,
      0,
    ],
  ])('%j', async (fault, expected, count) => {
    const ref = newRef()
    await arm({ ...fault, method: 'create' })
    expect(await seen(ref)).toMatch(expected)
    expect(await there(ref)).toBe(count)
    expect((await odoo.control.stats()).faultsHit).toEqual({ [fault.kind]: 1 })
    expect(await odoo.control.faults()).toEqual([])
    expect(await seen(ref)).toMatch(/^200 application\/json/)
  })
})

test('a stalled request ends when its client gives up, and nothing is done', async () => {
  const ref = newRef()
  await arm({ kind: 'stall' })
  const patience = new AbortController()
  const stalled = seen(ref, patience.signal)
  await expect.poll(async () => (await odoo.control.stats()).faultsHit['stall']).toBe(1)
  patience.abort()
  expect([await stalled, await there(ref)]).toEqual(['AbortError', 0])
})

test.each([
  ['serialization', 'could not serialize access due to concurrent update\n'],
  ['deadlock', /^deadlock detected\nDETAIL: /],
] as const)(
  'load tells of a conflict in its messages, or fails with it at the commit: %s',
  async (says, text) => {
    await arm({ kind: 'conflict', says }, { kind: 'conflict', says, as: 'error', after: 1 })
    const ref = newRef()
    expect(await load(`f.${made}`)).toEqual({
      ids: false,
      messages: [expect.objectContaining({ type: 'error', message: expect.stringMatching(text) })],
      nextrow: 0,
    })
    await expect(load(`f.${made}`)).rejects.toThrow('psycopg2.errors')
    expect(await there(ref)).toBe(0)
  },
)

test('a late commit has a stamp that lies behind those already seen', async () => {
  const [first] = (await create(newRef())) as number[]
  await arm({ kind: 'late-commit', ms: 5_000 })
  const [second] = (await create(newRef())) as number[]
  const stamps = await odoo.control.stamps({ model: 'res.partner', ids: [first!, second!] })
  expect(String(stamps[1]!.write_date) < String(stamps[0]!.write_date)).toBe(true)
})

describe('a request whose connection died goes on', () => {
  const later = (xid: string, name: string) =>
    expect
      .poll(async () => {
        const [partner] = await odoo.control.read({ model: 'res.partner', domain: [['ref', '=', xid]] })
        return partner?.name
      })
      .toBe(name)

  test.each(['cut-working', 'cut-queued'] as const)('%s: a new record is there later', async (kind) => {
    await arm({ kind, ms: 20 })
    await expect(load(`${kind}.new`)).rejects.toThrow('fetch failed')
    expect([(await odoo.control.stats()).goingOn, await there(`${kind}.new`)]).toEqual([1, 0])
    await later(`${kind}.new`, 'x')
    expect((await odoo.control.stats()).goingOn).toBe(0)
  })

  test('one that was at work has the stamp of its beginning', async () => {
    const [fast] = (await create(newRef())) as number[]
    await arm({ kind: 'cut-working', ms: 20 })
    await expect(load('slow.x')).rejects.toThrow('fetch failed')
    const [faster] = (await create(newRef())) as number[]
    await later('slow.x', 'x')
    const [slow] = await odoo.control.read({ model: 'res.partner', domain: [['ref', '=', 'slow.x']] })
    const ids = [fast!, Number(slow!.id), faster!]
    const stamps = await odoo.control.stamps({ model: 'res.partner', ids })
    const written = stamps.map((row) => String(row.write_date))
    expect(written).toEqual([...written].sort())
  })

  test('one that was at work loses against a later change of the record, one that waited does not', async () => {
    for (const [kind, name] of [
      ['cut-working', 'newer'],
      ['cut-queued', 'older'],
    ] as const) {
      await load(`${kind}.race`)
      await arm({ kind, ms: 60_000 })
      await expect(load(`${kind}.race`, 'older')).rejects.toThrow('fetch failed')
      await load(`${kind}.race`, 'newer')
      expect([await odoo.control.finish(), await odoo.control.finish()]).toEqual([1, 0])
      const [partner] = await odoo.control.read({
        model: 'res.partner',
        domain: [['ref', '=', `${kind}.race`]],
      })
      expect(partner!.name).toBe(name)
    }
  })
})

test('an answer is held back until it is released, or until the client is gone; the call is done', async () => {
  const [kept, dropped] = [newRef(), newRef()]
  await arm({ kind: 'hold', times: 2 })
  const patience = new AbortController()
  const waiting = seen(kept)
  expect(await odoo.control.held({ within: 5_000 })).toEqual([
    { model: 'res.partner', method: 'create', port: expect.any(Number) },
  ])
  const given = seen(dropped, patience.signal)
  await expect.poll(() => odoo.control.held()).toHaveLength(2)
  expect([await there(kept), await there(dropped)]).toEqual([1, 1])
  patience.abort()
  await expect.poll(() => odoo.control.held()).toHaveLength(1)
  expect(await odoo.control.release()).toBe(1)
  expect([await waiting, await given]).toEqual([expect.stringMatching(/^200/), 'AbortError'])
  expect(await odoo.control.held({ within: 1 })).toEqual([])
  await arm({ kind: 'hold', ms: 1 })
  expect(await seen(newRef())).toMatch(/^200/)
})

test('records that somebody writes after a page are handed out again after them', async () => {
  const ids: number[] = []
  for (let n = 0; n < 3; n++) ids.push(...((await create(newRef())) as number[]))
  await arm({ kind: 'touched', method: 'search_read' })
  const page = async (limit: number) => {
    const domain = [['id', 'in', ids]]
    const args = { domain, fields: ['id'], order: 'write_date asc', limit }
    return ((await call('res.partner', 'search_read', args)) as readonly JsonObject[]).map((row) => row.id)
  }
  expect(await page(2)).toEqual(ids.slice(0, 2))
  expect(await page(3)).toEqual([ids[2], ...ids.slice(0, 2)])
})

test('the date of the server goes with its clock, and a fault moves it alone', async () => {
  const date = async () => Date.parse((await fetch(`${odoo.url}/web/version`)).headers.get('date')!)
  await odoo.control.advanceClock({ ms: 3_600_000 })
  expect(Math.abs((await date()) - Date.now() - 3_600_000)).toBeLessThan(5_000)
  await odoo.control.advanceClock({ ms: -3_600_000 })
  await arm({ kind: 'date', ms: -600_000 })
  const response = await fetch(`${odoo.url}/json/2/res.users/context_get`, {
    method: 'POST',
    headers: { authorization: `bearer ${odoo.apiKey}` },
  })
  expect(Math.abs(Date.parse(response.headers.get('date')!) - Date.now() + 600_000)).toBeLessThan(5_000)
})

test('a field goes, or gets another name or type; values go with the name', async () => {
  const other = await startOdoo({ version: '19.0' })
  const { control } = other
  const ask = speakTo(other, '19.0')
  const id = await control.create({ model: 'res.partner', values: { name: 'Ann', ref: 'R1', street: 'S' } })
  await control.changeField({ model: 'res.partner', field: 'ref', to: { name: 'reference' } })
  await control.changeField({ model: 'res.partner', field: 'street', to: null })
  await control.changeField({ model: 'res.partner', field: 'city', to: { type: 'integer' } })
  expect(await ask('res.partner', 'read', { fields: ['reference'] }, [id])).toEqual([{ id, reference: 'R1' }])
  for (const gone of ['ref', 'street'])
    await expect(ask('res.partner', 'read', { fields: [gone] }, [id])).rejects.toThrow(
      `Invalid field '${gone}'`,
    )
  await expect(ask('res.partner', 'write', { vals: { city: 'Ghent' } }, [id])).rejects.toThrow('ValueError')
  const load = { fields: ['id', 'street'], data: [['ext.a', 'S']] }
  await expect(ask('res.partner', 'load', load)).rejects.toThrow("Invalid field name 'street'")
  const fields = (await ask('res.partner', 'fields_get', { attributes: ['type'] })) as JsonObject
  expect([fields.ref, fields.reference, fields.city]).toEqual([
    undefined,
    { type: 'char' },
    { type: 'integer' },
  ])
  await control.changeField({ model: 'res.partner', field: 'street', to: 'recorded' })
  expect(await ask('res.partner', 'read', { fields: ['street'] }, [id])).toEqual([{ id, street: 'S' }])
  await other.close()
})

test('only calls that are meant are hit, after those that pass', async () => {
  await arm({ kind: 'conflict', model: 'res.country', after: 1 })
  await odoo.control.faults({ add: [{ kind: 'conflict', model: 'res.country', after: 2 }] })
  const hits = []
  for (const model of ['res.country', 'res.lang', 'res.country', 'res.country', 'res.country']) {
    hits.push(
      await call(model, 'search', { domain: [] }).then(
        () => 'ok',
        () => 'hit',
      ),
    )
  }
  expect(hits).toEqual(['ok', 'ok', 'hit', 'hit', 'ok'])
  expect(await odoo.control.stats()).toMatchObject({ calls: 5, writeCalls: 0, faultsHit: { conflict: 2 } })
})

test('an expired key is Access Denied on JSON-RPC', async () => {
  const older = await startOdoo({ version: '18.0' })
  await older.control.faults({ faults: [{ kind: 'key-expired' }] })
  await expect(speakTo(older, '18.0')('res.partner', 'search', { domain: [] })).rejects.toThrow(
    'odoo.exceptions.AccessDenied: Access Denied',
  )
  await older.close()
})
