import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AuthSpec, Grant } from '../../core/model/auth.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isLoopback } from '../../transfer/host/guard.ts'

export type ConsentSpec = Extract<AuthSpec, { kind: 'authorization-code' }>

export interface ConsentRequest {
  readonly connection: string
  readonly spec: ConsentSpec
  readonly clientId: string
  readonly clientSecret: string
  /** Where the browser comes back to: an address of this machine, registered at the vendor exactly so. */
  readonly redirectUri: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Called once with the address to open. */
  show(address: string): void
}

type Code = Extract<Grant, { kind: 'code' }>

/**
 * Sends a person to the vendor and waits for the browser to come back (RFC 6749 §4.1, RFC 7636, RFC 8252 §7.3). What comes with another
 * state is answered with 400 and changes nothing. Throws `auth-expired` when the person does not agree, `unavailable` when nobody comes.
 */
export async function askConsent(request: ConsentRequest): Promise<Code> {
  const { connection, spec, clientId, redirectUri } = request
  const redirect = loopbackOf(redirectUri)
  const state = randomBytes(32).toString('base64url')
  const verifier = spec.consent.pkce ? randomBytes(48).toString('base64url') : null
  const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>()
  promise.catch(() => {})

  const server = createServer((message, response) => {
    const say = (status: number, text: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
      response.end(`${text}\n`)
    }
    const parameters = parametersOf(message, redirect)
    if (parameters === null) return say(404, 'There is nothing here.')
    const strange = whatIsStrange(parameters, state, request)
    if (strange !== null) return say(400, `This is not the answer that was waited for: ${strange}.`)
    const error = parameters.get('error')
    if (error !== null) {
      say(200, `${connection} was not connected: ${plain(error)}. You can close this page.`)
      return reject(
        new SyncError(
          'auth-expired',
          `${connection} was not connected: the vendor answered ${plain(error)}.`,
        ),
      )
    }
    say(200, `${connection} agreed. You can close this page and go back to the terminal.`)
    resolve(parameters)
  })
  await listen(server, redirect)
  const timer = setTimeout(
    () =>
      reject(
        new SyncError(
          'unavailable',
          `Nobody came back from ${new URL(spec.consent.url).host} within ${Math.round(request.timeoutMs / 1_000)} s. Start again.`,
        ),
      ),
    request.timeoutMs,
  )
  const stop = () => reject(request.signal.reason as Error)
  request.signal.addEventListener('abort', stop, { once: true })
  try {
    request.show(addressOf(spec, { clientId, redirectUri, state, verifier }))
    return { kind: 'code', parameters: await promise, redirectUri, verifier }
  } finally {
    clearTimeout(timer)
    request.signal.removeEventListener('abort', stop)
    server.close()
  }
}

function addressOf(
  { client, consent }: ConsentSpec,
  asked: { clientId: string; redirectUri: string; state: string; verifier: string | null },
): string {
  const address = new URL(consent.url)
  const parameters = {
    response_type: 'code',
    client_id: asked.clientId,
    redirect_uri: asked.redirectUri,
    scope: client.scopes.join(consent.scopesBy),
    state: asked.state,
    ...(asked.verifier === null
      ? {}
      : {
          code_challenge: createHash('sha256').update(asked.verifier).digest('base64url'),
          code_challenge_method: 'S256',
        }),
    ...consent.parameters,
  }
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  return address.href
}

function loopbackOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.protocol !== 'http:' || !isLoopback(url.hostname) || url.search !== '')
    throw new SyncError(
      'invalid-plan',
      `The redirect address is "${text}", expected one of this machine: http://127.0.0.1:8723/callback.`,
    )
  return url
}

/** Null for any other page, and for whoever reached us under another name. */
function parametersOf(message: IncomingMessage, redirect: URL): URLSearchParams | null {
  const url = new URL(message.url ?? '/', redirect)
  const isOurs = message.headers.host === redirect.host && url.pathname === redirect.pathname
  return message.method === 'GET' && isOurs ? url.searchParams : null
}

function whatIsStrange(
  parameters: URLSearchParams,
  state: string,
  { spec, clientSecret }: ConsentRequest,
): string | null {
  if (!same(parameters.get('state') ?? '', state)) return 'its state is another one'
  const issuer = parameters.get('iss')
  if (spec.consent.issuer !== null && issuer !== null && issuer !== spec.consent.issuer)
    return 'it is from another issuer'
  if (parameters.get('error') === null && parameters.get('code') === null) return 'it holds no code'
  return spec.consent.refuse?.(parameters, clientSecret) ?? null
}

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** What came from outside is not shown as it is. */
function plain(text: string): string {
  return /^[\w.-]{1,60}$/.test(text) ? text : 'an error'
}

async function listen(server: ReturnType<typeof createServer>, { hostname, port }: URL): Promise<void> {
  const number = port === '' ? 80 : Number(port)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new SyncError(
          'unavailable',
          `Port ${number} of this machine cannot be used (${cause.code}). Name another address with --redirect; it has to be registered at the vendor.`,
          { cause },
        ),
      ),
    )
    server.listen(number, hostname.replace(/^\[|\]$/g, ''), resolve)
  })
}
