import { type Kysely, sql } from 'kysely'
import type { Database } from '../tables.ts'

/** What decisions on dead letters need: their cause, their owner, what holds until the source changes, and what a new plan drained. */
export async function decisions({ schema }: Kysely<Database>): Promise<void> {
  for (const [name, type] of [
    ['source_key', 'text'],
    ['source_stamp', 'text'],
    ['source_fields', 'text'],
    ['cluster', 'text'],
    ['cause', 'text'],
    ['owner', 'text'],
    ['escalated_at', 'bigint'],
  ] as const)
    await schema.alterTable('dead_letter').addColumn(name, type).execute()
  await schema
    .createIndex('dead_letter_source')
    .on('dead_letter')
    .columns(['project', 'mapping', 'source_key'])
    .where(sql.ref('state'), 'in', ['parked', 'waiting', 'retrying'])
    .execute()
  await schema
    .createIndex('dead_letter_cluster')
    .on('dead_letter')
    .columns(['project', 'mapping', 'cluster'])
    .where(sql.ref('state'), 'in', ['parked', 'waiting', 'retrying'])
    .execute()
  await schema
    .createIndex('dead_letter_settled')
    .on('dead_letter')
    .columns(['project', 'mapping', 'resolved_at'])
    .where(sql.ref('payload'), 'is not', null)
    .execute()
  await schema.alterTable('decision').addColumn('update_id', 'text').execute()
  await schema
    .createIndex('decision_update')
    .unique()
    .on('decision')
    .columns(['dead_letter_id', 'update_id'])
    .execute()
  await schema
    .createIndex('decision_of_update')
    .on('decision')
    .columns(['project', 'update_id'])
    .where(sql.ref('update_id'), 'is not', null)
    .execute()
  await schema
    .createTable('edit')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('dead_letter_id', 'text', (column) => column.notNull().references('dead_letter.id'))
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('source_hash', 'text')
    .addColumn('overlay', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('edit_key', ['id', 'dead_letter_id'])
    .execute()
  await schema
    .createTable('overlay')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('source_key', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('source_hash', 'text')
    .addColumn('source_fields', 'text')
    .addColumn('source_stamp', 'text')
    .addColumn('overlay', 'text')
    .addColumn('dead_letter_id', 'text', (column) => column.notNull().references('dead_letter.id'))
    .addColumn('decision_id', 'text', (column) => column.notNull().references('decision.id'))
    .addColumn('decided_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('overlay_key', ['project', 'mapping', 'source_key'])
    .execute()
  await schema
    .createTable('drain')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('plan_hash', 'text', (column) => column.notNull())
    .addColumn('began_at', 'bigint', (column) => column.notNull())
    .addColumn('finished_at', 'bigint')
    .addColumn('clusters', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('drain_latest').on('drain').columns(['project', 'mapping', 'began_at']).execute()
}
