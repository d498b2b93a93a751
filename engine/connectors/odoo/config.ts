import { type AuthSpec, SECRET_SHAPE } from '../../core/model/auth.ts'
import type { ConnectionDefinition } from '../../core/model/connector.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'

/** What a connection file of this connector says, read once. */
export interface OdooConfig {
  readonly connection: string
  /** Without a slash at the end. */
  readonly url: string
  readonly database: string
  /** `19.0`: what the mappings were written against. */
  readonly version: string
  readonly company: number | null
  readonly language: string | null
  /** The name of the secret that holds the API key. */
  readonly keySecret: string
  readonly login: string | null
  /** Whether a new key is made in time, where the server lets us. */
  readonly rotates: boolean
  /** A key that ends sooner than this is changed, or reported. Milliseconds. */
  readonly rotateBeforeMs: number
}

const DAY_MS = 86_400_000
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS } as const

/** JSON Schema (2020-12) of `settings` and `auth` in a connection file with `connector: odoo`. */
export const CONFIG_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Odoo connection',
  type: 'object',
  properties: {
    settings: {
      type: 'object',
      description: 'Which Odoo, which database, and on behalf of which company.',
      properties: {
        url: {
          type: 'string',
          pattern: '^(https://[^\\s/]|http://(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d+)?(/|$))[^\\s]*$',
          description: 'Address of the Odoo server: https://acme.odoo.com, or http:// on this machine only.',
        },
        database: { type: 'string', minLength: 1, description: 'Name of the database.' },
        version: {
          type: 'string',
          pattern: '^(saas~)?[0-9]+\\.[0-9]+$',
          description:
            'Version the mappings are checked against, e.g. "19.0". A server of another version is refused.',
        },
        company: {
          type: 'integer',
          minimum: 1,
          description:
            'Id of the company that everything is read and written for. Default: the company of the user.',
        },
        language: {
          type: 'string',
          pattern: '^[a-z]{2,3}(_[A-Z]{2}|_[0-9]{3})?(@[a-z]+)?$',
          description:
            'Language of translated fields, e.g. en_US; has to be installed. Default: that of the user.',
        },
        timezone: {
          type: 'string',
          format: 'time-zone',
          description: 'Time zone of the company, e.g. Europe/Brussels. Instants always travel in UTC.',
        },
        fixed: {
          type: 'object',
          description: 'Records kept by Tidelock itself for ref(...), by external id.',
          propertyNames: { pattern: '^[a-zA-Z0-9_]+\\.[^\\s,]+$' },
          additionalProperties: {
            type: 'object',
            properties: {
              model: { type: 'string', minLength: 1, description: 'Model of the record, e.g. res.partner.' },
              values: { type: 'object', minProperties: 1, description: 'Its fields and their values.' },
            },
            required: ['model', 'values'],
            additionalProperties: false,
          },
        },
      },
      required: ['url', 'database', 'version'],
      additionalProperties: false,
    },
    auth: {
      type: 'object',
      description: 'The API key of the Odoo user that Tidelock works as.',
      properties: {
        apiKey: SECRET_SHAPE,
        login: { type: 'string', minLength: 1, description: 'Login of that user. Needed below Odoo 19.' },
        rotate: {
          type: 'object',
          description:
            'Makes a new key in time and revokes the old one, where the server lets programs do that; elsewhere when to speak up.',
          properties: {
            before: {
              type: 'string',
              pattern: '^[0-9]+[smhdw]$',
              description: 'How long before the key ends, e.g. 14d (the default).',
            },
          },
          required: ['before'],
          additionalProperties: false,
        },
      },
      required: ['apiKey'],
      additionalProperties: false,
    },
  },
  required: ['settings', 'auth'],
  if: { properties: { settings: { properties: { version: { pattern: '^(saas~)?(\\d|1[0-8])\\.' } } } } },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
  then: { properties: { auth: { required: ['login'] } } },
}

/** Reads a definition that {@link CONFIG_SCHEMA} has accepted. */
export function readConfig(definition: ConnectionDefinition): OdooConfig {
  const { settings, auth } = definition
  const key = isJsonObject(auth.apiKey) ? auth.apiKey.secret : null
  const before = isJsonObject(auth.rotate) ? auth.rotate.before : null
  return {
    connection: definition.name,
    url: String(settings.url).replace(/\/+$/, ''),
    database: String(settings.database),
    version: String(settings.version),
    company: typeof settings.company === 'number' ? settings.company : null,
    language: typeof settings.language === 'string' ? settings.language : null,
    keySecret: String(key),
    login: typeof auth.login === 'string' ? auth.login : null,
    rotates: before !== null,
    rotateBeforeMs: typeof before === 'string' ? durationMs(before) : 14 * DAY_MS,
  }
}

export function authOfOdoo(definition: ConnectionDefinition): AuthSpec {
  return { kind: 'key', secret: readConfig(definition).keySecret }
}

function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1) as keyof typeof UNIT_MS]
}
