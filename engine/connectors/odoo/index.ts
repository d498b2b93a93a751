import type { Connection, Connector, ConnectorFacts } from '../../core/model/connector.ts'
import { act } from './act.ts'
import { createClient } from './client.ts'
import { authOfOdoo, CONFIG_SCHEMA, readConfig } from './config.ts'
import { discover } from './discover.ts'
import { keysOf } from './keys-of.ts'
import { lookUp } from './look-up.ts'
import { createKeyMaker, identify } from './own-keys.ts'
import { preflight } from './preflight.ts'
import { BATCH_SIZE } from './progress.ts'
import { listKeys, readKeys, readPage } from './read.ts'
import { recordUrl } from './record-url.ts'
import { grantedScopes } from './rights.ts'
import { upsert } from './upsert.ts'

const FACTS: ConnectorFacts = {
  // A record carries the time its transaction began and shows when it ends: workers end a transaction after 120 s.
  lookbackMs: 300_000,
  settleAfterMs: 130_000,
  pageSize: 500,
  batchSize: BATCH_SIZE,
  // Two clients gain some 20 % on two cores; with more, transactions that meet cost more than that (observed on 18.0).
  concurrency: 2,
  keyedWrites: true,
}

/** Odoo 18.0 and later, Community and Enterprise, on premise and hosted. */
export const odoo: Connector = {
  name: 'odoo',
  configSchema: CONFIG_SCHEMA,
  facts: FACTS,
  recordUrl,
  auth: authOfOdoo,
  async open(definition, host): Promise<Connection> {
    const client = createClient(readConfig(definition), host)
    return {
      facts: FACTS,
      preflight: (needs, signal) => preflight(client, needs, signal),
      grantedScopes: (needs, signal) => grantedScopes(client, needs, signal),
      discover: (resource, signal) => discover(client, resource, signal),
      readPage: (request) => readPage(client, request),
      readKeys: (request) => readKeys(client, request),
      listKeys: (request) => listKeys(client, request),
      upsert: (request) => upsert(client, request),
      lookUp: (request) => lookUp(client, request),
      keysOf: (request) => keysOf(client, request),
      act: (request) => act(client, request),
      identify: (signal) => identify(client, signal),
      keys: createKeyMaker(client),
      // Odoo closes every connection itself and keeps no session for API keys.
      close: async () => {},
    }
  },
}
