import type { ChannelDefinition } from '../../core/alert/channel.ts'
import { channelIsDead, channelWorksAgain } from '../../core/alert/channel-message.ts'
import type { AlertMessage } from '../../core/alert/message.ts'
import { type AppliedChannel, holdChannel, lockedChannel } from '../../store/channels.ts'
import type { Store, Transaction } from '../../store/open.ts'
import {
  enqueueMessage,
  isTold,
  moveMessage,
  nextMessage,
  type OutboxMessage,
  outboxId,
  queuedMessages,
} from '../../store/outbox.ts'
import type { DeliveryDependencies } from './deliver.ts'
import { otherChannelOf } from './other.ts'

/** How long a channel is held for one attempt, which takes half of it at most: whoever is killed is followed after that. */
export const HOLD_MS = 60_000

/** One message for one attempt. */
export interface Taken {
  readonly kind: 'send'
  readonly definition: ChannelDefinition
  readonly holder: string
  /** What the message is called at the other side. */
  readonly id: string
  readonly message: AlertMessage
  /** Its row; null: the channel is only asked whether it works again. */
  readonly queued: OutboxMessage | null
}

export type Took =
  | Taken
  | { readonly kind: 'nothing' }
  | { readonly kind: 'later'; readonly at: number }
  /** What it had went to other channels. */
  | { readonly kind: 'moved' }

/** The next message of a channel, which is held for it. */
export function takeMessage(
  { store, alertLinks }: Pick<DeliveryDependencies, 'store' | 'alertLinks'>,
  project: string,
  name: string,
  holder: string,
): Promise<Took> {
  const docs = alertLinks?.docs ?? null
  return store.transaction(async (trx): Promise<Took> => {
    const channel = await lockedChannel(trx, project, name)
    const next = await nextMessage(trx, project, name)
    if (channel === null) return (await moveAll(trx, project, name, null, docs)) ? { kind: 'moved' } : NOTHING
    const { health, definition } = channel
    const now = trx.now()
    if (channel.holder !== null && channel.holder !== holder && (channel.heldUntil ?? 0) > now)
      return { kind: 'later', at: channel.heldUntil! }
    if (health.state === 'dead' && next !== null && (await moveAll(trx, project, name, channel, docs)))
      return { kind: 'moved' }
    if (health.state === 'up' && next === null) return NOTHING
    if (health.nextAt > now) return { kind: 'later', at: health.nextAt }
    await holdChannel(trx, project, name, holder, now + HOLD_MS)
    if (next !== null)
      return { kind: 'send', definition, holder, id: next.id, message: next.message, queued: next }
    const message = channelWorksAgain(project, name, health.since, now)
    return {
      kind: 'send',
      definition,
      holder,
      id: outboxId(project, message.id, name),
      message,
      queued: null,
    }
  })
}

const NOTHING = { kind: 'nothing' } as const

/** Somebody else may take it. */
export async function releaseChannel(
  store: Store,
  project: string,
  name: string,
  holder: string,
): Promise<void> {
  await store.transaction(async (trx) => {
    if ((await lockedChannel(trx, project, name))?.holder === holder)
      await holdChannel(trx, project, name, null, null)
  })
}

/**
 * What is queued for a channel that is dead, or not applied (`channel` null), goes to others, with the word that it is so. False:
 * nothing went; it stays until there is a channel that can tell it.
 */
async function moveAll(
  trx: Transaction,
  project: string,
  name: string,
  channel: AppliedChannel | null,
  docs: string | null,
): Promise<boolean> {
  let moved = false
  for (const message of await queuedMessages(trx, project, name)) {
    const other = await otherChannelOf(trx, project, name, message.notify)
    if (other === null) break
    if (channel !== null && !moved) {
      const dead = channelIsDead(project, name, channel.health, docs)
      // Once, though what comes later may go to another channel.
      if (!(await isTold(trx, project, dead.id)))
        await enqueueMessage(trx, { project, message: dead, channels: [other] })
    }
    await moveMessage(trx, project, message, other)
    moved = true
  }
  return moved
}
