import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Grant, OAuthClient, TokenAnswer, TokenHost } from '../../core/model/auth.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'

/** The shop is asked for its own tokens only: `acme.myshopify.com`, never a look-alike (shopify.dev, authorization code grant). */
const SHOP = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/

/**
 * Asks a shop for tokens. Its answers have no `token_type`, which OAuth requires (shopify.dev, client credentials grant; offline
 * access tokens), hence a client of our own. Tokens that expire are asked for: they come with a refresh token that changes each time.
 */
export async function askShopify(
  client: OAuthClient,
  grant: Grant,
  host: TokenHost,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const form = new URLSearchParams({
    ...parametersOf(grant),
    client_id: await host.secret(client.id),
    client_secret: await host.secret(client.secret!),
  })
  const reply = await host.request(
    {
      url: client.tokenUrl,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      purpose: 'read',
      secrets: [client.id, client.secret!],
    },
    signal,
  )
  if (reply.status >= 500)
    throw new SyncError('unavailable', `${client.tokenUrl} answered ${reply.status} when asked for a token.`)
  if (reply.status === 429)
    throw new SyncError('throttled', `${client.tokenUrl} is asked for tokens too often.`, {
      retryAfterMs: 5_000,
    })
  const answer = parse(reply.body)
  if (reply.status < 400 && typeof answer['access_token'] === 'string') return granted(answer)
  if (reply.status === 200 && answer['error'] === undefined)
    throw new SyncError('unavailable', `${client.tokenUrl} answered with something else than a token.`)
  return {
    status: 'refused',
    error: String(answer['error'] ?? reply.status),
    httpStatus: reply.status,
  }
}

/** What is wrong with what came back to the redirect address: it carries the shop and is signed with the app's secret. */
export function refuseCallback(
  parameters: URLSearchParams,
  clientSecret: string,
  expected: string | null,
): string | null {
  const shop = parameters.get('shop') ?? ''
  if (!SHOP.test(shop)) return `it names the shop "${shop}", which is no address of Shopify`
  if (expected !== null && shop !== `${expected}.myshopify.com`)
    return `it is from the shop ${shop}, and the connection is to ${expected}.myshopify.com`
  const signed = [...parameters]
    .filter(([name]) => name !== 'hmac')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const right = createHmac('sha256', clientSecret).update(signed).digest()
  const given = Buffer.from(parameters.get('hmac') ?? '', 'hex')
  return given.length === right.length && timingSafeEqual(given, right)
    ? null
    : 'its signature is not that of the app'
}

function parametersOf(grant: Grant): Record<string, string> {
  switch (grant.kind) {
    case 'client-credentials':
      return { grant_type: 'client_credentials' }
    case 'refresh':
      return { grant_type: 'refresh_token', refresh_token: grant.refreshToken }
    case 'code':
      return { code: grant.parameters.get('code') ?? '', expiring: '1' }
  }
}

/** Where nothing is said of its life, a token lives a day (client credentials). */
const DAY_SECONDS = 86_399

function granted(answer: JsonObject): TokenAnswer {
  const {
    refresh_token: refreshToken,
    expires_in: seconds,
    refresh_token_expires_in: refreshSeconds,
  } = answer
  return {
    status: 'granted',
    accessToken: String(answer['access_token']),
    refreshToken: typeof refreshToken === 'string' ? refreshToken : null,
    expiresInMs: (typeof seconds === 'number' ? seconds : DAY_SECONDS) * 1_000,
    refreshExpiresInMs: typeof refreshSeconds === 'number' ? refreshSeconds * 1_000 : null,
    scopes: typeof answer['scope'] === 'string' ? answer['scope'].split(',') : null,
  }
}

function parse(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body)
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}
