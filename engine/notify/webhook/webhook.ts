import type { ChannelSort, Delivery } from '../../core/alert/channel.ts'
import type { HttpReply } from '../../core/model/connector.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { declined } from '../answer.ts'
import { attempt, refused } from '../attempt.ts'
import { titleOf } from '../text.ts'
import { signatureOf } from './signature.ts'

/** A POST with JSON to an address of one's own, signed where a secret for it is declared. */
export const webhook: ChannelSort = {
  gapMs: 0,
  open({ settings }, host) {
    const address = settings['url'] as JsonValue
    const addressSecret = secretIn(address)
    const signingSecret = secretIn(settings['sign'] ?? null)
    return {
      send: (message, id, signal) =>
        attempt(signal, async (until) => {
          const url = addressSecret === null ? String(address) : await host.secret(addressSecret)
          if (!URL.canParse(url))
            return refused('The address of the webhook is no address.', 'Write https://….')
          const body = JSON.stringify({ tidelock: 1, title: titleOf(message), ...message })
          const key = signingSecret === null ? null : await host.secret(signingSecret)
          const reply = await host.request(
            {
              url,
              method: 'POST',
              headers: {
                'content-type': 'application/json; charset=utf-8',
                'idempotency-key': id,
                ...(key === null ? {} : { 'tidelock-signature': signatureOf(key, body, host.now()) }),
              },
              body,
              purpose: 'write',
              secrets: [addressSecret, signingSecret].filter((name) => name !== null),
            },
            until,
          )
          return deliveryOf(reply, new URL(url).host)
        }),
    }
  },
}

function deliveryOf(reply: HttpReply, host: string): Delivery {
  if (reply.status >= 200 && reply.status < 300)
    return { status: 'sent', message: `${host} answered ${reply.status}.` }
  return declined(reply, host)
}

function secretIn(value: JsonValue): string | null {
  const { secret } = (value ?? {}) as { secret?: unknown }
  return typeof secret === 'string' ? secret : null
}
