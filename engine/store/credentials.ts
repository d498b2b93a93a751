import { isJsonObject, type JsonObject } from '../core/model/json.ts'
import type { CredentialTable } from './credential-tables.ts'
import { forUpdate } from './locks.ts'
import type { Queryable, Store, Transaction } from './open.ts'
import { openCell, sealCell } from './sealed.ts'

/** The credentials of a connection that are renewed, opened. */
export interface KeptCredential {
  /** Rises with every renewal; 0: none was obtained yet. */
  readonly generation: number
  readonly secret: JsonObject | null
  /** The one before, as long as the vendor may still take it. */
  readonly previous: JsonObject | null
  /** A new key that is not proven yet. */
  readonly made: JsonObject | null
  readonly obtainedAt: number | null
  readonly expiresAt: number | null
  readonly refreshExpiresAt: number | null
}

export interface CredentialPlace {
  readonly project: string
  readonly connection: string
}

/** What is kept for a connection; null when nothing ever was. */
export async function credentialOf(store: Queryable, place: CredentialPlace): Promise<KeptCredential | null> {
  const row = await select(store, place).executeTakeFirst()
  return row === undefined ? null : keptOf(store, row)
}

export type Turn =
  /** It is the holder's to renew, until `letCredentialGo` or its time is over. */
  | { readonly kind: 'taken'; readonly kept: KeptCredential }
  /** Somebody renewed it since. */
  | { readonly kind: 'newer'; readonly kept: KeptCredential }
  /** Somebody else renews it now. */
  | { readonly kind: 'held' }

/** Asks for the turn to renew what has this generation: one has it, all others wait for the next generation. */
export async function takeCredential(
  store: Store,
  place: CredentialPlace,
  ask: { readonly holder: string; readonly ttlMs: number; readonly generation: number },
): Promise<Turn> {
  return store.transaction(async (trx): Promise<Turn> => {
    await ensureRow(trx, place)
    const row = await locked(trx, place)
    if (row.generation > ask.generation) return { kind: 'newer', kept: keptOf(trx, row) }
    const held = row.held_by !== null && row.held_by !== ask.holder && (row.held_until ?? 0) > trx.now()
    if (held) return { kind: 'held' }
    await update(trx, place, { held_by: ask.holder, held_until: trx.now() + ask.ttlMs })
    return { kind: 'taken', kept: keptOf(trx, row) }
  })
}

export interface NewCredential {
  readonly secret: JsonObject
  /** How long the one before may still be taken by the vendor. */
  readonly graceMs: number
  readonly expiresAt: number | null
  readonly refreshExpiresAt: number | null
}

/**
 * Keeps a new credential in place of the one with this generation, which becomes the previous one; the turn ends with it. False when
 * somebody else renewed it meanwhile: then nothing is written. `generation` null: in place of whatever is there.
 */
export async function keepCredential(
  trx: Transaction,
  place: CredentialPlace,
  generation: number | null,
  fresh: NewCredential,
): Promise<boolean> {
  await ensureRow(trx, place)
  const row = await locked(trx, place)
  if (generation !== null && row.generation !== generation) return false
  const now = trx.now()
  await update(trx, place, {
    generation: row.generation + 1,
    sealed: sealCell(trx, 'credential', 'sealed', JSON.stringify(fresh.secret)),
    previous: fresh.graceMs > 0 ? sealedAsPrevious(trx, row.sealed) : null,
    previous_until: fresh.graceMs > 0 && row.sealed !== null ? now + fresh.graceMs : null,
    made: null,
    obtained_at: now,
    expires_at: fresh.expiresAt,
    refresh_expires_at: fresh.refreshExpiresAt,
    held_by: null,
    held_until: null,
  })
  return true
}

/** Notes a new key beside the one in use, before it is used for the first time; null: it is of no use. */
export async function noteMade(
  trx: Transaction,
  place: CredentialPlace,
  made: JsonObject | null,
): Promise<void> {
  await ensureRow(trx, place)
  await update(trx, place, {
    made: made === null ? null : sealCell(trx, 'credential', 'made', JSON.stringify(made)),
  })
}

/** Changes what is noted beside a credential that stays in use. */
export async function amendCredential(
  trx: Transaction,
  place: CredentialPlace,
  generation: number,
  secret: JsonObject,
): Promise<void> {
  const row = await locked(trx, place)
  if (row.generation !== generation) return
  await update(trx, place, { sealed: sealCell(trx, 'credential', 'sealed', JSON.stringify(secret)) })
}

/** Gives the turn to renew back. */
export async function letCredentialGo(store: Store, place: CredentialPlace, holder: string): Promise<void> {
  await store.transaction(async (trx) => {
    await trx.db
      .updateTable('credential')
      .set({ held_by: null, held_until: null })
      .where('project', '=', place.project)
      .where('connection', '=', place.connection)
      .where('held_by', '=', holder)
      .execute()
  })
}

function select(store: Queryable, { project, connection }: CredentialPlace) {
  return store.db
    .selectFrom('credential')
    .selectAll()
    .where('project', '=', project)
    .where('connection', '=', connection)
}

function locked(trx: Transaction, place: CredentialPlace): Promise<CredentialTable> {
  return forUpdate(trx, select(trx, place)).executeTakeFirstOrThrow()
}

async function ensureRow(trx: Transaction, { project, connection }: CredentialPlace): Promise<void> {
  await trx.db
    .insertInto('credential')
    .values({ project, connection, generation: 0 })
    .onConflict((conflict) => conflict.columns(['project', 'connection']).doNothing())
    .execute()
}

async function update(
  trx: Transaction,
  { project, connection }: CredentialPlace,
  change: Partial<Omit<CredentialTable, 'project' | 'connection'>>,
): Promise<void> {
  await trx.db
    .updateTable('credential')
    .set(change)
    .where('project', '=', project)
    .where('connection', '=', connection)
    .execute()
}

type SealedColumn = 'sealed' | 'previous' | 'made'

function open(store: Queryable, row: CredentialTable, column: SealedColumn): JsonObject | null {
  const text = openCell(store, 'credential', column, row[column])
  const value: unknown = text === null ? null : JSON.parse(text)
  return isJsonObject(value) ? value : null
}

/** What is sealed for one column does not open in another. */
function sealedAsPrevious(store: Queryable, sealed: string | null): string | null {
  return sealCell(store, 'credential', 'previous', openCell(store, 'credential', 'sealed', sealed))
}

function keptOf(store: Queryable, row: CredentialTable): KeptCredential {
  return {
    generation: row.generation,
    secret: open(store, row, 'sealed'),
    previous: (row.previous_until ?? 0) > store.now() ? open(store, row, 'previous') : null,
    made: open(store, row, 'made'),
    obtainedAt: row.obtained_at,
    expiresAt: row.expires_at,
    refreshExpiresAt: row.refresh_expires_at,
  }
}
