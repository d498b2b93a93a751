import { sql } from 'kysely'
import { onTestFinished } from 'vitest'
import { MIGRATIONS } from '../../engine/store/migrations/list.ts'
import { migrate } from '../../engine/store/migrations/migrate.ts'
import { openStore, type Store, type Transaction } from '../../engine/store/open.ts'
import { newPlace, START } from './opened.ts'

export type Row = Readonly<Record<string, string | number | null>>

/** A row of every table as the first version had them; each column has something in one of its table's rows. */
const FIRST: Readonly<Record<string, readonly Row[]>> = {
  plan: [
    {
      hash: 'h1',
      plan: '{"mapping":"orders"}',
      source_map: '{"file":"f","places":{}}',
      applied_at: START,
      author: 'ops',
      commit_id: 'abc',
    },
  ],
  applied_plan: [
    {
      project: 'acme',
      mapping: 'orders',
      plan_hash: 'h1',
      applied_at: START,
      author: 'ops',
      commit_id: 'abc',
    },
  ],
  target_owner: [{ project: 'acme', target: 'odoo|acme', environment: 'default', claimed_at: START }],
  lease: [
    {
      project: 'acme',
      mapping: 'orders',
      holder: 'run-1',
      lane: 'live',
      epoch: 7,
      expires_at: START,
      wanted_by: 'backfill',
      offered_until: START,
    },
  ],
  cursor: [
    {
      project: 'acme',
      mapping: 'orders',
      lane: 'live',
      cursor: '{"at":1}',
      sequence: 3,
      run_id: 'run-1',
      updated_at: START,
    },
  ],
  ledger: [
    {
      ...{
        project: 'acme',
        namespace: 'orders',
        key: '1',
        connection: 'odoo',
        resource: 'sale.order',
        label: '#1',
      },
      ...{
        target_id: '91',
        adopted: 1,
        state: 'confirmed',
        source_stamp: 's',
        source_hash: 'h',
        plan_hash: 'h1',
      },
      ...{ fingerprint: 'f', field_hashes: '{"fields":{"note":"n"},"lines":{},"records":{},"adjusted":{}}' },
      ...{ steps_due: '[1]', delivered_at: START, run_id: 'run-1' },
    },
    {
      ...{
        project: 'acme',
        namespace: 'orders',
        key: '2',
        connection: 'odoo',
        resource: 'sale.order',
        state: 'intent',
      },
      ...{ previous: null, payload_hash: 'p', sent_at: START, epoch: 7, steps_due: '[]' },
    },
    {
      ...{
        project: 'acme',
        namespace: 'orders',
        key: '3',
        connection: 'odoo',
        resource: 'sale.order',
        state: 'intent',
      },
      ...{ target_id: '93', payload_hash: 'p', sent_at: START + 1, epoch: 7, steps_due: '[]' },
      previous:
        '{"state":"confirmed","source_stamp":"s","source_hash":"h","plan_hash":"h1","fingerprint":"f","field_hashes":null,"steps_due":"[2]","run_id":"run-0"}',
    },
  ],
  dead_letter: [
    {
      ...{ id: 'letter', project: 'acme', mapping: 'orders', namespace: 'orders', key: '4', label: '#4' },
      ...{
        class: 'missing-reference',
        message: 'no customer',
        at: 'fields.partner_id',
        file: 'f',
        line: 1,
        column: 2,
      },
      ...{
        state: 'waiting',
        payload: '{"key":"gid/4","stamp":"s","data":{}}',
        source_hash: 'h',
        mapped: '{}',
      },
      ...{
        target_id: '94',
        attempts: 2,
        first_seen_at: START,
        last_seen_at: START,
        due_at: START,
        plan_hash: 'h1',
      },
      ...{ run_id: 'run-1', wait_namespace: 'customers', wait_mapping: 'customers', wait_key: '7' },
      resolved_at: START,
    },
  ],
  decision: [
    {
      ...{ id: 'd', project: 'acme', dead_letter_id: 'letter', kind: 'correct', by: 'ops', reason: 'typo' },
      ...{ source_hash: 'h', overlay: '{"sku":"A"}', decided_at: START },
    },
  ],
  run: [
    {
      ...{ id: 'run-1', project: 'acme', mapping: 'orders', lane: 'live', workflow_id: 'w', plan_hash: 'h1' },
      ...{
        state: 'failed',
        started_at: START,
        finished_at: START + 5,
        tally: '{"read":2,"created":2}',
        pages: 3,
      },
      ...{ balanced: 1, failure_kind: 'bug', failure_message: 'why' },
    },
  ],
  run_page: [{ run_id: 'run-1', sequence: 3, tally: '{}', committed_at: START }],
  selection: [{ project: 'acme', id: 'list', keys: '["1","2"]', created_at: START }],
  usage: [
    {
      ...{ project: 'acme', connection: 'odoo', mapping: 'orders', day: '2026-11-24' },
      ...{ calls: 1, write_calls: 2, bytes_in: 3, bytes_out: 4, refusals: 5 },
    },
  ],
}

/** What each later step added to these rows, in their order; and the rows of tables that it made. */
const ADDED: Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>> = {
  '0002-settling': {
    ledger: [
      { source_key: 'gid/1' },
      { source_key: 'gid/2', sent: '{"fields":{"note":"n2"},"lines":{},"records":{},"adjusted":{}}' },
      {},
    ],
  },
  '0003-decisions': {
    dead_letter: [
      {
        ...{ source_key: 'gid/4', source_stamp: 's', source_fields: '{}' },
        ...{ cluster: 'c-1', cause: 'no customer' },
        ...{ owner: 'ops', escalated_at: START },
      },
    ],
    decision: [{ update_id: 'u' }],
    edit: [
      {
        ...{ id: 'e', dead_letter_id: 'letter', project: 'acme', mapping: 'orders' },
        ...{ source_hash: 'h', overlay: '{"sku":"A"}', created_at: START },
      },
    ],
    overlay: [
      {
        ...{ project: 'acme', mapping: 'orders', source_key: 'gid/4', kind: 'correct', source_stamp: 's' },
        ...{ source_hash: 'h', source_fields: '{"sku":"f"}', overlay: '{"sku":"A"}' },
        ...{ dead_letter_id: 'letter', decision_id: 'd', decided_at: START },
      },
    ],
    drain: [
      {
        ...{ id: 'n', project: 'acme', mapping: 'orders', plan_hash: 'h1', began_at: START },
        ...{ finished_at: START, clusters: '[]' },
      },
    ],
  },
  '0004-alerts': {
    dead_letter: [{ parked_at: START }],
    run_page: [{ project: 'acme', mapping: 'orders', fresh: 1 }],
    alert_state: [
      {
        ...{ project: 'acme', mapping: 'orders', rule: 'failures-1', kind: 'failures', firing: 1 },
        ...{ since: START, escalated: 0, sequence: 1, told: '["ops"]', message: '{}', evaluated_at: START },
      },
    ],
    alert_change: [
      {
        ...{ project: 'acme', mapping: 'orders', rule: 'failures-1', sequence: 1, change: 'raised' },
        ...{ at: START, since: START, count: 5, summary: '5 failures' },
      },
    ],
    halt: [
      {
        ...{ run_id: 'run-1', since: START, project: 'acme', mapping: 'orders', until: START + 1 },
        message: 'why',
      },
    ],
  },
  '0005-channels': {
    channel: [
      {
        ...{ project: 'acme', name: 'ops', kind: 'slack', settings: '{"webhook":{"secret":"slack-ops"}}' },
        ...{ quiet: 'MON-SUN 22:00-07:00 Europe/Brussels', applied_at: START },
        ...{ state: 'dead', since: START, failures: 5, failing_since: START },
        ...{ next_at: START, last_error: 'why', last_sent_at: START, holder: 'worker', held_until: START },
      },
    ],
    outbox: [
      {
        ...{
          id: 'm',
          project: 'acme',
          channel: 'ops',
          message_id: 'orders/failures/1',
          message: '{"count":5}',
        },
        ...{ notify: '["ops","finance"]', state: 'dead', moved_to: 'finance', ordinal: 1, attempts: 5 },
        ...{ last_error: 'why', created_at: START, sent_at: START },
      },
    ],
  },
  '0007-credentials': {
    credential: [
      {
        ...{ project: 'acme', connection: 'odoo', generation: 3, sealed: '{}', previous: '{}', made: '{}' },
        ...{ previous_until: START, obtained_at: START, expires_at: START, refresh_expires_at: START },
        ...{ held_by: 'one', held_until: START },
      },
    ],
    connection_watch: [
      {
        ...{ project: 'acme', connection: 'odoo', app: 'app', refused_since: START, refused_kind: 'key' },
        ...{ refused_message: 'no', refused_with: '{}', checked_at: START, trouble: 'away', account: 'sync' },
        ...{ expires_at: START, expires_of: 'key', todo: 'make a new one', scopes_missing: '["read"]' },
      },
    ],
  },
  '0008-run-states': {
    run: [
      {
        ...{ state_since: START, state_until: START + 9, waits_for: 'odoo', decision: 'resume' },
        ...{ decided_by: 'ana', decided_reason: 'mended', decided_at: START + 1 },
      },
    ],
    judgement: [{ project: 'acme', mapping: 'orders', plan_hash: 'h1', last: '..x' }],
    drift: [
      {
        ...{ project: 'acme', mapping: 'orders', connection: 'shop', resource: 'orders', field: 'createdAt' },
        ...{ kind: 'date-format', breaking: 1, first_seen_at: START, last_seen_at: START + 1 },
        ...{ resolved_at: START + 2, found: '24/11/2026', expected: 'a date' },
      },
    ],
    field_history: [{ project: 'acme', mapping: 'orders', counts: '{"createdAt":[250,0]}' }],
  },
  '0009-exchanges': {
    dead_letter: [{ exchange: '{"request":"POST","response":"HTTP 422","personal":[]}' }],
  },
  '0011-credential-history': {
    alert_state: [{ stage: 7 }],
    connection_watch: [{ clock_skew: 90_000, scopes_unneeded: '["write_orders"]' }],
    credential_history: [
      {
        ...{ project: 'acme', connection: 'odoo', what: 'ends', since: START, until: START + 1, kind: 'key' },
        ...{ message: 'make a new one', ends_at: START + 9, changes_at: START + 5 },
      },
    ],
  },
  '0006-budget': {
    budget: [{ project: 'acme', connection: 'odoo', state: '{"closedUntil":7}', updated_at: START }],
  },
  '0010-shapes': {
    live_shape: [
      {
        project: 'acme',
        connection: 'odoo',
        resource: 'sale.order',
        shape: '{"name":"text"}',
        looked_at: START,
      },
    ],
    known_shape: [
      {
        ...{ project: 'acme', mapping: 'orders', connection: 'odoo', resource: 'sale.order' },
        ...{ plan_hash: 'p1', shape: '{"name":"text"}', compared_at: START },
      },
    ],
  },
}

/** Rows as the store had them after so many steps. */
export function rowsAfter(steps: number): Readonly<Record<string, readonly Row[]>> {
  const rows: Record<string, readonly Row[]> = { ...FIRST }
  for (const { name } of MIGRATIONS.slice(1, steps)) {
    for (const [table, more] of Object.entries(ADDED[name] ?? {}))
      rows[table] = more.map((row, index) => ({ ...rows[table]?.[index], ...row }))
  }
  return rows
}

async function insert(trx: Transaction, table: string, row: Row): Promise<void> {
  const names = sql.join(Object.keys(row).map((name) => sql.ref(name)))
  await sql`insert into ${sql.table(table)} (${names}) values (${sql.join(Object.values(row))})`.execute(
    trx.db,
  )
}

/** A store of an earlier version with a row in every table. */
export async function earlierStore(steps: number): Promise<Store> {
  const { url, folder } = await newPlace()
  const store = await openStore(url, { folder, now: () => START, migrate: false })
  onTestFinished(store.close)
  await store.transaction(async (trx) => {
    await migrate(trx, MIGRATIONS.slice(0, steps))
    for (const [table, rows] of Object.entries(rowsAfter(steps)))
      for (const row of rows) await insert(trx, table, row)
  })
  return store
}
