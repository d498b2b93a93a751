import type { Delivery } from '../../core/alert/channel.ts'
import { healthAfter } from '../../core/alert/channel-health.ts'
import { channelWorksAgain } from '../../core/alert/channel-message.ts'
import { holdChannel, lockedChannel, noteHealth } from '../../store/channels.ts'
import { enqueueMessage, giveUp, moveMessage, noteAttempt } from '../../store/outbox.ts'
import type { DeliveryDependencies } from './deliver.ts'
import { otherChannelOf } from './other.ts'
import type { Taken } from './take.ts'

/** What became of an attempt: of the message, and of the channel. */
export async function noteDelivery(
  { store, channelLimits }: Pick<DeliveryDependencies, 'store' | 'channelLimits'>,
  project: string,
  taken: Pick<Taken, 'definition' | 'queued' | 'holder'>,
  delivery: Delivery,
  gapMs: number,
): Promise<void> {
  const { name } = taken.definition
  await store.transaction(async (trx) => {
    const channel = await lockedChannel(trx, project, name)
    const now = trx.now()
    if (taken.queued !== null)
      await noteAttempt(trx, taken.queued.id, {
        error: delivery.status === 'sent' ? null : `${delivery.message} ${delivery.hint}`.trim(),
        now,
      })
    if (delivery.status === 'refused' && delivery.of === 'message' && taken.queued !== null) {
      const other = await otherChannelOf(trx, project, name, taken.queued.notify)
      if (other === null) await giveUp(trx, taken.queued.id, null)
      else await moveMessage(trx, project, taken.queued, other)
    }
    // Not applied any more.
    if (channel === null) return
    const health = healthAfter(channel.health, delivery, now, gapMs, channelLimits)
    await noteHealth(trx, project, name, health, delivery.status === 'sent' ? now : null)
    if (channel.holder === taken.holder) await holdChannel(trx, project, name, null, null)
    if (channel.health.state === 'up' || health.state === 'dead') return
    const other = await otherChannelOf(trx, project, name, [])
    if (other === null) return
    const message = channelWorksAgain(project, name, channel.health.since, now)
    await enqueueMessage(trx, { project, message, channels: [other] })
  })
}
