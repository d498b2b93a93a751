import { AUTH_SHAPES, type AuthSpec, authOf, SECRET_SHAPE } from '../../core/model/auth.ts'
import type { ConnectionDefinition } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { askShopify, refuseCallback } from './token.ts'

/** `settings` and `auth` of a connection file. */
export const CONFIG_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    settings: {
      type: 'object',
      description:
        'Say which shop: shop: acme for acme.myshopify.com, or url: with an address of its own; and apiVersion.',
      properties: {
        shop: {
          type: 'string',
          pattern: '^[a-z0-9][a-z0-9-]*$',
          'x-address': 'https://{}.myshopify.com',
          description: 'The name before .myshopify.com. Needed unless "url" is given.',
        },
        url: {
          type: 'string',
          format: 'uri',
          pattern: '^(https://|http://(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d+)?(/|$))',
          description:
            'An explicit address in place of the shop’s own: https://…, or http:// on this machine only.',
        },
        apiVersion: {
          type: 'string',
          pattern: '^\\d{4}-(01|04|07|10)$',
          description: 'A quarter, such as "2026-07".',
        },
      },
      required: ['apiVersion'],
      anyOf: [{ required: ['shop'] }, { required: ['url'] }],
      additionalProperties: false,
    },
    auth: {
      description:
        'clientCredentials: { id: { secret }, secret: { secret } } for an app of one’s own; oauth: { clientId, clientSecret, scopes } for one that a person connects; accessToken: { secret } for an older custom app.',
      anyOf: [
        AUTH_SHAPES.clientCredentials,
        AUTH_SHAPES.oauth,
        {
          type: 'object',
          properties: { accessToken: SECRET_SHAPE },
          required: ['accessToken'],
          additionalProperties: false,
        },
      ],
    },
  },
  required: ['settings', 'auth'],
}

/** A connection file's settings, typed once. */
export interface Config {
  readonly name: string
  /** Without a slash at the end. */
  readonly address: string
  readonly apiVersion: string
  readonly auth: AuthSpec
}

/** A refresh token that was replaced is taken until its replacement is used, for so long at most (shopify.dev changelog, 2026-08-28). */
const GRACE_MS = 30 * 86_400_000

export function configOf(definition: ConnectionDefinition): Config {
  const { shop, url, apiVersion } = definition.settings as { shop?: string; url?: string; apiVersion: string }
  const address = (url ?? `https://${shop}.myshopify.com`).replace(/\/+$/, '')
  const auth = authOf(definition.auth, {
    tokenUrl: `${address}/admin/oauth/access_token`,
    sentBy: 'form',
    hosts: [new URL(address).host],
    graceMs: GRACE_MS,
    ask: askShopify,
    consent: {
      url: `${address}/admin/oauth/authorize`,
      parameters: {},
      // Scopes by commas, and no word of PKCE in Shopify's documentation.
      pkce: false,
      scopesBy: ',',
      issuer: null,
      refuse: (parameters, secret) => refuseCallback(parameters, secret, shop ?? null),
    },
  })
  if (auth === null)
    throw new SyncError(
      'invalid-plan',
      `The connection "${definition.name}" has neither an access token nor client credentials.`,
    )
  return { name: definition.name, address, apiVersion, auth }
}
