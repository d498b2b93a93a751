import type { HttpReply, HttpRequest } from './connector.ts'
import { SyncError } from './failure.ts'
import { isJsonObject, type JsonObject } from './json.ts'

/** How a connection proves who it is: names of secrets and addresses, never a value. */
export type AuthSpec =
  /** An API key or bearer token as it is. A newer one that was made for it may be kept in the store. */
  | { readonly kind: 'key'; readonly secret: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  /** OAuth for an app of one's own (RFC 6749 §4.4). */
  | { readonly kind: 'client-credentials'; readonly client: OAuthClient }
  /** OAuth that a person agrees to once, by `tidelock connect` (RFC 6749 §4.1), renewed by refresh tokens. */
  | { readonly kind: 'authorization-code'; readonly client: OAuthClient; readonly consent: Consent }

/** An app that is registered at a vendor. */
export interface OAuthClient {
  readonly tokenUrl: string
  /** Names of secrets; `secret` null for a public client. */
  readonly id: string
  readonly secret: string | null
  readonly scopes: readonly string[]
  /** How the app proves itself at the token address: HTTP Basic, or in the form. */
  readonly sentBy: 'basic' | 'form'
  /** Hosts that the tokens are for. */
  readonly hosts: readonly string[]
  /** How long a refresh token that was replaced is still taken, so that an answer that got lost does no harm. Milliseconds. */
  readonly graceMs: number
  /** For vendors whose token address is not as the standard has it. Default: RFC 6749. */
  readonly ask?: AskForToken
}

/** What a person is asked for. */
export interface Consent {
  readonly url: string
  /** Parameters besides those of the standard. */
  readonly parameters: Readonly<Record<string, string>>
  /** Whether the vendor takes part in PKCE (RFC 7636). */
  readonly pkce: boolean
  /** What stands between two scopes. */
  readonly scopesBy: ' ' | ','
  /** The issuer the vendor names in its answer, where it does (RFC 9207). */
  readonly issuer: string | null
  /** What is wrong with the parameters the vendor sent back, beyond what the standard checks; null when nothing is. */
  readonly refuse?: (parameters: URLSearchParams, clientSecret: string) => string | null
}

/** What a token is asked for with. */
export type Grant =
  | { readonly kind: 'client-credentials' }
  | { readonly kind: 'refresh'; readonly refreshToken: string }
  | {
      readonly kind: 'code'
      /** What came back to the redirect address, checked. */
      readonly parameters: URLSearchParams
      readonly redirectUri: string
      readonly verifier: string | null
    }

export type TokenAnswer =
  | {
      readonly status: 'granted'
      readonly accessToken: string
      /** Null: none was given; the one before stays. */
      readonly refreshToken: string | null
      readonly expiresInMs: number | null
      readonly refreshExpiresInMs: number | null
      readonly scopes: readonly string[] | null
    }
  /** `error` as RFC 6749 §5.2 has it, or the status where the answer is not of that form. */
  | { readonly status: 'refused'; readonly error: string; readonly httpStatus: number }

/** What whoever asks for a token may reach. */
export interface TokenHost {
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>
  secret(name: string): Promise<string>
}

/** Asks once. Throws `unavailable` and `throttled`; a refusal is a value. */
export type AskForToken = (
  client: OAuthClient,
  grant: Grant,
  host: TokenHost,
  signal: AbortSignal,
) => Promise<TokenAnswer>

/** What a request carries to prove who sends it. Never put it anywhere else. */
export interface Credential {
  /** A key or token; of `basic` user and password in base64. */
  readonly value: string
  /** What the request has to name as its secrets. */
  readonly secrets: readonly string[]
  /** Rises with every renewal. */
  readonly generation: number
}

/** The credentials of one connection, shared by all processes that work on the store. */
export interface CredentialSource {
  /** One that is good now: renewed before its end, by one process for all. Throws `auth-expired`, `unavailable`, `throttled`. */
  current(signal: AbortSignal): Promise<Credential>
  /** A newer one than this, which was refused; null when there is none to be had. Throws as `current` does. */
  renewed(refused: Credential, signal: AbortSignal): Promise<Credential | null>
}

/** Whose fault a refusal is: the key's, the consent's, or that of the app, which concerns all its connections. */
export type RefusedKind = 'key' | 'grant' | 'client'

/** The failure of a connection whose credentials the remote system refuses; whoever catches it notes it in the store. */
export function refusedCredentials(
  connection: string,
  kind: RefusedKind,
  message: string,
  fields: JsonObject = {},
): SyncError {
  return new SyncError('auth-expired', message, {
    maybeSent: false,
    fields: { ...fields, connection, refused: kind },
  })
}

/** JSON Schema of `{ secret: NAME }`. */
export const SECRET_SHAPE: JsonObject = {
  type: 'object',
  description: 'The name of a secret declared in temporal.yaml.',
  properties: { secret: { type: 'string', minLength: 1, description: 'The name under `secrets:`.' } },
  required: ['secret'],
  additionalProperties: false,
}

const only = (key: string, shape: JsonObject): JsonObject => ({
  type: 'object',
  properties: { [key]: shape },
  required: [key],
  additionalProperties: false,
})

const shape = (properties: JsonObject, required: readonly string[]): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

/** JSON Schemas of the kinds of `auth` that connectors share. */
export const AUTH_SHAPES = {
  apiKey: only('apiKey', SECRET_SHAPE),
  bearer: only('bearer', SECRET_SHAPE),
  basic: only('basic', shape({ user: SECRET_SHAPE, password: SECRET_SHAPE }, ['user', 'password'])),
  clientCredentials: only(
    'clientCredentials',
    shape({ id: SECRET_SHAPE, secret: SECRET_SHAPE, scopes: { type: 'array', items: { type: 'string' } } }, [
      'id',
      'secret',
    ]),
  ),
  oauth: only(
    'oauth',
    shape(
      {
        clientId: SECRET_SHAPE,
        clientSecret: SECRET_SHAPE,
        scopes: {
          type: 'array',
          items: { type: 'string' },
          minItems: 1,
          description: 'What the person who connects is asked to agree to.',
        },
      },
      ['clientId', 'clientSecret', 'scopes'],
    ),
  ),
} as const satisfies Readonly<Record<string, JsonObject>>

/** What a connector knows of its vendor's OAuth. */
export type OAuthVendor = Pick<OAuthClient, 'tokenUrl' | 'sentBy' | 'hosts' | 'graceMs' | 'ask'> & {
  readonly consent: Consent
}

/** Reads `auth` in any of the shapes above; null for another one. `vendor` null where the connector has no OAuth. */
export function authOf(auth: JsonObject, vendor: OAuthVendor | null): AuthSpec | null {
  const key = secretIn(auth, 'apiKey') ?? secretIn(auth, 'bearer') ?? secretIn(auth, 'accessToken')
  if (key !== null) return { kind: 'key', secret: key }
  const { basic, clientCredentials, oauth } = auth
  if (isJsonObject(basic)) {
    const [user, password] = [secretIn(basic, 'user'), secretIn(basic, 'password')]
    return user === null || password === null ? null : { kind: 'basic', user, password }
  }
  if (vendor === null) return null
  const { consent, ...rest } = vendor
  const client = (from: JsonObject, id: string, secret: string): OAuthClient | null => {
    const name = secretIn(from, id)
    return name === null
      ? null
      : { ...rest, id: name, secret: secretIn(from, secret), scopes: textsIn(from['scopes']) }
  }
  if (isJsonObject(clientCredentials)) {
    const app = client(clientCredentials, 'id', 'secret')
    return app === null ? null : { kind: 'client-credentials', client: app }
  }
  const app = isJsonObject(oauth) ? client(oauth, 'clientId', 'clientSecret') : null
  return app === null ? null : { kind: 'authorization-code', client: app, consent }
}

/** The names of all secrets that a connection proves itself with. */
export function secretsOf(spec: AuthSpec): readonly string[] {
  switch (spec.kind) {
    case 'key':
      return [spec.secret]
    case 'basic':
      return [spec.user, spec.password]
    default:
      return [spec.client.id, ...(spec.client.secret === null ? [] : [spec.client.secret])]
  }
}

function secretIn(value: JsonObject, key: string): string | null {
  const named = value[key]
  return isJsonObject(named) && typeof named['secret'] === 'string' ? named['secret'] : null
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
