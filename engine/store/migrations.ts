import { type Kysely, sql, type Transaction } from 'kysely'
import { SyncError } from '../core/model/failure.ts'
import type { Database } from './schema.ts'

/** Forward only; a name is never changed or reused. */
const MIGRATIONS: readonly { readonly name: string; readonly statements: readonly string[] }[] = [
  {
    name: '0001-first',
    statements: [
      `create table plan (hash text primary key, plan text not null, "sourceMap" text not null, "savedAt" bigint not null, author text, "commit" text)`,
      `create table applied_plan (project text not null, mapping text not null, hash text not null, "appliedAt" bigint not null, author text, "commit" text, primary key (project, mapping))`,
      `create table target_owner (target text not null, project text not null, environment text not null, primary key (target, project))`,
      `create table lease (project text not null, mapping text not null, holder text not null, lane text not null, epoch integer not null, "expiresAt" bigint not null, "wantedBy" text, primary key (project, mapping))`,
      `create table cursor (project text not null, mapping text not null, lane text not null, cursor text not null, sequence integer not null, "runId" text not null, "updatedAt" bigint not null, primary key (project, mapping, lane))`,
      `create table ledger (project text not null, namespace text not null, key text not null, connection text not null, resource text not null, label text, "targetId" text, adopted integer not null, "sourceStamp" text, "sourceHash" text, "planHash" text, fingerprint text, "fieldHashes" text, "stepsDue" text not null, state text not null, previous text, "payloadHash" text, epoch integer, "sentAt" bigint, "deliveredAt" bigint, "runId" text not null, primary key (project, namespace, key))`,
      `create unique index ledger_target on ledger (project, connection, resource, "targetId") where "targetId" is not null`,
      `create index ledger_label on ledger (project, namespace, label)`,
      `create index ledger_intent on ledger (project, namespace, state) where state = 'intent'`,
      `create table dead_letter (id text primary key, project text not null, mapping text not null, namespace text not null, key text not null, label text, class text not null, message text not null, "at" text, file text, line integer, "column" integer, state text not null, payload text not null, "sourceHash" text, mapped text, "targetId" text, attempts integer not null, "firstSeenAt" bigint not null, "lastSeenAt" bigint not null, "dueAt" bigint, "planHash" text not null, "runId" text not null, "waitsForNamespace" text, "waitsForMapping" text, "waitsForKey" text, "resolvedAt" bigint, open integer not null)`,
      `create unique index dead_letter_open on dead_letter (project, mapping, key) where open = 1`,
      `create index dead_letter_due on dead_letter (project, mapping, "dueAt") where open = 1`,
      `create index dead_letter_waits on dead_letter (project, "waitsForMapping", "waitsForKey") where open = 1`,
      `create table run (id text primary key, project text not null, mapping text not null, lane text not null, "workflowId" text not null, "startedAt" bigint not null, "finishedAt" bigint, state text not null, "planHash" text not null, tally text not null, pages integer not null, "failureKind" text, "failureMessage" text)`,
      `create index run_started on run (project, mapping, "startedAt")`,
      `create table run_page ("runId" text not null, sequence integer not null, primary key ("runId", sequence))`,
      `create table selection (project text not null, id text not null, keys text not null, "savedAt" bigint not null, primary key (project, id))`,
      `create table usage (project text not null, connection text not null, mapping text not null, day text not null, calls integer not null, "writeCalls" integer not null, "bytesIn" bigint not null, "bytesOut" bigint not null, refusals integer not null, primary key (project, connection, mapping, day))`,
    ],
  },
]

/** Brings the tables to this engine's version, in one transaction; several processes may try at once. Throws `invalid-plan` for a newer store. */
export async function migrate(db: Kysely<Database>, transaction: <T>(work: (trx: Transaction<Database>) => Promise<T>) => Promise<T>, now: number): Promise<void> {
  await sql`create table if not exists migration (name text primary key, "appliedAt" bigint not null)`.execute(db)
  const applied = new Set((await db.selectFrom('migration').select('name').execute()).map((row) => row.name))
  if (MIGRATIONS.every(({ name }) => applied.has(name))) return refuseNewer(applied)
  await transaction(async (trx) => {
    const done = new Set((await trx.selectFrom('migration').select('name').execute()).map((row) => row.name))
    refuseNewer(done)
    for (const { name, statements } of MIGRATIONS) {
      if (done.has(name)) continue
      for (const statement of statements) await sql.raw(statement).execute(trx)
      await trx.insertInto('migration').values({ name, appliedAt: now }).execute()
    }
  })
}

function refuseNewer(applied: ReadonlySet<string>): void {
  const unknown = [...applied].filter((name) => !MIGRATIONS.some((migration) => migration.name === name))
  if (unknown.length > 0) throw new SyncError('invalid-plan', `The store was written by a newer Tidelock (${unknown.join(', ')}). Use that version, or another store.`)
}
