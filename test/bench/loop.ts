import { performance } from 'node:perf_hooks'
import { Agent, request } from 'undici'

/**
 * What somebody would write by hand for the same orders: the same reads, the same mapping in plain code, the same `load` calls;
 * no store, no retries, no second look. Takes the addresses of shop and Odoo, prints how many orders it moved in how many seconds.
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

const products = new Map<string, number>()
const partners = new Map<string, number>()

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

const began = performance.now()
let records = 0
for (let after: string | null = null; ; ) {
  const { nodes, pageInfo } = await readPage(after)
  const orders = nodes.filter((order) => !order.test)
  await lookUp(
    'product.product',
    'default_code',
    orders.flatMap((order) => order.lineItems.nodes.map((line) => line.sku)),
    products,
  )
  await lookUp(
    'res.partner',
    'ref',
    orders.map((order) => order.customer.id),
    partners,
  )
  for (let start = 0; start < orders.length; start += BATCH) {
    const batch = orders.slice(start, start + BATCH)
    const { ids } = await call<{ ids: number[] | false }>('sale.order', 'load', {
      fields: COLUMNS,
      data: batch.flatMap(rowsOf),
    })
    if (ids === false) throw new Error('Odoo refused a batch')
    records += ids.length
  }
  if (!pageInfo.hasNextPage) break
  after = pageInfo.endCursor
}
const seconds = (performance.now() - began) / 1000
await dispatcher.close()
process.stdout.write(`${JSON.stringify({ records, seconds })}\n`)
