import { createHash } from 'node:crypto'
import type { AlertMessage } from '../core/alert/message.ts'
import type { Queryable, Transaction } from './open.ts'
import type { OutboxTable } from './tables.ts'

export interface OutboxMessage {
  readonly id: string
  readonly channel: string
  readonly message: AlertMessage
  /** All channels that it was meant for. */
  readonly notify: readonly string[]
  readonly state: 'queued' | 'sent' | 'dead'
  /** Of a dead one: the channel that it went to instead. */
  readonly movedTo: string | null
  readonly attempts: number
  readonly lastError: string | null
  readonly createdAt: number
  readonly sentAt: number | null
}

/**
 * Queues a message for each of these channels, in the transaction that changes what it tells of: both stand or neither. A message
 * with an id that a channel has already is not queued there again. Delivered by `deliverMessages` of the worker.
 */
export async function enqueueMessage(
  trx: Transaction,
  {
    project,
    message,
    channels,
  }: { readonly project: string; readonly message: AlertMessage; readonly channels: readonly string[] },
): Promise<void> {
  const notify = [...new Set(channels)]
  for (const channel of notify) await insert(trx, { project, channel, message, notify }, 'once')
}

/** Whether any channel has a message with this id, sent or not. */
export async function isTold(store: Queryable, project: string, messageId: string): Promise<boolean> {
  const row = await store.db
    .selectFrom('outbox')
    .select('id')
    .where('project', '=', project)
    .where('message_id', '=', messageId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The next message of a channel, in the order in which they were queued. */
export async function nextMessage(
  store: Queryable,
  project: string,
  channel: string,
): Promise<OutboxMessage | null> {
  const row = await selectQueued(store, project, channel).limit(1).executeTakeFirst()
  return row === undefined ? null : messageOf(row)
}

/** Notes an attempt. `error`: what the other side answered; null: it is told. */
export async function noteAttempt(
  trx: Transaction,
  id: string,
  { error, now }: { readonly error: string | null; readonly now: number },
): Promise<void> {
  await trx.db
    .updateTable('outbox')
    .set((expression) => ({
      attempts: expression('attempts', '+', 1),
      last_error: error,
      ...(error === null ? { state: 'sent', sent_at: now } : {}),
    }))
    .where('id', '=', id)
    .execute()
}

/** A message goes to another channel instead, behind what is queued there; where it has been told already it is not told again. */
export async function moveMessage(
  trx: Transaction,
  project: string,
  { id, message, notify }: OutboxMessage,
  to: string,
): Promise<void> {
  await insert(trx, { project, channel: to, message, notify }, 'again')
  await giveUp(trx, id, to)
}

/** A message is not sent by this channel. `movedTo`: the one that it went to; null: nobody is told. */
export async function giveUp(trx: Transaction, id: string, movedTo: string | null): Promise<void> {
  await trx.db.updateTable('outbox').set({ state: 'dead', moved_to: movedTo }).where('id', '=', id).execute()
}

/** What waits for a channel, in its order. */
export async function queuedMessages(
  store: Queryable,
  project: string,
  channel: string,
): Promise<readonly OutboxMessage[]> {
  return (await selectQueued(store, project, channel).execute()).map(messageOf)
}

/** Channels that have something to send. */
export async function channelsWithMessages(store: Queryable, project: string): Promise<readonly string[]> {
  const rows = await store.db
    .selectFrom('outbox')
    .select('channel')
    .distinct()
    .where('project', '=', project)
    .where('state', '=', 'queued')
    .orderBy('channel')
    .execute()
  return rows.map(({ channel }) => channel)
}

/** How many messages wait, by channel. */
export async function queuedCounts(
  store: Queryable,
  project: string,
): Promise<Readonly<Record<string, number>>> {
  const rows = await store.db
    .selectFrom('outbox')
    .select((expression) => ['channel', expression.fn.countAll<number>().as('count')])
    .where('project', '=', project)
    .where('state', '=', 'queued')
    .groupBy('channel')
    .execute()
  return Object.fromEntries(rows.map(({ channel, count }) => [channel, Number(count)]))
}

/** The newest messages first, whatever became of them. */
export async function outboxOf(
  store: Queryable,
  project: string,
  limit: number,
): Promise<readonly OutboxMessage[]> {
  const rows = await store.db
    .selectFrom('outbox')
    .selectAll()
    .where('project', '=', project)
    .orderBy('created_at', 'desc')
    .orderBy('ordinal', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(messageOf)
}

const MOST_PRUNED = 5_000

/** Takes out messages that were sent before an instant, at most 5,000 a call. What is queued or could not be sent stays. */
export async function pruneOutbox(trx: Transaction, project: string, sentBefore: number): Promise<void> {
  const old = trx.db
    .selectFrom('outbox')
    .select('id')
    .where('project', '=', project)
    .where('state', '=', 'sent')
    .where('sent_at', '<', sentBefore)
    .limit(MOST_PRUNED)
  await trx.db.deleteFrom('outbox').where('id', 'in', old).execute()
}

/** The name of a message at one channel. */
export function outboxId(project: string, messageId: string, channel: string): string {
  return createHash('sha256')
    .update(JSON.stringify([project, messageId, channel]))
    .digest('hex')
    .slice(0, 32)
}

/** `again`: one that was not told there is queued there again. */
async function insert(
  trx: Transaction,
  row: Pick<OutboxMessage, 'channel' | 'message' | 'notify'> & { readonly project: string },
  how: 'once' | 'again',
): Promise<void> {
  const { project, channel, message, notify } = row
  const { last } = await trx.db
    .selectFrom('outbox')
    .select((expression) => expression.fn.max('ordinal').as('last'))
    .where('project', '=', project)
    .where('channel', '=', channel)
    .executeTakeFirstOrThrow()
  const queued = { state: 'queued', moved_to: null, ordinal: Number(last ?? 0) + 1 }
  await trx.db
    .insertInto('outbox')
    .values({
      id: outboxId(project, message.id, channel),
      project,
      channel,
      message_id: message.id,
      message: JSON.stringify(message),
      notify: JSON.stringify(notify),
      ...queued,
      attempts: 0,
      created_at: trx.now(),
    })
    .onConflict((conflict) =>
      how === 'once'
        ? conflict.column('id').doNothing()
        : conflict.column('id').doUpdateSet(queued).where('outbox.state', '=', 'dead'),
    )
    .execute()
}

function selectQueued(store: Queryable, project: string, channel: string) {
  return store.db
    .selectFrom('outbox')
    .selectAll()
    .where('project', '=', project)
    .where('channel', '=', channel)
    .where('state', '=', 'queued')
    .orderBy('ordinal')
    .orderBy('id')
}

function messageOf(row: OutboxTable): OutboxMessage {
  return {
    id: row.id,
    channel: row.channel,
    message: JSON.parse(row.message) as AlertMessage,
    notify: JSON.parse(row.notify) as readonly string[],
    state: row.state as OutboxMessage['state'],
    movedTo: row.moved_to,
    attempts: row.attempts,
    lastError: row.last_error,
    createdAt: row.created_at,
    sentAt: row.sent_at,
  }
}
