import { onTestFinished } from 'vitest'
import type { Channel, ChannelDefinition, ChannelKind } from '../../engine/core/alert/channel.ts'
import { SyncError } from '../../engine/core/model/failure.ts'
import type { JsonObject } from '../../engine/core/model/json.ts'
import { email } from '../../engine/notify/email/email.ts'
import { slack } from '../../engine/notify/slack/slack.ts'
import { webhook } from '../../engine/notify/webhook/webhook.ts'
import type { SecretSource } from '../../engine/transfer/host/guard.ts'
import { channelHost } from '../../engine/transfer/outbox/host.ts'

export const SORTS = { slack, email, webhook }

/** Secrets by name: their value, and where they may go. */
export type Secrets = Readonly<Record<string, { readonly value: string; readonly to: readonly string[] }>>

export function secretsOf(secrets: Secrets): SecretSource {
  return {
    async value(name) {
      const secret = secrets[name]
      if (secret === undefined)
        throw new SyncError('scope-violation', `The environment variable ${name} is not set.`)
      return secret.value
    },
    hosts: (name) => secrets[name]?.to ?? [],
  }
}

export function definition(kind: ChannelKind, settings: JsonObject, name = 'ops'): ChannelDefinition {
  return { name, kind, settings, quiet: null }
}

/** A channel behind the real way out. */
export function openChannel(kind: ChannelKind, settings: JsonObject, secrets: Secrets): Channel {
  const host = channelHost({ secrets: secretsOf(secrets), now: Date.now, log() {} }, 'ops')
  onTestFinished(() => host.close())
  return SORTS[kind].open(definition(kind, settings), host)
}
