import type { ConnectionDefinition } from '../../core/model/connector.ts'
import { configOf } from './config.ts'

/** What the admin calls the pages of a resource. A variant's page needs the product too, which its key does not tell. */
const PAGES: Readonly<Record<string, string>> = { orders: 'orders', customers: 'customers' }

/** A record's page in the admin. */
export function recordUrl(definition: ConnectionDefinition, resource: string, key: string): string | null {
  const page = Object.hasOwn(PAGES, resource) ? PAGES[resource] : undefined
  const id = /^gid:\/\/shopify\/\w+\/(\d+)$/.exec(key)?.[1]
  if (page === undefined || id === undefined) return null
  const { shop, url } = definition.settings
  const admin =
    typeof shop === 'string' && url === undefined
      ? `https://admin.shopify.com/store/${shop}`
      : `${configOf(definition).address}/admin`
  return `${admin}/${page}/${id}`
}
