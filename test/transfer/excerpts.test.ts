import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { odoo } from '../../engine/connectors/odoo/index.ts'
import type { Exchange, Outcome, UpsertItem } from '../../engine/core/model/connector.ts'
import type { JsonObject } from '../../engine/core/model/json.ts'
import { deadLetters } from '../../engine/store/dead-letters.ts'
import { keptExchange } from '../../engine/store/exchanges.ts'
import { excerptOf, LONGEST_EXCERPT } from '../../engine/transfer/host/excerpt.ts'
import { guarded } from '../../engine/transfer/host/guarded.ts'
import { createSecretsSent } from '../../engine/transfer/host/secrets-sent.ts'
import { createTestHost } from '../conformance/host.ts'
import { answer19, fault19, scriptedForTest } from '../connectors/odoo/scripted.ts'
import { memoryWorld, quickStore } from './memory-world.ts'

const { signal } = new AbortController()

const secret = fc.string({ unit: 'binary', minLength: 5, maxLength: 60 }).filter((text) => text.trim() !== '')
/** Mostly about as long as an excerpt may be, with secrets anywhere in it, also as JSON and addresses write them. */
const story = fc.record({
  secrets: fc.array(secret, { minLength: 1, maxLength: 3 }),
  /** Where the first of them begins: often so that a cut would go through it. */
  before: fc.oneof(fc.nat(10), fc.integer({ min: LONGEST_EXCERPT - 100, max: LONGEST_EXCERPT })),
  parts: fc.array(
    fc.oneof(
      fc.string({ maxLength: 1_500 }),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.record({ of: fc.nat(2), as: fc.constantFrom('plain', 'json', 'address') }),
    ),
    { maxLength: 12 },
  ),
})

const written = (text: string, as: string) =>
  as === 'json'
    ? JSON.stringify(text).slice(1, -1)
    : as === 'address'
      ? encodeURIComponent(text.toWellFormed())
      : text

test('an excerpt is never longer than the bound, and has no secret in it, not even the beginning of one that is cut', () => {
  fc.assert(
    fc.property(story, ({ secrets, before, parts }) => {
      const sent = createSecretsSent()
      for (const value of secrets) sent.note(value)
      const rest = parts.map((part) =>
        typeof part === 'string' ? part : written(secrets[part.of % secrets.length]!, part.as),
      )
      const text = `${'-'.repeat(before)}${[secrets[0], ...rest].join('\n')}`
      const { request, response } = excerptOf({ request: text, response: `HTTP 422\n${text}` }, sent.conceal)
      for (const excerpt of [request, response]) {
        expect(excerpt.length).toBeLessThanOrEqual(LONGEST_EXCERPT)
        const [kept, cut] = excerpt.split('… (cut: of ')
        for (const value of secrets) {
          expect(excerpt).not.toContain(value)
          for (let length = 4; cut !== undefined && length < value.length; length++)
            expect(kept!.endsWith(value.slice(0, length))).toBe(false)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('what is short stays as it is; what is cut says how long it was', () => {
  const as = (text: string) => excerptOf({ request: text, response: '' }, (given) => given).request
  expect(as('POST /\n{"a":1}')).toBe('POST /\n{"a":1}')
  expect(as('x'.repeat(LONGEST_EXCERPT))).toBe('x'.repeat(LONGEST_EXCERPT))
  expect(as('x'.repeat(98_765))).toMatch(/^x{1970,}… \(cut: of 98765 characters\)$/)
  // Half a character is none.
  for (const shift of [0, 1]) expect(as('y'.repeat(shift) + '🐙'.repeat(3_000)).isWellFormed()).toBe(true)
})

test('what looks like a secret is none to be read, whoever put it there', () => {
  const token = `shpat_${'0123456789abcdef'.repeat(2)}`
  const { request } = excerptOf({ request: `a note: ${token}`, response: '' }, (given) => given)
  expect(request).not.toContain(token.slice(0, 12))
  // Begun before the cut and ended behind it.
  const late = excerptOf({ request: 'x '.repeat(980) + token, response: '' }, (given) => given)
  expect(late.request).not.toContain('shpat_0')
})

test('a system that answers with the key it was sent: neither kept, nor as JSON, nor in an address', async () => {
  const key = 'odoo "key" 0123456789'
  const echo = `The key ${key} may not do that, see https://odoo.example/?key=${encodeURIComponent(key)}`
  const scripted = await scriptedForTest(
    answer19((path) =>
      path.endsWith('/load') || path.endsWith('/action_confirm')
        ? fault19(422, 'odoo.exceptions.UserError', echo)
        : { body: [] },
    ),
  )
  const host = createTestHost(scripted.url, { key })
  onTestFinished(host.close)
  const settings = { url: scripted.url, database: 'acme', version: '19.0' }
  const auth = { apiKey: { secret: 'key' }, login: 'sync' }
  const connection = guarded(await odoo.open({ name: 'odoo', connector: 'odoo', settings, auth }, host), host)
  const shape = { resource: 'res.partner', fields: { name: { type: 'text' as const } } }
  const item: UpsertItem = {
    ...{ key: 'tidelock.acme/customers/7', targetId: null, adopted: false },
    ...{ fields: { name: 'x'.repeat(50_000) }, firstTimeFields: {}, lines: [], removedLines: [] },
  }
  const [written] = await connection.upsert({ shape, items: [item], signal })
  const [stepped] = await connection.act({
    ...{ resource: 'sale.order', action: 'action_confirm', ids: ['7'], signal },
  })
  for (const outcome of [written, stepped]) {
    const { exchange } = outcome as Extract<Outcome, { status: 'rejected' }>
    expect(exchange!.response).toMatch(/The key ••• may not do that, see https:\/\/odoo\.example\/\?key=•••/)
    expect(exchange!.request.length).toBeLessThanOrEqual(LONGEST_EXCERPT)
  }
})

test('a parked record has what was sent at its last try, cut; of a try that sends nothing it has none', async () => {
  const { store } = await quickStore()
  const { memory, run, scope } = await memoryWorld(store, { plan: { again: [60_000] } })
  const versions: Record<string, unknown>[] = [
    { name: `refused ${'x'.repeat(5_000)}` },
    { name: 'stubborn', paid: true },
    { name: 'stubborn', paid: true, amount: 'much' },
  ]
  const told: (Exchange | null)[] = []
  for (const [index, changed] of versions.entries()) {
    const data = {
      ...{ id: '1', amount: '1', note: 'a', status: 'open', paid: false, customer: null },
      lines: [],
    }
    memory.pages = [
      [{ key: '1', stamp: `2026-11-24T12:00:0${index}Z`, data: { ...data, ...changed } as JsonObject }],
    ]
    expect(await run(index === 0 ? 'live' : 'backfill')).toMatchObject({ parked: 1 })
    const [letter] = await deadLetters(store, scope, { limit: 2 })
    told.push(await keptExchange(store, scope, letter!.id))
  }
  const [refused, stepped, none] = told
  expect(refused).toMatchObject({ response: 'will not do', personal: [] })
  expect(refused!.request).toMatch(
    /^write \{"key":"tidelock\.acme\/orders\/1".*x… \(cut: of \d{4} characters\)$/,
  )
  expect(refused!.request).toHaveLength(LONGEST_EXCERPT)
  expect(stepped).toEqual({
    request: expect.stringMatching(/^act on \d+$/),
    response: 'not now',
    personal: [],
  })
  expect(none).toBeNull()
})
