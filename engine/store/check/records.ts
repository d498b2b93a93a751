import { sql } from 'kysely'
import { INTENT, OPEN_STATES, WAITING } from '../open-state.ts'
import { type Check, MOST_FINDINGS } from './finding.ts'

const LIMIT = sql`limit ${sql.lit(MOST_FINDINGS)}`
const DAY_MS = 86_400_000

/** An open dead letter never loses what was read. */
export const openLettersHavePayloads: Check = async ({ store }) => {
  const { rows } = await sql<{ id: string; mapping: string; key: string }>`
    select id, mapping, key from dead_letter where state in ${OPEN_STATES} and payload is null
    order by id ${LIMIT}`.execute(store.db)
  return rows.map(({ id, mapping, key }) => ({
    code: 'lost-payload',
    message: `The open dead letter ${id} (${mapping}, ${key}) has no payload.`,
    hint: `Read the record again: tidelock run ${mapping} --only ${key}.`,
  }))
}

/** One record at the target belongs to one key. */
export const targetsHaveOneOwner: Check = async ({ store }) => {
  const { rows } = await sql<{ connection: string; resource: string; target: string; owners: number }>`
    select connection, resource, target_id as target, count(*) as owners from ledger where target_id is not null
    group by project, connection, resource, target_id having count(*) > 1
    order by connection, resource, target_id ${LIMIT}`.execute(store.db)
  return rows.map(({ connection, resource, target, owners }) => ({
    code: 'shared-target',
    message: `${owners} keys claim ${resource} ${target} at ${connection}; one may.`,
    hint: 'An index of the store is damaged: restore the last backup with tidelock store restore FILE.',
  }))
}

/** A row says the same in all its parts. */
export const ledgerRowsAreSound: Check = async ({ store }) => {
  const { rows } = await sql<{ namespace: string; key: string; state: string }>`
    select namespace, key, state from ledger
    where (state = 'confirmed' and target_id is null)
      or (state = 'intent' and (sent_at is null or epoch is null or payload_hash is null))
    order by project, namespace, key ${LIMIT}`.execute(store.db)
  return rows.map(({ namespace, key, state }) => ({
    code: 'unsound-row',
    message: `The ledger row ${namespace} ${key} is ${state} and ${state === 'intent' ? 'does not say when what was sent' : 'has no record at the target'}.`,
    hint: 'Find out who else writes to the store; this is nothing Tidelock does.',
  }))
}

/** Writes of unknown outcome are settled by the next run; those that are old have had none. */
export const intentsAreYoung: Check = async ({ store }) => {
  const { rows } = await sql<{ project: string; namespace: string; open: number; oldest: number }>`
    select project, namespace, count(*) as open, min(sent_at) as oldest from ledger
    where state = ${INTENT} and sent_at < ${store.now() - DAY_MS}
    group by project, namespace order by project, namespace ${LIMIT}`.execute(store.db)
  return rows.map(({ project, namespace, open, oldest }) => ({
    code: 'old-intents',
    message: `${open} writes of ${namespace} (${project}) got no answer and were not settled for a day or more, the oldest since ${instant(oldest)}.`,
    hint: 'The next run looks them up at the target: tidelock run. If it runs and they stay, tidelock runs says why.',
  }))
}

/** Whoever waits is released by the arrival of what it waits for. */
export const nobodyWaitsForWhatIsThere: Check = async ({ store }) => {
  const { rows } = await sql<{ mapping: string; waiting: number; id: string }>`
    select d.mapping, count(*) as waiting, min(d.id) as id from dead_letter d
    join ledger l on l.project = d.project and l.namespace = d.wait_namespace and l.key = d.wait_key
    where d.state = ${WAITING} and l.target_id is not null and l.state = 'confirmed'
      and (d.due_at is null or d.due_at > ${store.now()})
    group by d.mapping order by d.mapping ${LIMIT}`.execute(store.db)
  return rows.map(({ mapping, waiting, id }) => ({
    code: 'missed-arrival',
    message: `${waiting} records of ${mapping} wait for records that are delivered, such as dead letter ${id}.`,
    hint: `They follow when they are due, or at once with tidelock run ${mapping} --full.`,
  }))
}

function instant(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
