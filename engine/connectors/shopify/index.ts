import type { Connection, Connector, ConnectorFacts } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { createGraphqlClient } from './client.ts'
import { CONFIG_SCHEMA, configOf } from './config.ts'
import { discoverShape } from './discover.ts'
import { listKeys, readKeys } from './keys.ts'
import { findProblems, grantedScopes, identify, unneededScopes } from './preflight.ts'
import { RESOURCES } from './query.ts'
import { readPage } from './read.ts'
import { recordUrl } from './record-url.ts'
import { createFetcher } from './sizes.ts'

const FACTS: ConnectorFacts = {
  lookbackMs: 120_000,
  settleAfterMs: 60_000,
  pageSize: 250,
  batchSize: 250,
  concurrency: 1,
  keyedWrites: false,
}

/** Shopify's GraphQL Admin API, as a source. */
export const shopify: Connector = {
  name: 'shopify',
  configSchema: CONFIG_SCHEMA,
  facts: FACTS,
  recordUrl,
  auth: (definition) => configOf(definition).auth,
  async open(definition, host): Promise<Connection> {
    const config = configOf(definition)
    const client = createGraphqlClient(config, host)
    const fetcher = createFetcher(client)
    const known = (resource: string) => {
      if (!Object.hasOwn(RESOURCES, resource))
        throw new SyncError(
          'invalid-plan',
          `Shopify has no resource "${resource}" here; there are ${Object.keys(RESOURCES).join(', ')}.`,
        )
    }
    const sourceOnly = async (): Promise<never> => {
      throw new SyncError(
        'invalid-plan',
        `The connection "${config.name}" can be read; Shopify is only a source in this version.`,
      )
    }
    return {
      facts: FACTS,
      preflight: (needs, signal) => findProblems(client, host, config, needs, signal),
      grantedScopes: (_needs, signal) => grantedScopes(client, signal),
      unneededScopes: (uses, signal) => unneededScopes(client, uses, signal),
      async discover(resource, signal) {
        known(resource)
        return discoverShape(client, config.apiVersion, resource, signal)
      },
      async readPage(request) {
        known(request.resource)
        return readPage(fetcher, host, request)
      },
      async readKeys(request) {
        known(request.resource)
        return readKeys(fetcher, request)
      },
      async listKeys(request) {
        known(request.resource)
        return listKeys(fetcher, host, request)
      },
      upsert: sourceOnly,
      lookUp: sourceOnly,
      keysOf: sourceOnly,
      act: sourceOnly,
      identify: (signal) => identify(client, signal),
      async close() {},
    }
  },
}
