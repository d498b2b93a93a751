import type {
  Connection,
  Connector,
  ConnectorFacts,
  KeyPage,
  ListKeysRequest,
  SourceRecord,
} from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { createGraphqlClient } from './client.ts'
import { CONFIG_SCHEMA, configOf } from './config.ts'
import { discoverShape } from './discover.ts'
import { completeLists } from './nested.ts'
import { findProblems, grantedScopes } from './preflight.ts'
import { nodesQuery, RESOURCES } from './query.ts'
import { createReader, recordOf } from './read.ts'

const FACTS: ConnectorFacts = {
  lookbackMs: 120_000,
  settleAfterMs: 60_000,
  pageSize: 250,
  batchSize: 250,
  keyedWrites: false,
}
/** Records asked for by id come this many at a time: a full record of an order with its lines stays below the cost of one query. */
const NODES = 25

/** Shopify's GraphQL Admin API, as a source. */
export const shopify: Connector = {
  name: 'shopify',
  configSchema: CONFIG_SCHEMA,
  facts: FACTS,
  async open(definition, host): Promise<Connection> {
    const config = configOf(definition)
    const client = createGraphqlClient(config, host)
    const readPage = createReader(client, host)
    const known = (resource: string) => {
      if (RESOURCES[resource] === undefined)
        throw new SyncError(
          'invalid-plan',
          `Shopify has no resource "${resource}" here; there are ${Object.keys(RESOURCES).join(', ')}.`,
        )
    }
    const sourceOnly = async (): Promise<never> => {
      throw new SyncError(
        'invalid-plan',
        `The connection "${config.name}" can be read; writing to Shopify is not part of this version.`,
      )
    }
    return {
      facts: FACTS,
      preflight: (needs, signal) => findProblems(client, host, config, needs, signal),
      grantedScopes: (_needs, signal) => grantedScopes(client, signal),
      async discover(resource, signal) {
        known(resource)
        return discoverShape(client, config.apiVersion, resource, signal)
      },
      async readPage(request) {
        known(request.resource)
        return readPage(request)
      },
      async readKeys({ resource, selection, keys, signal }) {
        known(resource)
        const records: SourceRecord[] = []
        const text = nodesQuery(resource, selection)
        for (let start = 0; start < keys.length; start += NODES) {
          const ids = keys.slice(start, start + NODES).filter((key) => key.startsWith('gid://shopify/'))
          if (ids.length === 0) continue
          const { data } = await client.query(text, { ids }, signal)
          for (const node of data['nodes'] as readonly (JsonObject | null)[]) {
            if (node?.['id'] !== undefined)
              records.push(
                recordOf(await completeLists(client, resource, node, selection, signal), selection),
              )
          }
        }
        return records
      },
      listKeys: async (request) => {
        known(request.resource)
        return listKeys(readPage, request)
      },
      upsert: sourceOnly,
      lookUp: sourceOnly,
      act: sourceOnly,
      async close() {},
    }
  },
}

async function listKeys(
  readPage: ReturnType<typeof createReader>,
  { resource, cursor, limit, signal }: ListKeysRequest,
): Promise<KeyPage> {
  const page = await readPage({ resource, selection: {}, cursor, since: null, limit, lookbackMs: 0, signal })
  return { keys: page.records.map((record) => record.key), next: page.caughtUp ? null : page.next }
}
