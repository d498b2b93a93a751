import { createHmac, timingSafeEqual } from 'node:crypto'
import { createGrants, type Issued } from '../oauth/grants.ts'

/** The answer of the token endpoint. */
interface TokenReply {
  readonly status: number
  readonly body: object
}

/** Access tokens of one app at one shop: the one an older custom app keeps, those for client credentials, those of an installed app. */
export interface Tokens {
  readonly accessToken: string
  readonly clientId: string
  readonly clientSecret: string
  /** As recorded: JSON or form, no token_type in the answer. Refresh tokens come with an authorization code only. */
  issue(body: string, contentType: string): TokenReply
  accepts(token: unknown): boolean
  /** The page where a merchant agrees, who does so at once: where it sends them. Null: the request is not to be answered. */
  authorize(asked: URLSearchParams): string | null
  /** An expiring offline token, as after an installation. */
  install(): Issued
  /** The merchant removes the app: its tokens end. */
  uninstall(): void
  /** Access tokens that were issued end before their time. */
  endAccess(): void
}

/** shopify.dev, offline access tokens; changelog of 2026-08-28. */
const REFRESH_SECONDS = 90 * 86_400
const OFFLINE_SECONDS = 3_600
const GRACE_MS = 30 * 86_400_000

export function createTokens(
  shop: string,
  scopes: readonly string[],
  lifetimes: { readonly clientCredentials: number; readonly offline?: number | undefined },
  now: () => number,
): Tokens {
  const accessToken = 'shpat_standin0000000000000000000000'
  const clientId = 'standin-client'
  const clientSecret = 'standin-client-secret'
  const offlineSeconds = lifetimes.offline ?? OFFLINE_SECONDS
  let minted = 0
  const mint = (kind: 'access' | 'refresh') =>
    `${kind === 'access' ? 'shpat_issued' : 'shprt_issued'}${String(++minted).padStart(20, '0')}`
  const common = { rotates: true, refreshSeconds: REFRESH_SECONDS, graceMs: GRACE_MS, now, mint }
  const offline = createGrants({ ...common, accessSeconds: offlineSeconds })
  const daily = createGrants({ ...common, accessSeconds: lifetimes.clientCredentials })
  const codes = new Set<string>()

  const pair = (issued: Issued): TokenReply => ({
    status: 200,
    body: {
      access_token: issued.accessToken,
      scope: scopes.join(','),
      expires_in: offlineSeconds,
      refresh_token: issued.refreshToken,
      refresh_token_expires_in: issued.refreshSeconds,
    },
  })
  return {
    accessToken,
    clientId,
    clientSecret,
    issue(body, contentType) {
      const given = contentType.includes('json')
        ? (JSON.parse(body) as Readonly<Record<string, unknown>>)
        : Object.fromEntries(new URLSearchParams(body))
      const kind = given['grant_type'] ?? (given['code'] === undefined ? undefined : 'authorization_code')
      if (!['client_credentials', 'refresh_token', 'authorization_code'].includes(String(kind)))
        return refused('unsupported_grant_type', 'That grant is not known.')
      if (given['client_id'] !== clientId || !same(given['client_secret'], clientSecret))
        return refused('invalid_client', 'The client credentials are not valid.')
      if (kind === 'client_credentials') {
        const expires_in = lifetimes.clientCredentials
        return {
          status: 200,
          body: { access_token: daily.loose(shop), scope: scopes.join(','), expires_in },
        }
      }
      if (kind === 'refresh_token') {
        const issued = offline.refresh(String(given['refresh_token']))
        return issued === null ? { status: 400, body: { error: 'invalid_grant' } } : pair(issued)
      }
      if (!codes.delete(String(given['code'])))
        return refused('invalid_request', 'The authorization code was not found or was already used.')
      if (String(given['expiring']) === '1') return pair(offline.begin(shop))
      return { status: 200, body: { access_token: accessToken, scope: scopes.join(',') } }
    },
    accepts: (token) =>
      typeof token === 'string' &&
      (token === accessToken || offline.accountOf(token) !== null || daily.accountOf(token) !== null),
    authorize(asked) {
      if (asked.get('client_id') !== clientId) return null
      const code = `standin${++minted}`
      codes.add(code)
      const answer = new URL(asked.get('redirect_uri') ?? '')
      const parameters = {
        code,
        host: Buffer.from(`${shop}.myshopify.com/admin`).toString('base64url'),
        shop: `${shop}.myshopify.com`,
        state: asked.get('state') ?? '',
        timestamp: String(Math.floor(now() / 1_000)),
      }
      for (const [name, value] of Object.entries(parameters)) answer.searchParams.set(name, value)
      answer.searchParams.set('hmac', signatureOf(answer.searchParams, clientSecret))
      return answer.href
    },
    install: () => offline.begin(shop),
    uninstall() {
      offline.revoke(shop)
      daily.revoke(shop)
    },
    endAccess() {
      offline.endAccess()
      daily.endAccess()
    },
  }
}

/** Hex HMAC-SHA256 over the parameters by name, without the signature itself. */
function signatureOf(parameters: URLSearchParams, secret: string): string {
  const text = [...parameters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return createHmac('sha256', secret).update(text).digest('hex')
}

function refused(error: string, description: string): TokenReply {
  return { status: 400, body: { error, error_description: description } }
}

function same(given: unknown, expected: string): boolean {
  const a = Buffer.from(String(given))
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
