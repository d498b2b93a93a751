import type { AuthSpec, Credential, CredentialSource, TokenHost } from '../../core/model/auth.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { type CredentialPlace, credentialOf } from '../../store/credentials.ts'
import type { Store } from '../../store/open.ts'
import { createTokens } from './tokens.ts'

/** Where the credentials of a connection are kept. */
export interface CredentialKeeper extends CredentialPlace {
  readonly store: Store
}

/** What a source reaches: requests go out as those of the connection. */
export interface SourceHost extends TokenHost {
  secretAgain(name: string): Promise<string>
  log(message: string, fields?: JsonObject): void
}

/** How long a key known in this process is used before the store is asked for a newer one. */
const LOOK_AGAIN_MS = 10_000

/**
 * The credentials of one connection. `tokenName` is what requests that carry a token name as their secret. `keeper` null: nothing is
 * kept, which is enough for what comes from secrets alone.
 */
export function createCredentialSource(
  spec: AuthSpec,
  host: SourceHost,
  keeper: CredentialKeeper | null,
  tokenName: string,
): CredentialSource {
  switch (spec.kind) {
    case 'basic':
      return basic(spec, host)
    case 'key':
      return key(spec.secret, host, keeper)
    default:
      return createTokens(spec, host, keeper, tokenName)
  }
}

function basic(spec: Extract<AuthSpec, { kind: 'basic' }>, host: SourceHost): CredentialSource {
  const read = async (of: (name: string) => Promise<string>): Promise<Credential> => ({
    value: Buffer.from(`${await of(spec.user)}:${await of(spec.password)}`).toString('base64'),
    secrets: [spec.user, spec.password],
    generation: 0,
  })
  return {
    current: () => read(host.secret),
    async renewed(refused) {
      const again = await read(host.secretAgain)
      return again.value === refused.value ? null : again
    },
  }
}

/**
 * A key from its secret, or a newer one that Tidelock made in its place. Which secret that was is kept beside it: another value of the
 * secret is what a person gave since, and counts.
 */
function key(secret: string, host: SourceHost, keeper: CredentialKeeper | null): CredentialSource {
  let known: { readonly credential: Credential; readonly at: number } | null = null
  const read = async (of: (name: string) => Promise<string>): Promise<Credential> => {
    const kept = keeper === null ? null : await credentialOf(keeper.store, keeper)
    const given = await of(secret).catch((error: unknown) => {
      if (kept?.secret == null) throw error
      return null
    })
    const made = kept?.secret
    if (made != null && (given === null || made['inPlaceOf'] === given))
      return { value: String(made['key']), secrets: [secret], generation: kept!.generation }
    return { value: given!, secrets: [secret], generation: 0 }
  }
  return {
    async current() {
      const now = performance.now()
      if (known === null || now - known.at > LOOK_AGAIN_MS) {
        const credential = await read(host.secret)
        known = { credential, at: now }
      }
      return known.credential
    },
    async renewed(refused) {
      const credential = await read(host.secretAgain)
      known = { credential, at: performance.now() }
      return credential.value === refused.value ? null : credential
    },
  }
}
