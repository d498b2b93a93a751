import type { ChannelHost } from '../../core/alert/channel.ts'
import { SyncError } from '../../core/model/failure.ts'
import { refuseMailServer } from '../host/guard.ts'
import { createHost } from '../host/host.ts'
import type { DeliveryDependencies } from './deliver.ts'

/** The way out for a channel: guarded like that of a connection. */
export function channelHost(
  { secrets, now, log }: Pick<DeliveryDependencies, 'secrets' | 'now' | 'log'>,
  name: string,
): ChannelHost & { allowWritesUntil(at: number): void; close(): Promise<void> } {
  const host = createHost({ connection: `The channel "${name}"`, limits: null, secrets, now, log })
  let writesUntil = Number.POSITIVE_INFINITY
  return {
    request: host.request,
    secret: host.secret,
    now,
    refuseMailServer(url, names) {
      if (now() <= writesUntil) return refuseMailServer(url, names, secrets)
      throw new SyncError('unavailable', `Mail to ${url.host} came too late and was not sent.`, {
        maybeSent: false,
      })
    },
    allowWritesUntil(at) {
      writesUntil = at
      host.allowWritesUntil(at)
    },
    close: host.close,
  }
}
