import type { ChannelSort } from '../../core/alert/channel.ts'
import { attempt, refused } from '../attempt.ts'
import { slackPayload } from './blocks.ts'
import { slackDelivery } from './errors.ts'

/** Incoming webhooks of Slack. They know no idempotency: a message whose answer got lost comes twice. */
export const slack: ChannelSort = {
  gapMs: 1_000,
  open({ settings }, host) {
    const { secret } = settings['webhook'] as { secret: string }
    return {
      send: (message, _id, signal) =>
        attempt(signal, async (until) => {
          const url = await host.secret(secret)
          if (!URL.canParse(url))
            return refused(
              `The secret "${secret}" is no address.`,
              'It has to hold the address of an incoming webhook: https://hooks.slack.com/services/….',
            )
          const reply = await host.request(
            {
              url,
              method: 'POST',
              headers: { 'content-type': 'application/json; charset=utf-8' },
              body: JSON.stringify(slackPayload(message)),
              purpose: 'write',
              secrets: [secret],
            },
            until,
          )
          return slackDelivery(reply, secret)
        }),
    }
  },
}
