import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, stringify, type ToStringOptions } from 'yaml'
import { compileFiles, filesOf } from './repository.ts'

type Files = Readonly<Record<string, string>>

const ORDERS = 'mappings/shopify-orders.yaml'
const CUSTOMERS = 'mappings/shopify-customers.yaml'
const ODOO = 'mappings/connections/odoo.yaml'
const SHOPIFY = 'mappings/connections/shopify.yaml'
const PROJECT = 'temporal.yaml'

const shipped = filesOf('.')
/** One small mapping and what it needs. */
const small: Files = Object.fromEntries(
  [CUSTOMERS, ODOO, SHOPIFY, PROJECT].map((file) => [file, shipped[file]!]),
)

function hashesOf(files: Files): Readonly<Record<string, string>> {
  const { plans, diagnostics } = compileFiles(files)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  expect(errors.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([])
  return Object.fromEntries(plans.map(({ plan, hash }) => [plan.mapping, hash]))
}

/** How a file is written, which says nothing: order of keys and files, style, quotes, indentation, comments, blank lines. */
interface Dress {
  readonly shuffle: (name: string) => number
  readonly comment: (line: number) => string
  readonly options: ToStringOptions
}

const dress: fc.Arbitrary<Dress> = fc.record({
  shuffle: fc.func(fc.nat()),
  comment: fc.func(fc.constantFrom('', '', '\n', '# so that it is clear\n', '\n# fields: {}\n')),
  options: fc.record({
    lineWidth: fc.constant(0),
    indent: fc.constantFrom(1, 2, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any', 'flow', 'block'),
    defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
    defaultKeyType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE'),
  }),
})

function shuffled(value: unknown, shuffle: Dress['shuffle']): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, shuffle))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => shuffle(a) - shuffle(b))
      .map(([name, inner]) => [name, shuffled(inner, shuffle)]),
  )
}

function dressed(files: Files, as: Dress): Files {
  const written = Object.entries(files).map(([file, text]) => {
    const lines = stringify(shuffled(parse(text), as.shuffle), as.options).split('\n')
    return [file, lines.map((line, index) => `${as.comment(index)}${line}`).join('\n')] as const
  })
  return Object.fromEntries(written.sort(([a], [b]) => as.shuffle(a) - as.shuffle(b)))
}

type Edit = readonly [file: string, path: string, value: unknown]

/** Sets what stands at a path (`a.0.b`); undefined removes it. */
function edited(files: Files, edits: readonly Edit[]): Files {
  const documents = new Map(Object.entries(files).map(([file, text]) => [file, parse(text)]))
  for (const [file, path, value] of edits) {
    const names = path.split('/')
    const parent = names.slice(0, -1).reduce((node, name) => {
      node[name] ??= {}
      return node[name]
    }, documents.get(file))
    parent[names.at(-1)!] = value
  }
  return Object.fromEntries(
    [...documents].map(([file, document]) => [file, stringify(document, { lineWidth: 0 })]),
  )
}

/** Each of them means something else than what is shipped, and none undoes another. */
const MEANINGS: readonly Edit[] = [
  [CUSTOMERS, 'description', 'Something else.'],
  [CUSTOMERS, 'owner', 'finance'],
  [CUSTOMERS, 'keys', 'people'],
  [CUSTOMERS, 'source/since', '2026-01-01T00:00:00Z'],
  [CUSTOMERS, 'source/keep', [{ when: 'customer.note != "no"', otherwise: 'not wanted' }]],
  [CUSTOMERS, 'target/identity', ['customer.id', 'customer.displayName']],
  [CUSTOMERS, 'target/label', 'customer.id'],
  [CUSTOMERS, 'target/adopt', { by: 'phone' }],
  [CUSTOMERS, 'target/changed', 'all'],
  [CUSTOMERS, 'target/deletedAtTarget', 'recreate'],
  [CUSTOMERS, 'tables', { colour: { red: 'rouge' } }],
  [CUSTOMERS, 'fields/city', 'customer.defaultAddress.zip'],
  [CUSTOMERS, 'fields/zip', { value: 'customer.defaultAddress.zip', firstTimeOnly: true }],
  [CUSTOMERS, 'fields/street2', { constant: 'c/o' }],
  [CUSTOMERS, 'fields/comment', 'customer.note'],
  [CUSTOMERS, 'fields/street', undefined],
  [CUSTOMERS, 'schedule/every', '6m'],
  [CUSTOMERS, 'schedule/jitter', '21s'],
  [CUSTOMERS, 'priority', 'high'],
  [CUSTOMERS, 'errors/retry/first', '3s'],
  [CUSTOMERS, 'errors/retry/max', '6m'],
  [CUSTOMERS, 'errors/retry/attempts', 9],
  [CUSTOMERS, 'errors/parked/again', ['15m', '2h']],
  [CUSTOMERS, 'errors/parked/escalate', '2d'],
  [CUSTOMERS, 'errors/parked/keepPayload', '91d'],
  [CUSTOMERS, 'errors/halt/rejected', '21%'],
  [CUSTOMERS, 'errors/halt/window', 51],
  [CUSTOMERS, 'drift/added', 'halt'],
  [ODOO, 'settings/url', 'https://acme.odoo.com:8443'],
  [ODOO, 'settings/database', 'other'],
  [ODOO, 'settings/company', 2],
  [ODOO, 'settings/language', 'fr_FR'],
  [ODOO, 'limits/perSecond', 2],
  [SHOPIFY, 'settings/url', 'https://acme.myshopify.com:8443'],
  [SHOPIFY, 'limits/perSecond', 2],
  [PROJECT, 'project', 'other'],
]

/** They may change without anybody's records being concerned. */
const OTHERWISE: readonly Edit[] = [
  [CUSTOMERS, 'tests', undefined],
  [ODOO, 'price', { per1000Calls: 0.4, currency: 'EUR' }],
  [PROJECT, 'secrets/odoo-key/from', 'env:ANOTHER'],
  [PROJECT, 'secrets/odoo-key/to', ['acme.odoo.com', 'old.odoo.com']],
  [PROJECT, 'worker', { concurrency: 2 }],
]

/** The same of orders, which have lines, own records, totals and steps. */
const MEANINGS_OF_ORDERS: readonly Edit[] = [
  [ORDERS, 'fields/order_line/0/gone/set/product_uom_qty', 1],
  [ORDERS, 'fields/order_line/0/adopt', { by: ['product_id', 'price_unit'] }],
  [ORDERS, 'fields/order_line/0/identity', ['line.id', 'line.name']],
  [ORDERS, 'fields/order_line/1/each', 'order.lineItems.filter(l, l.currentDiscount > 1)'],
  [ORDERS, 'fields/partner_invoice_id/as', 'bill-to'],
  [ORDERS, 'fields/partner_invoice_id/fields/city', 'order.billingAddress.zip'],
  [ORDERS, 'agree/0/adjust/atMost', 0.06],
  [ORDERS, 'then/1/when', 'order.test'],
  [ORDERS, 'then/0/unless', 'target.state == "sent"'],
  [ORDERS, 'source/keep/1/firstTimeOnly', false],
  [ORDERS, 'tables/tax/0.2', 'UK 21%'],
  [CUSTOMERS, 'keys', 'people'],
]

describe('laws of plans', () => {
  test('how files are written says nothing', { timeout: 60_000 }, () => {
    const before = hashesOf(shipped)
    expect(Object.keys(before)).toHaveLength(3)
    fc.assert(
      fc.property(dress, (as) => {
        expect(hashesOf(dressed(shipped, as))).toEqual(before)
      }),
      { numRuns: 6 },
    )
  })

  test('two plans have one hash only when they mean the same, however they are written', {
    timeout: 60_000,
  }, () => {
    const some = fc.subarray([...MEANINGS])
    fc.assert(
      fc.property(some, fc.option(some), fc.subarray([...OTHERWISE]), dress, (a, other, otherwise, as) => {
        const b = other ?? a
        const same = a.length === b.length && a.every((edit, index) => edit === b[index])
        const first = hashesOf(edited(small, a))['shopify-customers']
        const second = hashesOf(dressed(edited(small, [...b, ...otherwise]), as))['shopify-customers']
        expect(first === second).toBe(same)
      }),
      { numRuns: 30 },
    )
  })

  test.each([
    ['shopify-customers', small, MEANINGS],
    ['shopify-orders', { ...small, [ORDERS]: shipped[ORDERS]! }, MEANINGS_OF_ORDERS],
  ] as const)(
    'each change of meaning alone is another plan of %s',
    { timeout: 60_000 },
    (mapping, files, meanings) => {
      const all = [
        hashesOf(files)[mapping],
        ...meanings.map((edit) => hashesOf(edited(files, [edit]))[mapping]),
      ]
      const twins = meanings.filter((_, index) => all.indexOf(all[index + 1]!) !== index + 1)
      expect(twins).toEqual([])
      expect(all).not.toContain(undefined)
    },
  )
})
