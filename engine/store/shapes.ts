import type { Shape } from '../core/drift/shape.ts'
import type { Queryable, Transaction } from './open.ts'

/** A resource of a connection. */
export interface ResourceKey {
  readonly connection: string
  readonly resource: string
}

/** When a resource was last looked at, by anybody (epoch ms); null when it never was. */
export async function lookedAt(store: Queryable, project: string, of: ResourceKey): Promise<number | null> {
  const row = await selectLive(store, project, of).select('looked_at').executeTakeFirst()
  return row?.looked_at ?? null
}

/** What it looked like then; empty when it was never looked at. */
export async function liveShape(store: Queryable, project: string, of: ResourceKey): Promise<Shape> {
  const row = await selectLive(store, project, of).select('shape').executeTakeFirst()
  return row === undefined ? {} : (JSON.parse(row.shape) as Shape)
}

export async function keepLiveShape(
  trx: Transaction,
  project: string,
  { connection, resource }: ResourceKey,
  shape: Shape,
  at: number,
): Promise<void> {
  const values = { shape: JSON.stringify(shape), looked_at: at }
  await trx.db
    .insertInto('live_shape')
    .values({ project, connection, resource, ...values })
    .onConflict((conflict) => conflict.columns(['project', 'connection', 'resource']).doUpdateSet(values))
    .execute()
}

/** What a mapping compares a resource with, and when it last did. */
export interface KnownShape {
  readonly planHash: string
  readonly shape: Shape
  readonly comparedAt: number
}

export async function knownShape(
  store: Queryable,
  project: string,
  mapping: string,
  { connection, resource }: ResourceKey,
): Promise<KnownShape | null> {
  const row = await store.db
    .selectFrom('known_shape')
    .selectAll()
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .where('connection', '=', connection)
    .where('resource', '=', resource)
    .executeTakeFirst()
  return row === undefined
    ? null
    : { planHash: row.plan_hash, shape: JSON.parse(row.shape) as Shape, comparedAt: row.compared_at }
}

export async function keepKnownShape(
  trx: Transaction,
  project: string,
  mapping: string,
  { connection, resource }: ResourceKey,
  known: KnownShape,
): Promise<void> {
  const values = {
    plan_hash: known.planHash,
    shape: JSON.stringify(known.shape),
    compared_at: known.comparedAt,
  }
  await trx.db
    .insertInto('known_shape')
    .values({ project, mapping, connection, resource, ...values })
    .onConflict((conflict) =>
      conflict.columns(['project', 'mapping', 'connection', 'resource']).doUpdateSet(values),
    )
    .execute()
}

/** Somebody has seen what is different: the next look is what the mapping compares with from then on. */
export async function forgetKnownShapes(trx: Transaction, project: string, mapping: string): Promise<void> {
  await trx.db
    .deleteFrom('known_shape')
    .where('project', '=', project)
    .where('mapping', '=', mapping)
    .execute()
}

function selectLive(store: Queryable, project: string, { connection, resource }: ResourceKey) {
  return store.db
    .selectFrom('live_shape')
    .where('project', '=', project)
    .where('connection', '=', connection)
    .where('resource', '=', resource)
}
