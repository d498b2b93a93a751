import { randomUUID } from 'node:crypto'
import type { KeyMaker } from '../../core/model/connector.ts'
import {
  amendCredential,
  type CredentialPlace,
  credentialOf,
  keepCredential,
  letCredentialGo,
  noteMade,
  takeCredential,
} from '../../store/credentials.ts'
import type { Store } from '../../store/open.ts'

export interface Rotation {
  readonly store: Store
  readonly place: CredentialPlace
  /** The value of the secret that the connection file names. */
  readonly secret: string
  /** Opens the connection anew: with the key that is in use from now on. */
  withKeys<T>(work: (keys: KeyMaker, inUse: string) => Promise<T>): Promise<T>
  readonly signal: AbortSignal
}

export type RotationResult =
  | { readonly status: 'rotated'; readonly endsAt: number }
  /** Nothing to do, or somebody else is at it. */
  | { readonly status: 'idle' }
  /** A person has to. */
  | { readonly status: 'cannot'; readonly why: string }

/** How long one may be at it before another one may. */
const TURN_MS = 10 * 60_000

/**
 * Changes a key before its end: made, kept, proven, used, and only then the old one is revoked, in the name of the new one. Wherever it
 * stops, a key that is taken is in use, and the next call goes on from there: what was made is kept before it is used, and the old one
 * is kept until it is revoked.
 */
export async function rotateKey(rotation: Rotation, endsAt: number | null): Promise<RotationResult> {
  const { store, place } = rotation
  const kept = await credentialOf(store, place)
  const isDue = (keys: KeyMaker): boolean =>
    endsAt !== null && keys.beforeMs !== null && endsAt - store.now() <= keys.beforeMs
  const isUnderWay = kept?.made != null || typeof kept?.secret?.['revoke'] === 'string'
  const wanted = isUnderWay || (await rotation.withKeys(async (keys) => isDue(keys)))
  if (!wanted) return { status: 'idle' }
  const holder = randomUUID()
  const generation = kept?.generation ?? 0
  const turn = await takeCredential(store, place, { holder, ttlMs: TURN_MS, generation })
  if (turn.kind !== 'taken') return { status: 'idle' }
  try {
    // An old key that outlived its revocation goes first, so that at most two are there at any time.
    await revokeOld(rotation)
    const made = await useMade(rotation)
    if (made !== null) return await revoked(rotation, made)
    const refused = await rotation.withKeys(async (keys, inUse) =>
      isDue(keys) ? make(rotation, keys, inUse) : null,
    )
    if (refused !== null) return { status: 'cannot', why: refused }
    const fresh = await useMade(rotation)
    return fresh === null ? { status: 'idle' } : await revoked(rotation, fresh)
  } finally {
    await letCredentialGo(store, place, holder)
  }
}

/** Makes a key and keeps it. Gives why not, null when it is kept. */
async function make(rotation: Rotation, keys: KeyMaker, inUse: string): Promise<string | null> {
  const { store, place, signal } = rotation
  const day = new Date(store.now()).toISOString().slice(0, 10)
  const made = await keys.make(`Tidelock ${place.project} ${place.connection} ${day}`, signal)
  if (made.status === 'absent') return 'this server makes keys for people only, not for programs.'
  if (made.status === 'refused') return `the server made no key: ${made.message}`
  const secret = { key: made.value, endsAt: made.endsAt, instead: inUse }
  await store.transaction((trx) => noteMade(trx, place, secret))
  return null
}

/** Puts a key that was made into use, if it is taken. Gives its end. */
async function useMade(rotation: Rotation): Promise<number | null> {
  const { store, place, signal } = rotation
  const kept = await credentialOf(store, place)
  if (kept?.made == null) return null
  const { key, endsAt, instead } = kept.made
  if (!(await rotation.withKeys((keys) => keys.proves(String(key), signal)))) {
    await store.transaction((trx) => noteMade(trx, place, null))
    return null
  }
  await store.transaction((trx) =>
    keepCredential(trx, place, kept.generation, {
      secret: { key: String(key), inPlaceOf: rotation.secret, revoke: String(instead) },
      graceMs: 0,
      expiresAt: Number(endsAt),
      refreshExpiresAt: null,
    }),
  )
  return Number(endsAt)
}

async function revoked(rotation: Rotation, endsAt: number): Promise<RotationResult> {
  await revokeOld(rotation)
  return { status: 'rotated', endsAt }
}

/** The key before is of no use to anybody any more. What the server does not let us revoke is left to its own end. */
async function revokeOld(rotation: Rotation): Promise<void> {
  const { store, place, signal } = rotation
  const kept = await credentialOf(store, place)
  const old = kept?.secret?.['revoke']
  if (kept?.secret == null || typeof old !== 'string') return
  await rotation.withKeys((keys, inUse) => (old === inUse ? Promise.resolve(true) : keys.revoke(old, signal)))
  const { revoke: _, ...secret } = kept.secret
  await store.transaction((trx) => amendCredential(trx, place, kept.generation, secret))
}
