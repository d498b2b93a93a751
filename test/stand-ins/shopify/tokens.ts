import { timingSafeEqual } from 'node:crypto'

/** The answer of the token endpoint. */
interface TokenReply {
  readonly status: number
  readonly body: object
}

/** Access tokens of one app at one shop: the one an older custom app keeps, and those given for client credentials. */
export interface Tokens {
  readonly accessToken: string
  readonly clientId: string
  readonly clientSecret: string
  /** As recorded: JSON or form, no token_type in the answer, no refresh token. */
  issue(body: string, contentType: string): TokenReply
  accepts(token: unknown): boolean
}

export function createTokens(scopes: readonly string[], lifetimeSeconds: number, now: () => number): Tokens {
  const accessToken = 'shpat_standin0000000000000000000000'
  const clientId = 'standin-client'
  const clientSecret = 'standin-client-secret'
  const expiry = new Map<string, number>()
  return {
    accessToken,
    clientId,
    clientSecret,
    issue(body, contentType) {
      const given = contentType.includes('json')
        ? (JSON.parse(body) as Readonly<Record<string, unknown>>)
        : Object.fromEntries(new URLSearchParams(body))
      if (given['grant_type'] !== 'client_credentials')
        return refused('unsupported_grant_type', 'Only client_credentials is granted.')
      if (given['client_id'] !== clientId || !same(given['client_secret'], clientSecret))
        return refused('invalid_client', 'The client credentials are not valid.')
      const token = `shpat_issued${String(expiry.size + 1).padStart(20, '0')}`
      expiry.set(token, now() + lifetimeSeconds * 1_000)
      return {
        status: 200,
        body: { access_token: token, scope: scopes.join(','), expires_in: lifetimeSeconds },
      }
    },
    accepts: (token) =>
      typeof token === 'string' && (token === accessToken || (expiry.get(token) ?? 0) > now()),
  }
}

function refused(error: string, description: string): TokenReply {
  return { status: 400, body: { error, error_description: description } }
}

function same(given: unknown, expected: string): boolean {
  const a = Buffer.from(String(given))
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
