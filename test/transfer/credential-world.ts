import { onTestFinished } from 'vitest'
import type { AuthSpec, CredentialSource, OAuthClient } from '../../engine/core/model/auth.ts'
import type { Store } from '../../engine/store/open.ts'
import { createHost, type LegHost } from '../../engine/transfer/host/host.ts'
import { type OAuthOptions, type OAuthStandIn, startOAuth } from '../stand-ins/oauth/server.ts'
import { type OpenedStore, openedStore } from '../store/opened.ts'

export const GRACE_MS = 30 * 60_000
export const signal = new AbortController().signal
export const PLACE = { project: 'acme', connection: 'books' }

/** An authorization server, and a store whose clock it shares. */
export interface CredentialWorld extends OpenedStore {
  readonly vendor: OAuthStandIn
  readonly secrets: Record<string, string>
  /** Another worker's view of the connection: a host of its own on that handle of the store. */
  worker(spec: AuthSpec, store?: Store): { readonly host: LegHost; readonly source: CredentialSource }
  readonly byRefresh: AuthSpec
  readonly byClient: AuthSpec
}

export async function createCredentialWorld(options: OAuthOptions = {}): Promise<CredentialWorld> {
  const opened = await openedStore()
  const vendor = await startOAuth({ now: opened.now, graceMs: GRACE_MS, ...options })
  onTestFinished(vendor.close)
  const secrets: Record<string, string> = { id: vendor.clientId, secret: vendor.clientSecret }
  const client = clientOf(vendor.url)
  return {
    ...opened,
    vendor,
    secrets,
    byClient: { kind: 'client-credentials', client },
    byRefresh: {
      kind: 'authorization-code',
      client,
      consent: {
        url: `${vendor.url}/authorize`,
        parameters: {},
        pkce: true,
        scopesBy: ' ',
        issuer: vendor.url,
      },
    },
    worker(spec, store = opened.store) {
      const host = createHost({
        connection: PLACE.connection,
        limits: null,
        secrets: {
          value: async (name) => secrets[name]!,
          hosts: () => [new URL(vendor.url).host],
        },
        keeper: { ...PLACE, store },
        now: opened.now,
        log() {},
      })
      onTestFinished(host.close)
      return { host, source: host.credential(spec) }
    },
  }
}

export function clientOf(url: string, more: Partial<OAuthClient> = {}): OAuthClient {
  return {
    tokenUrl: `${url}/token`,
    id: 'id',
    secret: 'secret',
    scopes: [],
    sentBy: 'basic',
    hosts: [new URL(url).host],
    graceMs: GRACE_MS,
    ...more,
  }
}
