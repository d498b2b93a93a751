import type { FieldHistory } from '../core/drift/drift.ts'
import type { Queryable, Transaction } from './open.ts'
import type { DriftTable } from './run-tables.ts'

export interface DriftRow {
  readonly mapping: string
  readonly connection: string
  readonly resource: string
  readonly field: string
  readonly kind: string
  /** Whether it halts the mapping. */
  readonly breaking: boolean
  readonly found: string
  readonly expected: string
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly resolvedAt: number | null
}

export type SeenDrift = Omit<DriftRow, 'firstSeenAt' | 'lastSeenAt' | 'resolvedAt'>

/** Keeps what was seen; what was resolved before begins anew. */
export async function noteDrift(
  trx: Transaction,
  project: string,
  seen: readonly SeenDrift[],
): Promise<void> {
  for (const { breaking, found, expected, ...key } of seen) {
    const now = trx.now()
    const values = { breaking: breaking ? 1 : 0, found, expected, last_seen_at: now }
    await trx.db
      .insertInto('drift')
      .values({ project, ...key, ...values, first_seen_at: now, resolved_at: null })
      .onConflict((conflict) =>
        conflict
          .columns(['project', 'mapping', 'connection', 'resource', 'field', 'kind'])
          .doUpdateSet(({ eb, ref }) => ({
            ...values,
            first_seen_at: eb
              .case()
              .when('drift.resolved_at', 'is', null)
              .then(ref('drift.first_seen_at'))
              .else(now)
              .end(),
            resolved_at: null,
          })),
      )
      .execute()
  }
}

/** Where differences are no more, by what kind of look. */
export interface DriftPlace {
  readonly mapping: string
  readonly connection: string
  /** Left out: every one of the connection. */
  readonly resource?: string
  readonly kinds: readonly string[]
}

/** A look saw none of these differences any more, but for those it still sees. */
export async function resolveDrift(
  trx: Transaction,
  project: string,
  { mapping, connection, resource, kinds }: DriftPlace,
  still: readonly Pick<DriftRow, 'field' | 'kind'>[] = [],
): Promise<void> {
  const isStill = new Set(still.map(({ field, kind }) => `${kind} ${field}`))
  const open = await driftOf(trx, project, { mapping, open: true })
  for (const row of open) {
    if (row.connection !== connection || (resource !== undefined && row.resource !== resource)) continue
    if (!kinds.includes(row.kind) || isStill.has(`${row.kind} ${row.field}`)) continue
    await trx.db
      .updateTable('drift')
      .set({ resolved_at: trx.now() })
      .where('project', '=', project)
      .where('mapping', '=', mapping)
      .where('connection', '=', connection)
      .where('resource', '=', row.resource)
      .where('field', '=', row.field)
      .where('kind', '=', row.kind)
      .execute()
  }
}

/** By field; `open`: only what was not seen fine again. */
export async function driftOf(
  store: Queryable,
  project: string,
  filter: { readonly mapping?: string; readonly open?: boolean } = {},
): Promise<readonly DriftRow[]> {
  let query = store.db.selectFrom('drift').selectAll().where('project', '=', project)
  if (filter.mapping !== undefined) query = query.where('mapping', '=', filter.mapping)
  if (filter.open === true) query = query.where('resolved_at', 'is', null)
  return (await query.orderBy('mapping').orderBy('field').orderBy('kind').execute()).map(rowOf)
}

function rowOf(row: DriftTable): DriftRow {
  const { mapping, connection, resource, field, kind, found, expected } = row
  return {
    ...{ mapping, connection, resource, field, kind, found, expected },
    breaking: row.breaking === 1,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    resolvedAt: row.resolved_at,
  }
}

/** How full the fields of a mapping's source were in all that was read. */
export async function fieldHistory(
  store: Queryable,
  project: string,
  mapping: string,
): Promise<FieldHistory> {
  const row = await store.db
    .selectFrom('field_history')
    .select('counts')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .executeTakeFirst()
  return row === undefined ? {} : (JSON.parse(row.counts) as FieldHistory)
}

export async function keepFieldHistory(
  trx: Transaction,
  project: string,
  mapping: string,
  history: FieldHistory,
): Promise<void> {
  const counts = JSON.stringify(history)
  await trx.db
    .insertInto('field_history')
    .values({ project, mapping, counts })
    .onConflict((conflict) => conflict.columns(['project', 'mapping']).doUpdateSet({ counts }))
    .execute()
}
