import type { ConnectionDefinition } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'

const secret = {
  type: 'object',
  properties: { secret: { type: 'string' } },
  required: ['secret'],
  additionalProperties: false,
}

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
        'clientCredentials: { id: { secret }, secret: { secret } }, or accessToken: { secret } for an older custom app.',
      anyOf: [
        {
          type: 'object',
          properties: {
            clientCredentials: {
              type: 'object',
              properties: { id: secret, secret },
              required: ['id', 'secret'],
              additionalProperties: false,
            },
          },
          required: ['clientCredentials'],
          additionalProperties: false,
        },
        {
          type: 'object',
          properties: { accessToken: secret },
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
  /** Names of secrets. */
  readonly auth:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'client'; readonly id: string; readonly secret: string }
}

export function configOf(definition: ConnectionDefinition): Config {
  const { shop, url, apiVersion } = definition.settings as { shop?: string; url?: string; apiVersion: string }
  const auth = definition.auth as {
    accessToken?: { secret: string }
    clientCredentials?: { id: { secret: string }; secret: { secret: string } }
  }
  const address = (url ?? `https://${shop}.myshopify.com`).replace(/\/+$/, '')
  if (auth.clientCredentials !== undefined) {
    const { id, secret: key } = auth.clientCredentials
    return {
      name: definition.name,
      address,
      apiVersion,
      auth: { kind: 'client', id: id.secret, secret: key.secret },
    }
  }
  if (auth.accessToken === undefined)
    throw new SyncError(
      'invalid-plan',
      `The connection "${definition.name}" has neither an access token nor client credentials.`,
    )
  return {
    name: definition.name,
    address,
    apiVersion,
    auth: { kind: 'token', token: auth.accessToken.secret },
  }
}
