import { type Kysely, sql } from 'kysely'
import type { Database } from '../tables.ts'

/** Where each alert rule stands, what changed, and the instants that rules are judged by. */
export async function alerts(db: Kysely<Database>): Promise<void> {
  await createAlerts(db)
  await addInstants(db)
}

async function createAlerts({ schema }: Kysely<Database>): Promise<void> {
  await schema
    .createTable('alert_state')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('firing', 'integer', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('escalated', 'integer', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('told', 'text', (column) => column.notNull())
    .addColumn('message', 'text')
    .addColumn('evaluated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('alert_state_key', ['project', 'mapping', 'rule'])
    .execute()
  await schema
    .createTable('alert_change')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('change', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('count', 'bigint')
    .addColumn('summary', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('alert_change_key', ['project', 'mapping', 'rule', 'sequence'])
    .execute()
  await schema.createIndex('alert_change_time').on('alert_change').columns(['project', 'at']).execute()
  // A run's row says that it is halted only while it is.
  await schema
    .createTable('halt')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint')
    .addColumn('message', 'text')
    .addPrimaryKeyConstraint('halt_key', ['run_id', 'since'])
    .execute()
  await schema.createIndex('halt_mapping').on('halt').columns(['project', 'mapping', 'since']).execute()
}

/** What is read by time: when a record was parked rather than only made to wait, when a page brought something new. */
async function addInstants(db: Kysely<Database>): Promise<void> {
  const { schema } = db
  await schema.alterTable('dead_letter').addColumn('parked_at', 'bigint').execute()
  await sql`
    update dead_letter set parked_at = first_seen_at
    where wait_key is null and class <> 'unknown-outcome'
  `.execute(db)
  await schema
    .createIndex('dead_letter_parked')
    .on('dead_letter')
    .columns(['project', 'mapping', 'parked_at'])
    .where(sql.ref('parked_at'), 'is not', null)
    .execute()
  await schema
    .createIndex('dead_letter_age')
    .on('dead_letter')
    .columns(['project', 'mapping', 'first_seen_at'])
    .execute()
  await schema.createIndex('run_finished').on('run').columns(['project', 'mapping', 'finished_at']).execute()
  for (const [column, type] of [
    ['project', 'text'],
    ['mapping', 'text'],
    ['fresh', 'integer'],
  ] as const)
    await schema.alterTable('run_page').addColumn(column, type).execute()
  await sql`
    update run_page set
      project = (select run.project from run where run.id = run_page.run_id),
      mapping = (select run.mapping from run where run.id = run_page.run_id)
  `.execute(db)
  await schema
    .createIndex('run_page_time')
    .on('run_page')
    .columns(['project', 'mapping', 'committed_at'])
    .execute()
  await schema
    .createIndex('run_page_fresh')
    .on('run_page')
    .columns(['project', 'mapping', 'committed_at'])
    .where(sql.ref('fresh'), '>', 0)
    .execute()
}
