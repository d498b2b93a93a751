import type { CredentialHistoryTable } from './credential-tables.ts'
import type { Queryable, Transaction } from './open.ts'

/** What can be known of credentials: that they are refused, when they end. */
export type CredentialState = Pick<CredentialHistoryTable, 'kind' | 'message' | 'ends_at' | 'changes_at'>

/** A time in which a key or a consent was known to end. */
export interface KnownEnd {
  readonly connection: string
  /** From when on that was known. */
  readonly since: number
  /** When another one was known, or none; null: it is so now. */
  readonly until: number | null
  readonly of: string
  readonly endsAt: number
  /** What a person has to do. */
  readonly steps: string
  /** When we change it ourselves; null: that is left to people. */
  readonly changesAt: number | null
}

/** A time in which credentials were refused. */
export interface KnownRefusal {
  readonly since: number
  readonly until: number | null
  readonly kind: string
  readonly message: string
}

/** An end that moves by less is the same one: vendors say it in seconds from now, and some move it with each use. */
const SAME_END_MS = 86_400_000

/** Notes how it stands now; null: there is nothing. What is known already keeps its beginning. */
export async function noteCredentialState(
  trx: Transaction,
  project: string,
  connection: string,
  what: 'refused' | 'ends',
  state: CredentialState | null,
): Promise<void> {
  const open = await rowsOf(trx, project, { connection, what }).where('until', 'is', null).executeTakeFirst()
  if (open === undefined && state === null) return
  const isKnown = open !== undefined && state !== null && isSame(open, state)
  if (
    isKnown &&
    (['kind', 'message', 'ends_at', 'changes_at'] as const).every((at) => open[at] === state[at])
  )
    return
  const now = trx.now()
  if (open !== undefined)
    await trx.db
      .updateTable('credential_history')
      .set(isKnown ? state : { until: now })
      .where('project', '=', project)
      .where('connection', '=', connection)
      .where('what', '=', what)
      .where('since', '=', open.since)
      .execute()
  if (isKnown || state === null) return
  await trx.db
    .insertInto('credential_history')
    .values({ project, connection, what, since: now, until: null, ...state })
    .onConflict((conflict) =>
      conflict.columns(['project', 'connection', 'what', 'since']).doUpdateSet({ until: null, ...state }),
    )
    .execute()
}

function isSame(known: CredentialState, state: CredentialState): boolean {
  const isOurs = (known.changes_at === null) === (state.changes_at === null)
  return isOurs && Math.abs((known.ends_at ?? 0) - (state.ends_at ?? 0)) < SAME_END_MS
}

/** Ends that were known at `from` or later, in order. `from` null: those that are known now. */
export async function knownEnds(
  store: Queryable,
  project: string,
  connections: readonly string[],
  from: number | null,
): Promise<readonly KnownEnd[]> {
  const rows = await since(rowsOf(store, project, { what: 'ends' }), from)
    .where('connection', 'in', ['', ...connections])
    .orderBy('since')
    .execute()
  return rows.map(({ connection, since, until, kind, message, ends_at, changes_at }) => ({
    ...{ connection, since, until, of: kind, endsAt: ends_at!, steps: message, changesAt: changes_at },
  }))
}

/** Refusals that stood at `from` or later, in order. */
export async function knownRefusals(
  store: Queryable,
  project: string,
  connection: string,
  from: number,
): Promise<readonly KnownRefusal[]> {
  return since(rowsOf(store, project, { connection, what: 'refused' }), from)
    .orderBy('since')
    .execute()
}

/** From when on there is anything in this history; null: there is nothing. */
export async function historyBegins(store: Queryable, project: string): Promise<number | null> {
  const row = await store.db
    .selectFrom('credential_history')
    .select(({ fn }) => fn.min('since').as('first'))
    .where('project', '=', project)
    .executeTakeFirst()
  return row?.first == null ? null : Number(row.first)
}

function rowsOf(
  store: Queryable,
  project: string,
  { connection, what }: { readonly connection?: string; readonly what: 'refused' | 'ends' },
) {
  const query = store.db
    .selectFrom('credential_history')
    .selectAll()
    .where('project', '=', project)
    .where('what', '=', what)
  return connection === undefined ? query : query.where('connection', '=', connection)
}

function since(query: ReturnType<typeof rowsOf>, from: number | null) {
  return query.where(({ eb, or }) =>
    or([eb('until', 'is', null), ...(from === null ? [] : [eb('until', '>=', from)])]),
  )
}
