import type { Host, Identity, Needs, Problem } from '../../core/model/connector.ts'
import type { GraphqlClient } from './client.ts'
import type { Config } from './config.ts'
import { RESOURCES } from './query.ts'

const DAY_MS = 86_400_000
/** `read_orders` alone gives orders created in the last 60 days, and says nothing of the others (shopify.dev, access scopes). */
const WINDOW_DAYS = 60

export async function grantedScopes(client: GraphqlClient, signal: AbortSignal): Promise<readonly string[]> {
  const { data } = await client.query(
    'query Scopes { currentAppInstallation { accessScopes { handle } } }',
    {},
    signal,
  )
  const installation = data['currentAppInstallation'] as {
    accessScopes: readonly { handle: string }[]
  } | null
  return (installation?.accessScopes ?? []).map((scope) => scope.handle)
}

/** Granted scopes that none of these uses needs; reading what one may write comes with it. */
export async function unneededScopes(
  client: GraphqlClient,
  uses: readonly Needs[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const needed = new Set(uses.flatMap((needs) => [...neededScopes(needs)]))
  // Where a read begins grows older than 60 days by itself.
  if (uses.some(({ resource }) => resource === 'orders')) needed.add('read_all_orders')
  return (await grantedScopes(client, signal))
    .filter((scope) => !needed.has(scope) && !needed.has(scope.replace(/^read_/, 'write_')))
    .sort()
}

function neededScopes(needs: Needs): ReadonlySet<string> {
  return new Set([
    ...(RESOURCES[needs.resource]?.scopes ?? []),
    ...(Array.isArray(needs.scopes) ? needs.scopes.map(String) : []),
  ])
}

/** The shop; its tokens renew themselves, or live until somebody ends them. */
export async function identify(client: GraphqlClient, signal: AbortSignal): Promise<Identity> {
  const { data } = await client.query('query Identity { shop { myshopifyDomain } }', {}, signal)
  const shop = data['shop'] as { myshopifyDomain?: unknown } | null
  return { account: String(shop?.myshopifyDomain ?? 'unknown'), ends: null }
}

/** Scopes the app lacks, and orders that would be missing without a word. */
export async function findProblems(
  client: GraphqlClient,
  host: Host,
  config: Config,
  needs: Needs,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const granted = new Set(await grantedScopes(client, signal))
  const needed = neededScopes(needs)
  const has = (scope: string) => granted.has(scope) || granted.has(scope.replace(/^read_/, 'write_'))
  const problems: Problem[] = [...needed]
    .filter((scope) => !has(scope))
    .map((scope) => ({
      code: 'missing-scope',
      severity: 'error',
      message: `The app at ${config.name} lacks the scope ${scope}.`,
      hint: 'Add it to the app in Shopify and install the app again.',
    }))
  // Where the mapping declares read_all_orders, its lack is told above.
  if (needs.resource !== 'orders' || granted.has('read_all_orders') || needed.has('read_all_orders'))
    return problems
  const since = needs.since === null ? Number.NEGATIVE_INFINITY : Date.parse(needs.since)
  if (since < host.now() - WINDOW_DAYS * DAY_MS) {
    problems.push({
      code: 'sixty-day-window',
      severity: 'error',
      message: `The read begins ${needs.since === null ? 'at the beginning' : `at ${needs.since}`}, and without read_all_orders Shopify gives orders of the last ${WINDOW_DAYS} days only, silently.`,
      hint: 'Set source.since to a later day, or ask Shopify for read_all_orders.',
    })
  }
  return problems
}
