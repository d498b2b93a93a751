import { type Armed, createFaults } from '../faults.ts'
import { type Post, type ReceiverOptions, startReceiver } from '../receiver.ts'
import type { HttpReply, TransportFault, TransportKind } from '../transport.ts'
import { blockFault, type SlackBlock } from './blocks.ts'

/** What an incoming webhook answers when it takes nothing: plain text, by the statuses that were seen. */
export const SLACK_ERRORS = {
  invalid_payload: 400,
  no_text: 400,
  invalid_blocks: 400,
  no_service: 404,
  no_service_id: 404,
  no_team: 404,
  channel_not_found: 404,
  channel_is_archived: 410,
  action_prohibited: 403,
  posting_to_general_channel_denied: 400,
  invalid_token: 403,
  no_active_hooks: 404,
  team_disabled: 403,
} as const
export type SlackError = keyof typeof SLACK_ERRORS

/** Beside what may happen to any transport. */
export type SlackFault =
  | (TransportFault & { readonly kind: TransportKind })
  /** A plain-text error. */
  | (Armed & { readonly kind: 'error'; readonly error: SlackError })
  /** 429 with Retry-After, in seconds. */
  | (Armed & { readonly kind: 'rate-limited'; readonly seconds: number })
  /** Slack itself is down. (Default: 503) */
  | (Armed & { readonly kind: 'down'; readonly status?: number })

export interface SlackMessage {
  /** Epoch ms. */
  readonly at: number
  readonly text: string
  readonly blocks: readonly SlackBlock[]
}

export interface SlackOptions extends ReceiverOptions {
  /** How many messages may come at once before the rate of one a second is held against them. (Default: 4) */
  readonly burst?: number
  readonly now?: () => number
}

/** One incoming webhook of Slack, with the channel behind it. */
export interface Slack {
  /** The webhook's address: a secret, as with Slack. */
  readonly url: string
  /** Its host and port: where the secret may go. */
  readonly host: string
  readonly control: SlackControl
  close(): Promise<void>
}

export interface SlackControl {
  /** What arrived in the channel, in order. */
  received(): Promise<readonly SlackMessage[]>
  /** Replaces the faults armed. */
  faults(faults: readonly SlackFault[]): Promise<void>
  /** How often each kind of fault happened. */
  hits(): Promise<Readonly<Record<string, number>>>
  forget(): Promise<void>
}

const PATH = '/services/T0ACME/B0OPS/abcdefghijklmnopqrstuvwx'

export async function startSlack(options: SlackOptions = {}): Promise<Slack> {
  const faults = createFaults<SlackFault>()
  const now = options.now ?? Date.now
  let received: SlackMessage[] = []
  const recent: number[] = []

  /** One message a second, short bursts tolerated. */
  const tooFast = (): boolean => {
    const at = now()
    while (recent.length > 0 && recent[0]! <= at - (options.burst ?? 4) * 1000) recent.shift()
    if (recent.length >= (options.burst ?? 4)) return true
    recent.push(at)
    return false
  }
  const answer = (post: Post, hits: readonly SlackFault[]): HttpReply => {
    for (const hit of hits) {
      if (hit.kind === 'error') return plain(SLACK_ERRORS[hit.error], hit.error)
      if (hit.kind === 'down') return plain(hit.status ?? 503, 'upstream connect error')
      if (hit.kind === 'rate-limited') return limited(hit.seconds)
    }
    if (post.path !== PATH) return error('no_service')
    const payload = payloadOf(post)
    if (payload === null) return error('invalid_payload')
    if (tooFast()) return limited(1)
    const { text = '', blocks = [] } = payload
    if (text === '' && blocks.length === 0) return error('no_text')
    if (blockFault(blocks) !== null) return error('invalid_blocks')
    received.push({ at: now(), text, blocks })
    return plain(200, 'ok')
  }
  const { origin, close } = await startReceiver(options, faults, answer)
  return {
    url: `${origin}${PATH}`,
    host: new URL(origin).host,
    close,
    control: {
      received: async () => [...received],
      async faults(armed) {
        faults.set(armed)
      },
      hits: async () => faults.hits(),
      async forget() {
        received = []
        faults.forgetHits()
      },
    },
  }
}

function payloadOf({ method, headers, body }: Post): { text?: string; blocks?: SlackBlock[] } | null {
  if (method !== 'POST' || headers['content-type']?.startsWith('application/json') !== true) return null
  try {
    const value = JSON.parse(body) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

function error(name: SlackError): HttpReply {
  return plain(SLACK_ERRORS[name], name)
}

function limited(seconds: number): HttpReply {
  const reply = plain(429, 'rate_limited')
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } }
}

function plain(status: number, body: string): HttpReply {
  return { status, headers: { 'content-type': 'text/html' }, body }
}
