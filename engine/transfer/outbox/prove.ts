import type { ChannelDefinition, Delivery } from '../../core/alert/channel.ts'
import type { AlertMessage } from '../../core/alert/message.ts'
import { canonicalJson } from '../../core/model/json.ts'
import { appliedChannels } from '../../store/channels.ts'
import { outboxId } from '../../store/outbox.ts'
import type { DeliveryDependencies } from './deliver.ts'
import { channelHost } from './host.ts'
import { noteDelivery } from './note.ts'

/** Sends a message at once, past the outbox. Where it arrives and the channel is applied just so, it is known to work from now on. */
export async function proveChannel(
  dependencies: DeliveryDependencies,
  project: string,
  definition: ChannelDefinition,
  message: AlertMessage,
  signal: AbortSignal,
): Promise<{ readonly delivery: Delivery; readonly isApplied: boolean }> {
  const sort = dependencies.channels[definition.kind]
  const host = channelHost(dependencies, definition.name)
  try {
    const id = outboxId(project, message.id, definition.name)
    const delivery = await sort.open(definition, host).send(message, id, signal)
    const isApplied = (await appliedChannels(dependencies.store, project)).some(
      (channel) => canonicalJson(channel.definition as never) === canonicalJson(definition as never),
    )
    if (isApplied && delivery.status === 'sent')
      await noteDelivery(
        dependencies,
        project,
        { definition, queued: null, holder: '' },
        delivery,
        sort.gapMs,
      )
    return { delivery, isApplied }
  } finally {
    await host.close()
  }
}
