import { refusedCredentials } from '../../core/model/auth.ts'
import type { Host } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Config } from './config.ts'
import { type Answer, readReply } from './reply.ts'

export interface GraphqlClient {
  /**
   * One query. Waits for the bucket, renews the token once, tries a throttled query again. `cost` is what it will probably be
   * admitted at, for the pacing. Throws TooCostly and SyncErrors.
   */
  query(text: string, variables: JsonObject, signal: AbortSignal, cost?: number): Promise<Answer>
}

/** A query that is throttled in spite of the pacing (other apps share the bucket) is sent again so often. */
const MOST_REPEATS = 5
/** Nothing is known of the cost of a query that was not sent before. */
const COST_UNKNOWN = 10

/** Who has to do what when also a renewed token is refused. */
const REMEDY: Readonly<Record<string, string>> = {
  key: 'Give it a new one, or check that the app is still installed.',
  'client-credentials': 'Check that the app is still installed on the shop.',
  'authorization-code': 'Check that the app is still installed, and connect it again.',
}

/** GraphQL Admin API over the host (shopify.dev: rate limits, versioning, response codes). */
export function createGraphqlClient(config: Config, host: Host): GraphqlClient {
  const credential = host.credential(config.auth)
  const url = `${config.address}/admin/api/${config.apiVersion}/graphql.json`

  return {
    async query(text, variables, signal, cost = COST_UNKNOWN) {
      let renewed = false
      let token = await credential.current(signal)
      let expected = cost
      for (let repeats = 0; ; ) {
        signal.throwIfAborted()
        const reply = await host.request(
          {
            url,
            method: 'POST',
            // The bare token: "Authorization: Bearer" is refused.
            headers: {
              'content-type': 'application/json',
              accept: 'application/json',
              'x-shopify-access-token': token.value,
            },
            body: JSON.stringify({ query: text, variables }),
            purpose: 'read',
            cost: expected,
            secrets: token.secrets,
          },
          signal,
        )
        const { rate, requested, outcome } = readReply(config, reply)
        if (rate !== null) host.reportRate(rate)
        if (outcome.kind === 'answer') return outcome.answer
        if (outcome.kind === 'throttled') host.reportRefusal()
        if (outcome.kind === 'failed') throw outcome.error
        if (outcome.kind === 'unauthorized') {
          const newer = renewed ? null : await credential.renewed(token, signal)
          if (newer !== null) {
            renewed = true
            token = newer
            continue
          }
          throw refusedCredentials(
            config.name,
            config.auth.kind === 'key' ? 'key' : 'grant',
            `${config.name} refuses the access token. ${REMEDY[config.auth.kind]}`,
          )
        }
        // The bucket was reported, so the host waits until this much is in it.
        if (requested > 0) expected = requested
        if (++repeats > MOST_REPEATS) {
          throw new SyncError('throttled', `${config.name} keeps throttling; the run goes on later.`, {
            retryAfterMs: outcome.waitMs,
          })
        }
      }
    },
  }
}
