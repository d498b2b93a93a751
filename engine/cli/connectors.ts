import { odoo } from '../connectors/odoo/index.ts'
import { shopify } from '../connectors/shopify/index.ts'
import type { Connector } from '../core/model/connector.ts'

/** The connectors of this engine, by the name a connection file gives. */
export const CONNECTORS: Readonly<Record<string, Connector>> = { odoo, shopify }
