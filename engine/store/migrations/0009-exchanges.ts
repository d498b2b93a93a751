import type { Kysely } from 'kysely'
import type { Database } from '../tables.ts'

/** Of records that the target refused: what was sent for them and what it answered. */
export async function exchanges({ schema }: Kysely<Database>): Promise<void> {
  await schema.alterTable('dead_letter').addColumn('exchange', 'text').execute()
}
