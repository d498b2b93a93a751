import { shopify } from '../../engine/connectors/shopify/index.ts'
import type { Selection } from '../../engine/core/model/selection.ts'
import { type ShopifyStandIn, startShopify } from '../stand-ins/shopify/server.ts'
import { createTestHost } from './host.ts'
import { describeConnector } from './kit.ts'

interface Resource {
  readonly field: string
  readonly selection: Selection
  change(shop: ShopifyStandIn, changes: number): Promise<{ readonly id: number }>
}

const RESOURCES: Readonly<Record<string, Resource>> = {
  orders: {
    field: 'orders',
    selection: { name: { type: 'text' }, note: { type: 'text' } },
    change: ({ control }, changes) => control.editOrder({ order: '#1010', note: `note ${changes}` }),
  },
  customers: {
    field: 'customers',
    selection: { displayName: { type: 'text' }, note: { type: 'text' } },
    change: ({ control }, changes) =>
      control.updateCustomer({ email: 'kit@example.com', note: `note ${changes}` }),
  },
  variants: {
    field: 'productVariants',
    selection: {
      sku: { type: 'text' },
      price: { type: 'decimal' },
      product: { type: 'object', fields: { title: { type: 'text' } } },
    },
    change: ({ control }, changes) => control.updateVariant({ sku: 'KIT', price: 1_000 + changes }),
  },
}

for (const [resource, { field, selection, change }] of Object.entries(RESOURCES)) {
  describeConnector(`shopify ${resource}`, ['read'], async () => {
    const shop = await startShopify({ seed: { customers: 45, products: 20, orders: 90 } })
    await shop.control.createCustomer({ email: 'kit@example.com' })
    await shop.control.createVariant({ sku: 'KIT' })
    const wrong = 'shpat_wrong'
    const host = createTestHost(shop.url, { token: shop.accessToken, wrong })
    const definition = {
      name: 'shopify',
      connector: 'shopify',
      settings: { shop: 'acme', url: shop.url, apiVersion: '2026-07' },
      auth: { accessToken: { secret: 'token' } },
    }
    let changes = 0
    return {
      connection: await shopify.open(definition, host),
      refused: await shopify.open({ ...definition, auth: { accessToken: { secret: 'wrong' } } }, host),
      read: {
        resource,
        selection,
        keys: () => idsOf(shop, field),
        change: async () =>
          `gid://shopify/${{ orders: 'Order', customers: 'Customer', variants: 'ProductVariant' }[resource]}/${(await change(shop, ++changes)).id}`,
      },
      write: null,
      secrets: [shop.accessToken, wrong],
      slow: (ms) => shop.control.faults({ faults: ms === 0 ? [] : [{ kind: 'latency', ms, times: 1_000 }] }),
      async close() {
        await host.close()
        await shop.close()
      },
    }
  })
}

/** All ids of a list, asked for without the connector. */
async function idsOf(shop: ShopifyStandIn, field: string): Promise<readonly string[]> {
  const reply = await fetch(`${shop.url}/admin/api/2026-07/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': shop.accessToken },
    body: JSON.stringify({ query: `{ ${field}(first: 250) { nodes { id } } }` }),
  })
  const { data } = (await reply.json()) as {
    data: Record<string, { nodes: readonly { readonly id: string }[] }>
  }
  return data[field]!.nodes.map((node) => node.id)
}
