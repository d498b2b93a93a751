import { type SelectQueryBuilder, sql } from 'kysely'
import type { Transaction } from './open.ts'

/*
 * SQLite has one writing transaction at a time, so what one reads nobody changes before it commits. PostgreSQL runs many:
 * a function that reads and then writes what follows from it locks what it reads. Locks are taken in this order, so that no
 * two transactions wait for one another: the lease, namespaces that are waited for (links have no cycles), the mapping's dead
 * letters, the own namespace, rows of dead letters by id. PostgreSQL ends one of two that wait for one another all the same,
 * and the store tries it again.
 */

/**
 * Reads rows that stay as they are until the transaction ends; several of them are locked in the order of a column. SQLite is
 * not asked for an order: it would take an index for it that finds nothing.
 */
export function forUpdate<DB, TB extends keyof DB, O>(
  trx: Transaction,
  query: SelectQueryBuilder<DB, TB, O>,
  order?: 'id' | 'key',
): SelectQueryBuilder<DB, TB, O> {
  if (trx.dialect !== 'postgres') return query
  return (order === undefined ? query : query.orderBy(sql.ref(order))).forUpdate()
}

/**
 * Held until the transaction ends, by name. Any number may share it; whoever holds it alone knows that everything the
 * others wrote is committed and seen by the next statement.
 */
export async function holdLock(
  trx: Transaction,
  name: readonly string[],
  how: 'shared' | 'alone',
): Promise<void> {
  if (trx.dialect !== 'postgres') return
  const key = sql`hashtextextended(${JSON.stringify(name)}, 0)`
  await {
    shared: sql`select pg_advisory_xact_lock_shared(${key})`,
    alone: sql`select pg_advisory_xact_lock(${key})`,
  }[how].execute(trx.db)
}

/**
 * The lock between those who park a record that waits for one of a namespace (shared) and those who deliver records of that
 * namespace (alone): neither sees what the other has not committed yet, so without it both could look and miss one another.
 */
export function arrivalsOf(project: string, namespace: string): readonly string[] {
  return ['arrivals', project, namespace]
}
