import { describe, expect, test } from 'vitest'
import type { Outcome, TargetShape, UpsertItem } from '../../../engine/core/model/connector.ts'
import { type Answer, answer19, fault19, type Scripted, scriptedForTest } from './scripted.ts'

const { signal } = new AbortController()
const PARTNER: TargetShape = {
  resource: 'res.partner',
  fields: { name: { type: 'text', required: true }, color: { type: 'integer' } },
}

function item(name: string): UpsertItem {
  const key = `tidelock.acme/customers/${name}`
  return {
    key,
    targetId: null,
    adopted: false,
    fields: { name },
    firstTimeFields: {},
    lines: [],
    removedLines: [],
  }
}

interface LoadCall {
  readonly fields: readonly string[]
  readonly data: readonly (readonly string[])[]
}

/** An Odoo in which only `load` is scripted; ids follow from the keys. */
async function startLoading(
  load: (call: LoadCall) => Answer | 'cut',
  fields: readonly string[] = [],
): Promise<{ to: Scripted; loads: LoadCall[] }> {
  const loads: LoadCall[] = []
  const to = await scriptedForTest(
    answer19((path, body) => {
      if (path.endsWith('/has_access')) return { body: true }
      if (path.endsWith('/fields_get'))
        return { body: Object.fromEntries(fields.map((field) => [field, { type: 'char' }])) }
      if (!path.endsWith('/load')) return { body: [] }
      loads.push(body as unknown as LoadCall)
      return load(body as unknown as LoadCall)
    }),
  )
  return { to, loads }
}

const idByName = (name: string) => [...name].reduce((sum, letter) => sum * 131 + letter.charCodeAt(0), 0)
const written = (call: LoadCall): Answer => ({
  body: { ids: call.data.map((row) => idByName(row[1]!)), messages: [], nextrow: 0 },
})
const rolledBack = (messages: readonly object[]): Answer => ({ body: { ids: false, messages, nextrow: 0 } })
const at = (record: number) => ({ rows: { from: record, to: record }, record, type: 'error' })

function upsert(to: Scripted, items: readonly UpsertItem[]): Promise<readonly Outcome[]> {
  return to.connection.upsert({ shape: PARTNER, items, signal })
}

type Refusal = Extract<Outcome, { status: 'rejected' }>
const shortOf = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome.status)

describe('a load that Odoo refuses for a field it does not have', () => {
  const refused = () => fault19(500, 'builtins.ValueError', "Invalid field name 'name'")

  test('throws at once, whatever records it holds, and tells every field that is missing', async () => {
    const { to, loads } = await startLoading(refused, ['ref'])
    const items = ['A', 'B'].map((name) => ({ ...item(name), fields: { name, color: 1 } }))
    await expect(upsert(to, items)).rejects.toMatchObject({
      kind: 'schema-drift',
      message: 'Odoo has no field color, name of res.partner (any more).',
      fields: { missing: { resource: 'res.partner', fields: ['color', 'name'] } },
    })
    expect(loads).toHaveLength(1)
  })

  test('is a refusal of its record where Odoo has the field after all', async () => {
    const { to } = await startLoading(
      (call) => (call.data.some((row) => row[1] === 'B') ? refused() : written(call)),
      ['name'],
    )
    expect(shortOf(await upsert(to, ['A', 'B'].map(item)))).toEqual(['created', 'rejected'])
  })
})

describe('a load that Odoo rolls back', () => {
  const names = ['A', 'B', 'C', 'D', 'E']

  /** Refuses a load that holds one of these, naming the culprits or not. */
  const refusing =
    (bad: readonly string[], how: 'named' | 'all named' | 'unnamed' | 'error') =>
    (call: LoadCall): Answer => {
      const culprits = call.data.flatMap((row, index) => (bad.includes(row[1]!) ? [index] : []))
      if (culprits.length === 0) return written(call)
      const message = 'That will not do'
      if (how === 'error') return fault19(500, 'builtins.ValueError', message)
      if (how === 'unnamed') return rolledBack([{ type: 'error', message }])
      const named = how === 'named' ? culprits : [...call.data.keys()]
      return rolledBack(named.map((index) => ({ ...at(index), message })))
    }

  test.each(['named', 'all named', 'unnamed', 'error'] as const)(
    'finds the culprits when they are %s, and delivers the others',
    async (how) => {
      const { to } = await startLoading(refusing(['B', 'E'], how))
      const outcomes = await upsert(to, names.map(item))
      expect(shortOf(outcomes)).toEqual(['created', 'rejected', 'created', 'created', 'rejected'])
      expect(outcomes[1]).toMatchObject({ class: 'rejected', message: 'That will not do' })
      expect(outcomes[2]).toEqual({ status: 'created', targetId: String(idByName('C')) })
    },
  )

  test('one bad row among fifty costs three loads', async () => {
    const many = Array.from({ length: 50 }, (_, index) => `N${String(index).padStart(2, '0')}`)
    const { to, loads } = await startLoading(refusing(['N17'], 'named'))
    const outcomes = await upsert(to, many.map(item))
    expect(loads.map((load) => load.data.length)).toEqual([50, 49, 1])
    expect(
      outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [many[index]] : [])),
    ).toEqual(['N17'])
  })

  test('a clash between two rows rejects the second one only', async () => {
    const taken = new Set<string>()
    const { to } = await startLoading((call) => {
      const clash = call.data.filter((row) => ['B', 'D'].includes(row[1]!))
      if (clash.length > 1 || (clash.length === 1 && taken.size > 0)) {
        return rolledBack(clash.map((row) => ({ ...at(call.data.indexOf(row)), message: 'Barcode taken' })))
      }
      for (const row of clash) taken.add(row[1]!)
      return written(call)
    })
    expect(shortOf(await upsert(to, names.map(item)))).toEqual([
      'created',
      'created',
      'created',
      'rejected',
      'created',
    ])
  })

  test.each([
    'could not serialize access due to concurrent update\n',
    'deadlock detected\nDETAIL:  Process 1 waits for ShareLock on transaction 2',
  ])('is sent again by the caller when another transaction was in the way: %s', async (message) => {
    const { to, loads } = await startLoading(() => rolledBack([{ ...at(1), message }]))
    expect(shortOf(await upsert(to, names.map(item)))).toEqual(names.map(() => 'unattempted'))
    expect(loads).toHaveLength(1)
  })

  test('and a conflict told by class is the same', async () => {
    const { to } = await startLoading(() =>
      fault19(500, 'psycopg2.errors.SerializationFailure', 'could not …'),
    )
    expect(shortOf(await upsert(to, [item('A')]))).toEqual(['unattempted'])
  })

  test.each([
    [
      'a value of a field',
      { ...at(0), field: 'color', message: "'x' is no integer" },
      'color',
      "'x' is no integer",
    ],
    [
      'a check of the database, without the row',
      { ...at(0), message: 'violates check constraint "c"\nDETAIL:  Failing row contains (secret)' },
      null,
      'violates check constraint "c"',
    ],
  ])('the reason is kept: %s', async (_, message, field, text) => {
    const { to } = await startLoading(() => rolledBack([message]))
    const [{ exchange, ...told } = { exchange: null }] = (await upsert(to, [item('A')])) as Refusal[]
    expect(told).toEqual({ status: 'rejected', class: 'rejected', message: text, field, line: null })
    expect(exchange?.response).toContain(JSON.stringify(text).slice(1, -1))
    expect(exchange?.response).not.toContain('Failing row')
  })

  test('a missing right is told from other refusals by asking, since the text is translated', async () => {
    const scripted = await scriptedForTest(
      answer19((path) => {
        if (path.endsWith('/has_access')) return { body: false }
        if (!path.endsWith('/load')) return { body: [] }
        return rolledBack([{ ...at(0), message: 'Sie dürfen keine Kontakte anlegen.' }])
      }),
    )
    expect(await upsert(scripted, [item('A')])).toMatchObject([{ status: 'rejected', class: 'permission' }])
  })

  test('a request that is too large is halved until it fits', async () => {
    const { to, loads } = await startLoading((call) =>
      call.data.length > 2 ? { status: 413, body: '<html>413</html>' } : written(call),
    )
    expect(shortOf(await upsert(to, names.map(item)))).toEqual(names.map(() => 'created'))
    expect(loads.map((load) => load.data.length)).toEqual([5, 3, 2, 1, 2])
  })
})

describe('a load that gets no answer', () => {
  test('leaves its records unknown and sends nothing more', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `N${String(index).padStart(2, '0')}`)
    const { to, loads } = await startLoading(() => 'cut')
    const statuses = shortOf(await upsert(to, names.map(item)))
    expect(statuses.slice(0, 50).every((status) => status === 'unknown')).toBe(true)
    expect(statuses.slice(50).every((status) => status === 'unattempted')).toBe(true)
    expect(loads).toHaveLength(1)
  })

  test.each<[string, Answer]>([
    ['a proxy that gave up', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['a page', { status: 200, body: '<html>maintenance</html>' }],
    ['a result that says nothing', { body: null }],
  ])('so does %s', async (_, answer) => {
    const { to } = await startLoading(() => answer)
    expect(shortOf(await upsert(to, [item('A')]))).toEqual(['unknown'])
  })

  test.each<[string, Answer, string]>([
    ['throttled', { status: 429, headers: { 'retry-after': '3' }, body: '' }, 'throttled'],
    ['auth-expired', fault19(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey'), 'auth-expired'],
  ])('%s before anything was written is thrown', async (_, answer, kind) => {
    const { to } = await startLoading(() => answer)
    await expect(upsert(to, [item('A'), item('B')])).rejects.toMatchObject({ kind })
  })

  test('a key that ends between two loads keeps what the first one wrote', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `N${String(index).padStart(2, '0')}`)
    let count = 0
    const { to } = await startLoading((call) =>
      ++count === 1 ? written(call) : fault19(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey'),
    )
    const statuses = shortOf(await upsert(to, names.map(item)))
    expect([
      statuses.filter((s) => s === 'created').length,
      statuses.filter((s) => s === 'unattempted').length,
    ]).toEqual([50, 10])
  })
})
