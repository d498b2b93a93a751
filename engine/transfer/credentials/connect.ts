import type { AuthSpec, Grant, TokenHost } from '../../core/model/auth.ts'
import { refusedCredentials } from '../../core/model/auth.ts'
import { clearRefusal } from '../../store/connection-watch.ts'
import { keepCredential } from '../../store/credentials.ts'
import type { CredentialKeeper } from './source.ts'
import { askStandard } from './standard.ts'
import { belongsTo, newCredential } from './tokens.ts'

/** Exchanges the code of a consent for tokens and keeps them in place of whatever was there. Throws `auth-expired` where it is refused. */
export async function keepConsent(
  keeper: CredentialKeeper,
  spec: Extract<AuthSpec, { kind: 'authorization-code' }>,
  code: Extract<Grant, { kind: 'code' }>,
  host: TokenHost,
  signal: AbortSignal,
): Promise<void> {
  const { store, project, connection } = keeper
  const answer = await (spec.client.ask ?? askStandard)(spec.client, code, host, signal)
  if (answer.status === 'refused')
    throw refusedCredentials(
      connection,
      answer.error === 'invalid_client' ? 'client' : 'grant',
      `${connection} gave no token for the code (${answer.error}). ${
        answer.error === 'invalid_client'
          ? 'Check the secrets of the app.'
          : 'Check that the redirect address is registered exactly so, and start again.'
      }`,
      { error: answer.error, status: answer.httpStatus },
    )
  const of = await belongsTo(spec, host)
  const fresh = newCredential(of, answer, null, spec.client.graceMs, store.now())
  await store.transaction(async (trx) => {
    await keepCredential(trx, { project, connection }, null, { ...fresh, graceMs: 0 })
    await clearRefusal(trx, project, connection)
  })
}
