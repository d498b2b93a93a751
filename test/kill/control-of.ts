import type { OdooStandIn } from '../stand-ins/odoo/server.ts'
import type { ShopifyStandIn } from '../stand-ins/shopify/server.ts'
import type { Control } from './target.ts'

/** Stand-ins of this process through the names of their control address: `odoo/read`. */
export function controlOf({
  shop,
  odoo,
}: {
  readonly shop: ShopifyStandIn
  readonly odoo: OdooStandIn
}): Control {
  const controls = { shopify: shop.control, odoo: odoo.control } as unknown as Readonly<
    Record<string, Readonly<Record<string, (body: unknown) => Promise<unknown>>>>
  >
  return async (name, body = {}) => {
    const [system = '', call = ''] = name.split('/')
    return (await controls[system]![call]!(body)) as never
  }
}
