import type { HttpReply, HttpRequest } from '../model/connector.ts'
import type { JsonObject } from '../model/json.ts'
import type { AlertMessage } from './message.ts'

/** Ways in which people are told. */
export const CHANNEL_KINDS = ['slack', 'email', 'webhook'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

/** One channel as channels.yaml says. Secrets are names. */
export interface ChannelDefinition {
  readonly name: string
  readonly kind: ChannelKind
  /** What stands below its kind, in the shape of schemas/language/channels.schema.json. */
  readonly settings: JsonObject
  /** Hours in which it is told of nothing but what is critical: `MON-SUN 22:00-07:00 Europe/Brussels`. Null: none. */
  readonly quiet: string | null
}

/** All a channel may reach. */
export interface ChannelHost {
  /** One request, guarded like those of connections; throws `unavailable` and `scope-violation`. HTTP errors are answers. */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>
  /** Why mail may not be handed to this server; null when it may. For what does not speak HTTP. */
  refuseMailServer(url: URL, secrets: readonly string[]): string | null
  /** The value of a declared secret; throws `scope-violation` where it cannot be had. */
  secret(name: string): Promise<string>
  now(): number
}

/** A channel that is open. */
export interface Channel {
  /**
   * Tells the other side. `id` names the message there: the same for every attempt, so that a second arrival can be told apart.
   * Whatever the other side answers, and whatever stands in the way, is a value; throws only what is a bug, or the signal's reason.
   */
  send(message: AlertMessage, id: string, signal: AbortSignal): Promise<Delivery>
}

/** How channels of one kind work. */
export interface ChannelSort {
  /** The shortest time between two messages. Milliseconds. */
  readonly gapMs: number
  open(definition: ChannelDefinition, host: ChannelHost): Channel
}

export type ChannelSorts = Readonly<Record<ChannelKind, ChannelSort>>

/** What became of an attempt. `message`: what the other side answered, for people. Nothing secret stands in it. */
export type Delivery =
  | { readonly status: 'sent'; readonly message: string }
  /** It may work later. */
  | {
      readonly status: 'later'
      /** `throttled`: the other side works and asked for time. */
      readonly why: 'unavailable' | 'throttled'
      readonly message: string
      /** What to do where it stays so. */
      readonly hint: string
      /** The time that the other side asked for. */
      readonly retryAfterMs: number | null
    }
  /** It will not work by itself. `of`: only this message, or whatever goes there. */
  | {
      readonly status: 'refused'
      readonly of: 'message' | 'channel'
      readonly message: string
      readonly hint: string
    }
