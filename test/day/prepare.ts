import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SHIPPED } from '../kill/flows.ts'
import { prepareFolder } from '../kill/prepare.ts'
import type { OdooStandIn } from '../stand-ins/odoo/server.ts'
import type { ShopifyStandIn } from '../stand-ins/shopify/server.ts'

/** A repository of the shipped mappings in which everything happens in seconds, with rules for alerts and channels. */
export function prepareDay(
  folder: string,
  { shop, odoo }: { readonly shop: ShopifyStandIn; readonly odoo: OdooStandIn },
): void {
  prepareFolder(folder, { shopify: shop, odoo, control: { url: '' } }, SHIPPED, false)
}

/** Changes the text of a file of the repository; a change that changes nothing is a mistake. */
export function edit(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file)
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${file} is as it was before.`)
  writeFileSync(path, after)
}
