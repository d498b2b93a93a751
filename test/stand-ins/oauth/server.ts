/**
 * An authorization server and a small API behind it, as RFC 6749, 7636, 9207 and the vendors have them: client credentials,
 * authorization code with PKCE, refresh with rotation and a grace for answers that got lost. A person who is asked agrees at once,
 * unless told otherwise.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Armed, createFaults } from '../faults.ts'
import { admitted, deliver, type HttpReply, type TransportFault } from '../transport.ts'
import { createGrants, type Issued } from './grants.ts'

/** `status`: answers with `status` (default 503), with `retryAfter` where given; nothing is done. */
export type OAuthFault = (TransportFault | (Armed & { readonly kind: 'status' })) & {
  readonly status?: number
  readonly retryAfter?: string
  /** (Default: the token address) */
  readonly at?: 'token' | 'api'
}

export interface OAuthOptions {
  readonly port?: number
  readonly now?: () => number
  /** (Default: 3,600) */
  readonly accessSeconds?: number
  /** Null: refresh tokens do not end. (Default: 60 days) */
  readonly refreshSeconds?: number | null
  /** (Default: true) */
  readonly rotates?: boolean
  /** (Default: 30 minutes) */
  readonly graceMs?: number
  /** (Default: the standard's `bearer`; null: none, as Shopify) */
  readonly tokenType?: string | null
  /** Where codes may be sent to, compared exactly. */
  readonly redirectUris?: readonly string[]
}

export interface OAuthStandIn {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly control: OAuthControl
  close(): Promise<void>
}

export type OAuthControl = ReturnType<typeof createControl>

interface Code {
  readonly redirectUri: string
  readonly challenge: string | null
  readonly until: number
}

interface State {
  clientSecret: string
  agrees: boolean
  offset: number
  /** Requests at the token address, by grant. */
  asked: Record<string, number>
  refused: number
}

const ACCOUNT = 'acme'
const CLIENT = 'standin-app'
const CODE_MS = 60_000

export async function startOAuth(options: OAuthOptions = {}): Promise<OAuthStandIn> {
  const state: State = { clientSecret: 'standin-app-secret', agrees: true, offset: 0, asked: {}, refused: 0 }
  const clock = options.now ?? Date.now
  const now = () => clock() + state.offset
  let minted = 0
  const grants = createGrants({
    accessSeconds: options.accessSeconds ?? 3_600,
    refreshSeconds: options.refreshSeconds === undefined ? 60 * 86_400 : options.refreshSeconds,
    rotates: options.rotates ?? true,
    graceMs: options.graceMs ?? 30 * 60_000,
    now,
    mint: (kind) => `standin-${kind}-${String(++minted).padStart(6, '0')}`,
  })
  const faults = createFaults<OAuthFault>()
  const codes = new Map<string, Code>()
  const control = createControl(state, grants, faults)

  const authorize = (asked: URLSearchParams, issuer: string): HttpReply => {
    const redirectUri = asked.get('redirect_uri') ?? ''
    const known = options.redirectUris === undefined || options.redirectUris.includes(redirectUri)
    // Nothing is sent to an address that is not known.
    if (asked.get('client_id') !== CLIENT || !known) return json(400, { error: 'invalid_request' })
    const answer = new URL(redirectUri)
    answer.searchParams.set('state', asked.get('state') ?? '')
    answer.searchParams.set('iss', issuer)
    if (state.agrees) {
      const code = `standin-code-${++minted}`
      const challenge = asked.get('code_challenge_method') === 'S256' ? asked.get('code_challenge') : null
      codes.set(code, { redirectUri, challenge, until: now() + CODE_MS })
      answer.searchParams.set('code', code)
    } else answer.searchParams.set('error', 'access_denied')
    return { status: 302, headers: { location: answer.href }, body: '' }
  }

  const token = (form: URLSearchParams, authorization: string | undefined): HttpReply => {
    const kind = form.get('grant_type') ?? ''
    state.asked[kind] = (state.asked[kind] ?? 0) + 1
    if (!provesItself(form, authorization, state.clientSecret)) {
      state.refused++
      const basic = authorization === undefined ? {} : { 'www-authenticate': 'Basic realm="standin"' }
      return json(401, { error: 'invalid_client' }, basic)
    }
    const answer = (issued: Issued) =>
      given(issued.accessToken, {
        refresh_token: issued.refreshToken,
        ...(issued.refreshSeconds === null ? {} : { refresh_token_expires_in: issued.refreshSeconds }),
      })
    switch (kind) {
      case 'client_credentials':
        return given(grants.loose(ACCOUNT), {})
      case 'refresh_token': {
        const issued = grants.refresh(form.get('refresh_token') ?? '')
        return issued === null ? json(400, { error: 'invalid_grant' }) : answer(issued)
      }
      case 'authorization_code': {
        const code = codes.get(form.get('code') ?? '')
        codes.delete(form.get('code') ?? '')
        const verified =
          code !== undefined &&
          code.until > now() &&
          code.redirectUri === form.get('redirect_uri') &&
          (code.challenge === null || code.challenge === challengeOf(form.get('code_verifier') ?? ''))
        return verified ? answer(grants.begin(ACCOUNT)) : json(400, { error: 'invalid_grant' })
      }
      default:
        return json(400, { error: 'unsupported_grant_type' })
    }
  }
  const given = (accessToken: string, more: object): HttpReply =>
    json(
      200,
      {
        access_token: accessToken,
        ...(options.tokenType === null ? {} : { token_type: options.tokenType ?? 'bearer' }),
        expires_in: options.accessSeconds ?? 3_600,
        ...more,
      },
      { 'cache-control': 'no-store' },
    )

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://standin')
    const { authorization } = request.headers
    const at = pathname === '/token' ? 'token' : 'api'
    const hits = pathname === '/authorize' ? [] : faults.hitting((fault) => (fault.at ?? 'token') === at)
    if (!(await admitted(hits as TransportFault[], response))) return
    const send = (reply: HttpReply) => deliver(response, reply, hits as TransportFault[], now())
    const refused = hits.find(({ kind }) => kind === 'status')
    if (refused !== undefined) {
      const again = refused.retryAfter === undefined ? {} : { 'retry-after': refused.retryAfter }
      return send(json(refused.status ?? 503, {}, again))
    }
    if (pathname === '/authorize') return send(authorize(searchParams, `http://${request.headers.host}`))
    if (pathname === '/token' && request.method === 'POST')
      return send(token(new URLSearchParams(body), authorization))
    if (pathname === '/whoami') {
      const account = grants.accountOf(/^bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '')
      return account === null
        ? send(json(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer error="invalid_token"' }))
        : send(json(200, { account }))
    }
    send(json(404, {}))
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      deliver(response, json(500, { error: String(error) }), [], now())
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: CLIENT,
    clientSecret: state.clientSecret,
    control,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** What the person, the vendor, or time does. */
function createControl(
  state: State,
  grants: ReturnType<typeof createGrants>,
  faults: ReturnType<typeof createFaults<OAuthFault>>,
) {
  return {
    /** Tokens as after a person agreed, without a browser. */
    agree: async () => grants.begin(ACCOUNT),
    /** The person takes back what they agreed to. */
    revoke: async () => grants.revoke(ACCOUNT),
    /** Access tokens are not taken any more, though they said they would live longer. */
    endAccess: async () => grants.endAccess(),
    /** From now on people refuse, or agree again. */
    agrees: async ({ agrees }: { readonly agrees: boolean }) => {
      state.agrees = agrees
    },
    /** The app has another secret. */
    changeSecret: async ({ secret }: { readonly secret: string }) => {
      state.clientSecret = secret
    },
    advanceClock: async ({ ms }: { readonly ms: number }) => {
      state.offset += ms
    },
    faults: async (set?: { readonly faults?: readonly OAuthFault[] }) => {
      if (set?.faults !== undefined) faults.set(set.faults)
      return faults.left()
    },
    /** How often the token address was asked, by grant, and how often the app did not prove itself. */
    stats: async () => ({ asked: { ...state.asked }, refused: state.refused }),
  }
}

function provesItself(form: URLSearchParams, authorization: string | undefined, secret: string): boolean {
  if (authorization === undefined)
    return form.get('client_id') === CLIENT && same(form.get('client_secret') ?? '', secret)
  const [id = '', given = ''] = Buffer.from(authorization.replace(/^basic /i, ''), 'base64')
    .toString('utf8')
    .split(':')
    .map(decodeURIComponent)
  return id === CLIENT && same(given, secret)
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function json(status: number, value: object, more: Readonly<Record<string, string>> = {}): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...more },
    body: JSON.stringify(value),
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
