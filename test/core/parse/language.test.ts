import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { hasErrors } from '../../../engine/core/model/diagnostic.ts'
import { parseDocument } from '../../../engine/core/parse/document.ts'
import { applyEnvironment } from '../../../engine/core/parse/repository.ts'
import { edited, type Files, fixture, parse } from './repository.ts'

const language = fixture('language')
const all: Files = {
  ...language,
  ...Object.fromEntries(
    Object.entries(fixture('shapes')).map(([path, text]) => [`mappings/connections/${path}`, text]),
  ),
}

test('the whole language passes without a word', () => {
  const { diagnostics, repository } = parse(all)
  expect(diagnostics).toEqual([])
  expect(Object.keys(repository!.connections).sort()).toEqual(['books', 'depot', 'odoo', 'shopify'])
  expect(Object.keys(repository!.mappings).sort()).toEqual(['shopify-customers', 'shopify-orders'])
  expect(Object.keys(repository!.channels!.value.channels)).toEqual(['ops', 'finance'])
  expect(repository!.project).toMatchObject({ name: 'acme', worker: { legBudget: '60s', concurrency: 4 } })
})

const ORDERS = 'mappings/shopify-orders.yaml'
const SHOPIFY = 'mappings/connections/shopify.yaml'

/** Other ways to write what the files of the fixture write one way. */
test.each([
  [
    'a cron schedule',
    ORDERS,
    '{ every: 5m, jitter: 20s }',
    '{ cron: "*/5 8-18 * * MON-FRI", timezone: Europe/Brussels }',
  ],
  [
    'a cron schedule with jitter',
    ORDERS,
    '{ every: 5m, jitter: 20s }',
    '{ cron: "0,30 0-23/2 1 JAN,JUL 7", jitter: 20s }',
  ],
  [
    'an older custom app',
    SHOPIFY,
    '{ clientCredentials: { id: { secret: shopify-client-id }, secret: { secret: shopify-client-secret } } }',
    '{ accessToken: { secret: shopify-client-id } } #',
  ],
  ['an explicit address', SHOPIFY, 'shop: acme,', 'shop: acme, url: "https://acme.myshopify.com",'],
  ['several fields that identify', ORDERS, 'identity: order.id', 'identity: [order.id, order.name]'],
  [
    'several fields to adopt by',
    ORDERS,
    '{ by: client_order_ref }',
    '{ by: [client_order_ref, company_id] }',
  ],
  ['lines that are removed', ORDERS, 'gone: { set: { product_uom_qty: 0 } }', 'gone: remove'],
  ['constants', ORDERS, 'client_order_ref: order.name', 'client_order_ref: { constant: Web }'],
  ['a null constant', ORDERS, 'client_order_ref: order.name', 'client_order_ref: { constant: null }'],
  [
    'numbers and booleans',
    ORDERS,
    'client_order_ref: order.name',
    'client_order_ref: order.name\n  priority: 1\n  locked: false',
  ],
  [
    'a record of its own',
    ORDERS,
    'client_order_ref: order.name',
    'client_order_ref: order.name\n  partner_shipping_id: { as: deliver-to, when: order.ship, otherwise: order.buyer, fields: { name: order.name } }',
  ],
  [
    'a namespace that moved',
    ORDERS,
    'owner: sales-ops',
    'owner: sales-ops\nkeys: orders\nmoved: { from: shopify-orders }',
  ],
  ['what happens to what was deleted', ORDERS, 'changed: new', 'changed: all\n  deletedAtTarget: recreate'],
  [
    'every kind of alert',
    ORDERS,
    'alerts:',
    `alerts:
  - { rejected: { share: 2.5%, within: 1d }, notify: [ops], severity: warning }
  - { tokenDaysLeft: { lessThan: 14 }, notify: [ops] }
  - { budgetUsed: { moreThan: 80% }, notify: [ops] }
  - { drift: { atLeast: mapped }, notify: [ops] }
  - { runDuration: { longerThan: 30m }, notify: [ops] }
  - { silence: { of: runs, longerThan: 1h }, notify: [ops] }`,
  ],
  [
    'a webhook',
    'mappings/channels.yaml',
    'channels:',
    'channels:\n  hook: { webhook: { url: "https://hooks.slack.com/hook", sign: { secret: slack-ops } } }',
  ],
])('so does %s', (_what, file, from, to) => {
  expect(
    parse(edited(all, file, from, to)).diagnostics.filter(({ severity }) => severity === 'error'),
  ).toEqual([])
})

test('the order of keys makes no difference', () => {
  const shuffled = (value: unknown, order: (names: string[]) => string[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => shuffled(item, order))
    if (typeof value !== 'object' || value === null) return value
    const block = value as Record<string, unknown>
    return Object.fromEntries(order(Object.keys(block)).map((name) => [name, shuffled(block[name], order)]))
  }
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (dice) => {
      const order = (names: string[]) =>
        names
          .map((name) => [dice.next().value as number, name] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, name]) => name)
      const files = Object.fromEntries(
        Object.entries(all).map(([path, text]) => [
          path,
          stringify(shuffled(parseDocument(path, text).value, order)),
        ]),
      )
      const { diagnostics, repository } = parse(files)
      expect(diagnostics).toEqual([])
      for (const [name, { value }] of Object.entries(parse(all).repository!.mappings))
        expect(repository!.mappings[name]!.value).toEqual(value)
    }),
    { numRuns: 10 },
  )
})

describe('reading never throws, and a place is always in its file', () => {
  const paths = Object.keys(all)
  /** Pieces that break YAML, expressions and schemas. */
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ':',
    ': ',
    ' #',
    '\n',
    '\t',
    '- ',
    '!',
    '&a ',
    '*a',
    '%',
    '@',
    '|',
    '>',
    '? ',
    '---\n',
    '<<: ',
    '__proto__: 1\n',
    'constructor: x\n',
    '\r',
    '\u0000',
    '\ufeff',
    '😀',
    '1e999',
    'null',
    '~',
  ]
  const edit = fc.record({
    file: fc.constantFrom(...paths),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 40 }),
    insert: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8, unit: 'grapheme' })),
  })

  test('whatever is typed anywhere', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const files = { ...all }
        for (const { file, at, remove, insert } of edits) {
          const text = files[file]!
          const start = Math.floor(at * text.length)
          files[file] = text.slice(0, start) + insert + text.slice(start + remove)
        }
        const { diagnostics, repository } = parse(files)
        expect(repository === null).toBe(hasErrors(diagnostics))
        for (const { file, line, column, message } of diagnostics) {
          expect(message).not.toBe('')
          expect(column).toBeGreaterThan(0)
          expect(line).toBeGreaterThan(0)
          expect(line).toBeLessThanOrEqual(files[file]!.split('\n').length)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('whatever the file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(parse({ ...all, [ORDERS]: text, 'mappings/other.yaml': text }).diagnostics).not.toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})

describe('an environment', () => {
  const repository = parse(
    edited(
      all,
      'temporal.yaml',
      'database: acme } } }',
      'database: acme-test }, limits: { perSecond: 2 } } }',
    ),
  ).repository!

  test('changes what it names and leaves the rest', () => {
    const { settings, auth, limits } = applyEnvironment(repository, 'production')!.connections[
      'odoo'
    ] as Record<string, object>
    expect(settings).toMatchObject({
      url: 'https://acme.odoo.com',
      database: 'acme-test',
      version: '19.0',
      company: 1,
    })
    expect(auth).toEqual({ apiKey: { secret: 'odoo-key' }, rotate: { before: '14d' } })
    expect(limits).toMatchObject({ perSecond: 2, perDay: 50_000 })
  })

  test('says where Temporal and the store are', () => {
    expect(applyEnvironment(repository, 'default')).toMatchObject({
      temporal: { address: null, namespace: 'default', taskQueue: 'tidelock' },
      store: 'sqlite:.tidelock/store.db',
    })
    expect(applyEnvironment(repository, 'production')?.store).toEqual({ url: { secret: 'database-url' } })
  })

  test('leaves the files as they are', () => {
    expect(repository.connections['odoo']!.value.settings).toMatchObject({ database: 'acme' })
    expect(applyEnvironment(repository, 'default')!.connections['odoo']).toEqual(
      repository.connections['odoo']!.value,
    )
  })

  test.each(['staging', 'constructor', '__proto__'])('%s is not there', (name) => {
    expect(applyEnvironment(repository, name)).toBeNull()
  })
})
