import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from './json.ts'
import { type OdooStandIn, startOdoo } from './server.ts'
import { type Speak, speakTo } from './speak.ts'

/** A record stamped 12:47:37.759 UTC, and filters on its stamp. */
const WRITTEN = Date.parse('2026-11-23T12:47:37.759Z')

const yes = true
const no = false

interface Row {
  readonly filter: readonly [operator: string, value: Json]
  readonly v18: boolean | string
  readonly v19: boolean | string
}

const ZONE = 'expecting only datetimes with no timezone'
const ROWS: readonly Row[] = [
  { filter: ['=', '2026-11-23 12:47:37'], v18: no, v19: yes },
  { filter: ['>', '2026-11-23 12:47:37'], v18: yes, v19: no },
  { filter: ['>=', '2026-11-23 12:47:37'], v18: yes, v19: yes },
  { filter: ['<', '2026-11-23 12:47:37'], v18: no, v19: no },
  { filter: ['<=', '2026-11-23 12:47:37'], v18: no, v19: yes },
  { filter: ['<', '2026-11-23 12:47:38'], v18: yes, v19: yes },
  { filter: ['>', '2026-11-23 12:47:37.759000'], v18: no, v19: no },
  { filter: ['>=', '2026-11-23 12:47:37.759000'], v18: yes, v19: yes },
  { filter: ['=', '2026-11-23 12:47:37.759000'], v18: yes, v19: yes },
  { filter: ['>=', '2026-11-23T12:47:37'], v18: yes, v19: yes },
  { filter: ['>=', '2026-11-23 12:47'], v18: yes, v19: yes },
  { filter: ['>=', '2026-11-23 12:47:37Z'], v18: yes, v19: ZONE },
  { filter: ['>=', '2026-11-23 12:47:37+02:00'], v18: yes, v19: ZONE },
  { filter: ['>=', '2026-11-23 12:47:37-02:00'], v18: yes, v19: ZONE },
  { filter: ['>=', 'yesterday'], v18: yes, v19: "Invalid term 'yesterday'" },
  { filter: ['>=', '-1d'], v18: 'invalid input syntax', v19: yes },
  { filter: ['>=', 'today'], v18: yes, v19: yes },
  { filter: ['>=', '2026-11-23'], v18: yes, v19: yes },
  { filter: ['in', ['2026-11-23 12:47:37']], v18: no, v19: yes },
]

describe.each(['18.0', '19.0'] as const)('filters on a stamp in Odoo %s', (version) => {
  let odoo: OdooStandIn
  let call: Speak
  let id: number
  beforeAll(async () => {
    odoo = await startOdoo({ version, now: () => WRITTEN })
    call = speakTo(odoo, version)
    id = await odoo.control.create({ model: 'res.partner', values: { name: 'x' } })
  })
  afterAll(() => odoo.close())

  test.each(ROWS)('$filter', async (row) => {
    const expected = version === '18.0' ? row.v18 : row.v19
    const domain = [
      ['id', '=', id],
      ['write_date', ...row.filter],
    ]
    // The stamp has microseconds of its own where several transactions fall into one millisecond.
    const [stamp] = await odoo.control.stamps({ model: 'res.partner', ids: [id] })
    const exact = String(stamp!.write_date)
    const asked = JSON.parse(JSON.stringify(domain).replaceAll('2026-11-23 12:47:37.759000', exact)) as Json
    const answer = call('res.partner', 'search', { domain: asked })
    if (typeof expected === 'string') await expect(answer).rejects.toThrow(expected)
    else expect(await answer).toEqual(expected ? [id] : [])
  })

  test('a read shows whole seconds, cut off', async () => {
    expect(await call('res.partner', 'read', { fields: ['write_date'] }, [id])).toEqual([
      { id, write_date: '2026-11-23 12:47:37' },
    ])
  })
})

test('a date alone is midnight in the zone of the context on 19.0', async () => {
  const odoo = await startOdoo({ version: '19.0', now: () => Date.parse('2026-07-01T22:30:00Z') })
  const call = speakTo(odoo, '19.0')
  const id = await odoo.control.create({ model: 'res.partner', values: { name: 'x' } })
  const domain = [
    ['id', '=', id],
    ['write_date', '>=', '2026-07-02'],
  ]
  expect(await call('res.partner', 'search', { domain, context: { tz: 'Europe/Berlin' } })).toEqual([id])
  expect(await call('res.partner', 'search', { domain, context: { tz: 'UTC' } })).toEqual([])
  await odoo.close()
})

describe('domains', () => {
  let odoo: OdooStandIn
  let call: Speak
  beforeAll(async () => {
    odoo = await startOdoo({ version: '19.0' })
    call = speakTo(odoo, '19.0')
    const [us] = await odoo.control.read({ model: 'res.country', domain: [['code', '=', 'US']], fields: [] })
    for (const values of [
      { name: 'Ann', ref: 'T', email: 'Ann@Example.com', country_id: us!.id! },
      { name: 'Bob', ref: 'T', email: 'bob@example.com' },
      { name: '100% Cotton_x', ref: 'T' },
      { name: 'Old', ref: 'T', active: false },
    ]) {
      await odoo.control.create({ model: 'res.partner', values })
    }
  })
  afterAll(() => odoo.close())

  test.each<[string, Json[], string[]]>([
    ['and is silent', [['name', '=', 'Ann']], ['Ann']],
    ['or', ['|', ['name', '=', 'Ann'], ['name', '=', 'Bob']], ['Ann', 'Bob']],
    ['not', ['!', ['name', '=', 'Ann']], ['100% Cotton_x', 'Bob']],
    ['nested', ['&', '!', ['name', '=', 'Ann'], '|', ['name', '=', 'Bob'], ['name', '=', 'x']], ['Bob']],
    ['=ilike ignores case', [['email', '=ilike', 'ann@example.com']], ['Ann']],
    ['ilike within', [['email', 'ilike', 'EXAMPLE']], ['Ann', 'Bob']],
    ['not ilike also takes the empty', [['email', 'not ilike', 'ann']], ['100% Cotton_x', 'Bob']],
    ['=like with wildcards', [['name', '=like', 'B_b']], ['Bob']],
    ['like with an escaped %', [['name', 'like', '100\\%']], ['100% Cotton_x']],
    ['dotted path', [['country_id.code', '=', 'US']], ['Ann']],
    ['reference by name', [['country_id', '=', 'United States']], ['Ann']],
    ['no reference', [['country_id', '=', false]], ['100% Cotton_x', 'Bob']],
    ['not in, with the empty', [['email', 'not in', ['bob@example.com']]], ['100% Cotton_x', 'Ann']],
    ['in with false', [['email', 'in', ['bob@example.com', false]]], ['100% Cotton_x', 'Bob']],
    ['normalized addresses', [['email_normalized', 'in', ['ann@example.com']]], ['Ann']],
    ['archived when asked for', [['active', '=', false]], ['Old']],
    [
      'all when both are asked for',
      [['active', 'in', [true, false]]],
      ['100% Cotton_x', 'Ann', 'Bob', 'Old'],
    ],
  ])('%s', async (_name, domain, names) => {
    const rows = await call('res.partner', 'search_read', {
      domain: [['ref', '=', 'T'], ...domain],
      fields: ['name'],
      order: 'name',
    })
    expect((rows as { name: string }[]).map((row) => row.name)).toEqual(names)
  })

  test('pages by keyset and by offset hold the same', async () => {
    const all = (await call('res.country', 'search', { domain: [], order: 'id' })) as number[]
    const paged: number[] = []
    for (let last = 0; ; last = paged.at(-1)!) {
      const page = await call('res.country', 'search', { domain: [['id', '>', last]], order: 'id', limit: 7 })
      if ((page as number[]).length === 0) break
      paged.push(...(page as number[]))
    }
    expect(paged).toEqual(all)
    expect(await call('res.country', 'search', { domain: [], order: 'id', offset: 5, limit: 3 })).toEqual(
      all.slice(5, 8),
    )
    expect(await call('res.country', 'search', { domain: [], order: 'id desc', limit: 1 })).toEqual([
      all.at(-1),
    ])
  })
})
