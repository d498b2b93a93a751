import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AuthSpec,
  type Credential,
  type CredentialSource,
  type OAuthClient,
  type RefusedKind,
  refusedCredentials,
  secretsOf,
  type TokenAnswer,
} from '../../core/model/auth.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { clearRefusal } from '../../store/connection-watch.ts'
import {
  credentialOf,
  type KeptCredential,
  keepCredential,
  letCredentialGo,
  takeCredential,
} from '../../store/credentials.ts'
import type { CredentialKeeper, SourceHost } from './source.ts'
import { askStandard } from './standard.ts'

type OAuthSpec = Extract<AuthSpec, { client: OAuthClient }>
type Granted = Extract<TokenAnswer, { status: 'granted' }>

/** How long a token address may take, a wait for the connection's budget included, and how long whoever asks it has the turn. */
const ASK_MS = 30_000
const TURN_MS = 65_000
/** How long one waits for another process to renew. */
const PATIENCE_MS = 75_000
const LOOK_MS = { first: 50, most: 400 }
/** Where renewing ahead of the end failed, it is tried again after this. */
const PAUSE_MS = 15_000
/** The share of its life after which a token is renewed. */
const RENEWED_AT = 0.8
/** Taken off every life, for clocks that differ and answers under way; at most a tenth of it. */
const SKEW_MS = 60_000

/** OAuth tokens: one process renews them for all, and they are kept before they are used for the first time. */
export function createTokens(
  spec: OAuthSpec,
  host: SourceHost,
  keeper: CredentialKeeper | null,
  tokenName: string,
): CredentialSource {
  if (keeper === null) throw new SyncError('bug', 'Tokens cannot be renewed where nothing is kept.')
  const { store } = keeper
  let known: KeptCredential | null = null
  let renewing: Promise<KeptCredential> | null = null
  let pausedUntil = 0

  const credential = (kept: KeptCredential): Credential => ({
    value: String(kept.secret!['accessToken']),
    secrets: [tokenName],
    generation: kept.generation,
  })
  /** What is kept, if it belongs to this very app. */
  const read = async (): Promise<KeptCredential | null> => {
    const kept = await credentialOf(store, keeper)
    return kept?.secret?.['of'] === (await belongsTo(spec, host)) ? kept : null
  }
  const isGood = (kept: KeptCredential | null): kept is KeptCredential =>
    kept?.secret != null && (kept.expiresAt === null || kept.expiresAt > store.now())
  const isDue = ({ expiresAt, obtainedAt }: KeptCredential): boolean =>
    expiresAt !== null &&
    obtainedAt !== null &&
    store.now() >= obtainedAt + RENEWED_AT * (expiresAt - obtainedAt)

  /** One renewal at a time in this process. It goes on when whoever asked for it has given up: its answer must not get lost. */
  const renew = (refused: number | null, signal: AbortSignal): Promise<KeptCredential> => {
    renewing ??= renewInTurn(refused).finally(() => {
      renewing = null
    })
    return orGivenUp(renewing, signal)
  }

  /** `refused`: the generation that was refused, whatever is said of its end. */
  const renewInTurn = async (refused: number | null): Promise<KeptCredential> => {
    const holder = randomUUID()
    const began = performance.now()
    for (let pause = LOOK_MS.first; ; pause = Math.min(LOOK_MS.most, pause * 2)) {
      const before = await read()
      const usable = isGood(before) && before.generation !== refused
      if (usable && !isDue(before)) return before
      const turn = await takeCredential(store, keeper, {
        holder,
        ttlMs: TURN_MS,
        generation: before?.generation ?? (await credentialOf(store, keeper))?.generation ?? 0,
      })
      if (turn.kind === 'taken') return ask(before, holder, usable)
      if (turn.kind === 'newer') continue
      if (usable) return before
      if (performance.now() - began > PATIENCE_MS)
        throw new SyncError(
          'unavailable',
          `${keeper.connection}: another process has been renewing the token for ${PATIENCE_MS / 1_000} s.`,
          { maybeSent: false },
        )
      await sleep(pause)
    }
  }

  const ask = async (
    before: KeptCredential | null,
    holder: string,
    usable: boolean,
  ): Promise<KeptCredential> => {
    try {
      const answer = await askWith(before, before?.secret ?? null)
      if (answer.status === 'granted') return await keep(before, before?.secret ?? null, answer)
      // Somebody whose turn had ended may have been faster after all.
      const since = await read()
      if (isGood(since) && since.generation !== (before?.generation ?? 0)) return since
      // The answer that held the newest one may never have been meant for us: the vendor still takes the one before.
      if (answer.error === 'invalid_grant' && before?.previous?.['refreshToken'] != null) {
        const earlier = await askWith(before, before.previous)
        if (earlier.status === 'granted') return await keep(before, before.previous, earlier)
      }
      throw refusal(answer)
    } catch (error) {
      await letCredentialGo(store, keeper, holder)
      if (!usable || !(error instanceof SyncError) || error.kind === 'auth-expired') throw error
      // Ahead of its end there is time to try again.
      pausedUntil = performance.now() + PAUSE_MS
      host.log('token not renewed yet', { connection: keeper.connection, kind: error.kind })
      return before!
    }
  }

  const askWith = (before: KeptCredential | null, secret: JsonObject | null): Promise<TokenAnswer> => {
    const signal = AbortSignal.timeout(ASK_MS)
    const asking = spec.client.ask ?? askStandard
    const answer =
      spec.kind === 'client-credentials'
        ? asking(spec.client, { kind: 'client-credentials' }, host, signal)
        : asking(spec.client, { kind: 'refresh', refreshToken: refreshTokenOf(secret, before) }, host, signal)
    return answer.catch((error: unknown) => {
      if (!signal.aborted) throw error
      throw new SyncError('unavailable', `${keeper.connection} gave no token within ${ASK_MS / 1_000} s.`)
    })
  }

  const refreshTokenOf = (secret: JsonObject | null, before: KeptCredential | null): string => {
    const token = secret?.['refreshToken']
    if (typeof token === 'string') return token
    throw refusedCredentials(
      keeper.connection,
      'grant',
      before === null
        ? `${keeper.connection} is not connected yet: run tidelock connect ${keeper.connection}.`
        : `The token of ${keeper.connection} has ended and was given without one to renew it: run tidelock connect ${keeper.connection}.`,
    )
  }

  const keep = async (
    before: KeptCredential | null,
    used: JsonObject | null,
    answer: Granted,
  ): Promise<KeptCredential> => {
    const fresh = newCredential(await belongsTo(spec, host), answer, used, spec.client.graceMs, store.now())
    await store.transaction(async (trx) => {
      const generation = before?.generation ?? (await credentialOf(trx, keeper))?.generation ?? 0
      if (await keepCredential(trx, keeper, generation, fresh))
        await clearRefusal(trx, keeper.project, keeper.connection)
    })
    const kept = await read()
    if (kept === null) throw new SyncError('unavailable', `${keeper.connection} was given other credentials.`)
    return kept
  }

  const refusal = (answer: Extract<TokenAnswer, { status: 'refused' }>): SyncError => {
    const { connection } = keeper
    const fields = { error: answer.error, status: answer.httpStatus }
    const kind: RefusedKind =
      answer.error === 'invalid_client' || answer.error === 'unauthorized_client' ? 'client' : 'grant'
    const names = secretsOf(spec)
      .map((name) => `"${name}"`)
      .join(' and ')
    if (kind === 'client')
      return refusedCredentials(
        connection,
        kind,
        `${connection} refuses our app itself (${answer.error}): check the secrets ${names}. All connections of this app wait; connecting again does not help.`,
        fields,
      )
    return refusedCredentials(
      connection,
      kind,
      spec.kind === 'client-credentials'
        ? `${connection} refuses the client credentials (${answer.error}). Check the secrets ${names}, and that the app is installed.`
        : `${connection} no longer takes the consent given to Tidelock (${answer.error}). Give it again: tidelock connect ${connection}.`,
      fields,
    )
  }

  return {
    async current(signal) {
      if (!isGood(known) || isDue(known)) {
        const kept = await read()
        const paused = performance.now() < pausedUntil
        known = isGood(kept) && (paused || !isDue(kept)) ? kept : await renew(null, signal)
      }
      return credential(known)
    },
    async renewed(refused, signal) {
      known = await renew(refused.generation, signal)
      // One that was under way already may not have known of the refusal.
      if (known.generation === refused.generation) known = await renew(refused.generation, signal)
      return known.generation === refused.generation ? null : credential(known)
    },
  }
}

/** Which app, and how: tokens of another one are of no use. */
export async function belongsTo(spec: OAuthSpec, host: Pick<SourceHost, 'secret'>): Promise<string> {
  return JSON.stringify([spec.kind, spec.client.tokenUrl, await host.secret(spec.client.id)])
}

/** What is kept of an answer. A refresh token that was not replaced stays. */
export function newCredential(
  of: string,
  answer: Granted,
  used: JsonObject | null,
  graceMs: number,
  now: number,
) {
  const refreshToken = answer.refreshToken ?? used?.['refreshToken'] ?? null
  return {
    secret: { of, accessToken: answer.accessToken, refreshToken },
    graceMs: answer.refreshToken === null ? 0 : graceMs,
    expiresAt: answer.expiresInMs === null ? null : now + lessSkew(answer.expiresInMs),
    refreshExpiresAt: answer.refreshExpiresInMs === null ? null : now + lessSkew(answer.refreshExpiresInMs),
  }
}

function lessSkew(lifeMs: number): number {
  return lifeMs - Math.min(SKEW_MS, lifeMs / 10)
}

/** The value, unless whoever waits for it gives up before. */
async function orGivenUp<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  promise.catch(() => {})
  let stop = () => {}
  const givenUp = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, givenUp])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
