import type { ChannelDefinition, ChannelKind } from '../core/alert/channel.ts'
import type { ChannelHealth } from '../core/alert/channel-health.ts'
import type { JsonObject } from '../core/model/json.ts'
import { forUpdate } from './locks.ts'
import type { Queryable, Transaction } from './open.ts'
import type { ChannelTable } from './tables.ts'

/** A channel as `apply` recorded it, and how it does. */
export interface AppliedChannel {
  readonly definition: ChannelDefinition
  readonly health: ChannelHealth
  readonly appliedAt: number
  readonly lastSentAt: number | null
  readonly holder: string | null
  readonly heldUntil: number | null
}

/**
 * Makes these the channels of the project; those that are not among them go. One that is there keeps its state, and is tried at
 * once: what was wrong with it may be mended.
 */
export async function recordChannels(
  trx: Transaction,
  project: string,
  definitions: readonly ChannelDefinition[],
): Promise<void> {
  const now = trx.now()
  for (const { name, kind, settings, quiet } of definitions) {
    const said = { kind, settings: JSON.stringify(settings), quiet, applied_at: now, next_at: now }
    await trx.db
      .insertInto('channel')
      .values({ project, name, ...said, state: 'up', since: now, failures: 0 })
      .onConflict((conflict) => conflict.columns(['project', 'name']).doUpdateSet(said))
      .execute()
  }
  await trx.db
    .deleteFrom('channel')
    .where('project', '=', project)
    .where('name', 'not in', ['', ...definitions.map(({ name }) => name)])
    .execute()
}

/** By name. */
export async function appliedChannels(store: Queryable, project: string): Promise<readonly AppliedChannel[]> {
  const rows = await store.db
    .selectFrom('channel')
    .selectAll()
    .where('project', '=', project)
    .orderBy('name')
    .execute()
  return rows.map(channelOf)
}

/** One channel, and nobody changes it before the transaction ends. */
export async function lockedChannel(
  trx: Transaction,
  project: string,
  name: string,
): Promise<AppliedChannel | null> {
  const query = trx.db
    .selectFrom('channel')
    .selectAll()
    .where('project', '=', project)
    .where('name', '=', name)
  const row = await forUpdate(trx, query).executeTakeFirst()
  return row === undefined ? null : channelOf(row)
}

/** Nobody else sends through it until then. `holder` null: anybody may. */
export async function holdChannel(
  trx: Transaction,
  project: string,
  name: string,
  holder: string | null,
  until: number | null,
): Promise<void> {
  await change(trx, project, name, { holder, held_until: until })
}

/** What an attempt said of it. `sentAt`: when the last message went through, where this one did. */
export async function noteHealth(
  trx: Transaction,
  project: string,
  name: string,
  health: ChannelHealth,
  sentAt: number | null,
): Promise<void> {
  await change(trx, project, name, {
    state: health.state,
    since: health.since,
    failures: health.failures,
    failing_since: health.failingSince,
    next_at: health.nextAt,
    last_error: health.lastError,
    ...(sentAt === null ? {} : { last_sent_at: sentAt }),
  })
}

async function change(
  trx: Transaction,
  project: string,
  name: string,
  values: Partial<ChannelTable>,
): Promise<void> {
  await trx.db
    .updateTable('channel')
    .set(values)
    .where('project', '=', project)
    .where('name', '=', name)
    .execute()
}

function channelOf(row: ChannelTable): AppliedChannel {
  return {
    definition: {
      name: row.name,
      kind: row.kind as ChannelKind,
      settings: JSON.parse(row.settings) as JsonObject,
      quiet: row.quiet,
    },
    health: {
      state: row.state as ChannelHealth['state'],
      since: row.since,
      failures: row.failures,
      failingSince: row.failing_since,
      nextAt: row.next_at,
      lastError: row.last_error,
    },
    appliedAt: row.applied_at,
    lastSentAt: row.last_sent_at,
    holder: row.holder,
    heldUntil: row.held_until,
  }
}
