import type { ServerResponse } from 'node:http'
import { readFields } from '../stand-ins/odoo/fields.ts'
import { CUSTOMERS, customerOf, PRODUCTS, skuOf } from './orders.ts'
import { sendJson, serve } from './serve.ts'

/**
 * An Odoo 19 that speaks JSON-2 and answers from what was prepared. Of what is loaded it keeps the id of each external id, so
 * that answers are right, and adds up what arrived. Every answer ends its connection, as Odoo's do.
 */
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
interface Call {
  readonly domain?: readonly Json[]
  readonly order?: string
  readonly fields?: readonly string[]
  readonly data?: readonly (readonly string[])[]
}

const CLOSE = { connection: 'close' }
const FIELDS = readFields('19.0')
const FIRST_ORDER = 1_000

const ids = new Map<string, number>()
let next = FIRST_ORDER
let totals = { orders: 0, lines: 0, amount: 0 }

const productIds = new Map(Array.from({ length: PRODUCTS }, (_, n) => [skuOf(n), 50 + n]))
const partnerIds = new Map(Array.from({ length: CUSTOMERS }, (_, n) => [customerOf(n), 600_000 + n]))

/** Creates or updates: a row with an external id begins a record, every other row is a line of the one before. */
function load({ fields = [], data = [] }: Call): Json {
  const at = (name: string) => fields.indexOf(name)
  const [key, line, quantity, price] = [
    at('id'),
    at('order_line/id'),
    at('order_line/product_uom_qty'),
    at('order_line/price_unit'),
  ]
  const loaded: number[] = []
  for (const row of data) {
    const name = row[key!]!
    if (name !== '') {
      const known = ids.get(name)
      const id = known ?? next++
      if (known === undefined) {
        ids.set(name, id)
        totals.orders++
      }
      loaded.push(id)
    }
    if (row[line!] === undefined || row[line!] === '') continue
    totals.lines++
    totals.amount += Number(row[quantity!]) * Number(row[price!])
  }
  return { ids: loaded, messages: [], nextrow: 0 }
}

function searchRead(model: string, { domain = [], order = '' }: Call): Json {
  const asked = (field: string) => {
    const leaf = domain.find((part) => Array.isArray(part) && part[0] === field) as
      | readonly Json[]
      | undefined
    return (leaf?.[2] ?? []) as readonly string[]
  }
  switch (model) {
    case 'product.product':
      return rows('default_code', asked('default_code'), productIds)
    case 'res.partner':
      return asked('ref').length === 0 ? [{ id: 1, name: 'Bench' }] : rows('ref', asked('ref'), partnerIds)
    case 'sale.order':
      if (order === 'id desc') return next === FIRST_ORDER ? [] : [{ id: next - 1 }]
      return asked('id').flatMap((id) => (Number(id) < next ? [{ id }] : []))
    case 'ir.model.data':
      return asked('name').flatMap((name) => {
        const id = ids.get(`${asked('module')}.${name}`)
        return id === undefined ? [] : [{ name, res_id: id }]
      })
    case 'res.users':
      return [{ id: 2, login: 'bench', email: 'bench@example.com', company_ids: [1] }]
    case 'res.users.apikeys':
      return []
    default:
      throw new Error(`nothing is prepared for ${model}`)
  }
}

function rows(field: string, values: readonly string[], found: ReadonlyMap<string, number>): Json {
  return values.flatMap((value) => {
    const id = found.get(value)
    return id === undefined ? [] : [{ id, [field]: value }]
  })
}

function answerOf(model: string, method: string, call: Call): Json {
  switch (method) {
    case 'load':
      return load(call)
    case 'search_read':
      return searchRead(model, call)
    case 'fields_get':
      return Object.fromEntries(
        [...(FIELDS.get(model) ?? [])].map(([name, { type, relation }]) => [
          name,
          relation === null ? { type } : { type, relation },
        ]),
      )
    case 'has_access':
      return true
    case 'context_get':
      return { uid: 2, lang: 'en_US', tz: 'UTC' }
    default:
      throw new Error(`nothing is prepared for ${model}.${method}`)
  }
}

await serve({
  answer(path, body, response: ServerResponse) {
    if (path === '/web/version') {
      sendJson(response, { version_info: [19, 0, 0, 'final', 0, ''], version: '19.0' }, CLOSE)
      return 'version'
    }
    const [, model = '', method = ''] = /^\/json\/2\/([\w.]+)\/(\w+)$/.exec(path) ?? []
    sendJson(response, answerOf(model, method, JSON.parse(body)), CLOSE)
    return `${model}.${method}`
  },
  totals: () => totals,
  reset() {
    // Ids go on: no database gives one to two records.
    ids.clear()
    totals = { orders: 0, lines: 0, amount: 0 }
  },
})
