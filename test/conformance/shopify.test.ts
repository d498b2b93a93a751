import { shopify } from '../../engine/connectors/shopify/index.ts'
import { createHost } from '../../engine/transfer/host/host.ts'
import { startShopify } from '../stand-ins/shopify/server.ts'
import { describeConnector } from './kit.ts'

describeConnector(
  'shopify',
  async () => {
    const shop = await startShopify({ seed: { customers: 5, products: 5, orders: 90 } })
    const host = createHost({
      connection: 'shopify',
      limits: null,
      secrets: { value: async () => shop.accessToken, hosts: () => [new URL(shop.url).host] },
      now: Date.now,
      log() {},
    })
    const definition = {
      name: 'shopify',
      connector: 'shopify',
      settings: { shop: 'acme', url: shop.url, apiVersion: '2026-07' },
      auth: { accessToken: { secret: 'token' } },
    }
    return {
      connection: await shopify.open(definition, host),
      read: {
        resource: 'orders',
        selection: { name: { type: 'text' } },
        keys: async () => (await shop.control.orders()).map((order) => order.id),
        change: async () =>
          `gid://shopify/Order/${(await shop.control.editOrder({ order: '#1010', note: 'changed' })).id}`,
      },
      write: null,
      secrets: [shop.accessToken],
      async close() {
        await host.close()
        await shop.close()
      },
    }
  },
  false,
)
