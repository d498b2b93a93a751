import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shopify } from '../../../engine/connectors/shopify/index.ts'
import type { Connection, Cursor, SourceRecord } from '../../../engine/core/model/connector.ts'
import type { JsonObject } from '../../../engine/core/model/json.ts'
import type { Selection } from '../../../engine/core/model/selection.ts'
import { openStore, type Store } from '../../../engine/store/open.ts'
import { createTestHost, type TestHost } from '../../conformance/host.ts'
import { type ShopifyOptions, type ShopifyStandIn, startShopify } from '../../stand-ins/shopify/server.ts'

/** A shop, a host of the product, and a connection to it. */
export interface OpenShop {
  readonly shop: ShopifyStandIn
  readonly host: TestHost
  readonly connection: Connection
  /** Where its tokens are kept. */
  readonly store: Store
  close(): Promise<void>
}

export interface OpenOptions extends ShopifyOptions {
  readonly auth?: JsonObject
  readonly apiVersion?: string
}

/** Secrets: `token`, `id` and `key` are right, `wrong` is not. */
export async function openShop({
  auth,
  apiVersion = '2026-07',
  ...options
}: OpenOptions = {}): Promise<OpenShop> {
  const shop = await startShopify({ seed: { customers: 20, products: 20, orders: 300 }, ...options })
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-shop-'))
  const store = await openStore('sqlite:store.db', { folder })
  const host = createTestHost(
    shop.url,
    { token: shop.accessToken, id: shop.clientId, key: shop.clientSecret, wrong: 'shpat_wrong' },
    Date.now,
    { store, project: 'acme', connection: 'shopify' },
  )
  const connection = await shopify.open(
    {
      name: 'shopify',
      connector: 'shopify',
      settings: { shop: 'acme', url: shop.url, apiVersion },
      auth: auth ?? { accessToken: { secret: 'token' } },
    },
    host,
  )
  return {
    shop,
    host,
    connection,
    store,
    async close() {
      await host.close()
      await shop.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface ReadOptions {
  readonly selection?: Selection
  readonly cursor?: Cursor | null
  readonly since?: string | null
  readonly limit?: number
  /** Called between two pages. */
  readonly between?: () => Promise<unknown>
}

/** One run over a resource. */
export async function readAll(
  connection: Connection,
  resource: string,
  options: ReadOptions = {},
): Promise<{ records: SourceRecord[]; cursor: Cursor }> {
  const { selection = { name: { type: 'text' } }, since = null, limit = 250 } = options
  const records: SourceRecord[] = []
  for (let cursor = options.cursor ?? null; ; ) {
    const page = await connection.readPage({
      resource,
      selection,
      cursor,
      since,
      limit,
      lookbackMs: connection.facts.lookbackMs,
      signal: new AbortController().signal,
    })
    records.push(...page.records)
    cursor = page.next
    if (page.caughtUp) return { records, cursor }
    await options.between?.()
  }
}
