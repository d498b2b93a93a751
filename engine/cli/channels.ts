import { CHANNEL_KINDS, type ChannelDefinition, type ChannelSorts } from '../core/alert/channel.ts'
import { type ChannelChange, diffChannels } from '../core/diff/channel-diff.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Repository } from '../core/parse/repository.ts'
import { email } from '../notify/email/email.ts'
import { slack } from '../notify/slack/slack.ts'
import { webhook } from '../notify/webhook/webhook.ts'
import { appliedChannels, recordChannels } from '../store/channels.ts'
import { prefixText } from '../temporal/names.ts'
import type { Output } from './output.ts'
import type { Session } from './session.ts'

/** The kinds of channels of this engine, by the name that channels.yaml gives. */
export const CHANNEL_SORTS: ChannelSorts = { slack, email, webhook }

/** The channels as the files say, by name. */
export function channelsOf(repository: Repository): readonly ChannelDefinition[] {
  const written = (repository.channels?.value.channels ?? {}) as unknown as Readonly<
    Record<string, JsonObject>
  >
  return Object.keys(written)
    .sort()
    .map((name) => {
      const channel = written[name]!
      const kind = CHANNEL_KINDS.find((candidate) => candidate in channel)!
      const quiet = channel['quiet'] ?? null
      return { name, kind, settings: channel[kind] as JsonObject, quiet: quiet as string | null }
    })
}

/** The difference between the files' channels and those that are applied. */
export async function channelChanges(
  session: Session,
  wanted: readonly ChannelDefinition[],
): Promise<readonly ChannelChange[]> {
  const applied = await appliedChannels(session.store, prefixText(session.prefix))
  return diffChannels(
    wanted,
    applied.map(({ definition }) => definition),
  )
}

/** The channels of the files are those that workers use from now on. */
export async function applyChannels(session: Session, wanted: readonly ChannelDefinition[]): Promise<void> {
  await session.store.transaction((trx) => recordChannels(trx, prefixText(session.prefix), wanted))
}

const GLYPHS = { create: '+', update: '~', remove: '-' } as const
const COLOURS = { create: 'green', update: 'yellow', remove: 'red' } as const

export function showChannelChanges(changes: readonly ChannelChange[], output: Output): void {
  for (const { channel, action, differences } of changes) {
    output.line(output.style(COLOURS[action], `${GLYPHS[action]} channel ${channel}`))
    for (const difference of differences) output.line(`      ${difference}`)
  }
}
