import { afterEach } from 'vitest'
import { type ShopifyOptions, type ShopifyStandIn, startShopify } from './server.ts'

/** An answer of the Admin API, as plain JSON. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked at by path, and compared whole
export type Json = any

export interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
}

export interface Shop extends ShopifyStandIn {
  /** Asks a query and gives status, headers and body. */
  ask(query: string, variables?: object, headers?: Readonly<Record<string, string>>): Promise<Asked>
  /** The data of an answer; throws where there are errors. */
  data(query: string, variables?: object): Promise<Json>
}

const open: ShopifyStandIn[] = []

/** A shop of a test's own, closed after it. */
export async function openShop(options: ShopifyOptions = {}): Promise<Shop> {
  const shop = await startShopify({ seed: { customers: 30, products: 20, orders: 150 }, ...options })
  open.push(shop)
  const ask: Shop['ask'] = async (query, variables = {}, headers = {}) => {
    const response = await fetch(`${shop.url}/admin/api/2026-07/graphql.json`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-shopify-access-token': shop.accessToken,
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  return {
    ...shop,
    ask,
    async data(query, variables) {
      const { body } = await ask(query, variables)
      if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors))
      return body.data
    },
  }
}

afterEach(async () => {
  for (const shop of open.splice(0)) await shop.close()
})
