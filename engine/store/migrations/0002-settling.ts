import type { Kysely } from 'kysely'
import type { Database } from '../tables.ts'

/** What settling a write of unknown outcome needs: what was sent, and how the record is read again. */
export async function settling({ schema }: Kysely<Database>): Promise<void> {
  await schema.alterTable('ledger').addColumn('sent', 'text').execute()
  await schema.alterTable('ledger').addColumn('source_key', 'text').execute()
}
