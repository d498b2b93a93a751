import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { Agent, request } from 'undici'

/**
 * What somebody would write by hand for the same orders: the same reads, the same mapping in plain code, the same `load` calls;
 * no store, no retries, no second look. Takes the addresses of shop and Odoo; for each line it is given it moves all orders from the
 * beginning, and prints how many in how many seconds.
 */
const [shop, odoo] = process.argv.slice(2)
const PAGE = 250
const BATCH = 50

interface Line {
  readonly id: string
  readonly sku: string
  readonly currentQuantity: number
  readonly originalUnitPriceSet: { readonly presentmentMoney: { readonly amount: string } }
}
interface Order {
  readonly id: string
  readonly name: string
  readonly test: boolean
  readonly createdAt: string
  readonly customer: { readonly id: string }
  readonly lineItems: {
    readonly pageInfo: { readonly hasNextPage: boolean }
    readonly nodes: readonly Line[]
  }
}
interface Orders {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly nodes: readonly Order[]
}

const QUERY = `query Page($first: Int!, $after: String, $query: String) { orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { id name test createdAt customer { id } lineItems(first: 30) { pageInfo { hasNextPage } nodes { id sku currentQuantity originalUnitPriceSet { presentmentMoney { amount } } } } } } }`
const COLUMNS = [
  'id',
  'client_order_ref',
  'date_order',
  'partner_id/.id',
  'order_line/id',
  'order_line/price_unit',
  'order_line/product_id/.id',
  'order_line/product_uom_qty',
]

const dispatcher = new Agent()

async function post<T>(url: string, headers: Record<string, string>, body: object): Promise<T> {
  const reply = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    dispatcher,
  })
  if (reply.statusCode !== 200) throw new Error(`${url} answered ${reply.statusCode}`)
  return (await reply.body.json()) as T
}

async function readPage(after: string | null): Promise<Orders> {
  const { data } = await post<{ data: { orders: Orders } }>(
    `${shop}/admin/api/2026-07/graphql.json`,
    { 'x-shopify-access-token': 'bench' },
    { query: QUERY, variables: { first: PAGE, after, query: null } },
  )
  return data.orders
}

function call<T>(model: string, method: string, args: object): Promise<T> {
  return post<T>(
    `${odoo}/json/2/${model}/${method}`,
    { authorization: 'bearer bench', 'x-odoo-database': 'bench' },
    { ...args, context: { lang: 'en_US', tz: 'UTC' } },
  )
}

/** Ids of what has not been met before, one call for all of a page. */
async function lookUp(
  model: string,
  field: string,
  values: readonly string[],
  known: Map<string, number>,
): Promise<void> {
  const missing = [...new Set(values)].filter((value) => !known.has(value))
  if (missing.length === 0) return
  const found = await call<Record<string, unknown>[]>(model, 'search_read', {
    domain: [[field, 'in', missing]],
    fields: ['id', field],
  })
  for (const row of found) known.set(String(row[field]), Number(row['id']))
}

const keyOf = (text: string) => text.replaceAll('/', '%2F')
const idOf = (known: ReadonlyMap<string, number>, value: string): string => {
  const id = known.get(value)
  if (id === undefined) throw new Error(`${value} is not in Odoo`)
  return String(id)
}

let products = new Map<string, number>()
let partners = new Map<string, number>()

function rowsOf(order: Order): string[][] {
  if (order.lineItems.pageInfo.hasNextPage) throw new Error(`${order.name} has more lines`)
  const key = `tidelock.bench/bench-orders/${keyOf(order.id)}`
  const own = [
    key,
    order.name,
    order.createdAt.slice(0, 19).replace('T', ' '),
    idOf(partners, order.customer.id),
  ]
  return order.lineItems.nodes.map((line, index) => [
    ...(index === 0 ? own : ['', '', '', '']),
    `${key}/line/${keyOf(line.id)}`,
    line.originalUnitPriceSet.presentmentMoney.amount,
    idOf(products, line.sku),
    String(line.currentQuantity),
  ])
}

async function moveAll(): Promise<number> {
  let records = 0
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo } = await readPage(after)
    const orders = nodes.filter((order) => !order.test)
    const skus = orders.flatMap((order) => order.lineItems.nodes.map((line) => line.sku))
    await lookUp('product.product', 'default_code', skus, products)
    const customers = orders.map((order) => order.customer.id)
    await lookUp('res.partner', 'ref', customers, partners)
    for (let start = 0; start < orders.length; start += BATCH) {
      const { ids } = await call<{ ids: number[] | false }>('sale.order', 'load', {
        fields: COLUMNS,
        data: orders.slice(start, start + BATCH).flatMap(rowsOf),
      })
      if (ids === false) throw new Error('Odoo refused a batch')
      records += ids.length
    }
    if (!pageInfo.hasNextPage) return records
    after = pageInfo.endCursor
  }
}

process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
for await (const _ of createInterface({ input: process.stdin })) {
  products = new Map()
  partners = new Map()
  const began = performance.now()
  const records = await moveAll()
  process.stdout.write(`${JSON.stringify({ records, seconds: (performance.now() - began) / 1000 })}\n`)
}
await dispatcher.close()
