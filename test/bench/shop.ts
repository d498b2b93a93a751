import { firstSince, orderNode } from './orders.ts'
import { send, sendJson, serve } from './serve.ts'

/**
 * A shop that answers from prepared text: all orders stand in one piece of memory, and a page is a slice of it. It has no
 * GraphQL and looks at three things of a query: what it is called, whether it asks for anything that was not prepared, and its
 * variables. Takes the number of orders.
 */
const orders = Number(process.argv[2])
const VERSION = '2026-07'
const HEADERS = { 'x-shopify-api-version': VERSION }

/** Of everything the prepared orders hold, and what a query is made of beside them. */
const KNOWN = new Set([
  ...[...JSON.stringify(orderNode(0)).matchAll(/"(\w+)":/g)].map(([, name]) => name),
  ...'query Page first Int after String orders sortKey UPDATED_AT'.split(' '),
])

const { text, ends } = prepare()

/** Nodes joined by commas, and where each of them ends. */
function prepare(): { readonly text: Buffer; readonly ends: Float64Array } {
  const parts: Buffer[] = []
  const ends = new Float64Array(orders)
  let length = 0
  for (let order = 0; order < orders; order++) {
    const part = Buffer.from(`${order === 0 ? '' : ','}${JSON.stringify(orderNode(order))}`)
    parts.push(part)
    length += part.length
    ends[order] = length
  }
  return { text: Buffer.concat(parts), ends }
}

/** Of orders `from` up to `to`, without the comma before the first. */
function slice(from: number, to: number): Buffer {
  if (from >= to) return text.subarray(0, 0)
  return text.subarray(from === 0 ? 0 : ends[from - 1]! + 1, ends[to - 1]!)
}

/** What a page of so many orders with their lines is admitted at, by the formula that the stand-in has from measurements. */
function costOf(first: number): number {
  return Math.floor(2 + 2 * Math.log(first) * 10)
}

function page(variables: {
  readonly first: number
  readonly after: string | null
  readonly query: string | null
}) {
  const since = /updated_at:>='([^']+)'/.exec(variables.query ?? '')?.[1]
  const begin =
    variables.after === null
      ? since === undefined
        ? 0
        : firstSince(since)
      : Number(variables.after.slice('order-'.length)) + 1
  const end = Math.min(orders, begin + variables.first)
  const pageInfo = { hasNextPage: end < orders, endCursor: begin < end ? `order-${end - 1}` : null }
  const cost = {
    requestedQueryCost: costOf(variables.first),
    actualQueryCost: costOf(variables.first),
    throttleStatus: { maximumAvailable: 20_000, currentlyAvailable: 20_000, restoreRate: 1_000 },
  }
  return Buffer.concat([
    Buffer.from(`{"data":{"orders":{"pageInfo":${JSON.stringify(pageInfo)},"nodes":[`),
    slice(begin, end),
    Buffer.from(`]}},"extensions":${JSON.stringify({ cost })}}`),
  ])
}

await serve({
  answer(path, body, response) {
    const { query, variables } = JSON.parse(body)
    const name = /^query (\w+)/.exec(query)?.[1] ?? 'none'
    if (path !== `/admin/api/${VERSION}/graphql.json`) throw new Error(`no such address: ${path}`)
    if (name === 'Scopes') {
      const accessScopes = ['read_all_orders', 'read_customers', 'read_orders'].map((handle) => ({ handle }))
      sendJson(response, { data: { currentAppInstallation: { accessScopes } } }, HEADERS)
      return name
    }
    const unknown = [...(query as string).matchAll(/[A-Za-z_]\w*/g)].find(([word]) => !KNOWN.has(word))
    if (name !== 'Page' || unknown !== undefined) {
      const extensions = { code: 'undefinedField', fieldName: unknown?.[0] ?? name, typeName: 'Order' }
      sendJson(response, { errors: [{ message: 'not prepared', extensions }] }, HEADERS)
      return 'refused'
    }
    send(response, HEADERS, page(variables))
    return name
  },
  totals: () => ({ orders }),
  reset() {},
})
