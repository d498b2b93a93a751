import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
  expectNoState,
  None,
  nopkce,
  processGenericTokenEndpointResponse,
  refreshTokenGrantRequest,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi'
import type { AskForToken, Grant, OAuthClient, TokenAnswer, TokenHost } from '../../core/model/auth.ts'
import { secretsOf } from '../../core/model/auth.ts'
import type { HttpRequest } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import { isJsonObject } from '../../core/model/json.ts'

/** Asks a token address that is as RFC 6749 has it. */
export const askStandard: AskForToken = async (client, grant, host, signal) => {
  const as: AuthorizationServer = { issuer: new URL(client.tokenUrl).origin, token_endpoint: client.tokenUrl }
  const app: Client = { client_id: await host.secret(client.id) }
  const proof = await proofOf(client, host)
  const options = {
    // The host refuses plain http itself, but to this machine.
    [allowInsecureRequests]: true,
    [customFetch]: fetchOver(client, host),
    signal,
  }
  const scope = client.scopes.length === 0 ? {} : { scope: client.scopes.join(' ') }
  const response = await request(grant, {
    clientCredentials: () => clientCredentialsGrantRequest(as, app, proof, scope, options),
    refresh: (token) => refreshTokenGrantRequest(as, app, proof, token, options),
    code: ({ parameters, redirectUri, verifier }) => {
      // State and issuer were looked at where the browser came back.
      const code = validateAuthResponse(
        as,
        app,
        new URLSearchParams({ code: parameters.get('code') ?? '' }),
        expectNoState,
      )
      return authorizationCodeGrantRequest(as, app, proof, code, redirectUri, verifier ?? nopkce, options)
    },
  })
  const { status } = response
  if (status >= 500 || status === 408)
    throw new SyncError('unavailable', `${client.tokenUrl} answered ${status} when asked for a token.`)
  if (status === 429)
    throw new SyncError('throttled', `${client.tokenUrl} is asked for tokens too often.`, {
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    })
  // The library tells a refusal with WWW-Authenticate (RFC 6749 §5.2) from one without; to us both are the same.
  if (status >= 400) return { status: 'refused', error: await errorOf(response), httpStatus: status }
  try {
    return granted(await processGenericTokenEndpointResponse(as, app, response))
  } catch (error) {
    throw new SyncError('unavailable', `${client.tokenUrl} answered with something else than a token.`, {
      cause: withoutBody(error),
    })
  }
}

async function errorOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null)
  const error = isJsonObject(body) ? body['error'] : null
  return typeof error === 'string' ? error : String(response.status)
}

/** Milliseconds of a Retry-After in seconds; some seconds where it says nothing usable. */
export function retryAfterMs(header: string | null): number {
  return header !== null && /^\d+(\.\d+)?$/.test(header) ? Math.ceil(Number(header) * 1_000) : 5_000
}

function request(
  grant: Grant,
  by: {
    clientCredentials(): Promise<Response>
    refresh(token: string): Promise<Response>
    code(grant: Extract<Grant, { kind: 'code' }>): Promise<Response>
  },
): Promise<Response> {
  switch (grant.kind) {
    case 'client-credentials':
      return by.clientCredentials()
    case 'refresh':
      return by.refresh(grant.refreshToken)
    case 'code':
      return by.code(grant)
  }
}

async function proofOf(client: OAuthClient, host: TokenHost): Promise<ClientAuth> {
  if (client.secret === null) return None()
  const secret = await host.secret(client.secret)
  return client.sentBy === 'basic' ? ClientSecretBasic(secret) : ClientSecretPost(secret)
}

function fetchOver(client: OAuthClient, host: TokenHost) {
  return async (
    url: string,
    init: {
      readonly method: string
      readonly headers: Record<string, string>
      readonly body?: unknown
      readonly signal?: AbortSignal | undefined
    },
  ): Promise<Response> => {
    const reply = await host.request(
      {
        url,
        method: init.method as HttpRequest['method'],
        headers: init.headers,
        body: String(init.body ?? ''),
        purpose: 'read',
        secrets: secretsOf({ kind: 'client-credentials', client }),
      },
      init.signal ?? new AbortController().signal,
    )
    return new Response(reply.body, { status: reply.status, headers: reply.headers })
  }
}

function granted(answer: TokenEndpointResponse): TokenAnswer {
  const seconds = (name: string): number | null => {
    const value = answer[name]
    return typeof value === 'number' && value > 0 ? value * 1_000 : null
  }
  return {
    status: 'granted',
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    expiresInMs: seconds('expires_in'),
    // Not in the standard; vendors call it the one or the other.
    refreshExpiresInMs: seconds('refresh_token_expires_in') ?? seconds('x_refresh_token_expires_in'),
    scopes: answer.scope === undefined ? null : answer.scope.split(' '),
  }
}

/** The library keeps the answer in its errors, tokens included. */
function withoutBody(error: unknown): Error {
  return new Error(error instanceof Error ? error.message : 'no token')
}
