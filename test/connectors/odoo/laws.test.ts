import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Call, Reply } from '../../../engine/connectors/odoo/call.ts'
import type { Client } from '../../../engine/connectors/odoo/client.ts'
import { faultOf } from '../../../engine/connectors/odoo/fault.ts'
import { type Loaded, loadRecords } from '../../../engine/connectors/odoo/load.ts'
import type { LoadRecord } from '../../../engine/connectors/odoo/rows.ts'

/** What a refused load says: each culprit, some of them, all records it held, one at random, none, or an error of the call. */
const TELLINGS = ['culprits', 'some', 'everybody', 'anybody', 'nobody', 'error'] as const
type Telling = (typeof TELLINGS)[number]

/** Records of one to three rows (their lines), some of them bad. */
const batch = fc.array(fc.record({ bad: fc.boolean(), rows: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 40,
})
const fewBad = fc.array(
  fc.record({ bad: fc.integer({ max: 11 }).map((n) => n > 10), rows: fc.constant(1) }),
  { minLength: 1, maxLength: 50 },
)

function recordOf(index: number, rows: number): LoadRecord {
  return {
    item: index,
    columns: ['id', 'name', 'line_ids/id'],
    rows: Array.from({ length: rows }, (_, row) => [
      row === 0 ? `key-${index}` : '',
      row === 0 ? `N${index}` : '',
      `line-${row}`,
    ]),
    lineKeys: [],
    archived: false,
  }
}

const reasonOf = (index: number) => `N${index} will not do`

/** A table behind `load`: all or nothing, and every row that was written is counted. */
function createTable(bad: ReadonlySet<number>, telling: Telling, pick: (calls: number) => number) {
  const written = new Map<number, number>()
  let calls = 0

  const load = ({ args }: Call): Reply => {
    calls++
    const rows = (args as { data: readonly (readonly string[])[] }).data
    const records = rows.filter(([key]) => key !== '').map(([, name]) => Number(name!.slice(1)))
    const culprits = records.flatMap((record, index) => (bad.has(record) ? [index] : []))
    if (culprits.length === 0) {
      for (const record of records) written.set(record, (written.get(record) ?? 0) + 1)
      return { ok: true, value: { ids: records.map((record) => record + 100), messages: [], nextrow: 0 } }
    }
    const first = records[culprits[0]!]!
    if (telling === 'error') return { ok: false, fault: faultOf('builtins.ValueError', reasonOf(first), 500) }
    const named = {
      culprits,
      some: culprits.filter((_, index) => index === 0 || pick(calls + index) % 2 === 0),
      everybody: [...records.keys()],
      anybody: [pick(calls) % records.length],
      nobody: [],
    }[telling]
    const messages = named.map((record) => ({ type: 'error', record, message: reasonOf(records[record]!) }))
    const said = messages.length > 0 ? messages : [{ type: 'error', message: reasonOf(first) }]
    return { ok: true, value: { ids: false, messages: said, nextrow: 0 } }
  }
  const client = {
    config: { company: null, language: null },
    server: async () => ({ protocol: 'json-2', version: '19.0' }),
    call: async (call: Call) => load(call),
  } as unknown as Client
  return { client, written, calls: () => calls }
}

describe('laws of a load that is refused', () => {
  test.each(TELLINGS)(
    'the good ones are loaded once, each bad one is refused for its own reason; told: %s',
    async (telling) => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(batch, fewBad), fc.func(fc.nat()), async (made, pick) => {
          const records = made.map(({ rows }, index) => recordOf(index, rows))
          const bad = new Set(made.flatMap((record, index) => (record.bad ? [index] : [])))
          const table = createTable(bad, telling, pick)
          const { signal } = new AbortController()
          const answers = await loadRecords(
            { client: table.client, signal, stoppedBy: null },
            'res.partner',
            records,
          )

          for (const [index, record] of records.entries()) {
            expect(table.written.get(index) ?? 0).toBe(bad.has(index) ? 0 : 1)
            if (!bad.has(index)) {
              expect(answers.get(record)).toEqual({ status: 'loaded', id: index + 100 })
              continue
            }
            const { exchange, ...refusal } = answers.get(record) as Extract<Loaded, { status: 'rejected' }>
            const told = { status: 'rejected', class: 'rejected', message: reasonOf(index) }
            expect(refusal).toEqual({ ...told, field: null, line: null })
            const [where, sent] = exchange!.request.split('\n')
            expect(where).toBe('POST /json/2/res.partner/load')
            expect(JSON.parse(sent!)).toMatchObject({ fields: record.columns, data: record.rows })
            expect(exchange!.response).toContain(reasonOf(index))
            expect([...exchange!.response.matchAll(/N\d+ will/g)]).toHaveLength(1)
          }
          expect(answers.size).toBe(records.length)
          expect(table.calls()).toBeLessThanOrEqual(mostCalls(telling, records.length, bad.size))
        }),
        { numRuns: 150 },
      )
    },
  )
})

/** What is told is used: a culprit costs a call; one that is not named as many as it takes to halve its way to it. */
function mostCalls(telling: Telling, size: number, bad: number): number {
  if (bad === 0) return 1
  const halvings = 1 + 2 * bad * Math.ceil(Math.log2(size))
  switch (telling) {
    case 'culprits':
      return 2 + bad
    case 'some':
      return 1 + 2 * bad
    case 'everybody':
      return 1 + size
    case 'anybody':
      return 2 * size
    default:
      return halvings
  }
}
