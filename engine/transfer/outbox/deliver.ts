import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelSorts } from '../../core/alert/channel.ts'
import type { ChannelLimits } from '../../core/alert/channel-health.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { appliedChannels } from '../../store/channels.ts'
import type { Store } from '../../store/open.ts'
import { channelsWithMessages } from '../../store/outbox.ts'
import type { SecretSource } from '../host/guard.ts'
import { channelHost } from './host.ts'
import { noteDelivery } from './note.ts'
import { HOLD_MS, releaseChannel, takeMessage } from './take.ts'

/** What delivery is handed. Nothing else is reached. */
export interface DeliveryDependencies {
  readonly store: Store
  readonly channels: ChannelSorts
  readonly secrets: SecretSource
  /** This process's own clock, for pauses and deadlines. What is kept and compared goes by the store's. */
  readonly now: () => number
  /** When a channel counts as dead. Default: after five attempts over three minutes. */
  readonly channelLimits?: ChannelLimits
  /** Where the pages for operators are. Default: messages about channels have no link. */
  readonly alertLinks?: { readonly docs: string }
  log(message: string, fields?: JsonObject): void
}

export interface Delivered {
  readonly sent: number
  /** When there is something to do again, by the store's clock. Null: nothing waits. */
  readonly nextAt: number | null
}

/** A wait longer than this is given back to whoever called. */
const PATIENCE_MS = 5_000

/**
 * Sends what is queued, each channel in its order and one message at a time; channels do not wait for one another. Any number of
 * processes may do so at once: a channel is held by one of them. What a dead channel should have told another one tells.
 */
export async function deliverMessages(
  dependencies: DeliveryDependencies,
  project: string,
  { budgetMs, signal }: { readonly budgetMs: number; readonly signal: AbortSignal },
): Promise<Delivered> {
  const { store } = dependencies
  const until = dependencies.now() + budgetMs
  let sent = 0
  for (;;) {
    const served = await allEnded(
      (await channelsToServe(store, project)).map((name) =>
        serve(dependencies, project, name, until, signal),
      ),
    )
    sent += served.reduce((sum, one) => sum + one.sent, 0)
    const nextAt = served.flatMap((one) => one.nextAt ?? []).sort((a, b) => a - b)[0] ?? null
    // What went to another channel may have come after that one was served.
    if (!served.some(({ moved }) => moved)) return { sent, nextAt }
    if (dependencies.now() >= until) return { sent, nextAt: store.now() }
  }
}

/** All of them, also where one fails: nothing goes on sending when this has ended. */
async function allEnded<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
  const ended = await Promise.allSettled(works)
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
}

/** Whether {@link deliverMessages} would find anything to do, now or later. */
export async function hasWork(store: Store, project: string): Promise<boolean> {
  return (await channelsToServe(store, project)).length > 0
}

/** Those with messages, applied or not, and those that are to be asked whether they work again. */
async function channelsToServe(store: Store, project: string): Promise<readonly string[]> {
  const dead = (await appliedChannels(store, project)).filter(({ health }) => health.state === 'dead')
  return [
    ...new Set([
      ...(await channelsWithMessages(store, project)),
      ...dead.map(({ definition }) => definition.name),
    ]),
  ]
}

interface Served {
  readonly sent: number
  readonly nextAt: number | null
  readonly moved: boolean
}

async function serve(
  dependencies: DeliveryDependencies,
  project: string,
  name: string,
  until: number,
  signal: AbortSignal,
): Promise<Served> {
  const { store, channels, now } = dependencies
  const holder = randomUUID()
  const host = channelHost(dependencies, name)
  let sent = 0
  let moved = false
  try {
    for (;;) {
      signal.throwIfAborted()
      const took = await takeMessage(dependencies, project, name, holder)
      if (took.kind === 'nothing') return { sent, moved, nextAt: null }
      if (took.kind === 'later') {
        const wait = took.at - store.now()
        if (wait > PATIENCE_MS || now() + wait > until) return { sent, moved, nextAt: took.at }
        await sleep(wait, undefined, { signal })
        continue
      }
      if (took.kind === 'moved') {
        moved = true
        continue
      }
      const { definition } = took
      const sort = channels[definition.kind]
      // A process that was stopped in between must not send what another one sends by now.
      host.allowWritesUntil(now() + HOLD_MS / 2)
      const delivery = await sort.open(definition, host).send(took.message, took.id, signal)
      await noteDelivery(dependencies, project, took, delivery, sort.gapMs)
      if (delivery.status === 'sent') sent++
      dependencies.log('message', { channel: name, id: took.id, status: delivery.status })
      if (now() >= until) return { sent, moved, nextAt: store.now() }
    }
  } finally {
    await releaseChannel(store, project, name, holder)
    await host.close()
  }
}
