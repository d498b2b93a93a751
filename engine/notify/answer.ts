import type { Delivery } from '../core/alert/channel.ts'
import type { HttpReply } from '../core/model/connector.ts'
import { refused, unavailable } from './attempt.ts'
import { oneLine } from './text.ts'

/** What an answer says that is the same whoever gives it: not now, or never. `who` gave it: `Slack`, `https://…`. */
export function declined(reply: HttpReply, who: string): Delivery {
  const { status } = reply
  const text = oneLine(reply.body, 200)
  const message = `${who} answered ${status}${text === '' ? '.' : `: ${text}`}`
  const retryAfterMs = secondsIn(reply.headers['retry-after'])
  if (status === 429)
    return { status: 'later', why: 'throttled', message, hint: 'It asks for fewer messages.', retryAfterMs }
  if (status >= 500 || status === 408 || status === 425)
    return { ...unavailable(message), ...(retryAfterMs === null ? {} : { retryAfterMs }) } as Delivery
  if (status >= 300 && status < 400)
    return refused(message, 'Redirects are not followed: write the address that it leads to.')
  return refused(message, 'Look at the address and at what the receiver expects.')
}

function secondsIn(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1000 : null
}
