import type { ConnectionDefinition } from '../../core/model/connector.ts'
import { readConfig } from './config.ts'

/** The form of a record, at the address that Odoo 18 and later have for it. A model without a dot in its name is told by `m-`. */
export function recordUrl(definition: ConnectionDefinition, resource: string, id: string): string | null {
  if (!/^\d+$/.test(id)) return null
  const model = resource.includes('.') ? resource : `m-${resource}`
  return `${readConfig(definition).url}/odoo/${encodeURIComponent(model)}/${id}`
}
