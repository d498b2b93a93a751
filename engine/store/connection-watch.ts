import type { RefusedKind } from '../core/model/auth.ts'
import { noteCredentialState } from './credential-history.ts'
import type { ConnectionWatchTable } from './credential-tables.ts'
import { forUpdate } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import { openCell, sealCell } from './sealed.ts'

export interface Refusal {
  readonly since: number
  readonly kind: RefusedKind
  readonly message: string
  /** The secrets and settings that were refused, as one text. */
  readonly refusedWith: string
}

/** How a connection stands with its credentials. */
export interface ConnectionWatch {
  readonly connection: string
  readonly refusal: Refusal | null
  readonly checkedAt: number | null
  /** Why the last look could not tell. */
  readonly trouble: string | null
  readonly account: string | null
  /** When the first of its keys and grants ends that does not renew itself. */
  readonly expiresAt: number | null
  readonly expiresOf: string | null
  /** What a person has to do before it ends. */
  readonly todo: string | null
  readonly scopesMissing: readonly string[]
  /** Granted, and nothing needs them; empty where the system does not tell. */
  readonly scopesUnneeded: readonly string[]
  /** How far its clock is ahead of ours, in milliseconds; null: it tells no time. */
  readonly clockSkewMs: number | null
}

/** What a look found of an end: what a person has to do, and when we change it ourselves. */
export interface EndFound {
  readonly steps: string
  readonly changesAt: number | null
}

/** Every connection that was ever looked at, by name. */
export async function connectionWatches(
  store: Queryable,
  project: string,
): Promise<readonly ConnectionWatch[]> {
  const rows = await store.db
    .selectFrom('connection_watch')
    .selectAll()
    .where('project', '=', project)
    .orderBy('connection')
    .execute()
  return rows.map((row) => watchOf(store, row))
}

/** The refusals that concern one of these connections, or the app that it belongs to. */
export async function refusalsOf(
  store: Queryable,
  project: string,
  connections: readonly { readonly connection: string; readonly app: string | null }[],
): Promise<readonly (Refusal & { readonly connection: string; readonly app: string | null })[]> {
  const names = connections.map(({ connection }) => connection)
  const apps = connections.flatMap(({ app }) => app ?? [])
  const rows = await store.db
    .selectFrom('connection_watch')
    .selectAll()
    .where('project', '=', project)
    .where('refused_since', 'is not', null)
    .where((eb) =>
      eb.or([
        eb('connection', 'in', names),
        ...(apps.length === 0 ? [] : [eb.and([eb('app', 'in', apps), eb('refused_kind', '=', 'client')])]),
      ]),
    )
    .orderBy('connection')
    .execute()
  return rows.map((row) => ({ connection: row.connection, app: row.app, ...refusalOf(store, row)! }))
}

/** Notes that credentials are refused. True when that is new; one that is known keeps its beginning. */
export async function markRefused(
  trx: Transaction,
  project: string,
  connection: string,
  refused: Omit<Refusal, 'since'> & { readonly app: string | null },
): Promise<boolean> {
  const before = await lockedWatch(trx, project, connection)
  await putWatch(trx, project, connection, {
    app: refused.app,
    refused_since: before?.refused_since ?? trx.now(),
    refused_kind: refused.kind,
    refused_message: refused.message,
    refused_with: sealCell(trx, 'connection_watch', 'refused_with', refused.refusedWith),
  })
  const { kind, message } = refused
  const state = { kind, message, ends_at: null, changes_at: null }
  await noteCredentialState(trx, project, connection, 'refused', state)
  return (before?.refused_since ?? null) === null
}

/** They are taken (again), or others were given. True when they were refused before. */
export async function clearRefusal(trx: Transaction, project: string, connection: string): Promise<boolean> {
  const before = await lockedWatch(trx, project, connection)
  if ((before?.refused_since ?? null) === null) return false
  await putWatch(trx, project, connection, {
    refused_since: null,
    refused_kind: null,
    refused_message: null,
    refused_with: null,
    // What a look said of it is past too.
    trouble: null,
  })
  await noteCredentialState(trx, project, connection, 'refused', null)
  return true
}

/** What a look at a connection found. */
export async function noteWatch(
  trx: Transaction,
  project: string,
  watched: Omit<ConnectionWatch, 'refusal' | 'checkedAt' | 'trouble'> & EndFound,
): Promise<void> {
  await putWatch(trx, project, watched.connection, {
    checked_at: trx.now(),
    trouble: null,
    account: watched.account,
    expires_at: watched.expiresAt,
    expires_of: watched.expiresOf,
    todo: watched.todo,
    scopes_missing: JSON.stringify(watched.scopesMissing),
    scopes_unneeded: JSON.stringify(watched.scopesUnneeded),
    clock_skew: watched.clockSkewMs,
  })
  const { connection, expiresAt, expiresOf, steps, changesAt } = watched
  const end =
    expiresAt === null
      ? null
      : { kind: expiresOf ?? 'credentials', message: steps, ends_at: expiresAt, changes_at: changesAt }
  await noteCredentialState(trx, project, connection, 'ends', end)
}

/** A look could not tell: what is known stays. */
export async function noteTrouble(
  trx: Transaction,
  project: string,
  connection: string,
  trouble: string,
  clockSkewMs: number | null,
): Promise<void> {
  const clock = clockSkewMs === null ? {} : { clock_skew: clockSkewMs }
  await putWatch(trx, project, connection, { checked_at: trx.now(), trouble, ...clock })
}

function lockedWatch(trx: Transaction, project: string, connection: string) {
  return forUpdate(
    trx,
    trx.db
      .selectFrom('connection_watch')
      .selectAll()
      .where('project', '=', project)
      .where('connection', '=', connection),
  ).executeTakeFirst()
}

async function putWatch(
  trx: Transaction,
  project: string,
  connection: string,
  change: Partial<Omit<ConnectionWatchTable, 'project' | 'connection'>>,
): Promise<void> {
  await trx.db
    .insertInto('connection_watch')
    .values({ project, connection, ...change })
    .onConflict((conflict) => conflict.columns(['project', 'connection']).doUpdateSet(change))
    .execute()
}

function watchOf(store: Queryable, row: ConnectionWatchTable): ConnectionWatch {
  return {
    connection: row.connection,
    refusal: refusalOf(store, row),
    checkedAt: row.checked_at,
    trouble: row.trouble,
    account: row.account,
    expiresAt: row.expires_at,
    expiresOf: row.expires_of,
    todo: row.todo,
    scopesMissing: JSON.parse(row.scopes_missing ?? '[]') as readonly string[],
    scopesUnneeded: JSON.parse(row.scopes_unneeded ?? '[]') as readonly string[],
    clockSkewMs: row.clock_skew,
  }
}

function refusalOf(store: Queryable, row: ConnectionWatchTable): Refusal | null {
  if (row.refused_since === null) return null
  return {
    since: row.refused_since,
    kind: row.refused_kind as RefusedKind,
    message: row.refused_message ?? '',
    refusedWith: openCell(store, 'connection_watch', 'refused_with', row.refused_with) ?? '',
  }
}
